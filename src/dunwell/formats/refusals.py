"""Refusing rows: a refused row stays in the frame, marked, so that totals can be proved."""

from collections.abc import Mapping

import polars as pl

from dunwell.formats.findings import FindingLog

DATE_REASONS: Mapping[str, str] = {
    "missing_date": "the date is missing. Fill it in and import again",
    "unreadable_date": "is not a date. Correct it and import again",
    "ambiguous_date": "fits day-month and month-day, and the column mixes both. Write it as "
    "year-month-day or choose the order in the profile",
    "impossible_date": "does not exist in the calendar. Correct it and import again",
    "implausible_date": "lies outside the years 1970 to 2099. Correct it and import again",
}
AMOUNT_REASONS: Mapping[str, str] = {
    "missing_amount": "the amount is missing. Fill it in and import again",
    "unreadable_amount": "is not an amount. Correct it and import again",
    "ambiguous_amount": "fits decimal point and decimal comma, and the column mixes both. Choose "
    "the decimal sign in the profile",
    "too_many_decimals": "has more decimals than its currency allows. Amounts are never rounded; "
    "correct it and import again",
    "too_large_amount": "is larger than a ledger can hold. Correct it and import again",
}


def refuse(
    frame: pl.DataFrame,
    when: pl.Expr,
    *,
    log: FindingLog,
    code: str,
    reason: str | pl.Expr,
    column: str = "",
    value: str | pl.Expr = "",
    severity: str = "error",
) -> pl.DataFrame:
    """Return the frame with rows marked in `is_refused`, each logged with its reason."""
    hit = when.fill_null(value=False)
    log.rows(
        frame.filter(hit),
        code=code,
        reason=reason,
        action="refused",
        severity=severity,
        column=column,
        value=value,
    )
    return frame.with_columns((pl.col("is_refused") | hit).alias("is_refused"))


def refuse_problems(
    frame: pl.DataFrame,
    field: str,
    *,
    reasons: Mapping[str, str],
    column: str,
    log: FindingLog,
    only: tuple[str, ...] = (),
) -> pl.DataFrame:
    """Refuse rows by the problem of one field; `only` names the problems that matter."""
    if f"{field}:problem" not in frame.columns:
        return frame
    for code in only or tuple(reasons):
        frame = refuse(
            frame,
            pl.col(f"{field}:problem") == code,
            log=log,
            code=code,
            reason=reasons[code],
            column=column,
            value=pl.col(f"{field}:text"),
        )
    return frame


def refuse_repeats(
    frame: pl.DataFrame, *, key: list[str], content: list[str], log: FindingLog, noun: str
) -> pl.DataFrame:
    """Refuse rows whose key came before: as duplicate when the content is equal, else as conflict.

    Rows refused already and rows with an empty key are left alone. The first row stays; the
    reason names it.
    """
    usable = ~pl.col("is_refused") & pl.all_horizontal(pl.col(name).is_not_null() for name in key)
    candidates = frame.with_row_index(":n").filter(usable)
    whole = pl.col(key[0]) if len(key) == 1 else pl.struct(key)
    repeated = candidates.filter(whole.is_duplicated())
    if not repeated.height:
        return frame
    same = repeated.with_columns(pl.struct(content).rank("dense").alias(":content"))
    first = same.group_by(key, maintain_order=True).agg(
        pl.col(":n").first().alias(":first"),
        pl.col(":content").first().alias(":first_content"),
        pl.col("row").first().alias(":first_row"),
        pl.col("file").first().alias(":first_file"),
    )
    later = same.join(first, on=key, how="left").filter(pl.col(":n") != pl.col(":first"))
    later = later.select(
        ":n",
        (pl.col(":content") == pl.col(":first_content")).alias(":same"),
        ":first_row",
        ":first_file",
    )
    joined = frame.with_row_index(":n").join(later, on=":n", how="left", maintain_order="left")
    value = pl.concat_str([pl.col(name).cast(pl.String) for name in key], separator=" ")
    place = pl.format("row {} of {}", ":first_row", ":first_file")
    joined = refuse(
        joined,
        pl.col(":same"),
        log=log,
        code="duplicate",
        value=value,
        severity="warning",
        reason=pl.format(
            "repeats {} in every recognised column, so it is not counted twice", place
        ),
    )
    joined = refuse(
        joined,
        ~pl.col(":same"),
        log=log,
        code="conflicting",
        value=value,
        reason=pl.concat_str(
            pl.lit(f"has the {noun} of "),
            place,
            pl.lit(" but other content; that row is kept. Correct the wrong one and import again"),
        ),
    )
    return joined.drop(":n", ":same", ":first_row", ":first_file")
