"""How answers are printed: JSON for programs, CSV for spreadsheets, a table for people."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from dunwell.engine.money import from_minor

Row = Mapping[str, object]
Answer = tuple[object, list[Row]]
"""The whole answer for JSON, and its rows for CSV and the table."""


class Table(list[Row]):
    """Rows that know their columns even when there are none: a CSV without rows has its header."""

    def __init__(self, columns: Sequence[str], rows: Iterable[Row]) -> None:
        super().__init__(rows)
        self.columns = tuple(columns)


def money(amount_minor: object, currency: str) -> str:
    """Return an amount in minor units as text in major units."""
    return f"{from_minor(int(str(amount_minor)), currency):,f}"


def show(answer: object, rows: list[Row], style: str) -> None:
    """Write an answer to standard output as json, csv or a table of its rows."""
    if style == "json":
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False, default=str) + "\n")
    elif style == "csv":
        text = io.StringIO()
        columns = rows.columns if isinstance(rows, Table) else tuple(rows[0] if rows else ())
        if columns:
            writer = csv.DictWriter(text, fieldnames=columns)
            writer.writeheader()
            writer.writerows(rows)
        sys.stdout.write(text.getvalue())
    else:
        sys.stdout.write(_table(rows))


def _table(rows: list[Row]) -> str:
    if not rows:
        return "Nothing found.\n"
    heads = [head for head in rows[0] if not head.endswith("_minor")]
    cells = [["" if row[head] is None else str(row[head]) for head in heads] for row in rows]
    widths = [
        min(60, max(len(head), *(len(line[index]) for line in cells)))
        for index, head in enumerate(heads)
    ]
    numeric = {index for index, head in enumerate(heads) if head in {"open", "items", "value"}}
    return "".join(
        "  ".join(
            text[:60].rjust(width) if index in numeric else text[:60].ljust(width)
            for index, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        + "\n"
        for line in [heads, *cells]
    )
