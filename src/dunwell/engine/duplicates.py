"""Items billed twice and payments made or read twice: pairs, how sure, and why.

`quality` counts exact copies; here two rows of one amount are weighed against each
other: their numbers, references, days, how common the amount is, and what became of the
money. Points add up to a score, so every part of the judgement can be shown. Not
duplicates: invoice, credit note, new invoice; a subscription; instalments; a returned
payment that is made again.

Two steps, so that a million rows are read once: `duplicate_candidates` keeps the rows
worth comparing (collect them), `duplicates` compares them.
"""

from collections.abc import Mapping
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.duplicate_rows import BY, item_rows, payment_rows
from dunwell.engine.ledger import Ledger
from dunwell.engine.number_forms import FORMS, number_match
from dunwell.engine.pairing import (
    COUNTS,
    SPAN_ROWS,
    chained,
    is_near,
    is_taken_back,
    pairs,
    rhythms,
)
from dunwell.engine.schema import Column, Frame

DUPLICATES: Frame = {
    "subject": Column(nw.String, "item or payment"),
    "subject_id": Column(nw.Int64, "key of the later row, the one that may be too many"),
    "other_id": Column(nw.Int64, "key of the row it repeats"),
    "customer_id": Column(nw.Int64, "whose row it is, empty for an unknown payer", nullable=True),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "amount of either row"),
    "score": Column(nw.Int64, "0 to 100, the sum of the points of what follows"),
    "tier": Column(nw.String, "certain, likely or look"),
    "number_match": Column(nw.String, "one of number_forms.MATCHES"),
    "reference_match": Column(nw.String, "same, shared with further rows, other or unknown"),
    "days_apart": Column(nw.Int32, "days between the two rows"),
    "alike": Column(nw.Int64, "rows of the party with this amount"),
    "use": Column(
        nw.String, "of the later payment: applied, part or unapplied; empty for an item"
    ),
}
CROWDED: Frame = {
    "subject": Column(nw.String, "item or payment"),
    "party": Column(nw.String, "customer key, or name of a payer without one"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "amount_minor": Column(nw.Int64, "amount of the rows"),
    "rows": Column(nw.Int64, "rows compared by number and reference only"),
    "first_day": Column(nw.Int32, "day of the first"),
    "last_day": Column(nw.Int32, "day of the last"),
}
TIERS: Mapping[str, int] = {"certain": 80, "likely": 55, "look": 30}
"""Least score of each tier; below the last nothing is shown."""

Points = Mapping[str, int]

NUMBER_POINTS: Mapping[str, Points] = {
    "item": {
        "same": 60, "zeros": 60, "prefix": 45, "suffix": 45, "transposed": 35, "part": -25,
    },
    "payment": {"same": 70, "zeros": 70},
}  # fmt: skip
REFERENCE_POINTS: Mapping[str, Points] = {
    "item": {"same": 35, "shared": 15, "other": -30},
    "payment": {"same": 45, "shared": 35, "other": -35},
}
DAY_POINTS: Mapping[str, Mapping[int, int]] = {
    "item": {0: 20, 7: 10, 31: 5},
    "payment": {0: 15, 3: 10, 7: 5},
}
"""Points for rows at most so many days apart."""

USE_POINTS: Points = {"unapplied": 20, "applied": -35}
"""Money that found something to settle speaks against a payment made twice."""

RARE_POINTS, COMMON_POINTS, COMMON_ROWS = 10, -15, 4
"""An amount the party has twice only; one it has more often than COMMON_ROWS times, which is
held against rows with numbers of their own."""

WEEKLY_POINTS = -20
"""Items with other numbers exactly weeks or a month apart look like a rhythm that starts."""

REPEATED = ("same", "zeros", "prefix", "suffix")
"""Matches of a number that no rhythm explains."""

INSTALMENT_DAYS = 14
"""Items issued together and due so far apart are instalments."""

PAYMENT_NEAR_DAYS = 7
"""Payments with other numbers further apart are not compared."""

BILLED_KINDS = ("invoice", "credit_note", "opening")
"""Fees and interest repeat by themselves: they need the number or the reference as well."""

PAIR = 2
PAYMENT_BY = ("subject", "currency", "amount_minor")
KEPT = ("party", "customer_id", "kind", "due_day", "reference", "is_left", *COUNTS, *FORMS)
BEFORE = "_before"


def duplicate_candidates(
    ledger: Ledger, item_texts: nw.LazyFrame, payment_texts: nw.LazyFrame, *, as_of: date
) -> nw.LazyFrame:
    """Return the rows that share their amount with another row, in columns CANDIDATES.

    `item_texts` has columns ITEM_TEXTS, `payment_texts` PAYMENT_TEXTS. Only rows known by
    `as_of` and issued or paid by then. Collect the answer before `duplicates` reads it.
    """
    parts = [
        item_rows(ledger, item_texts, as_of=as_of),
        payment_rows(ledger, payment_texts, as_of=as_of),
    ]
    return nw.concat(parts, how="vertical")


def duplicates(candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Return the items and payments that seem to repeat an earlier one, as DUPLICATES.

    One row per later row, with the earlier one it repeats most clearly. Items of a
    customer and payments of a payer are compared; the same bank reference within sixty
    days counts whoever the payment was booked to. Of items, those settled by credit or
    adjustment are taken back already.
    """
    found = nw.concat(
        [
            pairs(candidates, BY).select("subject", "id", "id_before"),
            *[_neighbours(candidates, BY, name) for name in ("core", "reference")],
            _neighbours(candidates.filter(nw.col("number_rows") > 1), PAYMENT_BY, "plain"),
        ],
        how="vertical",
    ).unique(["subject", "id", "id_before"])
    judged = (
        _joined(found, candidates)
        .with_columns(number_match=number_match(other=BEFORE), reference_match=_references())
        .with_columns(is_repeated=nw.col("number_match").is_in(REPEATED))
        .filter(_is_comparable(), ~_is_instalment())
        .with_columns(score=_score())
        .filter(nw.col("score") >= TIERS["look"])
        .filter(~(is_taken_back() & (nw.col("party") == nw.col("party_before"))))
    )
    return _told(_without_rhythm(judged, rhythms(candidates, BY)))


def crowded_amounts(candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Return where too many rows of one amount lie together, in columns CROWDED.

    Such rows are compared with the one before them that has the same number or
    reference, not each with each.
    """
    return (
        candidates.filter(nw.col("crowd") > SPAN_ROWS)
        .group_by(*BY)
        .agg(
            rows=nw.len().cast(nw.Int64),
            first_day=nw.col("day").min(),
            last_day=nw.col("day").max(),
        )
        .select(*CROWDED)
    )


def _neighbours(candidates: nw.LazyFrame, by: tuple[str, ...], chain: str) -> nw.LazyFrame:
    return chained(candidates, by, chain).select("subject", "id", "id_before")


def _joined(found: nw.LazyFrame, candidates: nw.LazyFrame) -> nw.LazyFrame:
    """Return the pairs with the columns of both rows; those of the earlier end in BEFORE."""
    earlier = candidates.select(
        "subject", **{name + BEFORE: nw.col(name) for name in ("id", "day", *KEPT)}
    )
    return (
        found.join(candidates, on=["subject", "id"], how="inner")
        .join(earlier, on=["subject", "id" + BEFORE], how="inner")
        .with_columns(days_apart=(nw.col("day") - nw.col("day_before")).cast(nw.Int32))
    )


def _references() -> nw.Expr:
    """Return how the references compare: same, shared with further rows, other or unknown."""
    mine, theirs = nw.col("reference"), nw.col("reference_before")
    is_unknown = (mine == "") | (theirs == "")
    same = nw.when(nw.col("ref_rows") > PAIR).then(nw.lit("shared")).otherwise(nw.lit("same"))
    known = nw.when(mine == theirs).then(same).otherwise(nw.lit("other"))
    return nw.when(is_unknown).then(nw.lit("unknown")).otherwise(known)


def _is_comparable() -> nw.Expr:
    """Return whether the rows of a pair can be one thing, by kind, days and what is left."""
    is_payment = nw.col("subject") == "payment"
    is_near_payment = nw.col("is_repeated") | (nw.col("days_apart") <= PAYMENT_NEAR_DAYS)
    is_same_kind = nw.col("kind") == nw.col("kind_before")
    has_evidence = nw.col("is_repeated") | nw.col("reference_match").is_in(("same", "shared"))
    is_billed = nw.col("kind").is_in(BILLED_KINDS)
    is_same_number = nw.col("number_match").is_in(("same", "zeros"))
    is_item = (is_same_kind & (is_billed | has_evidence)) | is_same_number
    is_left = nw.col("is_left") & nw.col("is_left_before")
    return (is_payment & is_near_payment) | (~is_payment & is_item & is_left)


def _is_instalment() -> nw.Expr:
    """Return whether two items issued together are due at different times."""
    apart = (nw.col("due_day") - nw.col("due_day_before")).abs()
    is_together = (nw.col("subject") == "item") & (nw.col("days_apart") <= 1)
    return is_together & (apart >= INSTALMENT_DAYS) & ~nw.col("is_repeated")


def _score() -> nw.Expr:
    """Return the sum of the points of a pair."""
    is_item = nw.col("subject") == "item"
    by_subject = [
        _table("number_match", NUMBER_POINTS[name])
        + _table("reference_match", REFERENCE_POINTS[name])
        + _near(DAY_POINTS[name])
        for name in ("item", "payment")
    ]
    gap, alike = nw.col("days_apart"), nw.col("bucket_rows")
    is_weeks = ((gap > 0) & (gap % 7 == 0)) | gap.is_between(28, 31)
    starts = is_item & is_weeks & ~nw.col("is_repeated")
    is_common = (alike > COMMON_ROWS) & ~nw.col("is_repeated")
    common = nw.when(is_common).then(COMMON_POINTS).otherwise(0)
    return (
        nw.when(is_item).then(by_subject[0]).otherwise(by_subject[1])
        + _table("use", USE_POINTS)
        + nw.when(alike <= PAIR).then(RARE_POINTS).otherwise(common)
        + nw.when(starts).then(WEEKLY_POINTS).otherwise(0)
    )


def _table(column: str, points: Points) -> nw.Expr:
    found = nw.lit(0, nw.Int64)
    for code, value in points.items():
        found = nw.when(nw.col(column) == code).then(nw.lit(value, nw.Int64)).otherwise(found)
    return found


def _near(points: Mapping[int, int]) -> nw.Expr:
    found = nw.lit(0, nw.Int64)
    for most, value in sorted(points.items(), reverse=True):
        is_within = nw.col("days_apart") <= most
        found = nw.when(is_within).then(nw.lit(value, nw.Int64)).otherwise(found)
    return found


def _without_rhythm(judged: nw.LazyFrame, usual: nw.LazyFrame) -> nw.LazyFrame:
    """Return the pairs that are not a step of a rhythm: a whole number of usual distances."""
    gap, days = nw.col("days_apart"), nw.col("rhythm_days")
    steps = (gap / days + 0.5).cast(nw.Int64)
    is_step = (steps >= 1) & is_near(gap, days * steps)
    return judged.join(usual, on=[*BY], how="left").filter(
        nw.col("is_repeated") | ~is_step.fill_null(value=False)
    )


def _told(judged: nw.LazyFrame) -> nw.LazyFrame:
    """Return the clearest pair of each later row, in columns DUPLICATES."""
    score = nw.col("score").clip(0, 100)
    tier = nw.lit("look")
    for name in ("likely", "certain"):
        tier = nw.when(score >= TIERS[name]).then(nw.lit(name)).otherwise(tier)
    order = ["worse", "days_apart", "id_before"]
    return (
        judged.with_columns(worse=nw.lit(0, nw.Int64) - nw.col("score"), one=nw.lit(1, nw.Int64))
        .with_columns(place=nw.col("one").cum_sum().over("subject", "id", order_by=order))
        .filter(nw.col("place") == 1)
        .with_columns(
            subject_id=nw.col("id"),
            other_id=nw.col("id_before"),
            score=score.cast(nw.Int64),
            tier=tier,
            alike=nw.col("bucket_rows"),
        )
        .select(*DUPLICATES)
    )
