"""Who clears a dispute up, by when, and what is decided without anybody: the first rule that fits.

Amounts are minor units of the company's own currency; one that is not known (no exchange rate)
counts as the largest there is, so that it is neither routed as small nor decided by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

COLLECTOR = "collector"
"""Written as the owner of a route for the customer's own collector."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DisputeFacts:
    """What rules look at; `amount_minor` None is not known."""

    reason: str
    amount_minor: int | None = 0
    segment: str = ""
    country: str = ""
    customer: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Conditions:
    """When a rule fits: every condition that is stated holds; none stated always fits."""

    reasons: frozenset[str] = field(default_factory=frozenset)
    from_minor: int = 0
    below_minor: int | None = None
    segments: frozenset[str] = field(default_factory=frozenset)
    countries: frozenset[str] = field(default_factory=frozenset)
    customers: frozenset[str] = field(default_factory=frozenset)

    def hold(self, facts: DisputeFacts) -> bool:
        """Return whether a case is one the rule speaks of."""
        amount = facts.amount_minor
        if amount is not None and amount < self.from_minor:
            return False
        if self.below_minor is not None and (amount is None or amount >= self.below_minor):
            return False
        return all(
            not allowed or value in allowed
            for allowed, value in (
                (self.reasons, facts.reason),
                (self.segments, facts.segment),
                (self.countries, facts.country),
                (self.customers, facts.customer),
            )
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """Which team clears a case up; `owner` is a username, COLLECTOR, or empty: anybody of it."""

    name: str
    when: Conditions
    team: str
    owner: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockRule:
    """Business days in which a case is answered first, and resolved."""

    when: Conditions
    respond_days: int
    resolve_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AutoRule:
    """Small cases that are accepted or written off unseen, up to a sum per calendar month."""

    name: str
    when: Conditions
    outcome: str
    month_minor: int
    is_on: bool = False


def route_of(routes: Sequence[Route], facts: DisputeFacts) -> Route | None:
    """Return the first route that fits, None where none does."""
    return next((one for one in routes if one.when.hold(facts)), None)


def clock_of(clocks: Sequence[ClockRule], facts: DisputeFacts) -> ClockRule:
    """Return the first clock that fits; raise ValueError where none does.

    A policy that was read has a last one that fits every case.
    """
    found = next((one for one in clocks if one.when.hold(facts)), None)
    if found is None:
        raise ValueError("no clock fits; the policy lacks one without conditions")
    return found


def auto_of(
    rules: Sequence[AutoRule], facts: DisputeFacts, *, spent_minor: dict[str, int]
) -> AutoRule | None:
    """Return the first rule in use that fits and whose month still has room; None without one.

    `spent_minor` is what each rule gave up in the month so far, by its name.
    """
    for rule in rules:
        if not rule.is_on or not rule.when.hold(facts) or facts.amount_minor is None:
            continue
        if spent_minor.get(rule.name, 0) + facts.amount_minor <= rule.month_minor:
            return rule
    return None
