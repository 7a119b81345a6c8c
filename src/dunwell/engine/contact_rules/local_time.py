"""Local days and hours against UTC seconds, by joins with `tables.ZoneTables`."""

import narwhals.stable.v2 as nw

from dunwell.engine.contact_rules.tables import DAY_SECONDS, ZoneTables


def in_zones(rows: nw.LazyFrame, zones: ZoneTables) -> nw.LazyFrame:
    """Return the rows once per zone of their set, with `zone`; as they are if they have one."""
    if "zone" in rows.collect_schema().names():
        return rows
    return rows.join(zones.sets, on="zones", how="inner")


def local_days(rows: nw.LazyFrame, zones: ZoneTables, *, second: str) -> nw.LazyFrame:
    """Return the rows once per zone, with `local_day`, the day of a moment there."""
    return (
        in_zones(rows, zones)
        .join(zones.offsets, on="zone", how="inner")
        .filter(
            nw.col("from_second") <= nw.col(second),
            nw.col(second) < nw.col("until_second"),
        )
        .with_columns(
            local_day=((nw.col(second) + nw.col("offset_seconds")) // DAY_SECONDS).cast(nw.Int32)
        )
        .drop("from_second", "until_second", "offset_seconds")
    )


def day_begins(rows: nw.LazyFrame, zones: ZoneTables, *, name: str, missing: int) -> nw.LazyFrame:
    """Return the rows (zone, day) with the second in which the day begins there.

    `missing` where the day is not known or lies outside the tables.
    """
    starts = zones.starts.select("zone", "day", nw.col("start_second").alias("begins"))
    return (
        rows.join(starts, on=["zone", "day"], how="left")
        .with_columns(nw.col("begins").fill_null(missing).alias(name))
        .drop("begins")
    )


def local_hours(rows: nw.LazyFrame, zones: ZoneTables) -> nw.LazyFrame:
    """Return the rows with `start_second`, `end_second` of the local time they speak of.

    From `local_start` up to but not including `local_end`, both local seconds since 1970-01-01.
    Where clocks change in between there is a row for each side of the change; an hour that
    clocks leave out has none, one that comes twice has two.
    """
    offset = nw.col("offset_seconds")
    return (
        rows.join(zones.offsets, on="zone", how="inner")
        .with_columns(
            start_second=nw.max_horizontal(nw.col("local_start") - offset, nw.col("from_second")),
            end_second=nw.min_horizontal(nw.col("local_end") - offset, nw.col("until_second")),
        )
        .filter(nw.col("end_second") > nw.col("start_second"))
        .drop("from_second", "until_second", "offset_seconds", "local_start", "local_end")
    )
