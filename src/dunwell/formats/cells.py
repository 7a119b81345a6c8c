"""Cells of amount and date columns to minor units and day numbers, or the question to ask."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dunwell.engine.money import MINOR_DIGITS
from dunwell.formats.amounts import (
    amount_parts,
    decimal_evidence,
    minor_of_numbers,
    minor_of_texts,
)
from dunwell.formats.columns import Recognition
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.decisions import Decision
from dunwell.formats.findings import FindingLog
from dunwell.formats.grid import Table
from dunwell.formats.roles import DATE_FIELDS

LINKED_ROLES = frozenset({"payments", "allocations", "disputes"})
"""Roles whose rows may take their currency from the item they name."""


OPEN_DIGITS = 4
"""Decimals kept while the currency is still to be told by another table; no currency has more."""


NOT_MONEY = frozenset({"quantity"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How amounts and dates of a table are read; empty: from the cells. `default_currency` too."""

    date_order: str = ""
    decimal: str = ""
    default_currency: str = ""


def minor_digits_of(currency: pl.Series) -> pl.Series:
    """Return the decimals of each row's currency (ISO 4217)."""
    return currency.replace_strict(dict(MINOR_DIGITS), default=2, return_dtype=pl.Int64)


def _digits(frame: pl.DataFrame, role: str) -> pl.Series:
    """Return each row's decimals; `OPEN_DIGITS` where only another table can tell the currency."""
    if "currency" not in frame.columns:
        return pl.Series("digits", [OPEN_DIGITS] * frame.height, dtype=pl.Int64)
    digits = minor_digits_of(frame.get_column("currency"))
    if role not in LINKED_ROLES:
        return digits
    known = frame.get_column("currency:known")
    return pl.select(pl.when(known).then(digits).otherwise(OPEN_DIGITS)).to_series()


def rescaled(frame: pl.DataFrame, amount: str, *, currency: str = "currency") -> pl.DataFrame:
    """Return the frame with `amount` of rows without a currency of their own in minor units.

    Such amounts were read with `OPEN_DIGITS` decimals; `currency` now says how many count. An
    amount finer than that becomes empty and `:too_fine` true.
    """
    is_open = ~pl.col("currency:known").fill_null(value=False)
    shift = OPEN_DIGITS - minor_digits_of(frame.get_column(currency))
    unit = pl.lit(10, dtype=pl.Int64).pow(pl.col(":shift")).cast(pl.Int64)
    rest = pl.col(amount) % unit
    return (
        frame.with_columns(shift.alias(":shift"))
        .with_columns(
            (is_open & (rest != 0)).fill_null(value=False).alias(":too_fine"),
            pl.when(~is_open)
            .then(pl.col(amount))
            .when(rest == 0)
            .then(pl.col(amount) // unit)
            .alias(amount),
        )
        .drop(":shift")
    )


def amount_cells(
    frame: pl.DataFrame,
    found: Recognition,
    *,
    parts: Mapping[str, pl.DataFrame],
    reading: Reading,
    table: Table,
    detected: dict[str, str | int],
    decisions: list[Decision],
    log: FindingLog,
) -> pl.DataFrame:
    """Return the frame with amounts as minor units, `<field>:text` and `<field>:problem`.

    A column where decimal point and comma both fit, and no other column tells, becomes a decision.
    """
    digits = _digits(frame, found.role)
    at = frame.get_column(":at")
    texts = dict(parts)
    if "quantity" in found.fields:
        texts["quantity"] = amount_parts(frame.get_column("quantity"))
    evidence = {
        name: decimal_evidence(_untyped(part.get_column("core"), table, found.fields[name], at))
        for name, part in texts.items()
    }
    known = {one.decided() for one in evidence.values() if one.point or one.comma}
    for name, part in texts.items():
        decided = evidence[name].decided()
        if reading.decimal:
            decided = reading.decimal
        elif decided == "?" and len(known) == 1 and "rows" not in known:
            decided = next(iter(known))
        if decided == "?":
            decisions.append(_decimal_question(table, found.fields[name], evidence[name].example))
        allowed = digits if name not in NOT_MONEY else digits * 0 + 3
        read = minor_of_texts(part, allowed, decimal="rows" if decided == "?" else decided)
        column = found.fields[name]
        if column in table.numbers:
            read = _with_numbers(read, table.numbers[column].gather(at), allowed)
        else:
            sign = {".": "point", ",": "comma"}.get(decided, "by row")
            detected[f"decimal sign of {column}"] = sign
        frame = _with_amount(frame, read, name=name, column=column, log=log)
    return frame


def _with_numbers(read: pl.DataFrame, numbers: pl.Series, digits: pl.Series) -> pl.DataFrame:
    """Take the typed number where a cell has one, else what its text says."""
    typed = minor_of_numbers(numbers, digits)
    has = numbers.is_not_null()
    return pl.DataFrame(
        {
            key: pl.select(
                pl.when(has).then(typed.get_column(key)).otherwise(read.get_column(key))
            ).to_series()
            for key in ("minor", "problem")
        }
    )


def _with_amount(
    frame: pl.DataFrame, read: pl.DataFrame, *, name: str, column: str, log: FindingLog
) -> pl.DataFrame:
    """Put a read amount into the frame; rounded float noise is a finding, no problem."""
    problem = read.get_column("problem")
    noise = (problem == "float_noise").fill_null(value=False)
    log.rows(
        frame.filter(noise),
        code="float_noise",
        column=column,
        value=pl.col(name),
        action="changed",
        severity="info",
        reason="carries the noise of a binary fraction; it was rounded to the minor unit",
    )
    return frame.with_columns(
        pl.col(name).alias(f"{name}:text"),
        read.get_column("minor").alias(name),
        problem.set(noise, None).alias(f"{name}:problem"),
    )


def _untyped(cells: pl.Series, table: Table, column: str, at: pl.Series) -> pl.Series:
    """Return only the cells that are text in the file: typed numbers prove nothing."""
    if column not in table.numbers:
        return cells
    return cells.filter(table.numbers[column].gather(at).is_null())


def _decimal_question(table: Table, column: str, example: str) -> Decision:
    thousands = example.replace(".", "").replace(",", "")
    decimals = example.replace(",", ".")
    point, comma = (decimals, thousands) if "." in example else (thousands, decimals)
    return Decision(
        file=table.name,
        part=table.part,
        code="decimal",
        columns=(column,),
        options=(".", ","),
        question=f"Column {column!r} of {table.label} holds amounts such as {example}: does the "
        "separator group thousands or start the decimals? No row of the file tells. Choose "
        "decimal point or decimal comma in the profile.",
        examples=(f"point: {example} is {point}", f"comma: {example} is {comma}"),
    )


def day_cells(
    frame: pl.DataFrame,
    found: Recognition,
    *,
    reading: Reading,
    table: Table,
    detected: dict[str, str | int],
    decisions: list[Decision],
    log: FindingLog,
) -> pl.DataFrame:
    """Return the frame with dates as day numbers, `<field>:text` and `<field>:problem`.

    Columns where both orders of day and month fit, and no other column tells, become a decision.
    """
    at = frame.get_column(":at")
    names = [name for name in found.fields if name in DATE_FIELDS]
    texts = {}
    for name in names:
        column = found.fields[name]
        text = frame.get_column(name)
        if column in table.days:
            typed = table.days[column].gather(at).is_not_null()
            text = pl.select(pl.when(~typed).then(text).alias(name)).to_series()
        texts[name] = text
    evidence = {name: order_evidence(text) for name, text in texts.items()}
    known = {one.decided() for one in evidence.values() if one.dmy or one.mdy}
    unclear: list[str] = []
    for name in names:
        column, order = found.fields[name], evidence[name].decided()
        if reading.date_order and (order == "?" or (evidence[name].dotted and not known)):
            order = reading.date_order
        elif order == "?" and len(known) == 1 and "rows" not in known:
            order = next(iter(known))
        if order == "?":
            unclear.append(column)
        read = read_days(texts[name], order=order, otherwise=reading.date_order)
        day = read.get_column("day")
        if column in table.days:
            day = pl.select(pl.coalesce(table.days[column].gather(at), day)).to_series()
        problem = pl.select(pl.when(day.is_null()).then(read.get_column("problem"))).to_series()
        styles = [
            style for style in read.get_column("style").drop_nulls().unique().sort() if style
        ]
        if column in table.days:
            styles.insert(0, "date cells")
        detected[f"dates of {column}"] = " and ".join(styles) or "none"
        _report_styles(
            read, frame, name=name, column=column, dotted=evidence[name].dotted, log=log
        )
        frame = frame.with_columns(
            pl.col(name).alias(f"{name}:text"),
            day.cast(pl.Int32).alias(name),
            problem.cast(pl.String).alias(f"{name}:problem"),
        )
    if unclear:
        example = next(evidence[name].example for name in names if found.fields[name] in unclear)
        decisions.append(_order_question(table, tuple(unclear), example))
    return frame


def _order_question(table: Table, columns: tuple[str, ...], example: str) -> Decision:
    first, second = (pl.Series([example]) for _ in range(2))
    dmy = read_days(first, order="dmy").get_column("day").cast(pl.Date)[0]
    mdy = read_days(second, order="mdy").get_column("day").cast(pl.Date)[0]
    return Decision(
        file=table.name,
        part=table.part,
        code="date_order",
        columns=columns,
        options=("dmy", "mdy"),
        question=f"Dates of {table.label} such as {example} fit day-month and month-day in every "
        "row. Choose the order in the profile.",
        examples=(f"dmy: {example} is {dmy}", f"mdy: {example} is {mdy}"),
    )


def _report_styles(
    read: pl.DataFrame,
    frame: pl.DataFrame,
    *,
    name: str,
    column: str,
    dotted: int,
    log: FindingLog,
) -> None:
    """Report rows whose date style differs from the column's main one, and dotted dates once."""
    styles = read.get_column("style").drop_nulls().value_counts(sort=True)
    if styles.height > 1:
        main = styles.sort("count", "style", descending=[True, False]).item(0, "style")
        other = (read.get_column("style") != main).fill_null(value=False) & read.get_column(
            "problem"
        ).is_null()
        log.rows(
            frame.filter(other),
            code="mixed_date_styles",
            column=column,
            value=pl.col(name),
            action="kept",
            severity="info",
            reason=pl.lit(f"is written otherwise than most dates of the column ({main}); read as ")
            + read.get_column("day").filter(other).cast(pl.Date).cast(pl.String),
        )
    if dotted:
        log.rows(
            frame.head(1).with_columns(pl.lit(None, dtype=pl.Int64).alias("row")),
            code="dotted_dates",
            column=column,
            action="kept",
            severity="info",
            reason="dates with dots are read as day.month.year",
        )
