"""Rows of a table to a Parquet, CSV or JSON lines file and back, nothing lost on the way.

Text that is empty and a value that is not there stay two things: CSV quotes every value and
leaves what is not there empty; a JSON column that is not there is left out of its JSON line,
where a document `null` is written as such.
"""

import base64
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet as arrow_parquet

Form = Literal["parquet", "csv", "json"]
FORMS: tuple[Form, ...] = get_args(Form)
SUFFIXES: dict[str, str] = {"parquet": ".parquet", "csv": ".csv", "json": ".jsonl"}

Kind = Literal["whole number", "yes or no", "day", "moment", "text", "document", "bytes"]
ARROW: dict[str, pa.DataType] = {
    "whole number": pa.int64(),
    "yes or no": pa.bool_(),
    "day": pa.date32(),
    "moment": pa.timestamp("us", tz="UTC"),
    "text": pa.string(),
    "document": pa.string(),
    "bytes": pa.binary(),
}
AS_TEXT = {"moment", "bytes"}
"""Kinds that CSV and JSON hold as text: ISO 8601 in UTC, and base64."""

BREAKS = {10: " ", 13: " "}

PIECE = 2_000
"""Rows that are held at a time."""
LARGEST_LINE = 1 << 28
"""Bytes that one line of CSV may have."""


class RecordFileError(ValueError):
    """A file of records cannot be read; the message names it and what is wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A column of a file: its kind, and what a reader of the file may want to know of it."""

    name: str
    kind: Kind
    unit: str = ""
    meaning: str = ""


class RowWriter(Protocol):
    """What takes rows, in pieces, until it is closed."""

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take some rows."""

    def close(self) -> None:
        """Finish the file."""


def row_writer(path: Path, columns: Sequence[Column], *, form: Form) -> RowWriter:
    """Return a writer of a new file of a form."""
    makers: dict[str, Callable[[Path, Sequence[Column]], RowWriter]] = {
        "parquet": _ParquetWriter,
        "csv": _CsvWriter,
        "json": _JsonWriter,
    }
    return makers[form](path, columns)


def read_rows(path: Path, columns: Sequence[Column], *, form: Form) -> Iterator[list[list[Any]]]:
    """Yield the rows of a file in pieces, as they were given to the writer.

    Raises RecordFileError when it is damaged or has other columns.
    """
    readers = {"parquet": _parquet_rows, "csv": _csv_rows, "json": _json_rows}
    try:
        yield from readers[form](path, columns)
    except (pa.ArrowException, OSError, ValueError, KeyError, TypeError) as error:
        if isinstance(error, RecordFileError):
            raise
        raise RecordFileError(f"{path.name} cannot be read: {error}.") from error


class _ParquetWriter:
    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self.schema = pa.schema(
            [
                pa.field(
                    one.name,
                    ARROW[one.kind],
                    metadata={"kind": one.kind, "unit": one.unit, "meaning": one.meaning},
                )
                for one in columns
            ]
        )
        self.file = arrow_parquet.ParquetWriter(path, self.schema, compression="zstd")

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take some rows as one group."""
        self.file.write_batch(_batch(rows, self.schema))

    def close(self) -> None:
        """Write the footer."""
        self.file.close()


class _CsvWriter:
    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.schema = pa.schema([pa.field(one.name, _csv_type(one)) for one in columns])
        options = arrow_csv.WriteOptions(quoting_style="all_valid")
        self.file = arrow_csv.CSVWriter(path, self.schema, write_options=options)

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take some rows."""
        told = [
            [_as_text(value, one.kind) for value, one in zip(row, self.columns, strict=True)]
            for row in rows
        ]
        self.file.write_batch(_batch(told, self.schema))

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


class _JsonWriter:
    def __init__(self, path: Path, columns: Sequence[Column]) -> None:
        self.columns = columns
        self.file = path.open("x", encoding="utf-8", newline="\n")

    def write(self, rows: Sequence[Sequence[Any]]) -> None:
        """Take some rows, a line each."""
        for row in rows:
            parts = []
            for value, one in zip(row, self.columns, strict=True):
                name = json.dumps(one.name)
                if one.kind == "document":
                    if value is not None:
                        # a break between two parts of a document; inside its texts none is raw
                        parts.append(f"{name}: {value.translate(BREAKS)}")
                    continue
                told = _as_text(value, one.kind)
                text = told.isoformat() if isinstance(told, date) else told
                parts.append(f"{name}: {json.dumps(text, ensure_ascii=False)}")
            self.file.write("{" + ", ".join(parts) + "}\n")

    def close(self) -> None:
        """Finish the file."""
        self.file.close()


def _batch(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.RecordBatch:
    columns = zip(*rows, strict=True) if rows else ([] for _ in schema)
    arrays = [pa.array(values, type=one.type) for values, one in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _csv_type(column: Column) -> pa.DataType:
    return pa.string() if column.kind in AS_TEXT else ARROW[column.kind]


def _as_text(value: Any, kind: str) -> Any:
    """Return a value as CSV and JSON hold it."""
    if value is None or kind not in AS_TEXT:
        return value
    if kind == "moment":
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return base64.b64encode(value).decode("ascii")


def _from_text(value: Any, kind: str) -> Any:
    if value is None or kind not in AS_TEXT:
        return value
    if kind == "moment":
        return datetime.fromisoformat(value)
    return base64.b64decode(value, validate=True)


def _parquet_rows(path: Path, columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
    with arrow_parquet.ParquetFile(path) as file:
        expected = pa.schema([pa.field(one.name, ARROW[one.kind]) for one in columns])
        if not file.schema_arrow.equals(expected):
            raise RecordFileError(f"{path.name} has other columns than it should.")
        for batch in file.iter_batches(batch_size=PIECE):
            yield _rows(batch)


def _csv_rows(path: Path, columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
    block = min(max(1 << 20, path.stat().st_size), LARGEST_LINE)
    reader = arrow_csv.open_csv(
        path,
        read_options=arrow_csv.ReadOptions(block_size=block, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=arrow_csv.ConvertOptions(
            column_types={one.name: _csv_type(one) for one in columns},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    with reader:
        if reader.schema.names != [one.name for one in columns]:
            raise RecordFileError(f"{path.name} has other columns than it should.")
        for batch in reader:
            for start in range(0, batch.num_rows, PIECE):
                yield [
                    [_from_text(value, one.kind) for value, one in zip(row, columns, strict=True)]
                    for row in _rows(batch.slice(start, PIECE))
                ]


def _json_rows(path: Path, columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
    with path.open(encoding="utf-8", newline="\n") as file:
        while lines := list(islice(file, PIECE)):
            yield [_json_row(line, columns, path.name) for line in lines]


def _json_row(line: str, columns: Sequence[Column], name: str) -> list[Any]:
    told = json.loads(line)
    known = {one.name for one in columns}
    if unknown := sorted(set(told) - known):
        raise RecordFileError(f"{name} has a column {unknown[0]} that it should not have.")
    row: list[Any] = []
    for one in columns:
        if one.kind == "document":
            text = json.dumps(told[one.name], ensure_ascii=False) if one.name in told else None
            row.append(text)
            continue
        value = told[one.name]
        if one.kind == "day" and value is not None:
            value = date.fromisoformat(value)
        row.append(_from_text(value, one.kind))
    return row


def _rows(batch: pa.RecordBatch) -> list[list[Any]]:
    columns = [column.to_pylist() for column in batch.columns]
    return [list(row) for row in zip(*columns, strict=True)]
