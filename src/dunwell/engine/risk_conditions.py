"""Facts about one customer that a playbook or an escalation looks at, and conditions on them.

Amounts are minor units of the company's currency, shares ppm, times days. A fact that is not
known (no score, no rate) fulfils no condition that asks for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

PPM = 1_000_000
BANDS = ("A", "B", "C", "D", "E")
"""Bands of the customers' score, the best first."""

LONGEST_DAYS = 3_660
_FACTS = {
    *("band", "open_minor", "overdue_minor", "days_late", "broken_promises", "warnings"),
}
_AT_LEAST = {
    *("overdue_minor", "overdue_share_ppm", "days_late", "broken_promises", "warnings"),
}
_AT_MOST = {"overdue_minor", "overdue_share_ppm", "days_late", "broken_promises", "checks"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskFacts:
    """What is known of a customer on a day.

    `days_late` is the age of its oldest overdue item, `broken_promises` those of the last
    PROMISE_DAYS days that count, `warnings` its early warnings, `checks` of its watch so far.
    """

    band: str = ""
    open_minor: int | None = 0
    overdue_minor: int | None = 0
    days_late: int = 0
    broken_promises: int = 0
    warnings: int = 0
    checks: int = 0

    @property
    def overdue_share_ppm(self) -> int | None:
        """Return the overdue part of what is open, rounded down; None when it is not known."""
        if self.open_minor is None or self.overdue_minor is None:
            return None
        if self.open_minor <= 0:
            return 0
        return min(PPM, max(0, self.overdue_minor * PPM // self.open_minor))

    @property
    def text(self) -> str:
        """Return the figures as one sentence, for the reason of what they brought about."""
        share = self.overdue_share_ppm
        parts = [f"oldest item {self.days_late} days late"] if self.days_late else []
        parts += [f"{share // 10_000} % of what is open is overdue"] if share else []
        parts += [f"band {self.band}"] if self.band else []
        parts += [f"{self.broken_promises} broken promises"] if self.broken_promises else []
        parts += [f"{self.warnings} early warnings"] if self.warnings else []
        text = "; ".join(parts) or "as the policy asks"
        return f"{text[0].upper()}{text[1:]}."


PROMISE_DAYS = 180
"""So far back broken promises count."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskCondition:
    """All that is stated must hold: each figure at least so large, the band one of those named.

    What states nothing holds for nobody: such a playbook is for a person to choose.
    """

    bands: tuple[str, ...] = ()
    overdue_minor: int = 0
    overdue_share_ppm: int = 0
    days_late: int = 0
    broken_promises: int = 0
    warnings: int = 0

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is stated."""
        return self == RiskCondition()

    def holds(self, facts: RiskFacts) -> bool:
        """Return whether the condition holds for such a customer."""
        if self.is_empty or (self.bands and facts.band not in self.bands):
            return False
        return (
            _reaches(facts.overdue_minor, self.overdue_minor)
            and _reaches(facts.overdue_share_ppm, self.overdue_share_ppm)
            and facts.days_late >= self.days_late
            and facts.broken_promises >= self.broken_promises
            and facts.warnings >= self.warnings
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class EndCondition:
    """When a watch may end: all that is stated holds; each figure at most, `checks` at least.

    None is not stated; what states nothing never holds by itself.
    """

    bands: tuple[str, ...] = ()
    overdue_minor: int | None = None
    overdue_share_ppm: int | None = None
    days_late: int | None = None
    broken_promises: int | None = None
    checks: int | None = None

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is stated."""
        return self == EndCondition()

    def holds(self, facts: RiskFacts) -> bool:
        """Return whether such a customer may leave the watch."""
        if self.is_empty or (self.bands and facts.band not in self.bands):
            return False
        return (
            _stays(facts.overdue_minor, self.overdue_minor)
            and _stays(facts.overdue_share_ppm, self.overdue_share_ppm)
            and _stays(facts.days_late, self.days_late)
            and _stays(facts.broken_promises, self.broken_promises)
            and (self.checks is None or facts.checks >= self.checks)
        )


def read_condition(value: object, where: str) -> RiskCondition:
    """Build a condition from its fields; raise DocumentError for what is not known."""
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, {*_AT_LEAST, "bands"}, where)
    condition = RiskCondition(bands=_bands(stated, where), **_numbers(stated, where, _AT_LEAST))
    if stated and condition.is_empty:
        raise DocumentError(f"{where}: every figure is 0, which holds for nobody; state one above")
    return condition


def read_end(value: object, where: str) -> EndCondition:
    """Build the conditions of an end from their fields; raise DocumentError."""
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, {*_AT_MOST, "bands"}, where)
    return EndCondition(bands=_bands(stated, where), **_numbers(stated, where, _AT_MOST))


def read_facts(value: object, where: str) -> RiskFacts:
    """Build the facts of a case from their fields; raise DocumentError."""
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, {*_FACTS, "checks"}, where)
    band = documents.text(stated, "band", where, default="")
    if band:
        documents.choice(band, "band", BANDS, where)
    return RiskFacts(band=band, **_numbers(stated, where, (_FACTS - {"band"}) | {"checks"}))


def _numbers(stated: Mapping[str, object], where: str, names: set[str]) -> dict[str, int]:
    largest = {
        "overdue_share_ppm": PPM,
        "days_late": LONGEST_DAYS,
        "broken_promises": 99,
        "warnings": 99,
        "checks": 999,
    }
    return {
        name: documents.number(stated, name, where, largest=largest.get(name, documents.LARGEST))
        for name in sorted(names)
        if name in stated
    }


def _bands(stated: Mapping[str, object], where: str) -> tuple[str, ...]:
    found = documents.names(stated.get("bands"), "bands", where)
    return tuple(documents.choice(band, "bands", BANDS, where) for band in found)


def _reaches(value: int | None, least: int) -> bool:
    return not least or (value is not None and value >= least)


def _stays(value: int | None, most: int | None) -> bool:
    return most is None or (value is not None and value <= most)
