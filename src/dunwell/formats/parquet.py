"""Parquet files to a table: types as stored, text beside them."""

import polars as pl
import pyarrow as pa
from pyarrow import parquet as arrow_parquet

from dunwell.formats.findings import TableError
from dunwell.formats.grid import Table, column_names, number_text, trimmed

MOST_UNPACKED = 8 * 1024**3
"""Largest content after unpacking, in bytes, as the file's own footer states it."""


def read_parquet(data: bytes, *, name: str) -> Table:
    """Return the table of a Parquet file.

    Raises TableError when it is cut off or damaged, holds no rows, or nests tables in columns.
    """
    try:
        source = arrow_parquet.ParquetFile(pa.BufferReader(data))
        groups = (
            source.metadata.row_group(index) for index in range(source.metadata.num_row_groups)
        )
        if sum(group.total_byte_size for group in groups) > MOST_UNPACKED:
            raise TableError(f"{name}: unpacks to more than {MOST_UNPACKED // 1024**3} GB.")
        read = pl.from_arrow(source.read())
    except (pa.ArrowException, OSError, ValueError, pl.exceptions.PolarsError) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(
            f"{name}: the Parquet file is cut off or damaged. Write it again."
        ) from error
    if not isinstance(read, pl.DataFrame) or not read.width:
        raise TableError(f"{name}: holds no columns. Write the Parquet file again.")
    nested = [column for column, dtype in read.schema.items() if dtype.is_nested()]
    frame = read.drop(nested)
    return _typed(
        frame.rename(
            dict(zip(frame.columns, column_names(frame.columns, name=name), strict=True))
        ),
        name=name,
        nested=nested,
    )


def _typed(frame: pl.DataFrame, *, name: str, nested: list[str]) -> Table:
    numbers: dict[str, pl.Series] = {}
    days: dict[str, pl.Series] = {}
    texts: dict[str, pl.Series] = {}
    for series in frame:
        column, dtype = series.name, series.dtype
        if isinstance(dtype, pl.Date | pl.Datetime):
            day = series.dt.date()
            days[column] = day.to_physical().cast(pl.Int32)
            texts[column] = day.cast(pl.String)
        elif dtype.is_float():
            finite = series.cast(pl.Float64).fill_nan(None)
            numbers[column] = finite.set(finite.is_infinite().fill_null(value=False), None)
            texts[column] = number_text(numbers[column])
        elif dtype.is_integer() or dtype.is_decimal():
            wide = isinstance(dtype, pl.UInt64 | pl.Int128 | pl.UInt128)
            numbers[column] = series.cast(pl.Decimal(38, 0)) if wide else series
            texts[column] = series.cast(pl.String)
        elif dtype == pl.Binary:
            texts[column] = series.cast(pl.String, strict=False)
        else:
            texts[column] = series.cast(pl.String, strict=False)
    cells = pl.DataFrame(texts)
    return Table(
        name=name,
        cells=trimmed(cells),
        rows=pl.int_range(1, cells.height + 1, eager=True, dtype=pl.Int64).alias("row"),
        numbers=numbers,
        days=days,
        detected={
            "format": "Parquet",
            "columns": cells.width,
            "columns_left_out": ", ".join(nested),
        },
    )
