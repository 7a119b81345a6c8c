"""The lines of messages in words, a frame of them at once: a day words a hundred thousand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.engine.fillings import filled_rows, one_line_rows
from dunwell.engine.money import minor_digits
from dunwell.engine.wording import LONGEST_VALUE, MOST_LINES, LineForms
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
    for worded in _worded(rows, forms):
        is_credit, line = pl.col("is_credit"), pl.col("line")
        grouped = worded.group_by("customer_id", maintain_order=True).agg(
            items=line.filter(~is_credit),
            credits=line.filter(is_credit),
            oldest_days=pl.col("days_past_due").filter(~is_credit).max(),
        )
        found |= {
            key: CustomerLines(items, in_favour, oldest)
            for key, items, in_favour, oldest in grouped.iter_rows()
        }
    return found


def line_blocks(rows: pl.DataFrame, forms: Mapping[str, LineForms]) -> pl.DataFrame:
    """Return customer_id, lines, credits, item_count, oldest_days: the same lines in one text.

    Each line is ended by a line break. Null where one of them is not known, and where there are
    more than a text shows.
    """
    parts = [
        worded.group_by("customer_id", maintain_order=True).agg(
            lines=_block(~pl.col("is_credit")),
            credits=_block(pl.col("is_credit")),
            item_count=(~pl.col("is_credit")).sum().cast(pl.Int64),
            oldest_days=pl.col("days_past_due").filter(~pl.col("is_credit")).max(),
        )
        for worded in _worded(rows, forms)
    ]
    types = {"customer_id": pl.Int64, "lines": pl.String, "credits": pl.String}
    counts = {"item_count": pl.Int64, "oldest_days": pl.Int32}
    return pl.concat(parts) if parts else pl.DataFrame(schema={**types, **counts})


def _block(chosen: pl.Expr) -> pl.Expr:
    lines = pl.col("line").filter(chosen)
    block = pl.when(lines.len() > 0).then(lines.str.join("\n", ignore_nulls=False) + "\n")
    return pl.when(lines.len() <= MOST_LINES).then(block.otherwise(pl.lit("")))


def _worded(rows: pl.DataFrame, forms: Mapping[str, LineForms]) -> Iterator[pl.DataFrame]:
    """Yield the rows of each language with their `line`; null for a number that is too long."""
    by_language = rows.partition_by("language", maintain_order=True, as_dict=True)
    for (language,), part in by_language.items():
        yield (
            nw.from_native(line_values(part, language))
            .with_columns(number=one_line_rows("number", longest=LONGEST_VALUE))
            .with_columns(line=_line(forms[language]))
            .to_native()
        )


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
    digits = [minor_digits(code) for code in forms]
    # what stands behind the point is looked up: of n digits there are ten to the nth
    places = range(max(digits) + 1)
    ends = [f"{point}{rest:0{n}d}" if n else "" for n in places for rest in range(10**n)]
    said = pl.DataFrame(
        {
            "currency": list(forms),
            "before": [form[0] for form in forms.values()],
            "after": [form[1] for form in forms.values()],
            "base": [10**n for n in digits],
            "begin": [(10**n - 1) // 9 for n in digits],
        }
    )
    told = (
        rows.select("currency", "amount_minor")
        .join(said, on="currency", how="left", maintain_order="left")
        .with_columns(
            whole=pl.col("amount_minor").abs() // pl.col("base"),
            rest=pl.col("begin") + pl.col("amount_minor").abs() % pl.col("base"),
        )
    )
    most: int = told["whole"].max()  # type: ignore[assignment]
    text = pl.concat_str(
        pl.when(pl.col("amount_minor") < 0).then(pl.lit("-")).otherwise(pl.lit("")),
        "before",
        _grouped(pl.col("whole"), most, group),
        pl.lit(pl.Series(ends)).gather(pl.col("rest")),
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
    behind = pl.lit(pl.Series([f"{group}{n:03d}" for n in range(THOUSAND)]))
    return (
        pl.when(whole < THOUSAND)
        .then(text)
        .otherwise(pl.concat_str(ahead, behind.gather(whole % THOUSAND)))
    )


def _days(days: pl.Series, language: str) -> pl.Expr:
    texts: dict[int, str] = {day: day_text(day_date(day), language) for day in days.unique()}
    return pl.col(days.name).replace_strict(texts, return_dtype=pl.String)
