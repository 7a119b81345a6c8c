"""A file of financial statements, told by its content: an XBRL instance or a table."""

from dunwell.formats.financial_figures import FinancialFile, StatementFileError
from dunwell.formats.statement_sheets import read_statement_sheet
from dunwell.formats.xbrl import read_xbrl

MARKS = (b"<", b"\xff\xfe<\x00", b"\xfe\xff\x00<")
"""How XML begins, in UTF-8 and in UTF-16."""


def read_financial_file(
    data: bytes, *, name: str, currency: str, scale: int = 0, decimal: str = ""
) -> FinancialFile:
    """Return the statements of a file; XBRL is read in `currency` where it holds several.

    `scale` and `decimal` are for tables alone, see `read_statement_sheet`. Raises
    StatementFileError.
    """
    if not data:
        raise StatementFileError(f"{name}: the file is empty.")
    start = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(MARKS):
        return read_xbrl(data, name=name)
    return read_statement_sheet(data, name=name, currency=currency, scale=scale, decimal=decimal)
