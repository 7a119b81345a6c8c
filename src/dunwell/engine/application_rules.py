"""What a credit application has to hold, and the clock of its decision: facts in, answers out.

The rules are the section `applications` of a company's credit policy. Requirements add up: an
applicant meets every one whose country, amount and kind of applicant fit.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

FIELDS: Mapping[str, str] = {
    "name": "text",
    "legal_form": "text",
    "registration": "text",
    "register_court": "text",
    "vat_id": "text",
    "lei": "text",
    "duns": "text",
    "street": "text",
    "postcode": "text",
    "city": "text",
    "region": "text",
    "website": "text",
    "business_kind": "text",
    "started_on": "day",
    "employees": "number",
    "revenue_minor": "money",
    "contact_name": "text",
    "contact_email": "email",
    "contact_phone": "phone",
    "invoice_email": "email",
    "purpose": "text",
    "terms_days": "number",
    "bank_name": "text",
    "iban": "text",
    "owner_name": "text",
    "owner_born_on": "day",
    "guarantor_name": "text",
    "guarantor_email": "email",
    "guarantor_address": "text",
    "guarantor_born_on": "day",
}
"""What an applicant can be asked for, and the kind of answer."""

DOCUMENTS = (
    "register_extract",
    "annual_accounts",
    "interim_accounts",
    "bank_statement",
    "identity",
    "tax_certificate",
    "guarantee",
    "other",
)
"""Kinds of documents an applicant can be asked for."""

CONSENTS = ("credit_check", "truth")
"""What every applicant has to agree to: that we make enquiries, that what is said is true."""

PPM = 1_000_000
_LONGEST = 3_650
_SECTION = {
    "open_form",
    "expiry_days",
    "decide_days",
    "activate_days",
    "chase_days",
    "give_up_days",
    "needs_answered",
    "requirements",
    "screening",
}
_REQUIREMENT = {
    "name",
    "countries",
    "from_minor",
    "applicant",
    "fields",
    "documents",
    "trade_references",
    "bank_references",
}
_SCREENING = {"threshold_ppm"}
APPLICANTS = ("any", "company", "person")


@dataclass(frozen=True, kw_only=True, slots=True)
class Requirement:
    """What applicants of these countries (none: all) from this amount on have to give.

    `from_minor`: the limit asked for, in the company's currency; one that is not known counts
    as large.
    """

    name: str
    countries: tuple[str, ...] = ()
    from_minor: int = 0
    applicant: str = "any"
    fields: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    trade_references: int = 0
    bank_references: int = 0

    def binds(self, *, country: str, asked_minor: int | None, is_person: bool) -> bool:
        """Return whether the requirement is one of this applicant."""
        if self.countries and country and country not in self.countries:
            return False
        if asked_minor is not None and asked_minor < self.from_minor:
            return False
        return self.applicant == "any" or (self.applicant == "person") == is_person


STANDARD_REQUIREMENTS = (
    Requirement(
        name="everybody",
        fields=("name", "street", "postcode", "city", "contact_name", "contact_email"),
    ),
    Requirement(
        name="companies of the European Union",
        countries=("AT", "BE", "DE", "DK", "ES", "FI", "FR", "IE", "IT", "LU", "NL", "PL", "SE"),
        applicant="company",
        fields=("vat_id",),
    ),
    Requirement(
        name="companies of Germany and Austria",
        countries=("AT", "DE"),
        applicant="company",
        fields=("registration", "register_court"),
    ),
    Requirement(
        name="companies of the United States",
        countries=("US",),
        applicant="company",
        fields=("legal_form", "region", "revenue_minor"),
    ),
    Requirement(name="persons", applicant="person", fields=("owner_born_on",)),
    Requirement(name="from 10,000", from_minor=1_000_000, trade_references=2),
    Requirement(name="from 50,000", from_minor=5_000_000, documents=("annual_accounts",)),
    Requirement(
        name="from 250,000",
        from_minor=25_000_000,
        documents=("interim_accounts",),
        trade_references=3,
        bank_references=1,
    ),
)
"""What holds where the policy says nothing: the required facts grow with the amount."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationRules:
    """The section as read. All spans in days.

    `chase_days`: after how many days without an answer a reference is reminded; `give_up_days`:
    when it is no longer waited for. `needs_answered`: how many references must have answered
    before it is scored, unless the rest is given up. `threshold_ppm`: from which likeness a name
    on a sanction list is shown to a person. `open_form`: anybody may begin at the company's
    address; otherwise an application begins with a link that was sent.
    """

    open_form: bool = False
    expiry_days: int = 60
    decide_days: int = 10
    activate_days: int = 90
    chase_days: tuple[int, ...] = (5, 10)
    give_up_days: int = 15
    needs_answered: int = 1
    requirements: tuple[Requirement, ...] = STANDARD_REQUIREMENTS
    threshold_ppm: int = 800_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Needed:
    """What one applicant has to give, all requirements together; the greatest number counts."""

    fields: tuple[str, ...]
    documents: tuple[str, ...]
    trade_references: int
    bank_references: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Missing:
    """A field, document, reference or consent that is missing, by its name, and how many of it."""

    kind: str
    name: str
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """Where the clock of a decision stands; `days_left` below 0 is late, None: not complete."""

    decide_by: date | None
    paused_days: int
    is_paused: bool
    days_left: int | None


def read_application_rules(section: object) -> ApplicationRules:
    """Build the rules from the section `applications`; None gives the standard.

    Raises DocumentError naming the first wrong field.
    """
    if section is None:
        return ApplicationRules()
    where, standard = "applications", ApplicationRules()
    stated = documents.fields(section, where)
    documents.known(stated, _SECTION, where)
    listed = stated.get("requirements")
    screening = documents.fields(stated.get("screening") or {}, f"{where}, screening")
    documents.known(screening, _SCREENING, f"{where}, screening")
    chase = _chase(stated.get("chase_days", list(standard.chase_days)), where)
    give_up = _days(stated, "give_up_days", standard.give_up_days)
    if chase and give_up <= chase[-1]:
        raise DocumentError(f"{where}: give_up_days is {give_up}; it must lie after the reminders")
    return ApplicationRules(
        open_form=documents.switch(stated, "open_form", where, default=standard.open_form),
        expiry_days=_days(stated, "expiry_days", standard.expiry_days),
        decide_days=_days(stated, "decide_days", standard.decide_days),
        activate_days=_days(stated, "activate_days", standard.activate_days),
        chase_days=chase,
        give_up_days=give_up,
        needs_answered=documents.number(
            stated, "needs_answered", where, default=standard.needs_answered, largest=20
        ),
        requirements=standard.requirements
        if listed is None
        else _requirements(listed, f"{where}, requirements"),
        threshold_ppm=documents.number(
            screening,
            "threshold_ppm",
            f"{where}, screening",
            default=standard.threshold_ppm,
            smallest=500_000,
            largest=PPM,
        ),
    )


def needed(
    rules: ApplicationRules, *, country: str, asked_minor: int | None, is_person: bool
) -> Needed:
    """Return what an applicant has to give, in the order of the policy."""
    binding = [
        one
        for one in rules.requirements
        if one.binds(country=country, asked_minor=asked_minor, is_person=is_person)
    ]
    return Needed(
        fields=tuple(dict.fromkeys(name for one in binding for name in one.fields)),
        documents=tuple(dict.fromkeys(name for one in binding for name in one.documents)),
        trade_references=max((one.trade_references for one in binding), default=0),
        bank_references=max((one.bank_references for one in binding), default=0),
    )


def missing_answers(
    wanted: Needed,
    *,
    answers: Mapping[str, object],
    documents_given: Collection[str],
    references: Mapping[str, int],
    consents: Collection[str],
    asked_minor: int | None,
) -> tuple[Missing, ...]:
    """Return everything that is missing before an application is complete, in a fixed order.

    A blank answer is none. `references` counts those named, by kind (trade, bank).
    """
    found = [] if asked_minor else [Missing(kind="field", name="asked_minor")]
    found += [
        Missing(kind="field", name=name)
        for name in wanted.fields
        if not str(answers.get(name) or "").strip()
    ]
    found += [
        Missing(kind="document", name=name)
        for name in wanted.documents
        if name not in documents_given
    ]
    for kind, number in (("trade", wanted.trade_references), ("bank", wanted.bank_references)):
        lacking = number - references.get(kind, 0)
        if lacking > 0:
            found.append(Missing(kind="reference", name=kind, count=lacking))
    found += [Missing(kind="consent", name=name) for name in CONSENTS if name not in consents]
    return tuple(found)


def decision_clock(
    rules: ApplicationRules,
    *,
    complete_on: date | None,
    waits: Sequence[tuple[date, date | None]],
    as_of: date,
) -> Clock:
    """Return by when a decision is due: so many days after completion, plus the days waited.

    The clock stands only while we wait for the applicant: `waits` are half-open spans
    [from, until), an open one lasts until `as_of`. Days that two spans share count once.
    """
    is_paused = any(first <= as_of and (last is None or last > as_of) for first, last in waits)
    if complete_on is None:
        return Clock(decide_by=None, paused_days=0, is_paused=is_paused, days_left=None)
    paused = _waited(complete_on, waits, as_of)
    decide_by = complete_on + timedelta(days=rules.decide_days + paused)
    return Clock(
        decide_by=decide_by,
        paused_days=paused,
        is_paused=is_paused,
        days_left=(decide_by - as_of).days,
    )


def chase_due(rules: ApplicationRules, *, asked_on: date, chased: int, as_of: date) -> str:
    """Return what a reference without an answer needs on a day: chase, give_up, or nothing.

    One reminder a day at most: a cycle that ran late sends the next one only.
    """
    age = (as_of - asked_on).days
    if age >= rules.give_up_days:
        return "give_up"
    return "chase" if chased < sum(age >= days for days in rules.chase_days) else ""


def _waited(complete_on: date, waits: Sequence[tuple[date, date | None]], as_of: date) -> int:
    spans = sorted(
        (max(first, complete_on), min(last or as_of, as_of))
        for first, last in waits
        if min(last or as_of, as_of) > max(first, complete_on)
    )
    total, reached = 0, complete_on
    for first, last in spans:
        start = max(first, reached)
        if last > start:
            total += (last - start).days
            reached = last
    return total


def _requirements(listed: object, where: str) -> tuple[Requirement, ...]:
    found = tuple(
        _requirement(row, f"{where}, {n}")
        for n, row in enumerate(documents.rows(listed, "requirements", where), 1)
    )
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DocumentError(f"{where}: two are named {twice[0]!r}; give each its own name")
    return found


def _requirement(row: object, where: str) -> Requirement:
    stated = documents.fields(row, where)
    documents.known(stated, _REQUIREMENT, where)
    countries = documents.names(stated.get("countries"), "countries", where)
    for code in countries:
        if len(code) != len("DE") or not code.isalpha() or not code.isupper():
            raise DocumentError(f"{where}: {code!r} is no country; write two letters such as DE")
    return Requirement(
        name=documents.text(stated, "name", where),
        countries=countries,
        from_minor=documents.number(stated, "from_minor", where, default=0),
        applicant=documents.choice(stated.get("applicant", "any"), "applicant", APPLICANTS, where),
        fields=tuple(
            documents.choice(name, "fields", FIELDS, where)
            for name in documents.names(stated.get("fields"), "fields", where)
        ),
        documents=tuple(
            documents.choice(name, "documents", DOCUMENTS, where)
            for name in documents.names(stated.get("documents"), "documents", where)
        ),
        trade_references=documents.number(
            stated, "trade_references", where, default=0, largest=10
        ),
        bank_references=documents.number(stated, "bank_references", where, default=0, largest=5),
    )


def _chase(value: object, where: str) -> tuple[int, ...]:
    days: list[int] = []
    for one in documents.rows(value, "chase_days", where):
        if isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= _LONGEST:
            raise DocumentError(f"{where}: chase_days holds {one!r}; write days such as [5, 10]")
        days.append(one)
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise DocumentError(f"{where}: chase_days must rise, found {days}")
    return tuple(days)


def _days(stated: Mapping[str, object], name: str, default: int) -> int:
    return documents.number(
        stated, name, "applications", default=default, smallest=1, largest=_LONGEST
    )
