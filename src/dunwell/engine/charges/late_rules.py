"""What the law lets a creditor charge for late payment, as rules with dates and sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.charges.reference_rates import DAILY, FIXINGS, PPM
from dunwell.engine.charges.schedules import Schedule, read_schedule
from dunwell.engine.documents import DocumentError

REFERENCE, FIXED, CONTRACT, NONE = "reference", "fixed", "contract", "none"
INTEREST_KINDS = (REFERENCE, FIXED, CONTRACT, NONE)
ACT_365, ACT_360, THIRTY_360 = "act_365", "act_360", "30_360"
YEARS = (ACT_365, ACT_360, THIRTY_360)
"""How days become a part of a year: actual days over 365 or 360; months of 30 over 360."""

YEAR_DAYS: Mapping[str, int] = {ACT_365: 365, ACT_360: 360, THIRTY_360: 360}
PARTIES = ("company", "person", "public")
DUE, NOTICE = "due", "notice"
MOST_PPM = 10 * PPM
"""Ten times the sum in a year; what is larger is a slip of the keyboard."""

_FIELDS = {
    *("id", "title", "countries", "parties", "in_force", "effective_from", "effective_until"),
    *("interest", "year", "rests", "starts", "told_days", "terms_cap_days"),
    *("needs_registration", "compensation", "letter", "fees", "basis", "source", "evidence"),
}
_INTEREST = {"kind", "reference", "fixing", "margin_ppm", "multiple_ppm", "rate_ppm", "cap_ppm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class InterestRule:
    """How the yearly rate comes about; `otherwise` is the reference without a contract rate."""

    kind: str
    reference: str = ""
    fixing: str = DAILY
    margin_ppm: int = 0
    multiple_ppm: int = PPM
    rate_ppm: int = 0
    cap_ppm: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterRule:
    """Compensation waits for a letter: days from its delivery, by post in business days."""

    wait_days: int
    post_business_days: int = 0
    email_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeRule:
    """Bounds of reminder fees: so many reminders are free, and a fee is at most this."""

    free_reminders: int
    most_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LateRule:
    """One rule: whose debts it is about, from when to when, and what may be charged."""

    id: str
    title: str
    countries: tuple[str, ...]
    parties: tuple[str, ...]
    is_in_force: bool
    effective_from: date | None
    effective_until: date | None
    interest: InterestRule
    year: str
    has_monthly_rests: bool
    starts: str
    told_days: int
    terms_cap_days: int | None
    needs_registration: str
    compensation: Schedule | None
    letter: LetterRule | None
    fees: FeeRule | None
    basis: tuple[str, ...]
    source: str
    evidence: str

    def fits(self, *, country: str, party: str) -> bool:
        """Return whether the rule is about debts of such a customer at all."""
        return self.is_in_force and country in self.countries and party in self.parties


def read_late_rules(document: Mapping[str, object]) -> tuple[LateRule, ...]:
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


def statutory_rules(
    rules: Sequence[LateRule], *, country: str, party: str, registered: Sequence[str] = ()
) -> tuple[LateRule, ...]:
    """Return the rules for such a customer, the first that is effective on a day rules.

    An unknown kind of customer is judged as a natural person, the strictest reading.
    """
    kind = party or "person"
    return tuple(
        rule
        for rule in rules
        if rule.fits(country=country, party=kind)
        and (not rule.needs_registration or rule.needs_registration in registered)
    )


def _rule(row: object, where: str) -> LateRule:
    stated = documents.fields(row, where)
    documents.known(stated, _FIELDS, where)
    return LateRule(
        id=documents.text(stated, "id", where),
        title=documents.text(stated, "title", where),
        countries=documents.names(stated.get("countries"), "countries", where),
        parties=_parties(stated, where),
        is_in_force=documents.switch(stated, "in_force", where, default=True),
        effective_from=documents.optional_day(stated, "effective_from", where),
        effective_until=documents.optional_day(stated, "effective_until", where),
        interest=_interest(stated.get("interest"), f"{where}, interest"),
        year=documents.choice(stated.get("year", ACT_365), "year", YEARS, where),
        has_monthly_rests=documents.choice(
            stated.get("rests", NONE), "rests", (NONE, "monthly"), where
        )
        == "monthly",
        starts=documents.choice(stated.get("starts", DUE), "starts", (DUE, NOTICE), where),
        told_days=documents.number(stated, "told_days", where, default=0, largest=365),
        terms_cap_days=_optional(stated, "terms_cap_days", where, largest=365),
        needs_registration=documents.text(stated, "needs_registration", where, default=""),
        compensation=read_schedule(stated.get("compensation"), f"{where}, compensation"),
        letter=_letter(stated.get("letter"), f"{where}, letter"),
        fees=_fees(stated.get("fees"), f"{where}, fees"),
        basis=documents.names(stated.get("basis"), "basis", where),
        source=documents.text(stated, "source", where),
        evidence=documents.text(stated, "evidence", where),
    )


def _parties(stated: Mapping[str, object], where: str) -> tuple[str, ...]:
    found = documents.names(stated.get("parties"), "parties", where)
    for party in found:
        documents.choice(party, "parties", PARTIES, where)
    return found


def _interest(value: object, where: str) -> InterestRule:
    stated = documents.fields(value, where)
    documents.known(stated, _INTEREST | {"otherwise"}, where)
    kind = documents.choice(stated.get("kind"), "kind", INTEREST_KINDS, where)
    reference = documents.text(
        stated, "otherwise" if kind == CONTRACT else "reference", where, default=""
    )
    if kind == REFERENCE and not reference:
        raise DocumentError(f"{where}: reference names the official rate, such as ECB_MRO")
    return InterestRule(
        kind=kind,
        reference=reference,
        fixing=documents.choice(stated.get("fixing", DAILY), "fixing", FIXINGS, where),
        margin_ppm=documents.number(stated, "margin_ppm", where, default=0, largest=MOST_PPM),
        multiple_ppm=documents.number(
            stated, "multiple_ppm", where, default=PPM, largest=100 * PPM
        ),
        rate_ppm=documents.number(stated, "rate_ppm", where, default=0, largest=MOST_PPM),
        cap_ppm=_optional(stated, "cap_ppm", where, largest=MOST_PPM),
    )


def _letter(value: object, where: str) -> LetterRule | None:
    if value is None:
        return None
    stated = documents.fields(value, where)
    documents.known(stated, {"wait_days", "post_business_days", "email_days"}, where)
    return LetterRule(
        wait_days=documents.number(stated, "wait_days", where, largest=365),
        post_business_days=documents.number(
            stated, "post_business_days", where, default=0, largest=30
        ),
        email_days=documents.number(stated, "email_days", where, default=0, largest=30),
    )


def _fees(value: object, where: str) -> FeeRule | None:
    if value is None:
        return None
    stated = documents.fields(value, where)
    documents.known(stated, {"free_reminders", "most_minor", "currency"}, where)
    return FeeRule(
        free_reminders=documents.number(stated, "free_reminders", where, default=0, largest=99),
        most_minor=documents.number(stated, "most_minor", where),
        currency=documents.text(stated, "currency", where),
    )


def _optional(stated: Mapping[str, object], name: str, where: str, *, largest: int) -> int | None:
    if stated.get(name) is None:
        return None
    return documents.number(stated, name, where, largest=largest)
