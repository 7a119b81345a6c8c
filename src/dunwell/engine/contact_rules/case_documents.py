"""Cases of contact rules and policies as data: a customer, what happened, the right verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dunwell.engine import documents
from dunwell.engine.contact_rules.params import OUTCOMES, RESTRICTIONS
from dunwell.engine.documents import DocumentError

DECISIONS = ("allow", "deny", "hold")
_CUSTOMER = {
    *("country", "region", "party", "debt_use", "zones", "debt_usd_minor", "debt_on"),
}
_CASE = {
    *("name", "customer", "channel", "purpose", "role", "item", "automated", "opt_out_text"),
    *("work_address", "time_barred", "at", "attempts", "restrictions", "consents", "expect"),
    *("rule", "next", "acts_as", "customers_are"),
}
_ATTEMPT = {"channel", "outcome", "at", "purpose", "role", "item", "inbound"}
_RESTRICTION = {
    *("kind", "channel", "purpose", "from_on", "until_on", "lifted_on"),
    *("minute_from", "minute_until"),
}
_CONSENT = {"channel", "purpose", "given_on", "withdrawn_on"}
_LONGEST = 1440


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseAttempt:
    """A contact that was made before."""

    channel: str
    outcome: str
    at: datetime
    purpose: str = "collection"
    role: str | None = None
    item: int | None = None
    is_inbound: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRestriction:
    """A recorded word; without days it was said long ago and still holds."""

    kind: str
    channel: str = ""
    purpose: str = ""
    from_on: date = date(1990, 1, 1)
    until_on: date | None = None
    lifted_on: date | None = None
    minute_from: int | None = None
    minute_until: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseConsent:
    """A recorded yes to a channel."""

    channel: str
    given_on: date
    purpose: str = ""
    withdrawn_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactCase:
    """One case: the facts, the moment, and what must come out.

    `rule` is the id told when the answer is not allow, `next` the first allowed moment; empty
    fields are not compared. A customer's fact that is left out is not known.
    """

    name: str
    at: datetime
    expect: str
    channel: str
    rule: str = ""
    next: datetime | None = None
    purpose: str = "collection"
    country: str | None = None
    region: str | None = None
    party: str | None = None
    debt_use: str | None = None
    zones: tuple[str, ...] = ()
    role: str | None = None
    item: int | None = None
    is_automated: bool | None = None
    has_opt_out: bool | None = None
    is_work_address: bool | None = None
    is_time_barred: bool | None = None
    debt_usd_minor: int | None = None
    debt_on: date | None = None
    attempts: tuple[CaseAttempt, ...] = ()
    restrictions: tuple[CaseRestriction, ...] = ()
    consents: tuple[CaseConsent, ...] = ()
    acts_as: str = ""
    customers_are: str = ""


def read_contact_cases(value: object) -> tuple[ContactCase, ...]:
    """Return the cases of a document; raise DocumentError naming the first wrong field."""
    listed = documents.rows([] if value is None else value, "cases", "document")
    return tuple(_case(entry, f"case {number}") for number, entry in enumerate(listed, 1))


def _case(entry: object, where: str) -> ContactCase:
    stated = documents.fields(entry, where)
    documents.known(stated, _CASE, where)
    customer = documents.fields(stated.get("customer", {}), f"{where}, customer")
    documents.known(customer, _CUSTOMER, f"{where}, customer")
    return ContactCase(
        name=documents.text(stated, "name", where),
        at=_moment(stated.get("at"), "at", where),
        expect=documents.choice(stated.get("expect"), "expect", DECISIONS, where),
        rule=documents.text(stated, "rule", where, default=""),
        next=_moment(stated["next"], "next", where) if stated.get("next") else None,
        channel=documents.text(stated, "channel", where, default="email"),
        purpose=documents.text(stated, "purpose", where, default="collection"),
        country=_word(customer, "country", where),
        region=_word(customer, "region", where),
        party=_word(customer, "party", where),
        debt_use=_word(customer, "debt_use", where),
        zones=documents.names(customer.get("zones"), "zones", where),
        debt_usd_minor=_number(customer, "debt_usd_minor", where),
        debt_on=documents.optional_day(customer, "debt_on", where),
        role=_word(stated, "role", where),
        item=_number(stated, "item", where),
        is_automated=_switch(stated, "automated", where),
        has_opt_out=_switch(stated, "opt_out_text", where),
        is_work_address=_switch(stated, "work_address", where),
        is_time_barred=_switch(stated, "time_barred", where),
        attempts=tuple(_attempt(row, f"{where}, attempts") for row in _list(stated, "attempts")),
        restrictions=tuple(
            _restriction(row, f"{where}, restrictions") for row in _list(stated, "restrictions")
        ),
        consents=tuple(_consent(row, f"{where}, consents") for row in _list(stated, "consents")),
        acts_as=documents.text(stated, "acts_as", where, default=""),
        customers_are=documents.text(stated, "customers_are", where, default=""),
    )


def _attempt(row: object, where: str) -> CaseAttempt:
    stated = documents.fields(row, where)
    documents.known(stated, _ATTEMPT, where)
    return CaseAttempt(
        channel=documents.text(stated, "channel", where, default="call"),
        outcome=documents.choice(
            stated.get("outcome", "no_answer"), "outcome", (*OUTCOMES, "refused"), where
        ),
        at=_moment(stated.get("at"), "at", where),
        purpose=documents.text(stated, "purpose", where, default="collection"),
        role=_word(stated, "role", where),
        item=_number(stated, "item", where),
        is_inbound=documents.switch(stated, "inbound", where),
    )


def _restriction(row: object, where: str) -> CaseRestriction:
    stated = documents.fields(row, where)
    documents.known(stated, _RESTRICTION, where)
    return CaseRestriction(
        kind=documents.choice(stated.get("kind"), "kind", RESTRICTIONS, where),
        channel=documents.text(stated, "channel", where, default=""),
        purpose=documents.text(stated, "purpose", where, default=""),
        from_on=documents.optional_day(stated, "from_on", where)
        or CaseRestriction(kind="cease").from_on,
        until_on=documents.optional_day(stated, "until_on", where),
        lifted_on=documents.optional_day(stated, "lifted_on", where),
        minute_from=_number(stated, "minute_from", where, largest=_LONGEST),
        minute_until=_number(stated, "minute_until", where, largest=_LONGEST),
    )


def _consent(row: object, where: str) -> CaseConsent:
    stated = documents.fields(row, where)
    documents.known(stated, _CONSENT, where)
    return CaseConsent(
        channel=documents.text(stated, "channel", where),
        purpose=documents.text(stated, "purpose", where, default=""),
        given_on=documents.day(stated.get("given_on"), "given_on", where),
        withdrawn_on=documents.optional_day(stated, "withdrawn_on", where),
    )


def _list(stated: Mapping[str, object], name: str) -> list[object]:
    return list(documents.rows(stated.get(name, []), name, "case"))


def _moment(value: object, name: str, where: str) -> datetime:
    """Return a moment with its zone, written as 2026-06-09T08:00:00Z."""
    found = value
    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            found = None
    if not isinstance(found, datetime) or found.tzinfo is None:
        raise DocumentError(
            f"{where}: {name} must be a moment such as 2026-06-09T08:00:00Z, found {value!r}"
        )
    return found.astimezone(UTC)


def _word(stated: Mapping[str, object], name: str, where: str) -> str | None:
    return documents.text(stated, name, where) if stated.get(name) is not None else None


def _number(
    stated: Mapping[str, object], name: str, where: str, *, largest: int = documents.LARGEST
) -> int | None:
    if stated.get(name) is None:
        return None
    return documents.number(stated, name, where, largest=largest)


def _switch(stated: Mapping[str, object], name: str, where: str) -> bool | None:
    return documents.switch(stated, name, where) if stated.get(name) is not None else None
