"""The day's search for what is unlike the rest, and for what came twice."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.anomalies import FIGURES, SUBJECTS
from dunwell.engine.anomalies import ANOMALY_KINDS, anomalies
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.duplicates import TIERS, duplicate_candidates, duplicates
from dunwell.engine.item_anomalies import item_signs
from dunwell.engine.payment_anomalies import payment_signs
from dunwell.formats.frames import kept
from dunwell.queries.ledger_texts import item_texts_frame, payment_texts_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

DUPLICATE = "duplicate"
"""Kind of a finding about a row that repeats another; the other kinds are ANOMALY_KINDS."""

RECENT_DAYS = 180
"""Findings about older rows are history: nobody can act on them any more."""

FOUND: dict[str, type[pl.DataType]] = {
    "identity": pl.String,
    **dict.fromkeys(SUBJECTS, pl.Int64),
    **dict.fromkeys(FIGURES, pl.Int64),
    "kind": pl.String,
    "unit": pl.String,
    "facts": pl.String,
}
"""What `actions.anomalies.find_anomalies` takes."""


def found_anomalies(books: Books, *, as_of: date) -> pl.DataFrame:
    """Return the findings of a day about rows of the last RECENT_DAYS, in columns FOUND."""
    company, ledger = books.company, books.whole()
    item_texts = kept(item_texts_frame(company))
    payment_texts = kept(payment_texts_frame(company))
    oldest = native(ledger.items.select(nw.col("issued_day").min()))["issued_day"].item()
    if oldest is None:
        return pl.DataFrame(schema=FOUND)
    calendar = calendar_days(
        company.country,
        first=(date(1970, 1, 1) + timedelta(days=oldest)).replace(day=1),
        last=as_of.replace(day=1) + timedelta(days=31),
    )
    signs = kept(item_signs(ledger, item_texts, calendar, as_of=as_of))
    paid_signs = kept(payment_signs(ledger, payment_texts, item_texts, as_of=as_of))
    odd = native(anomalies(signs, paid_signs)).filter(pl.col("is_within_limit"))
    candidates = kept(duplicate_candidates(ledger, item_texts, payment_texts, as_of=as_of))
    twice = native(duplicates(candidates)).filter(pl.col("score") >= TIERS["likely"])
    first = day_number(as_of) - RECENT_DAYS
    return pl.concat([_odd(odd, first), _twice(twice, books, first)]).sort("identity")


def _odd(odd: pl.DataFrame, first: int) -> pl.DataFrame:
    units = {code: kind.unit for code, kind in ANOMALY_KINDS.items()}
    return _records(
        odd.filter(pl.col("day") >= first).with_columns(
            identity=pl.format("{}:{}:{}", "code", "subject", "subject_id"),
            kind="code",
            unit=pl.col("code").replace_strict(units, return_dtype=pl.String),
            facts=pl.struct(
                "currency",
                "amount_minor",
                "rests_on",
                "basis",
                on=pl.col("day").cast(pl.Date).cast(pl.String),
            ).struct.json_encode(),
            other_item_id="other_id",
            other_payment_id=pl.lit(None, pl.Int64),
        )
    )


def _twice(twice: pl.DataFrame, books: Books, first: int) -> pl.DataFrame:
    ledger = books.whole()
    days = pl.concat(
        [
            native(ledger.items.select(subject_id="item_id", day="issued_day")).with_columns(
                subject=pl.lit("item")
            ),
            native(ledger.payments.select(subject_id="payment_id", day="value_day")).with_columns(
                subject=pl.lit("payment")
            ),
        ]
    )
    recent = twice.join(days, on=["subject", "subject_id"], how="left").filter(
        pl.col("day") >= first
    )
    is_item = pl.col("subject") == "item"
    return _records(
        recent.with_columns(
            identity=pl.format("duplicate:{}:{}:{}", "subject", "subject_id", "other_id"),
            kind=pl.lit(DUPLICATE),
            severity="score",
            unit=pl.lit("minor"),
            measured="amount_minor",
            usual=pl.lit(None, pl.Int64),
            facts=pl.struct(
                "currency",
                "amount_minor",
                "tier",
                "number_match",
                "reference_match",
                "days_apart",
                "alike",
                "use",
            ).struct.json_encode(),
            other_item_id=pl.when(is_item).then("other_id"),
            other_payment_id=pl.when(~is_item).then("other_id"),
        )
    )


def _records(rows: pl.DataFrame) -> pl.DataFrame:
    is_item = pl.col("subject") == "item"
    return rows.with_columns(
        item_id=pl.when(is_item).then("subject_id"),
        payment_id=pl.when(~is_item).then("subject_id"),
    ).select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())
