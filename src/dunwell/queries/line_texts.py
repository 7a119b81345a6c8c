"""The lines of messages in words, a frame of them at once: a day words a hundred thousand."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.fillings import filled_rows, one_line_rows
from dunwell.engine.money import minor_digits
from dunwell.engine.wording import LONGEST_VALUE, LineForms
from dunwell.queries.wordings import KINDS, day_text, money_form

THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class CustomerLines:
    """The lines of one customer's message, and the most days past due of its items.

    None stands for a line one of whose values is longer than a text may be.
    """

    items: list[str | None]
    credits: list[str | None]
    oldest_days: int | None


NO_LINES = CustomerLines([], [], None)


def customer_lines(rows: pl.DataFrame, forms: Mapping[str, LineForms]) -> dict[int, CustomerLines]:
    """Return the lines of each customer in the order of the rows, by the forms of its language.

    The rows hold customer_id, language, kind, number, currency, issued_day, due_day,
    days_past_due, open_minor, collect_minor, is_credit.
    """
    found: dict[int, CustomerLines] = {}
    by_language = rows.partition_by("language", maintain_order=True, as_dict=True)
    for (language,), part in by_language.items():
        worded = (
            nw.from_native(line_values(part, language))
            .with_columns(number=one_line_rows("number", longest=LONGEST_VALUE))
            .with_columns(line=_line(forms[language]))
        )
        is_credit, line = pl.col("is_credit"), pl.col("line")
        grouped = (
            worded.to_native()
            .group_by("customer_id", maintain_order=True)
            .agg(
                items=line.filter(~is_credit),
                credits=line.filter(is_credit),
                oldest_days=pl.col("days_past_due").filter(~is_credit).max(),
            )
        )
        found |= {
            key: CustomerLines(items, in_favour, oldest)
            for key, items, in_favour, oldest in grouped.iter_rows()
        }
    return found


def line_values(rows: pl.DataFrame, language: str) -> pl.DataFrame:
    """Return the rows with LINE_VALUES in words; `days_late` is empty for what is not due yet.

    The number stands as it was given, all else is one line by itself.
    """
    late = pl.col("days_past_due")
    shown = pl.when("is_credit").then("open_minor").otherwise("collect_minor")
    return rows.select(
        "customer_id",
        "is_credit",
        "days_past_due",
        "number",
        "currency",
        kind=pl.col("kind").replace_strict(KINDS[language], return_dtype=pl.String),
        issued_on=_days(rows["issued_day"], language),
        due_on=_days(rows["due_day"], language),
        days_late=pl.when(late > 0).then(late.cast(pl.String)).otherwise(pl.lit("")),
        open=money_texts(rows.select("currency", amount_minor=shown), language),
    )


def money_texts(rows: pl.DataFrame, language: str) -> pl.Series:
    """Return (currency, amount_minor) rows as `wordings.money_text` writes each of them."""
    forms = {code: money_form(code, language) for code in rows["currency"].unique()}
    if not forms:
        return pl.Series(dtype=pl.String)
    _, _, group, point = next(iter(forms.values()))
    digits = {code: minor_digits(code) for code in forms}
    told = rows.select(
        "amount_minor",
        before=_by_currency({code: form[0] for code, form in forms.items()}, pl.String),
        after=_by_currency({code: form[1] for code, form in forms.items()}, pl.String),
        digits=_by_currency(digits, pl.Int64),
        base=_by_currency({code: 10**places for code, places in digits.items()}, pl.Int64),
    ).with_columns(
        whole=pl.col("amount_minor").abs() // pl.col("base"),
        rest=pl.col("amount_minor").abs() % pl.col("base"),
    )
    most: int = told["whole"].max()  # type: ignore[assignment]
    rest = pl.concat_str(pl.lit(point), pl.col("rest").cast(pl.String).str.zfill(pl.col("digits")))
    text = pl.concat_str(
        pl.when(pl.col("amount_minor") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        "before",
        _grouped(pl.col("whole"), most, group),
        pl.when(pl.col("digits") > 0).then(rest).otherwise(pl.lit("")),
        "after",
    )
    return told.select(text=text)["text"]


def _line(forms: LineForms) -> nw.Expr:
    late, before_due, credit = (filled_rows(form) for form in forms)
    is_late = nw.col("days_late") != ""
    return (
        nw.when(nw.col("is_credit"))
        .then(credit)
        .otherwise(nw.when(is_late).then(late).otherwise(before_due))
    )


def _grouped(whole: pl.Expr, most: int, group: str) -> pl.Expr:
    """Return whole numbers up to `most` with a mark between the thousands."""
    text = whole.cast(pl.String)
    if most < THOUSAND:
        return text
    ahead = _grouped(whole // THOUSAND, most // THOUSAND, group)
    behind = (whole % THOUSAND).cast(pl.String).str.zfill(3)
    return (
        pl.when(whole < THOUSAND).then(text).otherwise(pl.concat_str(ahead, pl.lit(group), behind))
    )


def _by_currency(values: Mapping[str, object], dtype: type[pl.DataType]) -> pl.Expr:
    return pl.col("currency").replace_strict(values, return_dtype=dtype)


def _days(days: pl.Series, language: str) -> pl.Expr:
    texts: dict[int, str] = {day: day_text(day_date(day), language) for day in days.unique()}
    return pl.col(days.name).replace_strict(texts, return_dtype=pl.String)
