"""/compositions: messages a person or program writes, looked at first and put into the outbox."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.compositions import (
    MOST_BODY,
    MOST_ENCLOSURES,
    MOST_ITEMS,
    compose_message,
    writer_of,
)
from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Key, Plain, Text, Word, answers, own
from dunwell.api.writes import once
from dunwell.jobs.enclosures import code_enclosure, document_enclosures, statement_enclosure
from dunwell.models import Contact, Conversation, Customer, Item, ItemDocument
from dunwell.queries.compositions import Composition, Wish, composition

router = Router(tags=["messages"])
WrittenText = Annotated[Plain, Field(max_length=MOST_BODY)]


class CompositionIn(Body):
    """What to say, to whom, by which way, and which files go along.

    Subject and text may be left empty with a template; both may hold placeholders. In a short
    message or a letter the subject is not sent.
    """

    customer_id: Key
    contact_id: Key | None = None
    channel: Literal["email", "sms", "letter", "portal"] = "email"
    subject: Annotated[Plain, Field(max_length=200)] = ""
    body: WrittenText = ""
    template: Word = ""
    item_ids: list[Key] = Field(default_factory=list, max_length=MOST_ITEMS)


class MessageIn(CompositionIn):
    """A message to be sent: with its files, its thread, and warnings that were seen."""

    document_ids: list[Key] = Field(default_factory=list, max_length=MOST_ENCLOSURES)
    with_statement: bool = False
    with_payment_code: bool = False
    conversation_id: Key | None = None
    in_reply_to: Annotated[Plain, Field(max_length=300)] = ""
    is_confirmed: bool = False


class FindingOut(Schema):
    """What stands against a message: blocking, or to be confirmed."""

    code: str
    part: str
    line: int
    text: str
    is_blocking: bool


class LegalOut(Schema):
    """A sentence the law asks for, and where it stands."""

    id: str
    title: str
    text: str
    source: str


class CompositionOut(Schema):
    """The message as it would go out now.

    `rule` is the contact rules' word, empty for what is allowed; `next_at` when it will be.
    """

    to: str
    language: str
    subject: str
    body: str
    findings: list[FindingOut]
    legal: list[LegalOut]
    is_allowed: bool
    rule: Text
    next_at: datetime | None
    approval: str


class ComposedOut(Schema):
    """The message in the outbox, or the draft that waits for approval."""

    id: int
    status: str


@router.post("/check", response=answers(CompositionOut))
def check_composition(request: ApiRequest, body: CompositionIn) -> CompositionOut:
    """Show a message as it would go out, with what stands against it. Writes nothing."""
    request.actor.require("message.compose")
    customer, contact, items = _records(request, body)
    found = composition(
        Wish(
            customer=customer,
            contact=contact,
            channel=body.channel,
            subject=body.subject,
            body=body.body,
            template=body.template,
            items=items,
            writer=writer_of(request.actor),
        ),
        as_of=request.as_of,
        at=request.at,
    )
    return _shown(found)


@router.post("", response=answers(ComposedOut, 201))
@once
def new_message(request: ApiRequest, body: MessageIn) -> tuple[int, dict[str, Any]]:
    """Put a message into the outbox, as a draft where approval is needed."""
    request.actor.require("message.compose")
    customer, contact, items = _records(request, body)
    documents = ItemDocument.objects.filter(
        company=request.actor.company, item__customer=customer, removed_at=None
    ).in_bulk(body.document_ids)
    if unknown := sorted(set(body.document_ids) - documents.keys()):
        raise Refused(f"The customer's items have no document {unknown[0]}.")
    files = document_enclosures([documents[key] for key in body.document_ids])
    if body.with_statement:
        files.append(statement_enclosure(customer, as_of=request.as_of))
    if body.with_payment_code:
        files.append(code_enclosure(customer, items))
    conversation = (
        own(Conversation, request.actor, body.conversation_id) if body.conversation_id else None
    )
    message = compose_message(
        actor=request.actor,
        customer=customer,
        contact=contact,
        channel=body.channel,
        subject=body.subject,
        body=body.body,
        items=items,
        attachments=files,
        conversation=conversation,
        in_reply_to=body.in_reply_to,
        template=body.template,
        is_confirmed=body.is_confirmed,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": message.pk, "status": message.status}


def _records(
    request: ApiRequest, body: CompositionIn
) -> tuple[Customer, Contact | None, list[Item]]:
    customer = own(Customer, request.actor, body.customer_id)
    contact = None
    if body.contact_id is not None:
        contact = Contact.objects.filter(pk=body.contact_id, customer=customer).first()
        if contact is None:
            raise Refused(f"The customer has no contact {body.contact_id}.")
    items = Item.objects.filter(customer=customer).in_bulk(body.item_ids)
    if unknown := sorted(set(body.item_ids) - items.keys()):
        raise Refused(f"The customer has no item {unknown[0]}.")
    return customer, contact, [items[key] for key in sorted(items)]


def _shown(found: Composition) -> CompositionOut:
    verdict = found.verdict
    return CompositionOut(
        to=found.to,
        language=found.language,
        subject=found.subject,
        body=found.body,
        findings=[
            FindingOut(
                code=one.code,
                part=one.part,
                line=one.line,
                text=one.text,
                is_blocking=one.is_blocking,
            )
            for one in found.findings
        ],
        legal=[
            LegalOut(id=one.id, title=one.title, text=one.text, source=one.source)
            for one in found.legal
        ],
        is_allowed=verdict is None or verdict.is_allowed,
        rule="" if verdict is None or verdict.is_allowed else verdict.refusal(),
        next_at=None if verdict is None else verdict.next_at,
        approval=found.approval,
    )
