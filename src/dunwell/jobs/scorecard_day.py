"""The day's scores: every customer by the champions and, in shadow, by the challengers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.gate import Actor
from dunwell.actions.scorecards import SnapshotIn, snapshot_of, write_score_snapshots
from dunwell.engine.scorecard_terms import CATEGORY, Value, as_text
from dunwell.engine.scorecard_terms import Scorecard as Card
from dunwell.engine.scorecards import Scorer, score_rows
from dunwell.models import Company, Scorecard
from dunwell.queries.credit_facts import CreditFacts, read_credit_facts
from dunwell.queries.scorecards import card_of, last_points, scoring_cards


@dataclass(frozen=True, kw_only=True, slots=True)
class CardScores:
    """What one card says of the customers whose points are others than last time."""

    scorecard: Scorecard
    rows: tuple[SnapshotIn, ...]


def card_scores(
    company: Company,
    *,
    as_of: date,
    known: Callable[[], CreditFacts] | None = None,
) -> tuple[CardScores, ...]:
    """Return what every champion and challenger of the day says of the customers that moved.

    Reading and working out alone, for the cycle to do outside its transaction. `known` gives the
    facts of everybody on the day, where somebody else needs them too.
    """
    cards = [(found, card_of(found)) for found in scoring_cards(company, as_of=as_of)]
    if not cards:
        return ()
    facts = known() if known is not None else read_credit_facts(company, as_of=as_of)
    table = _with_own_points(facts, [card for _, card in cards])
    frame = nw.from_native(table.rename({"customer_id": "subject_id"}).lazy())
    by_customer = {row["customer_id"]: row for row in table.iter_rows(named=True)}
    found = []
    for scorecard, card in cards:
        last = last_points(scorecard, before=as_of)
        columns = [f"{one.name}_points" for one in card.inputs]
        # only who moved is explained: that is what takes the time
        moved = [
            row["subject_id"]
            for row in score_rows(frame, card).collect().sort("subject_id").iter_rows(named=True)
            if last.get(row["subject_id"]) != (row["pd_ppm"], tuple(row[name] for name in columns))
        ]
        scorer = Scorer(card)
        rows = tuple(snapshot_of(scorer, key, by_customer[key]) for key in moved)
        found.append(CardScores(scorecard=scorecard, rows=rows))
    return tuple(found)


def write_card_scores(
    actor: Actor, scores: Sequence[CardScores], *, as_of: date, at: datetime
) -> int:
    """Record what `card_scores` returned; return how many scores were written."""
    return sum(
        write_score_snapshots(
            actor=actor, scorecard=one.scorecard, rows=one.rows, as_of=as_of, at=at
        )
        for one in scores
    )


def _with_own_points(facts: CreditFacts, cards: Sequence[Card]) -> pl.DataFrame:
    """Return the facts with the company's own points that cards name, as the cards read them.

    The frame holds the catalogue's alone, since only a card tells what another one is.
    """
    found = facts.frame
    own = {
        one.name: one.kind
        for card in cards
        for one in card.inputs
        if one.name not in found.columns
    }
    if not own:
        return found
    return found.with_columns(
        pl.Series(
            name,
            [
                _own_point(facts.points.get(key, {}).get(name), kind)
                for key in found["customer_id"]
            ],
            dtype=pl.String if kind == CATEGORY else pl.Float64,
        )
        for name, kind in own.items()
    )


def _own_point(value: Value, kind: str) -> str | float | None:
    if kind == CATEGORY:
        return as_text(value)
    return float(value) if isinstance(value, int | float) else None
