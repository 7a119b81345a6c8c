"""/contact-rules and what belongs to them: a customer's answer, words said, contacts made."""

from datetime import date
from typing import Annotated, Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.restrictions import (
    give_consent,
    lift_restriction,
    read_reply,
    record_restriction,
    withdraw_consent,
)
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Name,
    Plain,
    Text,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.contact_rules.rules import ContactRule
from dunwell.models import Consent, Contact, ContactRestriction, Customer, Item
from dunwell.queries.contact_rules import contact_book, rules_in_force
from dunwell.queries.contact_words import (
    AttemptFilter,
    AttemptRow,
    ContactCard,
    attempt_rows,
    contact_card,
)
from dunwell.queries.pages import Page

router = Router(tags=["contact rules"])
Channel = Literal["email", "letter", "call", "sms", "portal", "visit"]
AnyChannel = Literal["", "email", "letter", "call", "sms", "portal", "visit"]
Purpose = Literal["collection", "legal", "last_notice", "validation", "notice", "service"]
AnyPurpose = Literal["", "collection", "legal", "last_notice", "validation", "notice", "service"]
Minute = Annotated[int, Field(ge=0, le=1440, description="Minute of the customer's day.")]


class RuleOut(Schema):
    """One rule: what it says, since when, where it stands, and how well that is known."""

    id: str
    kind: str
    text: str
    countries: list[str]
    regions: list[str]
    effective_from: date | None
    effective_to: date | None
    source: str
    evidence: str
    last_verified: date
    is_own: bool


class RulesOut(Schema):
    """The rules in force, in the order in which they are told, and the policy behind them."""

    pack: str
    policy_version: int | None
    customers_are: str
    acts_as: str
    rules: list[RuleOut]


class AttemptIn(Body):
    """A contact to be made, or the customer's own."""

    channel: Channel
    outcome: Literal["conversation", "voicemail", "no_answer", "not_connected", "written"]
    purpose: Purpose = "collection"
    contact_id: Key | None = None
    item_id: Key | None = None
    is_inbound: bool = False


class AttemptOut(Schema):
    """The contact as it is kept: `outcome` is refused where a rule forbids it."""

    id: int
    outcome: str
    decision: str
    rule: str
    text: str
    next_at: str | None


class RestrictionIn(Body):
    """What limits how the customer may be contacted; empty means every channel or purpose."""

    kind: Literal["opt_out", "cease", "attorney", "validation", "inconvenient"]
    channel: AnyChannel = ""
    purpose: AnyPurpose = ""
    contact_id: Key | None = None
    minute_from: Minute | None = None
    minute_until: Minute | None = None
    until_on: Day | None = None
    note: Annotated[Plain, Field(max_length=500)] = ""


class LiftIn(Body):
    """What the customer or its lawyer said that lifts it."""

    reason: Annotated[Plain, Field(min_length=1, max_length=500)]


class ContactConsentIn(Body):
    """A yes to a channel and where it can be seen; given today unless a day is named."""

    channel: Channel
    source: Name
    purpose: Purpose = "collection"
    contact_id: Key | None = None
    given_on: Day | None = None


class ReplyIn(Body):
    """What the customer answered, and by which channel."""

    channel: Channel
    text: Text
    contact_id: Key | None = None


class ReplyOut(Schema):
    """Whether the reply opts out; `perhaps` asks for a person."""

    reading: Literal["yes", "perhaps", "no"]
    restriction_id: int | None


@router.get("/contact-rules", response=answers(RulesOut))
def list_contact_rules(request: ApiRequest) -> dict[str, Any]:
    """List the contact rules in force for the company, law and its own."""
    request.actor.require("ledger.view")
    book = contact_book(request.actor.company, as_of=request.as_of)
    rules = rules_in_force(request.actor.company, as_of=request.as_of)
    return {
        "pack": book.pack.pack,
        "policy_version": book.version_id,
        "customers_are": book.policy.customers_are,
        "acts_as": book.policy.acts_as,
        "rules": [_rule(rule) for rule in rules],
    }


@router.get("/customers/{customer_id}/contact-rules", response=answers(ContactCard))
def show_contact_rules(request: ApiRequest, customer_id: Id) -> ContactCard:
    """Show whether a customer may be contacted now, by what, and when again."""
    request.actor.require("ledger.view")
    return existing(
        contact_card(request.actor.company, customer_id, as_of=request.as_of, at=request.at)
    )


@router.get("/contact-attempts", response=answers(Page[AttemptRow]))
def list_attempts(
    request: ApiRequest,
    customer_id: Key | None = None,
    only_refused: bool = False,  # noqa: FBT001, FBT002 -- a query parameter
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AttemptRow]:
    """List contacts that were made or refused, the newest first."""
    request.actor.require("ledger.view")
    return attempt_rows(
        request.actor.company,
        only=AttemptFilter(customer_id=customer_id, only_refused=only_refused),
        cursor=cursor,
        limit=limit,
    )


@router.post("/customers/{customer_id}/contact-attempts", response=answers(AttemptOut, 201))
@once
def new_attempt(
    request: ApiRequest, customer_id: Id, body: AttemptIn
) -> tuple[int, dict[str, Any]]:
    """Log a contact; what a rule denies is kept as refused, with the next allowed moment."""
    customer = own(Customer, request.actor, customer_id)
    attempt = log_attempt(
        actor=request.actor,
        customer=customer,
        channel=body.channel,
        outcome=body.outcome,
        purpose=body.purpose,
        contact=_contact(customer, body.contact_id),
        item=None if body.item_id is None else own(Item, request.actor, body.item_id),
        is_inbound=body.is_inbound,
        as_of=request.as_of,
        at=request.at,
    )
    told = {name: attempt.verdict[name] for name in ("decision", "rule", "text", "next_at")}
    return 201, {"id": attempt.pk, "outcome": str(attempt.outcome), **told}


@router.post("/customers/{customer_id}/restrictions", response=answers(Created, 201))
@once
def new_restriction(
    request: ApiRequest, customer_id: Id, body: RestrictionIn
) -> tuple[int, dict[str, Any]]:
    """Record an opt-out, a cease, an attorney, a dispute of the debt, or an inconvenient hour."""
    customer = own(Customer, request.actor, customer_id)
    fields = body.dict(exclude={"contact_id"})
    restriction = record_restriction(
        actor=request.actor,
        customer=customer,
        contact=_contact(customer, body.contact_id),
        as_of=request.as_of,
        at=request.at,
        **fields,
    )
    return 201, {"id": restriction.pk}


@router.post("/restrictions/{restriction_id}/lift", response=answers(Done))
@once
def end_restriction(
    request: ApiRequest, restriction_id: Id, body: LiftIn
) -> tuple[int, dict[str, Any]]:
    """Lift a restriction, with the reason."""
    lift_restriction(
        actor=request.actor,
        restriction=own(ContactRestriction, request.actor, restriction_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/customers/{customer_id}/consents", response=answers(Created, 201))
@once
def new_consent(
    request: ApiRequest, customer_id: Id, body: ContactConsentIn
) -> tuple[int, dict[str, Any]]:
    """Record a customer's consent to a channel."""
    customer = own(Customer, request.actor, customer_id)
    consent = give_consent(
        actor=request.actor,
        customer=customer,
        channel=body.channel,
        purpose=body.purpose,
        source=body.source,
        given_on=body.given_on,
        contact=_contact(customer, body.contact_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": consent.pk}


@router.post("/consents/{consent_id}/withdraw", response=answers(Done))
@once
def end_consent(request: ApiRequest, consent_id: Id) -> tuple[int, dict[str, Any]]:
    """Withdraw a consent."""
    withdraw_consent(
        actor=request.actor,
        consent=own(Consent, request.actor, consent_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/customers/{customer_id}/replies", response=answers(ReplyOut))
@once
def read_customer_reply(
    request: ApiRequest, customer_id: Id, body: ReplyIn
) -> tuple[int, dict[str, Any]]:
    """Read a reply for words that opt out; a clear one is recorded at once."""
    customer = own(Customer, request.actor, customer_id)
    read = read_reply(
        actor=request.actor,
        customer=customer,
        channel=body.channel,
        text=body.text,
        contact=_contact(customer, body.contact_id),
        as_of=request.as_of,
        at=request.at,
    )
    key = None if read.restriction is None else read.restriction.pk
    return 200, {"reading": read.reading, "restriction_id": key}


def _contact(customer: Customer, contact_id: int | None) -> Contact | None:
    if contact_id is None:
        return None
    return get_object_or_404(Contact, customer=customer, pk=contact_id)


def _rule(rule: ContactRule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "text": rule.text,
        "countries": list(rule.scope.countries),
        "regions": list(rule.scope.regions),
        "effective_from": rule.effective_from,
        "effective_to": rule.effective_to,
        "source": rule.source,
        "evidence": rule.evidence,
        "last_verified": rule.last_verified,
        "is_own": rule.evidence == "own",
    }
