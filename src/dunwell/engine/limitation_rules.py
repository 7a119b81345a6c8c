"""The law on when a claim becomes time-barred, as rules with dates and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

ANEW, ANEW_AT_END, SUSPEND, HOLD = "anew", "anew_at_end", "suspend", "hold"
EFFECTS = (ANEW, ANEW_AT_END, SUSPEND, HOLD)
EVENTS = ("acknowledged", "part_paid", "letter", "suit", "negotiating", "insolvency")
SPANS = ("suit", "negotiating", "insolvency")
"""Events that run for a time; the others happen on a day."""
PARTIES = ("company", "person", "public")
LONGEST_YEARS, MOST_MONTHS = 30, 120

_FIELDS = {
    *("id", "title", "country", "regions", "regions_not", "parties", "effective_from"),
    *("effective_until", "years", "year_end", "anew_year_end", "anew_most", "events"),
    *("basis", "source", "evidence"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class EventEffect:
    """What an event does to the period; months after or since its end."""

    effect: str
    tail_months: int = 0
    least_months: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class LimitationRule:
    """One rule: whose debts, due from when to when, how long, and what moves the last day."""

    id: str
    title: str
    country: str
    regions: tuple[str, ...]
    regions_not: tuple[str, ...]
    parties: tuple[str, ...]
    effective_from: date | None
    effective_until: date | None
    years: int
    is_year_end: bool
    is_anew_year_end: bool
    anew_most: int | None
    events: Mapping[str, EventEffect]
    basis: tuple[str, ...]
    source: str
    evidence: str

    def fits(self, *, country: str, region: str, party: str) -> bool:
        """Return whether the rule may be about such a customer's debts.

        An unknown kind of customer fits rules of any kind. An unknown region fits a rule for
        some regions only where another rule covers the rest of the country.
        """
        if country != self.country or (party and self.parties and party not in self.parties):
            return False
        if self.regions:
            return region in self.regions
        return region not in self.regions_not


def read_limitation_rules(document: Mapping[str, object]) -> tuple[LimitationRule, ...]:
    """Return the rules of a document {rules: […]}, in order; raise DocumentError."""
    outer = documents.fields(document, "document")
    documents.known(outer, {"rules"}, "document")
    rules = [
        _rule(row, f"rule {number}")
        for number, row in enumerate(documents.rows(outer.get("rules"), "rules", "document"), 1)
    ]
    ids = [rule.id for rule in rules]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise DocumentError(f"document: rule {twice[0]} stands twice")
    return tuple(rules)


def limitation_rules_for(
    rules: Sequence[LimitationRule], *, country: str, region: str, party: str
) -> tuple[LimitationRule, ...]:
    """Return every rule that may hold for such a customer; none where the law is not known.

    Without a region, rules of single regions are readings too where the rest of the country has
    a rule of its own; where it has none, nothing is known.
    """
    found = [rule for rule in rules if rule.fits(country=country, region=region, party=party)]
    if region or not found:
        return tuple(found)
    apart = {name for rule in found for name in rule.regions_not}
    here = [rule for rule in rules if rule.country == country and apart.intersection(rule.regions)]
    return tuple(
        rule for rule in rules if rule in found or (rule in here and _fits_party(rule, party))
    )


def _fits_party(rule: LimitationRule, party: str) -> bool:
    return not party or not rule.parties or party in rule.parties


def _rule(row: object, where: str) -> LimitationRule:
    stated = documents.fields(row, where)
    documents.known(stated, _FIELDS, where)
    parties = documents.names(stated.get("parties"), "parties", where)
    for party in parties:
        documents.choice(party, "parties", PARTIES, where)
    most = stated.get("anew_most")
    return LimitationRule(
        id=documents.text(stated, "id", where),
        title=documents.text(stated, "title", where),
        country=documents.text(stated, "country", where),
        regions=documents.names(stated.get("regions"), "regions", where),
        regions_not=documents.names(stated.get("regions_not"), "regions_not", where),
        parties=parties,
        effective_from=documents.optional_day(stated, "effective_from", where),
        effective_until=documents.optional_day(stated, "effective_until", where),
        years=documents.number(stated, "years", where, smallest=1, largest=LONGEST_YEARS),
        is_year_end=documents.switch(stated, "year_end", where),
        is_anew_year_end=documents.switch(stated, "anew_year_end", where),
        anew_most=None
        if most is None
        else documents.number(stated, "anew_most", where, smallest=1, largest=100),
        events=_events(stated.get("events", {}), f"{where}, events"),
        basis=documents.names(stated.get("basis"), "basis", where),
        source=documents.text(stated, "source", where),
        evidence=documents.choice(stated.get("evidence"), "evidence", ("P", "S", "M"), where),
    )


def _events(value: object, where: str) -> Mapping[str, EventEffect]:
    stated = documents.fields(value, where)
    documents.known(stated, EVENTS, where)
    found: dict[str, EventEffect] = {}
    for kind, row in stated.items():
        place = f"{where}, {kind}"
        fields = documents.fields(row, place)
        documents.known(fields, {"effect", "tail_months", "least_months"}, place)
        effect = documents.choice(fields.get("effect"), "effect", EFFECTS, place)
        if (effect == ANEW) == (kind in SPANS):
            nature = "runs for a time" if kind in SPANS else "is of one day"
            raise DocumentError(f"{place}: an event that {nature} cannot have the effect {effect}")
        found[kind] = EventEffect(
            effect=effect,
            tail_months=_months(fields, "tail_months", place),
            least_months=_months(fields, "least_months", place),
        )
    return found


def _months(stated: Mapping[str, object], name: str, where: str) -> int:
    return documents.number(stated, name, where, default=0, largest=MOST_MONTHS)
