"""Tables in an SQL dump: INSERT statements (MySQL, PostgreSQL, SQLite) and PostgreSQL COPY blocks.

A bounded reader, not a database: it takes literals from the statements and runs nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import polars as pl

from dunwell.formats.encoding import decode
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table, column_names, trimmed

MOST_ROWS = 5_000_000
_NAME = r"""[`"\[]?[\w$]+[`"\]]?(?:\.[`"\[]?[\w$]+[`"\]]?)*"""
_START = re.compile(
    rf"^[ \t]*(?:(?P<create>create\s+table\s+(?:if\s+not\s+exists\s+)?)(?P<created>{_NAME})\s*\(|"
    rf"(?:insert|replace)\s+(?:ignore\s+)?into\s+(?P<into>{_NAME})\s*(?:\((?P<columns>[^()]*)\))?\s*values\s*|"
    rf"copy\s+(?P<copy>{_NAME})\s*\((?P<copied>[^()]*)\)\s+from\s+stdin[^\n]*;[ \t]*\r?\n)",
    re.IGNORECASE | re.MULTILINE,
)
_VALUE = re.compile(
    r"""\s*(?:
        (?:[nNeExX]|_\w+\s*)?'(?P<text>(?:[^'\\]|\\.|'')*)'
      | "(?P<quoted>(?:[^"\\]|\\.|"")*)"
      | (?P<bare>[^\s,()'";][^,()'";]*)
    )\s*(?P<end>[,)])""",
    re.VERBOSE | re.DOTALL,
)
_COLUMN = re.compile(r"""^\s*[`"\[]?([\w$]+)[`"\]]?\s+\w+""")
_NOT_COLUMNS = {"primary", "unique", "key", "constraint", "foreign", "check", "index", "fulltext"}
_ESCAPE = re.compile(r"\\(.)|''", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "", "b": "", "Z": ""}
_COMMENT = re.compile(r"\s*(?:--[^\n]*\n|/\*.*?\*/)", re.DOTALL)


def looks_like_dump(head: bytes) -> bool:
    """Return whether the first bytes of a text file read like an SQL dump."""
    text = head.decode("utf-8", "ignore").lstrip("\ufeff \t\r\n")
    is_sql = re.match(
        r"(?:--|/\*|insert\s|create\s|set\s|drop\s|begin\b|use\s|pragma\s)", text, re.I
    )
    return bool(
        is_sql
        and re.search(r"(?:insert|replace)\s+(?:ignore\s+)?into|create\s+table|copy\s", text, re.I)
    )


@dataclass(kw_only=True, slots=True)
class _Rows:
    columns: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    odd: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0


def read_sqldump(data: bytes, *, name: str, encoding: str = "") -> list[Table]:
    """Return a table for each table of the dump that has rows.

    Raises TableError when the dump holds no rows, too many, or stops inside a statement.
    """
    decoded = decode(data, name=name, encoding=encoding)
    text = decoded.data.decode("utf-8")
    found: dict[str, _Rows] = {}
    position = 0
    while match := _START.search(text, position):
        position = match.end()
        if match["create"]:
            _note_columns(text, position, found.setdefault(_plain(match["created"]), _Rows()))
            continue
        target = found.setdefault(_plain(match["into"] or match["copy"]), _Rows())
        listed = match["columns"] or match["copied"]
        columns = [_plain(one) for one in listed.split(",")] if listed else target.columns
        if match["copy"]:
            position = _copy_rows(text, position, columns=columns, target=target, name=name)
        else:
            position = _insert_rows(text, position, columns=columns, target=target, name=name)
        if sum(rows.count for rows in found.values()) > MOST_ROWS:
            raise TableError(f"{name}: holds more than {MOST_ROWS} rows. Export tables as CSV.")
    tables = [
        _table(rows, part=part, name=name, encoding=decoded.encoding)
        for part, rows in found.items()
        if rows.rows or rows.odd
    ]
    if not tables:
        raise TableError(f"{name}: the SQL dump holds no rows. Dump it with its data.")
    return tables


def _plain(word: str) -> str:
    return word.strip().rpartition(".")[2].strip('`"[] \r\n\t')


def _note_columns(text: str, position: int, target: _Rows) -> None:
    end = text.find(";", position)
    body = text[position : end if end >= 0 else position + 20_000]
    columns = []
    for line in body.splitlines():
        match = _COLUMN.match(line)
        if match and match[1].lower() not in _NOT_COLUMNS:
            columns.append(match[1])
    target.columns = columns


def _unescape(text: str) -> str:
    if "\\" not in text and "''" not in text:
        return text
    return _ESCAPE.sub(lambda m: "'" if m[1] is None else _ESCAPED.get(m[1], m[1]), text)


def _tuples(text: str, position: int, name: str) -> Iterator[tuple[list[str | None], int]]:
    """Yield each `(...)` of a VALUES list and the position after it."""
    while True:
        while comment := _COMMENT.match(text, position):
            position = comment.end()
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        if position >= len(text) or text[position] != "(":
            return
        start, position = position, position + 1
        row: list[str | None] = []
        while True:
            value = _VALUE.match(text, position)
            if value is None:
                line = text.count("\n", 0, start) + 1
                raise TableError(
                    f"{name}: the row that starts at line {line} is cut off or damaged. Dump the "
                    "database again."
                )
            position = value.end()
            row.append(_literal(value))
            if value["end"] == ")":
                break
        yield row, position


def _literal(value: re.Match[str]) -> str | None:
    if value["text"] is not None:
        return _unescape(value["text"])
    if value["quoted"] is not None:
        return _unescape(value["quoted"]).replace('""', '"')
    bare = value["bare"].strip()
    return None if bare.upper() in {"NULL", "DEFAULT"} else bare


def _insert_rows(text: str, position: int, *, columns: list[str], target: _Rows, name: str) -> int:
    for row, end in _tuples(text, position, name):
        position = end
        _keep(row, columns=columns, target=target)
    return position


def _copy_rows(text: str, position: int, *, columns: list[str], target: _Rows, name: str) -> int:
    end = re.compile(r"^\\\.[ \t]*\r?$", re.MULTILINE).search(text, position)
    if end is None:
        raise TableError(f"{name}: a COPY block is cut off. Dump the database again.")
    for line in text[position : end.start()].splitlines():
        row = [None if cell == "\\N" else _unescape(cell) for cell in line.split("\t")]
        _keep(row, columns=columns, target=target)
    return end.end()


def _keep(row: list[str | None], *, columns: list[str], target: _Rows) -> None:
    target.count += 1
    if not target.columns:
        target.columns = columns or [f"column {number + 1}" for number in range(len(row))]
    if len(row) != len(columns or target.columns):
        target.odd.append((target.count, ", ".join(cell or "" for cell in row)))
    elif columns and columns != target.columns and set(columns) <= set(target.columns):
        by_name = dict(zip(columns, row, strict=True))
        target.rows.append([by_name.get(column) for column in target.columns])
    elif columns and columns != target.columns:
        target.odd.append((target.count, ", ".join(cell or "" for cell in row)))
    else:
        target.rows.append(row)


def _table(found: _Rows, *, part: str, name: str, encoding: str) -> Table:
    names = column_names(found.columns, name=name)
    cells = pl.DataFrame(found.rows, schema=dict.fromkeys(names, pl.String), orient="row")
    odd = [number for number, _ in found.odd]
    numbers = pl.int_range(1, found.count + 1, eager=True, dtype=pl.Int64).alias("row")
    log = FindingLog()
    log.rows(
        pl.DataFrame(
            {"file": name, "part": part, "row": odd, "value": [text for _, text in found.odd]},
            schema={"file": pl.String, "part": pl.String, "row": pl.Int64, "value": pl.String},
        ),
        code="shifted_row",
        reason=f"does not have the {len(names)} values of table {part}",
        action="refused",
        severity="error",
        value=pl.col("value"),
    )
    return Table(
        name=name,
        part=part,
        cells=trimmed(cells),
        rows=numbers.filter(~numbers.is_in(odd)),
        detected={
            "format": "SQL dump",
            "table": part,
            "encoding": encoding,
            "columns": len(names),
        },
        findings=log.frame(),
        refused_rows=len(odd),
    )
