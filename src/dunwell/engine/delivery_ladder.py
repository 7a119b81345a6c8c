"""How far an invoice has come at the customer's: rungs reached, the last word, never received.

Facts come from anywhere (the ledger, messages, carriers, the portal, the customer's system,
people) and are only ever added. A rung once reached stays reached; what stands beside the ladder
(came back, nothing received, queried, rejected) is the item's current state until a later fact
answers it. A fact counts from the day it happened and the day we knew, whichever is later.
"""

from collections.abc import Collection, Mapping
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.schema import Column, Frame

RUNGS = (
    "issued",
    "handed_over",
    "delivered",
    "opened",
    "received",
    "accepted",
    "approved",
    "scheduled",
    "paid",
)
"""From written to paid; `received` is the customer's own word that it has the invoice."""

ASIDES: Mapping[str, str] = {
    "bounced": "delivered",
    "not_received": "delivered",
    "queried": "accepted",
    "rejected": "accepted",
}
"""What stands beside the ladder, and the lowest rung that answers it when it comes later."""

PROOFS = ("delivered", "opened", "received", "accepted", "approved", "scheduled")
"""Rungs that can prove that an invoice arrived, unless a policy asks for more."""

WHY = ("never_sent", "no_proof", "bounced", "not_received")
"""Why an item counts as never received."""

NEXT_STEPS = ("send", "other_address", "phone", "portal", "letter")
"""What to do about it: send it, to another address, ring up, point to the portal, by post."""

DAY_SPAN = 10_000_000_000
"""Room for the seconds of a moment below the day; both make the order of facts."""

FACTS: Frame = {
    "item_id": Column(nw.Int64, "item the fact is about"),
    "kind": Column(nw.String, "one of RUNGS or ASIDES"),
    "on_day": Column(nw.Int32, "day it happened"),
    "known_day": Column(nw.Int32, "day we knew"),
    "moment": Column(nw.Int64, "seconds since 1970 when it was recorded; orders a day"),
    "source": Column(
        nw.String, "ledger, invoice, message, signal, portal, response, note or promise"
    ),
    "reference": Column(nw.Int64, "message it is about, else empty", nullable=True),
}
STEPS: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "kind": Column(nw.String, "one of RUNGS or ASIDES"),
    "rank": Column(nw.Int32, "place of the rung from 1; 0 beside the ladder"),
    "on_day": Column(nw.Int32, "first day of a rung, last day of what stands beside"),
    "source": Column(nw.String, "where that is known from"),
}
LADDER: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "reached": Column(nw.String, "highest rung reached"),
    "reached_rank": Column(nw.Int32, "its place from 1"),
    "reached_day": Column(nw.Int32, "first day it was reached"),
    "reached_source": Column(nw.String, "where that is known from"),
    "current": Column(nw.String, "the last word: the rung reached, or what stands beside it"),
    "current_day": Column(nw.Int32, "since when"),
    "current_source": Column(nw.String, "where that is known from"),
}
REACH: Frame = {
    "customer_id": Column(nw.Int64, "who is reached"),
    "has_other_email": Column(nw.Boolean, "another usable address than the ones that bounced"),
    "has_phone": Column(nw.Boolean, "a phone number"),
    "has_seat": Column(nw.Boolean, "somebody who signs in to the portal"),
}
ALARMS: Frame = {
    "item_id": Column(nw.Int64, "invoice that nothing proves to have arrived"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "open_minor": Column(nw.Int64, "what is left of it"),
    "due_day": Column(nw.Int32, "due date"),
    "days_left": Column(nw.Int32, "calendar days from as_of to the due date; < 0 is past"),
    "why": Column(nw.String, "one of WHY"),
    "next_step": Column(nw.String, "one of NEXT_STEPS"),
}

_RANKS = {name: number for number, name in enumerate(RUNGS, 1)}
_ANSWERS = tuple(dict.fromkeys(ASIDES.values()))
"""Rungs whose facts, and those of higher ones, answer what stands beside the ladder."""


def known_facts(facts: nw.LazyFrame, *, as_of: date, known_on: date | None = None) -> nw.LazyFrame:
    """Return the facts that had happened by `as_of` and were known by `known_on`, in order.

    `known_on` is `as_of` unless given. `place` orders the facts of an item.
    """
    known = day_number(as_of if known_on is None else known_on)
    return facts.filter(
        nw.col("on_day") <= day_number(as_of), nw.col("known_day") <= known
    ).with_columns(
        rank=nw.col("kind").replace_strict(
            [*RUNGS, *ASIDES], [*_RANKS.values(), *[0] * len(ASIDES)], return_dtype=nw.Int32
        ),
        place=nw.col("on_day").cast(nw.Int64) * DAY_SPAN + nw.col("moment"),
    )


def ladder_steps(known: nw.LazyFrame) -> nw.LazyFrame:
    """Return one row per item and kind of fact, in columns STEPS; `known` is `known_facts`."""
    rungs = known.filter(nw.col("rank") > 0)
    asides = known.filter(nw.col("rank") == 0)
    return nw.concat(
        [_one(rungs, ["item_id", "kind"], is_first=True), _one(asides, ["item_id", "kind"])],
        how="vertical",
    ).select(*STEPS)


def ladder(known: nw.LazyFrame) -> nw.LazyFrame:
    """Return how far each item has come, in columns LADDER; `known` is `known_facts`.

    An item without the fact that it was issued counts by what else is known of it; one about
    which nothing but a refusal is known is at the rung `issued`.
    """
    rungs = known.filter(nw.col("rank") > 0)
    best = rungs.group_by("item_id").agg(best=nw.col("rank").max())
    top = rungs.join(best, on="item_id", how="inner").filter(nw.col("rank") == nw.col("best"))
    reached = _one(top, ["item_id"], is_first=True)
    first = _one(known, ["item_id"], is_first=True)
    is_found = ~nw.col("kind_top").is_null()
    issued = nw.lit(RUNGS[0])
    return (
        first.select("item_id", first_day="on_day", first_source="source")
        .join(
            reached.select(
                "item_id", kind_top="kind", rank_top="rank", day_top="on_day", source_top="source"
            ),
            on="item_id",
            how="left",
        )
        .join(_standing(known), on="item_id", how="left")
        .with_columns(
            reached=nw.when(is_found).then(nw.col("kind_top")).otherwise(issued),
            reached_rank=nw.col("rank_top").fill_null(1).cast(nw.Int32),
            reached_day=_else("day_top", "first_day"),
            reached_source=_else("source_top", "first_source"),
        )
        .with_columns(
            current=_else("aside", "reached"),
            current_day=_else("aside_day", "reached_day"),
            current_source=_else("aside_source", "reached_source"),
        )
        .select(*LADDER)
    )


def proven(known: nw.LazyFrame, *, proofs: Collection[str] = PROOFS) -> nw.LazyFrame:
    """Return item_id, proof_day: the first day something proves that an item arrived.

    What a carrier said of a message that came back after all proves nothing, nor does what was
    said before the customer told us that it has received nothing.
    """
    back = known.filter(nw.col("kind") == "bounced", ~nw.col("reference").is_null())
    denied = (
        known.filter(nw.col("kind") == "not_received")
        .group_by("item_id")
        .agg(denied=nw.col("place").max())
    )
    facts = known.filter(nw.col("kind").is_in([*proofs, "paid"]))
    is_back = nw.col("is_back").fill_null(value=False) & nw.col("source").is_in(
        ["message", "signal"]
    )
    return (
        facts.join(
            back.select("item_id", "reference").unique().with_columns(is_back=nw.lit(value=True)),
            on=["item_id", "reference"],
            how="left",
        )
        .join(denied, on="item_id", how="left")
        .filter(
            ~is_back | (nw.col("kind") != "delivered"),
            nw.col("denied").is_null() | (nw.col("place") > nw.col("denied")),
        )
        .group_by("item_id")
        .agg(proof_day=nw.col("on_day").min())
    )


def never_received(
    known: nw.LazyFrame,
    open_items: nw.LazyFrame,
    reach: nw.LazyFrame,
    *,
    proofs: Collection[str],
    min_open_minor: int,
    only_ours: bool,
    due_by: date,
    issued_by: date,
    as_of: date,
) -> nw.LazyFrame:
    """Return the open invoices nothing proves to have arrived, in columns ALARMS.

    Only invoices due by `due_by` and issued by `issued_by`, of which at least `min_open_minor`
    is open. `only_ours`: only those we wrote or handed over ourselves, for of others nobody
    tells us how they were sent. A customer without a row in `reach` can be reached by post.
    """
    mine = known.filter(
        nw.col("source").is_in(["invoice", "note"]) | (nw.col("kind") == "handed_over")
    )
    last = (
        known.filter(nw.col("kind").is_in(["bounced", "not_received"]))
        .group_by("item_id")
        .agg(place=nw.col("place").max())
    )
    said = known.join(last, on=["item_id", "place"], how="inner").filter(
        nw.col("kind").is_in(["bounced", "not_received"])
    )
    sent = known.filter(nw.col("kind") == "handed_over").select("item_id").unique()
    asked = open_items.filter(
        nw.col("kind") == "invoice",
        nw.col("open_minor") >= max(min_open_minor, 1),
        nw.col("due_day") <= day_number(due_by),
        nw.col("issued_day") <= day_number(issued_by),
    )
    if only_ours:
        asked = asked.join(mine.select("item_id").unique(), on="item_id", how="inner")
    flags = ("has_other_email", "has_phone", "has_seat")
    return (
        asked.join(proven(known, proofs=proofs), on="item_id", how="left")
        .filter(nw.col("proof_day").is_null())
        .join(said.group_by("item_id").agg(said=nw.col("kind").max()), on="item_id", how="left")
        .join(sent.with_columns(is_sent=nw.lit(value=True)), on="item_id", how="left")
        .join(reach, on="customer_id", how="left")
        .with_columns(nw.col("is_sent", *flags).fill_null(value=False))
        .with_columns(
            days_left=(nw.col("due_day") - day_number(as_of)).cast(nw.Int32),
            why=nw.when(~nw.col("said").is_null())
            .then(nw.col("said"))
            .otherwise(
                nw.when(nw.col("is_sent")).then(nw.lit("no_proof")).otherwise(nw.lit("never_sent"))
            ),
        )
        .with_columns(next_step=_next_step())
        .select(*ALARMS)
    )


def _next_step() -> nw.Expr:
    """Return what to do: send what was not, another address where one failed, else ring up."""
    why = nw.col("why")
    steps: tuple[tuple[nw.Expr, str], ...] = (
        (why == "never_sent", "send"),
        ((why != "no_proof") & nw.col("has_other_email"), "other_address"),
        (nw.col("has_phone"), "phone"),
        (nw.col("has_seat"), "portal"),
    )
    found: nw.Expr = nw.lit("letter")
    for condition, step in reversed(steps):
        found = nw.when(condition).then(nw.lit(step)).otherwise(found)
    return found


def _standing(known: nw.LazyFrame) -> nw.LazyFrame:
    """Return item_id, aside, aside_day, aside_source: the last that no later fact answers."""
    place, answered = nw.col("place"), nw.lit(None, dtype=nw.Int64)
    ends = {rung: nw.when(nw.col("rank") >= _RANKS[rung]).then(place) for rung in _ANSWERS}
    answers = known.with_columns(**ends).group_by("item_id").agg(nw.col(*_ANSWERS).max())
    for kind, rung in ASIDES.items():
        answered = nw.when(nw.col("kind") == kind).then(nw.col(rung)).otherwise(answered)
    told = _one(known.filter(nw.col("rank") == 0), ["item_id", "kind"])
    left = (
        told.join(answers, on="item_id", how="left")
        .with_columns(answered=answered)
        .filter(nw.col("answered").is_null() | (nw.col("answered") <= place))
        .select("item_id", "kind", "rank", "on_day", "source", "place")
    )
    return _one(left, ["item_id"]).select(
        "item_id", aside="kind", aside_day="on_day", aside_source="source"
    )


def _one(facts: nw.LazyFrame, by: list[str], *, is_first: bool = False) -> nw.LazyFrame:
    """Return the first or last fact of each group; of equal ones the first by name."""
    place = nw.col("place")
    ends = facts.group_by(*by).agg(end=place.min() if is_first else place.max())
    at_end = facts.join(ends, on=by, how="inner").filter(nw.col("place") == nw.col("end"))
    names = (
        at_end.with_columns(name=nw.concat_str(nw.col("kind"), nw.col("source"), separator=" "))
        .group_by(*by)
        .agg(name=nw.col("name").min())
    )
    columns = ("item_id", "kind", "rank", "on_day", "source", "place")
    return (
        at_end.with_columns(name=nw.concat_str(nw.col("kind"), nw.col("source"), separator=" "))
        .join(names, on=[*by, "name"], how="inner")
        .select(*columns)
        .unique()
    )


def _else(name: str, otherwise: str) -> nw.Expr:
    """Return a column where it holds something, another one elsewhere."""
    return nw.when(~nw.col(name).is_null()).then(nw.col(name)).otherwise(nw.col(otherwise))
