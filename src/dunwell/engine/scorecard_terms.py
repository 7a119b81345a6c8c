"""What a scorecard is made of: inputs cut into bins, each worth whole points.

Log-odds of staying good = (points - base points) x ln 2 / points that double the odds + ln(base
odds); Siddiqi, Credit Risk Scorecards, chapter 6. The points of a subject are `start` and the
points of its bin of every input; nothing else, so reasons and changes are exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WHOLE, NUMBER, CATEGORY = "whole", "number", "category"
KINDS = (WHOLE, NUMBER, CATEGORY)
"""A whole number, any number, or a text (a flag is the text yes or no)."""

PERSONS, COMPANIES, ANYBODY = "natural_persons", "companies", "anybody"
SUBJECTS = (COMPANIES, PERSONS, ANYBODY)
METHODS = ("by_hand", "woe", "stumps", "blend")

Value = int | float | str | bool | None
"""A value of an input as a row states it; None is missing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bin:
    """One stretch of a number up to and with `up_to` (None: the last), or a group of texts.

    `reason` says to the person why so few points; empty where the points are no ground.
    """

    points: int
    reason: str = ""
    up_to: int | float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CardInput:
    """One input. A number lies in the first bin whose `up_to` it does not pass.

    `other` is of a text in no group (None for numbers), `missing` of no value. A reason is
    counted from `policy_points`, which at least one bin reaches.
    """

    name: str
    label: str
    kind: str
    bins: tuple[Bin, ...]
    missing: Bin
    policy_points: int
    other: Bin | None = None

    @property
    def places(self) -> tuple[Bin, ...]:
        """All bins in order of their number: the stretches or groups, other, missing."""
        return (*self.bins, *(() if self.other is None else (self.other,)), self.missing)

    @property
    def best(self) -> int:
        """The most points that a value of it can bring."""
        return max(one.points for one in self.bins)

    def place(self, value: Value) -> int:
        """Return the number of the bin a value lies in; raise ValueError for a wrong kind."""
        if self.kind == CATEGORY:
            return self._text_place(as_text(value))
        if value is None or value != value:  # noqa: PLR0124  (only nan differs from itself)
            return len(self.bins)
        if isinstance(value, str):
            raise ValueError(  # noqa: TRY004  (what a row states, no mistake of the program)
                f"{self.name} is {value!r}; give a number, or nothing"
            )
        edges = (one.up_to for one in self.bins)
        return sum(edge is not None and value > edge for edge in edges)

    def _text_place(self, text: str | None) -> int:
        if text is None:
            return len(self.places) - 1
        found = (number for number, one in enumerate(self.bins) if text in one.values)
        return next(found, len(self.bins))


@dataclass(frozen=True, kw_only=True, slots=True)
class Scale:
    """`base_points` mean odds of `base_odds` good to 1 bad; `double_points` more, twice that."""

    base_points: int = 600
    base_odds: int = 30
    double_points: int = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class CalibrationPoint:
    """The probability of going bad, ppm, that was seen at so many points."""

    points: int
    pd_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CardCase:
    """A case of the card's own: values in, points out (and probability, where it is told)."""

    name: str
    values: Mapping[str, Value]
    points: int
    pd_ppm: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scorecard:
    """The whole document. From `cut_off` points on the card speaks for the subject (None: silent).

    Between two points of the calibration the probability is a straight line; beyond, the end's.
    """

    name: str
    version: int
    valid_from: date
    subjects: str
    method: str
    scale: Scale
    start: int
    inputs: tuple[CardInput, ...]
    calibration: tuple[CalibrationPoint, ...]
    cut_off: int | None = None
    cases: tuple[CardCase, ...] = ()

    def input(self, name: str) -> CardInput:
        """Return an input by name; raise KeyError for one the card does not read."""
        return next(one for one in self.inputs if one.name == name)

    @property
    def lowest(self) -> int:
        """The fewest points anybody can have."""
        return self.start + sum(min(part.points for part in one.places) for one in self.inputs)

    @property
    def highest(self) -> int:
        """The most points anybody can have."""
        return self.start + sum(max(part.points for part in one.places) for one in self.inputs)


def as_text(value: Value) -> str | None:
    """Return how a value reads as a category: a flag is yes or no, empty text is missing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
