"""Behavioural score per customer: 0 to 100, higher pays better, with its reasons.

The score is the card's base plus whole points per fact, so the reasons add up exactly.
Every fact and every table only goes one way. So paying an item later never raises the
score (an item that one payment settles, booked on the day it came: a first part answers a
contact, and unbooked money covers other items), a kept promise and a reply never lower it,
and a broken promise never raises it.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.ledger import Ledger
from dunwell.engine.money import share
from dunwell.engine.schema import Column, Frame
from dunwell.engine.score_card import HOUSE_CARD, PointTable, ScoreCard
from dunwell.engine.score_facts import FACTS, GROUPS, SCORE_FACTS, score_facts

BEHAVIOUR_SCORES: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "score": Column(nw.Int64, "0 to 100, higher pays better; base plus all points"),
    "band": Column(nw.String, "band of the card the score lies in"),
    "band_no": Column(nw.Int32, "place of the band, 1 = best"),
    "is_thin": Column(nw.Boolean, "fewer judged items than the card asks for"),
    "base": Column(nw.Int64, "points of a customer nothing is known about"),
    **{f"{group}_points": Column(nw.Int64, f"points of the facts on {group}") for group in GROUPS},
    **{f"{name}_points": Column(nw.Int64, f"points for {name}") for name in FACTS},
    **{name: column for name, column in SCORE_FACTS.items() if name != "customer_id"},
}
SCORE_REASONS: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "reason": Column(nw.String, "name of the fact, one of score_facts.FACTS"),
    "reason_group": Column(nw.String, "history, responsiveness or pattern"),
    "unit": Column(nw.String, "days or ppm"),
    "measured": Column(nw.Int64, "the fact as it is, in its unit"),
    "neutral": Column(nw.Int64, "value that is worth 0 points"),
    "evidence": Column(nw.Int64, "items, contacts or promises it rests on, > 0"),
    "points": Column(nw.Int64, "what it adds to the base"),
    "most": Column(nw.Int64, "most points it could bring"),
    "least": Column(nw.Int64, "fewest points it could bring"),
}


def behaviour_scores(
    ledger: Ledger,
    *,
    as_of: date,
    contacts: nw.LazyFrame | None = None,
    replies: nw.LazyFrame | None = None,
    calendar: nw.LazyFrame | None = None,
    card: ScoreCard = HOUSE_CARD,
) -> nw.LazyFrame:
    """Return one row per customer with an item issued by `as_of`, in columns BEHAVIOUR_SCORES.

    `contacts` (columns CONTACTS) and `replies` (columns REPLIES) may be left out: reasons
    without evidence are worth 0. `calendar` (columns CALENDAR) judges promises by business
    days. See `score_facts` for what counts.
    """
    facts = score_facts(ledger, as_of=as_of, contacts=contacts, replies=replies, calendar=calendar)
    return scored(facts, card=card)


def scored(facts: nw.LazyFrame, *, card: ScoreCard) -> nw.LazyFrame:
    """Return the facts (columns SCORE_FACTS) with points, score and band, as BEHAVIOUR_SCORES."""
    tables = {name: card.table(name) for name in FACTS}
    # a column of its own, since every step of a table looks at it
    drawn = {f"{name}_drawn": _drawn(table) for name, table in tables.items() if table}
    points = {
        f"{name}_points": _points(table) if table else nw.lit(0, nw.Int64)
        for name, table in tables.items()
    }
    groups = {
        f"{group}_points": nw.sum_horizontal(
            *[f"{name}_points" for name, fact in FACTS.items() if fact.group == group]
        )
        for group in GROUPS
    }
    score = nw.sum_horizontal("base", *groups)
    return (
        facts.with_columns(**drawn)
        .with_columns(**points)
        .with_columns(base=nw.lit(card.base, nw.Int64), **groups)
        .with_columns(score=score, is_thin=nw.col("judged_items") < card.thin_items)
        .with_columns(**_band(card))
        .select(*BEHAVIOUR_SCORES)
    )


def score_reasons(scores: nw.LazyFrame, *, card: ScoreCard = HOUSE_CARD) -> nw.LazyFrame:
    """Return a row per customer and fact with evidence, in columns SCORE_REASONS.

    `scores` are of the same card, best collected before: they are read once per fact.
    Per customer the points add up to score less base.
    """
    rows = nw.col("evidence") > 0
    parts = []
    for table in card.tables:
        fact = FACTS[table.fact]
        parts.append(
            scores.select(
                "customer_id",
                reason=nw.lit(table.fact),
                reason_group=nw.lit(fact.group),
                unit=nw.lit(fact.unit),
                measured=nw.col(table.fact),
                neutral=nw.lit(table.neutral, nw.Int64),
                evidence=nw.col(f"{table.fact}_rows"),
                points=nw.col(f"{table.fact}_points"),
                most=nw.lit(table.most, nw.Int64),
                least=nw.lit(table.least, nw.Int64),
            ).filter(rows)
        )
    return nw.concat(parts, how="vertical").select(*SCORE_REASONS)


def _drawn(table: PointTable) -> nw.Expr:
    """Return a fact drawn towards neutral by its evidence."""
    rows = nw.col(f"{table.fact}_rows")
    known = nw.col(table.fact).fill_null(0) * rows
    return share(known + table.neutral * table.weight, nw.lit(1, nw.Int64), rows + table.weight)


def _points(table: PointTable) -> nw.Expr:
    """Return the points of a drawn fact: the lowest, and what each step reached adds."""
    drawn = nw.col(f"{table.fact}_drawn")
    worth = [table.lowest, *table.steps.values()]
    steps = zip(table.steps, worth, worth[1:], strict=False)
    added = [(drawn >= start).cast(nw.Int64) * (after - before) for start, before, after in steps]
    return nw.sum_horizontal(nw.lit(table.lowest, nw.Int64), *added)


def _band(card: ScoreCard) -> dict[str, nw.Expr]:
    """Return `band` and `band_no` of the score."""
    names, numbers = nw.lit(""), nw.lit(0, nw.Int32)
    worst_first = reversed(list(enumerate(card.bands.items(), 1)))
    for number, (start, name) in worst_first:
        is_in = nw.col("score") >= start
        names = nw.when(is_in).then(nw.lit(name)).otherwise(names)
        numbers = nw.when(is_in).then(nw.lit(number, nw.Int32)).otherwise(numbers)
    return {"band": names, "band_no": numbers}
