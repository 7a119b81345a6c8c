"""Whether a claim may be placed with an agency: one row per check, passed or failed, with words.

Hard checks that fail refuse the placement; soft ones are told to whoever approves it. The words
say what was found and, where it failed, what to do. Nothing known counts as failed.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

YOUNG_DAYS = 60
"""Debts younger than this, in days past due, are usually still collected in-house (soft)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementFacts:
    """What is known on the day about the items that are to be placed.

    `demand_sent_on` is the day on which the last of the items had its final demand, None where
    one had none. Amounts in minor units of the company's currency (`home_minor`, None where there
    is no rate); texts are numbers of what stands in the way.
    """

    as_of: date
    disputed: Sequence[str]
    demand_sent_on: date | None
    undemanded: Sequence[str]
    unnamed: Sequence[str]
    agreements: Sequence[str]
    promised: Sequence[str]
    has_address: bool
    has_reach: bool
    home_minor: int | None
    country: str
    is_insolvent: bool
    has_attorney: bool
    youngest_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AgencyTerms:
    """What an agency takes: smallest claim, countries (none means all), days after the demand."""

    least_minor: int
    countries: Sequence[str]
    demand_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacementCheck:
    """One check: its code, whether it passed, whether failing refuses, and what was found."""

    code: str
    is_passed: bool
    is_hard: bool
    text: str

    @property
    def is_refusing(self) -> bool:
        """Return whether this check alone refuses the placement."""
        return self.is_hard and not self.is_passed

    def document(self) -> dict[str, object]:
        """Return the check as it is kept with the placement."""
        return asdict(self)


def placement_checks(facts: PlacementFacts, terms: AgencyTerms) -> tuple[PlacementCheck, ...]:
    """Return every check in the order in which people read them."""
    return (
        _undisputed(facts),
        _demanded(facts, terms),
        _evidence(facts),
        _contact(facts),
        _free(facts),
        _least(facts, terms),
        _country(facts, terms),
        _solvent(facts),
        _old(facts),
        _unrepresented(facts),
    )


def refusing(checks: Sequence[PlacementCheck]) -> tuple[PlacementCheck, ...]:
    """Return the hard checks that failed."""
    return tuple(check for check in checks if check.is_refusing)


def _undisputed(facts: PlacementFacts) -> PlacementCheck:
    if facts.disputed:
        return _hard("undisputed", f"Disputed: {_named(facts.disputed)}; close the dispute first.")
    return _passed("undisputed", "Nothing is disputed.")


def _demanded(facts: PlacementFacts, terms: AgencyTerms) -> PlacementCheck:
    if facts.demand_sent_on is None:
        return _hard(
            "demand", f"No final demand was sent for {_named(facts.undemanded)}; send it first."
        )
    days = (facts.as_of - facts.demand_sent_on).days
    sent = f"The final demand was sent on {facts.demand_sent_on.isoformat()}, {days} days ago"
    if days < terms.demand_days:
        return _hard("demand", f"{sent}; wait until {terms.demand_days} days have passed.")
    return _passed("demand", f"{sent}.")


def _evidence(facts: PlacementFacts) -> PlacementCheck:
    if facts.unnamed:
        return _hard(
            "evidence",
            f"No message that was sent names {_named(facts.unnamed)}; there is nothing to show "
            "that it was asked for.",
        )
    return _passed("evidence", "Every item was named in a message that was sent.")


def _contact(facts: PlacementFacts) -> PlacementCheck:
    if not facts.has_address and not facts.has_reach:
        return _hard(
            "contact", "There is no postal address and no working e-mail or phone; add one."
        )
    if not facts.has_address:
        return _soft("contact", "There is no postal address; most agencies need one.")
    if not facts.has_reach:
        return _soft("contact", "There is an address, but no working e-mail or phone.")
    return _passed("contact", "There is an address, and a working e-mail or phone.")


def _free(facts: PlacementFacts) -> PlacementCheck:
    if facts.agreements:
        return _hard("free", f"Items stand in {_named(facts.agreements)}; end that first.")
    if facts.promised:
        return _hard("free", f"Promised and not yet due: {_named(facts.promised)}; wait for it.")
    return _passed("free", "No plan, settlement, placement or promise is running.")


def _least(facts: PlacementFacts, terms: AgencyTerms) -> PlacementCheck:
    if facts.home_minor is None:
        return _hard("least", "There is no exchange rate to compare the claim; load one.")
    if facts.home_minor < terms.least_minor:
        return _hard("least", "The claim is smaller than the agency takes.")
    return _passed("least", "The claim is large enough for the agency.")


def _country(facts: PlacementFacts, terms: AgencyTerms) -> PlacementCheck:
    if not terms.countries:
        return _passed("country", "The agency works in every country.")
    if not facts.country:
        return _hard("country", "The customer's country is not known; add it.")
    if facts.country not in terms.countries:
        return _hard(
            "country", f"The agency does not work in {facts.country}; choose another agency."
        )
    return _passed("country", f"The agency works in {facts.country}.")


def _solvent(facts: PlacementFacts) -> PlacementCheck:
    if facts.is_insolvent:
        return _hard(
            "solvent", "The customer is insolvent; file the claim in the insolvency instead."
        )
    return _passed("solvent", "No insolvency is known.")


def _old(facts: PlacementFacts) -> PlacementCheck:
    text = f"The youngest item is {facts.youngest_days} days past due"
    if facts.youngest_days < 0:
        return _hard("age", "An item is not due yet; leave it out.")
    if facts.youngest_days < YOUNG_DAYS:
        return _soft("age", f"{text}; debts below {YOUNG_DAYS} days are usually kept.")
    return _passed("age", f"{text}.")


def _unrepresented(facts: PlacementFacts) -> PlacementCheck:
    if facts.has_attorney:
        return _soft("attorney", "The customer is represented by an attorney; tell the agency.")
    return _passed("attorney", "No attorney represents the customer, as far as we know.")


def _passed(code: str, text: str) -> PlacementCheck:
    is_hard = code != "attorney"
    return PlacementCheck(code=code, is_passed=True, is_hard=is_hard, text=text)


def _hard(code: str, text: str) -> PlacementCheck:
    return PlacementCheck(code=code, is_passed=False, is_hard=True, text=text)


def _soft(code: str, text: str) -> PlacementCheck:
    return PlacementCheck(code=code, is_passed=False, is_hard=False, text=text)


MOST_NAMED = 3


def _named(numbers: Sequence[str]) -> str:
    """Return a few of the numbers, and how many more there are."""
    shown = ", ".join(numbers[:MOST_NAMED])
    rest = len(numbers) - MOST_NAMED
    return f"{shown} and {rest} more" if rest > 0 else shown
