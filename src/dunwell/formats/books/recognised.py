"""Tables that are a known export: turned into what they say, others returned as they are."""

from collections.abc import Sequence

from dunwell.formats.books.fec import fec_tables, is_fec
from dunwell.formats.books.layouts import laid_out
from dunwell.formats.grid import Table


def known_books(tables: Sequence[Table]) -> list[Table]:
    """Return the tables with every known export read as what it is."""
    found: list[Table] = []
    for table in tables:
        found += fec_tables(table) if is_fec(table) else [laid_out(table)]
    return found
