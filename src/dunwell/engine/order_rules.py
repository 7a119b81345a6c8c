"""The rules of the order check, and what lets an order pass them, as a policy states them.

Section `orders` of the credit policy. Of the rows of one rule the first whose scope fits the
customer holds, so that a table from the particular to the general is one list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.order_book import OrderAppetite
from dunwell.engine.order_facts import PPM, CreditFacts, OrderFacts

HOLD, WARN, OFF = "hold", "warn", "off"
SEVERITIES = (HOLD, WARN, OFF)
CHECKPOINTS = ("order", "picking", "delivery")
_MOST_DAYS = 3_650
_PPM = 10_000_000
_MONEY = documents.LARGEST

PARAMETERS: Mapping[str, Mapping[str, tuple[int, int]]] = {
    "days_overdue": {"days": (0, _MOST_DAYS)},
    "overdue_amount": {"over_minor": (0, _MONEY), "used_ppm": (0, _PPM)},
    "limit": {"tolerance_ppm": (0, _PPM), "tolerance_minor": (0, _MONEY)},
    "limit_used": {"used_ppm": (900_000, _PPM)},
    "group_limit": {"tolerance_ppm": (0, _PPM), "tolerance_minor": (0, _MONEY)},
    "parent_limit": {"tolerance_ppm": (0, _PPM), "tolerance_minor": (0, _MONEY)},
    "guarantor_limit": {"tolerance_ppm": (0, _PPM), "tolerance_minor": (0, _MONEY)},
    "no_limit": {},
    "limit_expired": {},
    "limit_expiring": {"days": (30, _MOST_DAYS)},
    "limit_suspended": {},
    "insolvency": {},
    "legal_matter": {},
    "write_off": {"days": (365, _MOST_DAYS)},
    "forced_hold": {},
    "exposure_freeze": {},
    "risk_class": {},
    "terms": {"extra_days": (0, _MOST_DAYS)},
    "order_amount": {"most_minor": (0, _MONEY)},
    "review_overdue": {"days": (0, _MOST_DAYS)},
    "dunning_level": {"level": (3, 99)},
    "broken_promises": {"count": (2, 99)},
    "appetite_stop": {},
    "appetite_refer": {},
    "cover_missing": {},
    "cover_expired": {},
    "cover_expiring": {"days": (30, _MOST_DAYS)},
    "stale_data": {"days": (3, _MOST_DAYS)},
}
"""Every rule with its parameters: the value where none is stated, and the largest one."""

RULES = tuple(PARAMETERS)
UNKNOWN = "unknown_amounts"
"""The rule nobody can turn off: an amount that cannot be valued holds the order."""

AMOUNT_RULES = ("limit", "group_limit", "parent_limit", "guarantor_limit", "limit_used")
"""Rules of which a release covers so much over the limit, and no more."""

ALWAYS = ("forced_hold", "exposure_freeze", "insolvency", UNKNOWN)
"""What an exclusion lets pass only where it names the rule itself."""

PERSON_RULES = ("forced_hold", "exposure_freeze", "appetite_stop")
"""What people stopped: no release of an order passes it, it has to end itself."""

UNNAMED = (*PERSON_RULES, "appetite_refer")
"""Rules that hold where a policy names others but not these; a row of their own turns them off."""

_SCOPE = ("risk_classes", "segments", "customers", "parties", "countries")
_ROW = {"rule", "severity", "for", "checkpoints", "classes"}
_EXCLUSION = {"name", "prepaid_ppm", "below_minor", "types", "skips", *_SCOPE}
_FIELDS = {"rules", "exclusions", "auto_release", "own_forced_hold", "review_days"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Whom a row is for: everything stated has to fit, nothing stated fits everybody."""

    risk_classes: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()

    def fits(self, facts: CreditFacts) -> bool:
        """Return whether a customer is meant; its number, not its name, is asked for."""
        return (
            (not self.risk_classes or facts.risk_class in self.risk_classes)
            and (not self.segments or facts.segment in self.segments)
            and (not self.customers or facts.number in self.customers)
            and (not self.parties or facts.party in self.parties)
            and (not self.countries or facts.country in self.countries)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRule:
    """One row. `checkpoints`: days of grace by checkpoint, empty is every one without grace.

    `classes` are the risk classes that `risk_class` stops ("" is a customer without one).
    """

    rule: str
    severity: str = HOLD
    scope: Scope = field(default_factory=Scope)
    values: Mapping[str, int] = field(default_factory=dict)
    checkpoints: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()

    def value(self, name: str) -> int:
        """Return a parameter, its standard where the row states none."""
        stated = self.values.get(name)
        return PARAMETERS[self.rule][name][0] if stated is None else stated

    def applies_at(self, checkpoint: str) -> bool:
        """Return whether the rule is asked at a checkpoint."""
        return not self.checkpoints or checkpoint in self.checkpoints

    def grace(self, checkpoint: str) -> int:
        """Return the days of grace at a checkpoint."""
        return self.checkpoints.get(checkpoint, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """What lets an order pass, and why. `skips`: the rules it passes; empty all but ALWAYS.

    `prepaid_ppm`: at least this share of the order is prepaid. `below_minor`: an order worth
    less, in the company's currency. What is prepaid in full passes without an exclusion.
    """

    name: str
    scope: Scope = field(default_factory=Scope)
    prepaid_ppm: int = 0
    below_minor: int | None = None
    types: tuple[str, ...] = ()
    skips: tuple[str, ...] = ()

    def fits(self, order: OrderFacts) -> bool:
        """Return whether the order is meant; one whose worth is not known is below nothing."""
        ask = order.ask
        if ask.prepaid_minor * PPM < ask.amount_minor * self.prepaid_ppm:
            return False
        if self.types and ask.kind not in self.types:
            return False
        if self.below_minor is not None:
            worth = order.home(ask.amount_minor)
            if worth is None or worth >= self.below_minor:
                return False
        return self.scope.fits(order.customer)

    def passes(self, rule: str) -> bool:
        """Return whether the order need not ask this rule."""
        return rule in self.skips if self.skips else rule not in ALWAYS


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderRules:
    """The section as read. `auto_release`: a hold that is ready is released by the system.

    `own_forced_hold`: whoever forced a hold may release it alone. `review_days`: so many days
    after it was raised a hold is looked at again. `appetite`: the limits of the whole book that
    hold orders, None where none does.
    """

    rules: tuple[OrderRule, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    appetite: OrderAppetite | None = None
    auto_release: bool = False
    own_forced_hold: bool = False
    review_days: int = 3

    @property
    def is_for_everybody(self) -> bool:
        """Return whether no row has a scope, so that every customer has the same rules."""
        return all(row.scope == Scope() for row in self.rules)

    def for_customer(self, facts: CreditFacts) -> dict[str, OrderRule]:
        """Return the row of each rule that holds for a customer, in the order of RULES."""
        found: dict[str, OrderRule] = {}
        for row in self.rules:
            if row.rule not in found and row.scope.fits(facts):
                found[row.rule] = row
        return {name: found[name] for name in RULES if name in found}


def _plain(rule: str, severity: str = HOLD, **values: int) -> OrderRule:
    return OrderRule(rule=rule, severity=severity, values=values)


STANDARD = OrderRules(
    rules=(
        _plain("days_overdue", days=30),
        _plain("overdue_amount", WARN),
        _plain("limit"),
        _plain("limit_used", WARN),
        _plain("group_limit"),
        _plain("parent_limit", WARN),
        _plain("guarantor_limit", WARN),
        _plain("no_limit"),
        _plain("limit_expired"),
        _plain("limit_expiring", WARN),
        _plain("limit_suspended"),
        _plain("insolvency"),
        _plain("legal_matter"),
        _plain("write_off"),
        _plain("forced_hold"),
        _plain("exposure_freeze"),
        _plain("appetite_stop"),
        _plain("appetite_refer"),
        _plain("terms", WARN),
        _plain("review_overdue", WARN),
        _plain("dunning_level", WARN),
        _plain("broken_promises", WARN),
        _plain("cover_expired", WARN),
        _plain("cover_expiring", WARN),
        _plain("stale_data", WARN),
    ),
)
"""What holds where the policy states nothing of orders."""


def read_order_rules(section: object, where: str = "orders") -> OrderRules:
    """Build the rules from the section `orders`; STANDARD where there is none.

    Rules in UNNAMED hold also where no row names them.
    Raises DocumentError naming the row and the field that is wrong.
    """
    if section is None:
        return STANDARD
    body = documents.fields(section, where)
    documents.known(body, _FIELDS, where)
    rules, exclusions = STANDARD.rules, STANDARD.exclusions
    if "rules" in body:
        listed = documents.rows(body["rules"], "rules", where)
        rules = tuple(_rule(row, f"{where}, rule {n}") for n, row in enumerate(listed, 1))
        # what a person stopped stays stopped, unless a row turns the rule off in so many words
        stated = {row.rule for row in rules}
        rules += tuple(OrderRule(rule=name) for name in UNNAMED if name not in stated)
    if "exclusions" in body:
        listed = documents.rows(body["exclusions"], "exclusions", where)
        exclusions = tuple(
            _exclusion(row, f"{where}, exclusion {n}") for n, row in enumerate(listed, 1)
        )
    _refuse_hidden(rules, where)
    documents.refuse_twice([one.name for one in exclusions], f"{where}, exclusions")
    return OrderRules(
        rules=rules,
        exclusions=exclusions,
        auto_release=documents.switch(body, "auto_release", where),
        own_forced_hold=documents.switch(body, "own_forced_hold", where),
        review_days=documents.number(body, "review_days", where, default=3, largest=365),
    )


def _rule(row: object, where: str) -> OrderRule:
    stated = documents.fields(row, where)
    name = documents.choice(stated.get("rule"), "rule", RULES, where)
    where = f"{where} ({name})"
    spec = PARAMETERS[name]
    documents.known(stated, {*_ROW, *spec}, where)
    values = {
        key: documents.number(stated, key, where, largest=most)
        for key, (_default, most) in spec.items()
        if key in stated
    }
    classes = stated.get("classes")
    if (classes is not None) != (name == "risk_class"):
        raise DocumentError(
            f"{where}: 'classes' goes with rule risk_class, and only with it; "
            "name the risk classes that get nothing on credit"
        )
    if name == "order_amount" and "most_minor" not in stated:
        raise DocumentError(f"{where}: state most_minor, the largest order that passes")
    return OrderRule(
        rule=name,
        severity=documents.choice(stated.get("severity", HOLD), "severity", SEVERITIES, where),
        scope=_scope(stated.get("for", {}), f"{where}, for"),
        values=values,
        checkpoints=_checkpoints(stated.get("checkpoints", {}), f"{where}, checkpoints"),
        classes=_classes(classes, where),
    )


def _classes(value: object, where: str) -> tuple[str, ...]:
    """Return the classes; `unknown` stands for a customer without one."""
    return tuple(
        "" if name == "unknown" else name for name in documents.names(value, "classes", where)
    )


def _scope(value: object, where: str) -> Scope:
    stated = documents.fields(value, where)
    documents.known(stated, _SCOPE, where)
    found = {key: documents.names(stated.get(key), key, where) for key in _SCOPE}
    return Scope(**{**found, "risk_classes": _classes(stated.get("risk_classes"), where)})


def _checkpoints(value: object, where: str) -> Mapping[str, int]:
    stated = documents.fields(value, where)
    documents.known(stated, CHECKPOINTS, where)
    return {
        str(name): documents.number(stated, str(name), where, largest=_MOST_DAYS)
        for name in stated
    }


def _exclusion(row: object, where: str) -> Exclusion:
    stated = documents.fields(row, where)
    documents.known(stated, _EXCLUSION, where)
    name = documents.text(stated, "name", where)
    where = f"{where} ({name})"
    if not {"prepaid_ppm", "below_minor", "types", *_SCOPE} & set(stated):
        raise DocumentError(
            f"{where}: say which orders pass: prepaid_ppm, below_minor, types, or whose"
        )
    skips = documents.names(stated.get("skips"), "skips", where)
    below = None
    if "below_minor" in stated:
        below = documents.number(stated, "below_minor", where, smallest=1)
    return Exclusion(
        name=name,
        scope=_scope({key: stated[key] for key in _SCOPE if key in stated}, where),
        prepaid_ppm=documents.number(stated, "prepaid_ppm", where, default=0, largest=PPM),
        below_minor=below,
        types=documents.names(stated.get("types"), "types", where),
        skips=tuple(documents.choice(one, "skips", RULES, where) for one in skips),
    )


def _refuse_hidden(rules: tuple[OrderRule, ...], where: str) -> None:
    """Refuse a row behind one of its rule that is for everybody: it would never be reached."""
    closed: set[str] = set()
    for place, row in enumerate(rules, 1):
        if row.rule in closed:
            raise DocumentError(
                f"{where}, rule {place} ({row.rule}): a row before it is for everybody, so this "
                "one is never reached; put it above"
            )
        if row.scope == Scope():
            closed.add(row.rule)
