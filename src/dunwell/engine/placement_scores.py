"""How an agency does: what was placed and collected, by currency and by the age of the debts.

Amounts in minor units, rates in parts per million of what was placed, ages in days past due on
the day of the proposal. Cohorts sum to their total, whatever the placements are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

PPM = 1_000_000
COHORTS: tuple[tuple[str, int, int | None], ...] = (
    ("0-90", 0, 90),
    ("91-180", 91, 180),
    ("181-365", 181, 365),
    ("366+", 366, None),
)
"""Name, first and last day past due of each cohort."""
RETURNED, RECALLED = "returned", "recalled"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedFact:
    """What is known of one placement that was handed over; `ended_as` is empty while it runs."""

    currency: str
    age_days: int
    ended_as: str
    placed_minor: int
    gross_minor: int
    commission_minor: int
    owed_minor: int
    handed_on: date
    first_money_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """What placements of one currency, of one cohort or all (name empty), came to.

    `owed_minor` is the commission we owe for what debtors paid us directly, part of the
    commission. `days_to_money` is the mean over placements with money, None where none has any.
    """

    name: str
    currency: str
    placements: int
    running: int
    placed_minor: int
    collected_minor: int
    commission_minor: int
    net_minor: int
    owed_minor: int
    days_to_money: int | None
    returned: int
    returned_minor: int
    recalled: int
    recalled_minor: int

    @property
    def rate_ppm(self) -> int:
        """Return what was collected of what was placed."""
        return self.collected_minor * PPM // self.placed_minor if self.placed_minor else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreCard:
    """An agency's score in one currency, and the same by cohorts of age."""

    total: Score
    cohorts: tuple[Score, ...]


def cohort_of(age_days: int) -> str:
    """Return the name of the cohort of an age; one that is not due counts as the youngest."""
    return [name for name, first, _ in COHORTS if first <= max(age_days, 0)][-1]


def cohort_days(name: str) -> tuple[int, int | None] | None:
    """Return the first and last day of a cohort, None for a name that is none."""
    found = [(first, last) for cohort, first, last in COHORTS if cohort == name]
    return found[0] if found else None


def score_cards(facts: Iterable[PlacedFact]) -> tuple[ScoreCard, ...]:
    """Return one card per currency, in the order of their codes."""
    rows = list(facts)
    cards = []
    for currency in sorted({row.currency for row in rows}):
        own = [row for row in rows if row.currency == currency]
        cohorts = tuple(
            _score(name, currency, found)
            for name, _, _ in COHORTS
            if (found := [row for row in own if cohort_of(row.age_days) == name])
        )
        cards.append(ScoreCard(total=_score("", currency, own), cohorts=cohorts))
    return tuple(cards)


def _score(name: str, currency: str, rows: Sequence[PlacedFact]) -> Score:
    def ended(status: str) -> list[PlacedFact]:
        return [row for row in rows if row.ended_as == status]

    waits = [
        (row.first_money_on - row.handed_on).days for row in rows if row.first_money_on is not None
    ]
    collected = sum(row.gross_minor for row in rows)
    commission = sum(row.commission_minor for row in rows)
    return Score(
        name=name,
        currency=currency,
        placements=len(rows),
        running=len(ended("")),
        placed_minor=sum(row.placed_minor for row in rows),
        collected_minor=collected,
        commission_minor=commission,
        net_minor=collected - commission,
        owed_minor=sum(row.owed_minor for row in rows),
        days_to_money=sum(waits) // len(waits) if waits else None,
        returned=len(ended(RETURNED)),
        returned_minor=sum(row.placed_minor for row in ended(RETURNED)),
        recalled=len(ended(RECALLED)),
        recalled_minor=sum(row.placed_minor for row in ended(RECALLED)),
    )
