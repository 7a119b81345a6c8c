"""What may be added for the way somebody pays: rules of law with dates, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

PPM = 1_000_000
NONE, COST = "none", "cost"
PARTIES = ("company", "person", "public")
METHODS = ("card", "wallet", "debit", "transfer")
CARDS = ("consumer", "commercial")
FUNDINGS = ("credit", "debit", "prepaid")
LARGEST_PPM = 100_000
"""A tenth of the amount; nobody pays more for being paid."""

_FIELDS = {
    *("id", "title", "countries", "regions", "parties", "methods", "cards", "funding"),
    *("effective_from", "effective_until", "allowed", "cap_ppm", "source", "evidence"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class SurchargeRule:
    """One rule; an empty list of regions, parties, methods, cards or funding means all of them."""

    id: str
    title: str
    countries: tuple[str, ...]
    allowed: str
    source: str
    evidence: str
    regions: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    funding: tuple[str, ...] = ()
    effective_from: date | None = None
    effective_until: date | None = None
    cap_ppm: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WayToPay:
    """How somebody pays: the method, and what the provider says of the card (else empty)."""

    method: str
    funding: str = ""
    is_commercial: bool | None = None

    @property
    def card(self) -> str:
        """Return whose card it is: consumer, commercial, or empty where nobody says."""
        return "" if self.is_commercial is None else CARDS[int(self.is_commercial)]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """One end of a payment: its country, and the state for a country that has own laws there."""

    country: str
    region: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """A part of the amount and a fixed sum, as what is asked or as what a payment costs us."""

    rate_ppm: int = 0
    fixed_minor: int = 0

    def of(self, amount_minor: int) -> int:
        """Return the price of an amount, rounded down: never more than the rate says."""
        return amount_minor * self.rate_ppm // PPM + self.fixed_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class Surcharge:
    """What is added, in minor units; the rules that decided, none where none allows it."""

    amount_minor: int
    rule_ids: tuple[str, ...] = ()


def read_surcharge_rules(document: Mapping[str, object]) -> tuple[SurchargeRule, ...]:
    """Build the rules from a document, in their order; raise DocumentError naming a field."""
    outer = documents.fields(document, "document")
    documents.known(outer, {"rules"}, "document")
    rules = tuple(
        _rule(row, f"rules[{place}]")
        for place, row in enumerate(documents.rows(outer.get("rules"), "rules", "document"))
    )
    if len({rule.id for rule in rules}) != len(rules):
        raise DocumentError("rules: an id stands twice; give each rule its own")
    return rules


def surcharge(
    rules: Sequence[SurchargeRule],
    *,
    ends: Sequence[Place],
    party: str,
    way: WayToPay,
    amount_minor: int,
    asked: Price,
    cost: Price,
    on: date,
) -> Surcharge:
    """Return what may be added to an amount: what is asked, within what every end allows.

    The first rule that fits an end decides for it. An end no rule fits allows nothing, and so
    does one that only knows more of the card: what is not known is not charged for.
    """
    decided = [_first(rules, end, party=party, way=way, on=on) for end in ends]
    if not decided or any(rule is None or rule.allowed == NONE for rule in decided):
        return Surcharge(amount_minor=0, rule_ids=_ids(decided))
    most = cost.of(amount_minor)
    for rule in decided:
        if rule is not None and rule.cap_ppm is not None:
            most = min(most, amount_minor * rule.cap_ppm // PPM)
    amount = max(0, min(asked.of(amount_minor), most))
    return Surcharge(amount_minor=amount, rule_ids=_ids(decided))


def _ids(decided: Sequence[SurchargeRule | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(rule.id for rule in decided if rule is not None))


def _first(
    rules: Sequence[SurchargeRule], end: Place, *, party: str, way: WayToPay, on: date
) -> SurchargeRule | None:
    """Return the first rule that fits; a rule that forbids also fits what is not known.

    So a card that may be a consumer's is treated as one.
    """
    for rule in rules:
        lists = (
            (rule.countries, end.country),
            (rule.regions, end.region),
            (rule.parties, party),
            (rule.methods, way.method),
            (rule.cards, way.card),
            (rule.funding, way.funding),
        )
        forbids = rule.allowed == NONE
        fits = all(
            not listed or value in listed or (forbids and not value and listed is not rule.methods)
            for listed, value in lists[1:]
        )
        starts, ends = rule.effective_from, rule.effective_until
        is_in_force = (starts is None or starts <= on) and (ends is None or on <= ends)
        if end.country in rule.countries and fits and is_in_force:
            return rule
    return None


def _rule(row: object, where: str) -> SurchargeRule:
    stated = documents.fields(row, where)
    documents.known(stated, _FIELDS, where)
    countries = documents.names(stated.get("countries"), "countries", where)
    if not countries:
        raise DocumentError(f"{where}: countries are missing; name at least one")
    return SurchargeRule(
        id=documents.text(stated, "id", where),
        title=documents.text(stated, "title", where),
        countries=countries,
        regions=documents.names(stated.get("regions", []), "regions", where),
        parties=_choices(stated, "parties", PARTIES, where),
        methods=_choices(stated, "methods", METHODS, where),
        cards=_choices(stated, "cards", CARDS, where),
        funding=_choices(stated, "funding", FUNDINGS, where),
        effective_from=documents.optional_day(stated, "effective_from", where),
        effective_until=documents.optional_day(stated, "effective_until", where),
        allowed=documents.choice(stated.get("allowed"), "allowed", (NONE, COST), where),
        cap_ppm=documents.number(stated, "cap_ppm", where, largest=LARGEST_PPM)
        if "cap_ppm" in stated
        else None,
        source=documents.text(stated, "source", where),
        evidence=documents.choice(stated.get("evidence"), "evidence", ("P", "S", "M"), where),
    )


def _choices(
    stated: Mapping[str, object], name: str, allowed: Sequence[str], where: str
) -> tuple[str, ...]:
    listed = documents.names(stated.get(name, []), name, where)
    return tuple(documents.choice(one, name, allowed, where) for one in listed)
