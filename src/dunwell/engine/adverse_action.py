"""What an applicant must be told about a decision, and by when: dated rules as data.

The pack is policies/adverse_action.yaml. A fact that is not known is taken to be inside a rule's
scope, so that not knowing never gives more time. Of several rules the earliest day holds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

_RULE = {
    "id",
    "text",
    "scope",
    "notice_days",
    "request_days",
    "reasons_days",
    "review_days",
    "notices",
    "names_agency",
    "explains",
    "effective_from",
    "effective_to",
    "source",
    "evidence",
    "last_verified",
}
_SCOPE = {
    "countries",
    "trade_credit",
    "natural_person",
    "consumer_report",
    "most_revenue_usd_minor",
}
_LONGEST = 3_650
EVIDENCE = ("P", "S", "M", "own")


@dataclass(frozen=True, kw_only=True, slots=True)
class Applicant:
    """What the rules ask about an applicant; None (an empty country) is not known."""

    country: str = ""
    is_trade_credit: bool | None = True
    is_natural_person: bool | None = None
    used_consumer_report: bool | None = False
    revenue_usd_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AdverseRule:
    """One rule, its scope and the days it gives (None: it says nothing about that)."""

    id: str
    text: str
    source: str
    evidence: str
    countries: tuple[str, ...] = ()
    trade_credit: bool | None = None
    natural_person: bool | None = None
    consumer_report: bool | None = None
    most_revenue_usd_minor: int | None = None
    notice_days: int | None = None
    request_days: int | None = None
    reasons_days: int | None = None
    review_days: int | None = None
    notices: tuple[str, ...] = ()
    names_agency: bool = False
    explains: bool = False
    effective_from: date | None = None
    effective_to: date | None = None

    def binds(self, applicant: Applicant, *, on: date) -> bool:
        """Return whether the rule is in force on a day and the applicant within its scope."""
        if self.effective_from is not None and on < self.effective_from:
            return False
        if self.effective_to is not None and on > self.effective_to:
            return False
        if self.countries and applicant.country and applicant.country not in self.countries:
            return False
        revenue, most = applicant.revenue_usd_minor, self.most_revenue_usd_minor
        if most is not None and revenue is not None and revenue > most:
            return False
        return (
            _fits(self.trade_credit, applicant.is_trade_credit)
            and _fits(self.natural_person, applicant.is_natural_person)
            and _fits(self.consumer_report, applicant.used_consumer_report)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AdversePack:
    """Every rule, and the texts of the notices by name and language."""

    pack: str
    rules: tuple[AdverseRule, ...]
    notices: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Duties:
    """What is owed to one applicant: days, notices by name, and the rules they come from."""

    rules: tuple[str, ...]
    notice_days: int
    request_days: int
    reasons_days: int
    review_days: int | None
    notices: tuple[str, ...]
    names_agency: bool
    explains: bool

    def notify_by(self, complete_on: date) -> date:
        """Return the last day to tell the decision."""
        return complete_on + timedelta(days=self.notice_days)

    def may_ask(self, *, told_on: date, asked_on: date) -> bool:
        """Return whether reasons asked for on a day have to be given."""
        return asked_on <= told_on + timedelta(days=self.request_days)

    def reasons_by(self, asked_on: date) -> date:
        """Return the last day to give reasons that were asked for."""
        return asked_on + timedelta(days=self.reasons_days)

    def review_by(self, asked_on: date) -> date | None:
        """Return the last day for a person to look again, None where nobody may ask that."""
        return None if self.review_days is None else asked_on + timedelta(days=self.review_days)


def read_adverse_pack(document: Mapping[str, object]) -> AdversePack:
    """Build the pack from its document; raise DocumentError naming the first wrong field."""
    documents.known(document, {"pack", "rules", "notices"}, "adverse action")
    stated = documents.fields(document.get("notices"), "notices")
    notices = {name: _texts(value, f"notice {name}") for name, value in stated.items()}
    rules = tuple(
        _rule(row, f"rule {n}", notices)
        for n, row in enumerate(documents.rows(document.get("rules"), "rules", "adverse"), 1)
    )
    names = [rule.id for rule in rules]
    if len(set(names)) < len(names):
        raise DocumentError("rules: two have the same id; give each its own")
    if not any(rule.notice_days and not rule.countries for rule in rules):
        raise DocumentError("rules: one rule must give everybody notice_days")
    return AdversePack(
        pack=documents.text(document, "pack", "adverse action"), rules=rules, notices=notices
    )


def duties(pack: AdversePack, applicant: Applicant, *, on: date) -> Duties:
    """Return what is owed to an applicant by the rules in force on a day.

    The shortest time to act and the longest time to ask of all rules that bind; where the
    pack has no rule about reasons, 60 and 30 days.
    """
    binding = [rule for rule in pack.rules if rule.binds(applicant, on=on)]

    def shortest(name: str) -> int | None:
        days = [value for rule in binding if (value := getattr(rule, name)) is not None]
        return min(days, default=None)

    asks = [rule.request_days for rule in binding if rule.request_days is not None]
    return Duties(
        rules=tuple(rule.id for rule in binding),
        notice_days=shortest("notice_days") or 30,
        request_days=max(asks, default=60),
        reasons_days=shortest("reasons_days") or 30,
        review_days=shortest("review_days"),
        notices=tuple(dict.fromkeys(name for rule in binding for name in rule.notices)),
        names_agency=any(rule.names_agency for rule in binding),
        explains=any(rule.explains for rule in binding),
    )


def notice_texts(
    pack: AdversePack, owed: Duties, *, language: str, agency: str = ""
) -> tuple[str, ...]:
    """Return the notices that belong into the letter, in the language or in English."""
    facts = {
        "request_days": owed.request_days,
        "reasons_days": owed.reasons_days,
        "review_days": owed.review_days or owed.reasons_days,
        "agency": agency,
    }
    texts = (pack.notices[name] for name in owed.notices)
    return tuple((text.get(language) or text["en"]).format(**facts) for text in texts)


def check_reasons(reasons: Sequence[str]) -> str:
    """Return what is wrong with the reasons of a refusal, empty where nothing is.

    Two to four, each its own and specific: "credit standards not met" tells nobody anything
    (12 CFR 1002.9(b)(2)).
    """
    told = [" ".join(reason.split()) for reason in reasons]
    least, most, shortest = 2, 4, 8
    if not least <= len(told) <= most:
        return f"{len(told)} reasons are given; a refusal needs {least} to {most}."
    if len({reason.casefold() for reason in told}) < len(told):
        return "Two reasons are the same; give each once."
    for reason in told:
        if len(reason) < shortest or any(word in reason.casefold() for word in VAGUE):
            return f"{reason!r} is not specific; say what about the applicant it is."
    return ""


VAGUE = (
    "internal standards",
    "internal policies",
    "credit standards not met",
    "insufficient score",
    "score too low",
    "failed to achieve",
    "interne richtlinien",
    "score zu niedrig",
)
"""Words that Regulation B calls insufficient, in English and German."""


def _fits(wanted: bool | None, found: bool | None) -> bool:  # noqa: FBT001  facts of a scope
    return wanted is None or found is None or wanted == found


def _texts(value: object, where: str) -> Mapping[str, str]:
    stated = documents.fields(value, where)
    documents.known(stated, {"en", "de"}, where)
    return {name: documents.text(stated, name, where) for name in ("en", "de")}


def _rule(row: object, place: str, notices: Mapping[str, object]) -> AdverseRule:
    stated = documents.fields(row, place)
    name = documents.text(stated, "id", place)
    where = f"rule {name}"
    documents.known(stated, _RULE, where)
    scope = documents.fields(stated.get("scope"), f"{where}, scope")
    documents.known(scope, _SCOPE, f"{where}, scope")
    first = documents.optional_day(stated, "effective_from", where)
    last = documents.optional_day(stated, "effective_to", where)
    if first and last and last < first:
        raise DocumentError(f"{where}: effective_to lies before effective_from")
    return AdverseRule(
        id=name,
        text=documents.text(stated, "text", where),
        source=documents.text(stated, "source", where),
        evidence=documents.choice(
            stated.get("evidence"), "evidence", ["P", "S", "M", "own"], where
        ),
        countries=documents.names(scope.get("countries"), "countries", where),
        trade_credit=_switch(scope, "trade_credit", where),
        natural_person=_switch(scope, "natural_person", where),
        consumer_report=_switch(scope, "consumer_report", where),
        most_revenue_usd_minor=_number(scope, "most_revenue_usd_minor", where),
        notice_days=_number(stated, "notice_days", where, largest=_LONGEST),
        request_days=_number(stated, "request_days", where, largest=_LONGEST),
        reasons_days=_number(stated, "reasons_days", where, largest=_LONGEST),
        review_days=_number(stated, "review_days", where, largest=_LONGEST),
        notices=tuple(
            documents.choice(one, "notices", notices, where)
            for one in documents.names(stated.get("notices"), "notices", where)
        ),
        names_agency=documents.switch(stated, "names_agency", where),
        explains=documents.switch(stated, "explains", where),
        effective_from=first,
        effective_to=last,
    )


def _switch(stated: Mapping[str, object], name: str, where: str) -> bool | None:
    return documents.switch(stated, name, where) if name in stated else None


def _number(
    stated: Mapping[str, object], name: str, where: str, *, largest: int = documents.LARGEST
) -> int | None:
    if name not in stated:
        return None
    return documents.number(stated, name, where, smallest=1, largest=largest)
