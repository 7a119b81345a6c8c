"""The least each piece of work could cost: plain statements and decoding, in the same run."""

import csv
from collections.abc import Callable, Sequence

import numpy as np
import polars as pl
from django.db import connection

from bench.cost import Meter
from bench.desk import the_company
from bench.measures import WORK_DAY, Result
from bench.workload import AS_OF, Workload
from dunwell.actions.bulk import is_postgresql

WRITTEN = ("customer", "contact", "item", "payment", "allocation", "openitem", "entryline")
"""Tables an import fills."""
PAGE_REQUESTS = 200


def read_csv(load: Workload) -> Result:
    """Polars reads the files as they are, all columns as text."""
    with Meter() as meter:
        rows = sum(pl.read_csv(path, infer_schema=False).height for path in load.files)
    return Result(meter.cost(), {"rows": rows})


def age_csv(load: Workload) -> Result:
    """Polars reads three columns and sums them by currency and bucket."""
    is_shared = load.origin == "shared"
    amount, due, currency = (
        ("open_amount", "due_date", "currency")
        if is_shared
        else ("Open Amount", "Due Date", "Currency")
    )
    with Meter() as meter:
        late = (AS_OF - pl.col(due).str.to_date()).dt.total_days()
        rows = (
            pl.scan_csv(load.items_file, schema_overrides={due: pl.String})
            .select(currency, amount, bucket=((late + 29) // 30).clip(0, 4))
            .group_by(currency, "bucket")
            .agg(pl.col(amount).sum())
            .collect()
        )
    return Result(meter.cost(), {"rows": rows.height})


def insert_rows(_load: Workload) -> Result:
    """Insert the rows the import wrote into tables without keys or checks: executemany or COPY."""
    tables = [(f"dunwell_{name}", *_rows(f"dunwell_{name}")) for name in WRITTEN]
    with connection.cursor() as cursor:
        for table, columns, _ in tables:
            cursor.execute(f"CREATE TEMPORARY TABLE bench_{table} AS SELECT {columns} "  # noqa: S608  our own names
                           f"FROM {table} WHERE 1 = 0")  # fmt: skip
        with Meter() as meter:
            for table, _, rows in tables:
                insert(cursor, f"bench_{table}", rows)
    return Result(meter.cost(), {"rows": sum(len(rows) for _, _, rows in tables)})


def _rows(table: str) -> tuple[str, list[tuple[object, ...]]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  our own names
        columns = ", ".join(f'"{column[0]}"' for column in cursor.description)
        return columns, list(cursor.fetchall())


def insert(cursor: object, table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Add rows to a table: executemany on SQLite, COPY on PostgreSQL."""
    if not rows:
        return
    if is_postgresql():
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy:  # type: ignore[attr-defined]
            csv.writer(_Into(copy)).writerows(rows)
        return
    marks = ", ".join(["%s"] * len(rows[0]))
    statement = f"INSERT INTO {table} VALUES ({marks})"  # noqa: S608  our own names
    cursor.executemany(statement, rows)  # type: ignore[attr-defined]


class _Into:
    """A file that csv can write to."""

    def __init__(self, copy: object) -> None:
        self.write = copy.write  # type: ignore[attr-defined]


def age_by_sql(_load: Workload) -> Result:
    """One statement: open amount by customer, currency and bucket."""
    late = (
        "(DATE %s - due_on)"
        if is_postgresql()
        else "CAST(julianday(%s) - julianday(due_on) AS INTEGER)"
    )
    late = late.replace("%s", f"'{WORK_DAY.isoformat()}'")
    with connection.cursor() as cursor, Meter() as meter:
        cursor.execute(
            "SELECT customer_id, currency, "  # noqa: S608  our own text
            f"CASE WHEN {late} <= 0 THEN 0 WHEN {late} <= 30 THEN 1 WHEN {late} <= 60 THEN 2 "
            f"WHEN {late} <= 90 THEN 3 ELSE 4 END AS bucket, SUM(open_minor) "
            "FROM dunwell_openitem WHERE company_id = %s GROUP BY 1, 2, 3",
            [the_company().pk],
        )
        rows = cursor.fetchall()
    return Result(meter.cost(), {"rows": len(rows)})


def decode(load: Workload) -> Result:
    """Decode the columns of the items from Parquet and order them by customer and due day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.customer_id, i.currency, i.kind, i.amount_minor, i.id, o.open_minor, "
            "CAST(i.issued_on AS text), CAST(i.due_on AS text) FROM dunwell_item i "
            "LEFT JOIN dunwell_openitem o ON o.item_id = i.id"
        )
        columns = ("customer", "currency", "kind", "amount", "id", "open", "issued", "due")
        frame = pl.DataFrame(cursor.fetchall(), schema=columns, orient="row")
    days = [pl.col(name).str.to_date().cast(pl.Int32) for name in ("issued", "due")]
    path = load.folder / "floor.parquet"
    frame.with_columns(*days).write_parquet(path)
    with Meter() as meter:
        read = pl.read_parquet(path)
        keys = read["customer"].to_numpy() * 100_000 + read["due"].to_numpy()
        np.argsort(keys)
    path.unlink()
    return Result(meter.cost(), {"rows": read.height})


def remind_by_sql(_load: Workload) -> Result:
    """One statement: the level of every item a reminder is due for, into a table."""
    first, second, third = (AS_OF.toordinal() - days for days in (7, 30, 60))
    levels = [type(AS_OF).fromordinal(day).isoformat() for day in (second, third, first)]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_reminder")
        cursor.execute("CREATE TEMPORARY TABLE bench_reminder (item_id bigint, level integer)")
        with Meter() as meter:
            cursor.execute(
                "INSERT INTO bench_reminder SELECT item_id, 1 + (CASE WHEN due_on <= %s THEN 1 "
                "ELSE 0 END) + (CASE WHEN due_on <= %s THEN 1 ELSE 0 END) FROM dunwell_openitem "
                "WHERE open_minor > 0 AND due_on <= %s",
                levels,
            )
            rows = cursor.rowcount
    return Result(meter.cost(), {"rows": rows})


def first_page(_load: Workload) -> Result:
    """One statement: the 50 oldest open items with number and customer, as often as a page."""
    with connection.cursor() as cursor, Meter() as meter:
        for _ in range(PAGE_REQUESTS):
            cursor.execute(
                "SELECT o.item_id, o.open_minor, i.number, c.name FROM dunwell_openitem o "
                "JOIN dunwell_item i ON i.id = o.item_id "
                "JOIN dunwell_customer c ON c.id = o.customer_id "
                "WHERE o.company_id = %s ORDER BY o.due_on, o.item_id LIMIT 50",
                [the_company().pk],
            )
            rows = cursor.fetchall()
    cost = meter.cost()
    for part in ("cpu_s", "server_cpu_s", "wall_s"):
        cost[part] = round(cost[part] / PAGE_REQUESTS, 5)
    return Result(cost, {"rows": len(rows)})


FLOORS: dict[str, Callable[[Workload], Result]] = {
    "read_files": read_csv,
    "age_files": age_csv,
    "import": insert_rows,
    "import_again": read_csv,
    "ageing": age_by_sql,
    "kpis": decode,
    "kpi_slices": decode,
    "forecast": decode,
    "verify": decode,
    "reminders": remind_by_sql,
    "reminders_again": remind_by_sql,
    "cycle": decode,
    "cycle_next_day": decode,
    "page_worklist": first_page,
    "page_home": first_page,
    "page_items": first_page,
    "page_ageing": first_page,
    "page_customer": first_page,
    "page_search": first_page,
    "page_every": first_page,
}
"""The floor of each measure by its name."""
