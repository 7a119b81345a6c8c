"""Contact rules as data: whom each binds, what it asks, from when to when, and where it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.contact_rules.params import KINDS, HoursParams, Params, read_params
from dunwell.engine.documents import DocumentError

CHANNELS = ("email", "letter", "call", "sms", "portal", "visit")
"""How a customer is contacted; a contact by another channel is bound by every channel's rules."""

PURPOSES = ("collection", "legal", "last_notice", "validation", "notice", "service")
"""What a contact is for: asking for money, threatening or telling of a suit, a permitted last
notice, the validation notice, another notice the law asks for first, anything else."""

PARTIES = ("company", "person", "public")
USES = ("business", "personal")
ACTING = ("first_party", "third_party")
_RULE_FIELDS = {
    *("id", "kind", "text", "scope", "params", "effective_from", "effective_to"),
    *("source", "evidence", "last_verified", "is_default"),
}
_SCOPE_FIELDS = {
    *("countries", "regions", "parties", "uses", "acting", "channels", "purposes"),
    *("automated", "elsewhere", "max_total_usd_minor", "debts_since", "gates"),
}


class ContactRuleError(DocumentError):
    """The contact rules cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Whom a rule binds; an empty field binds everybody, an unknown fact is inside.

    `regions` are ISO 3166-2 codes with what lies below them. `elsewhere`: not at home and not on
    a phone of its own, such as at work. `max_total_usd_minor` and
    `debts_since`: all debts together and the newest of them. `gates`: inside one of these.
    """

    countries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    acting: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    automated: bool | None = None
    elsewhere: bool | None = None
    max_total_usd_minor: int | None = None
    debts_since: date | None = None
    gates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRule:
    """One rule; the first and the last local day on which it holds are both included."""

    id: str
    kind: str
    text: str
    params: Params
    source: str
    evidence: str
    last_verified: date
    scope: Scope = field(default_factory=Scope)
    effective_from: date | None = None
    effective_to: date | None = None
    is_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RulePack:
    """All rules in their order: of two that forbid the same, the earlier is told."""

    pack: str
    rules: tuple[ContactRule, ...]

    def rule(self, rule_id: str) -> ContactRule:
        """Return the rule of an id; raise KeyError for none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None) or _none(rule_id)


def read_contact_rules(document: Mapping[str, object]) -> RulePack:
    """Build the rules of a parsed document {pack: …, rules: […]}.

    Raises ContactRuleError naming the rule and the first wrong field.
    """
    try:
        documents.known(document, {"pack", "rules"}, "contact rules")
        pack = documents.text(document, "pack", "contact rules")
        listed = documents.rows(document.get("rules"), "rules", "contact rules")
        rules = tuple(_rule(entry, f"rule {number}") for number, entry in enumerate(listed, 1))
        _check_names(rules)
    except ContactRuleError:
        raise
    except DocumentError as error:
        raise ContactRuleError(str(error)) from error
    return RulePack(pack=pack, rules=rules)


def _rule(entry: object, place: str) -> ContactRule:
    stated = documents.fields(entry, place)
    rule_id = documents.text(stated, "id", place)
    where = f"{place} ({rule_id})"
    documents.known(stated, _RULE_FIELDS, where)
    kind = documents.choice(stated.get("kind"), "kind", KINDS, where)
    first, last = (
        documents.optional_day(stated, "effective_from", where),
        documents.optional_day(stated, "effective_to", where),
    )
    if first is not None and last is not None and last < first:
        raise ContactRuleError(f"{where}: effective_to lies before effective_from; correct one")
    params = read_params(kind, stated.get("params", {}), where)
    _check_dates(kind, first, last, where)
    return ContactRule(
        id=rule_id,
        kind=kind,
        text=documents.text(stated, "text", where),
        scope=_scope(stated.get("scope", {}), where),
        params=params,
        effective_from=first,
        effective_to=last,
        source=documents.text(stated, "source", where),
        evidence=documents.text(stated, "evidence", where),
        last_verified=documents.day(stated.get("last_verified"), "last_verified", where),
        is_default=documents.switch(stated, "is_default", where),
    )


def _check_dates(kind: str, first: date | None, last: date | None, where: str) -> None:
    if kind == "exclusion" and (first is not None or last is not None):
        raise ContactRuleError(
            f"{where}: an exclusion holds as long as its rule; remove its effective days"
        )


def _scope(value: object, where: str) -> Scope:
    stated, place = documents.fields(value, f"{where}, scope"), f"{where}, scope"
    documents.known(stated, _SCOPE_FIELDS, place)
    has_total = stated.get("max_total_usd_minor") is not None
    return Scope(
        countries=documents.names(stated.get("countries"), "countries", place),
        regions=documents.names(stated.get("regions"), "regions", place),
        parties=words(stated, "parties", PARTIES, place),
        uses=words(stated, "uses", USES, place),
        acting=words(stated, "acting", ACTING, place),
        channels=words(stated, "channels", CHANNELS, place),
        purposes=words(stated, "purposes", PURPOSES, place),
        automated=documents.switch(stated, "automated", place) if "automated" in stated else None,
        elsewhere=documents.switch(stated, "elsewhere", place) if "elsewhere" in stated else None,
        max_total_usd_minor=documents.number(stated, "max_total_usd_minor", place)
        if has_total
        else None,
        debts_since=documents.optional_day(stated, "debts_since", place),
        gates=documents.names(stated.get("gates"), "gates", place),
    )


def words(
    stated: Mapping[str, object], name: str, allowed: Sequence[str], where: str
) -> tuple[str, ...]:
    """Return a list of different allowed words, or raise DocumentError naming the wrong one."""
    found = documents.names(stated.get(name), name, where)
    for word in found:
        documents.choice(word, name, allowed, where)
    return found


def _check_names(rules: Sequence[ContactRule]) -> None:
    """Raise ContactRuleError for an id that stands twice, or one that is named and is none."""
    kinds: dict[str, str] = {}
    for rule in rules:
        if rule.id in kinds:
            raise ContactRuleError(f"rule {rule.id} stands twice; keep one of them")
        kinds[rule.id] = rule.kind
    for rule in rules:
        for gate in rule.scope.gates:
            if kinds.get(gate) != "gate":
                raise ContactRuleError(f"rule {rule.id}: there is no gate {gate}; name a gate")
        if rule.kind == "exclusion" and kinds.get(rule.params.of) != "cap":
            raise ContactRuleError(
                f"rule {rule.id}: there is no cap {rule.params.of}; name the cap it excludes from"
            )


def _none(rule_id: str) -> ContactRule:
    raise KeyError(rule_id)


def is_hours(rule: ContactRule) -> bool:
    """Return whether the rule is about hours of the day."""
    return isinstance(rule.params, HoursParams)
