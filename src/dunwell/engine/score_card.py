"""The score card: how many points each fact is worth, as data.

score = base + points of every fact. A fact is first drawn towards its neutral value by
`weight` rows, so that little evidence means few points; at the neutral value every fact
is worth 0 points. Points follow the drawn fact in steps that never turn, and the card
spans at most 0 to 100, so no score is ever cut and the points always add up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine.score_facts import FACTS

LOWEST, HIGHEST = 0, 100


@dataclass(frozen=True, kw_only=True, slots=True)
class PointTable:
    """Points of one fact: `lowest` below the first step, then those of the last step reached.

    `steps` maps "from this value on" to points. `neutral` is the value of a customer we
    know nothing about, `weight` how many rows of evidence it counts for.
    """

    fact: str
    neutral: int
    weight: int
    lowest: int
    steps: Mapping[int, int]

    def __post_init__(self) -> None:
        """Refuse a table whose points turn, or that rewards or blames no evidence at all."""
        if self.fact not in FACTS:
            raise ValueError(f"{self.fact} is no fact of the score; use one of {', '.join(FACTS)}")
        if list(self.steps) != sorted(self.steps) or not self.steps:
            raise ValueError(f"{self.fact}: give at least one step, sorted by value")
        points = [self.lowest, *self.steps.values()]
        falls = FACTS[self.fact].is_more_worse
        if points != sorted(points, reverse=falls):
            direction = "fall" if falls else "rise"
            raise ValueError(f"{self.fact}: points must only {direction} as the value rises")
        if self.weight < 1:
            raise ValueError(f"{self.fact}: weight must be at least 1")
        if self.points(self.neutral) != 0:
            raise ValueError(f"{self.fact}: the neutral value {self.neutral} must be worth 0")

    def points(self, value: int) -> int:
        """Return what a value, already drawn towards neutral, is worth."""
        reached = [points for start, points in self.steps.items() if value >= start]
        return reached[-1] if reached else self.lowest

    @property
    def most(self) -> int:
        """The most points the fact can bring."""
        return max(self.lowest, *self.steps.values())

    @property
    def least(self) -> int:
        """The fewest points, usually below 0."""
        return min(self.lowest, *self.steps.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreCard:
    """All tables with the base, the bands and when a history is thin.

    `bands` maps the lowest score of a band to its name, best band first. Below
    `thin_items` judged items a history is thin. A fall by `alarm_bands` bands, or to a
    score below `alarm_below`, raises the alarm.
    """

    name: str
    base: int
    tables: tuple[PointTable, ...]
    bands: Mapping[int, str] = field(
        default_factory=lambda: {80: "A", 65: "B", 50: "C", 35: "D", 0: "E"}
    )
    thin_items: int = 5
    alarm_bands: int = 2
    alarm_below: int = 35

    def __post_init__(self) -> None:
        """Refuse a card whose score could leave 0 to 100 or that has no band for a score."""
        facts = [table.fact for table in self.tables]
        if len(set(facts)) != len(facts) or not facts:
            raise ValueError("give every fact one table and the card at least one fact")
        least = self.base + sum(table.least for table in self.tables)
        most = self.base + sum(table.most for table in self.tables)
        if least < LOWEST or most > HIGHEST:
            raise ValueError(f"scores would run from {least} to {most}; keep them in 0 to 100")
        starts = list(self.bands)
        if not starts or starts != sorted(starts, reverse=True) or starts[-1] != LOWEST:
            raise ValueError("bands must be given from the best down to one that starts at 0")
        if len(set(self.bands.values())) != len(starts) or starts[0] > HIGHEST:
            raise ValueError("every band needs a name of its own and a start in 0 to 100")
        if min(self.thin_items, self.alarm_bands) < 1:
            raise ValueError("thin_items and alarm_bands must be at least 1")

    def table(self, fact: str) -> PointTable | None:
        """Return the table of a fact, or None when the card does not use it."""
        return next((table for table in self.tables if table.fact == fact), None)


_THOUSAND = 1_000


def _days(
    fact: str, neutral: int, weight: int, lowest: int, steps: Mapping[int, int]
) -> PointTable:
    return PointTable(fact=fact, neutral=neutral, weight=weight, lowest=lowest, steps=steps)


def _share(
    fact: str, neutral: int, weight: int, lowest: int, steps: Mapping[int, int]
) -> PointTable:
    """Return a table written in thousandths; facts are in ppm."""
    return PointTable(
        fact=fact,
        neutral=neutral * _THOUSAND,
        weight=weight,
        lowest=lowest,
        steps={start * _THOUSAND: points for start, points in steps.items()},
    )


HOUSE_CARD = ScoreCard(
    name="house",
    base=60,
    tables=(
        _days("late_days", 8, 5, 10, {1: 8, 4: 5, 6: 2, 8: 0, 12: -3, 16: -6, 22: -9, 30: -12}),
        _share(
            "late_ppm", 450, 5, 4, {100: 3, 200: 2, 300: 1, 400: 0, 600: -1, 700: -2, 800: -4}
        ),
        _share(
            "far_late_ppm", 80, 5, 4, {20: 3, 35: 2, 50: 1, 65: 0, 110: -2, 160: -4, 250: -8}
        ),
        _days("recent_late_days", 8, 5, 5, {1: 4, 4: 2, 6: 1, 8: 0, 14: -2, 20: -4, 30: -7}),
        _days("nine_in_ten_days", 25, 5, 3, {6: 2, 13: 1, 20: 0, 35: -1, 50: -2, 80: -3}),
        _days("answer_days", 12, 3, 2, {5: 1, 9: 0, 16: -1, 21: -2, 26: -3}),
        _share("without_effect_ppm", 500, 3, 2, {200: 1, 350: 0, 600: -1, 700: -2, 850: -3}),
        _share("kept_ppm", 600, 2, -5, {250: -3, 400: -1, 500: 0, 700: 1, 780: 2, 850: 3}),
        _share(
            "overdue_ppm", 300, 3, 3,
            {50: 2, 120: 1, 250: 0, 500: -1, 1_000: -2, 2_000: -4, 3_000: -5},
        ),
        _share("order_drop_ppm", 150, 6, 0, {600: -1}),
        _share("growth_ppm", 100, 6, 0, {2_000: -1}),
        _share("disputed_ppm", 30, 10, 2, {10: 1, 20: 0, 60: -1, 120: -2, 200: -3}),
        _share("returned_ppm", 5, 5, 1, {2: 0, 30: -1, 70: -2, 150: -3}),
        _share("whole_ppm", 900, 5, -2, {600: -1, 800: 0, 940: 1}),
    ),
)  # fmt: skip
"""The card a company starts with: base 60, scores 0 to 100 exactly.

Neutral values are those of an ordinary business customer (8 days late on average, 45 %
of items late, 8 % far late); the points are a judgement, checked on two public ledgers.
"""
