"""Message texts as dated documents, one name per language: drafting, publishing, discarding."""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.policy_versions import discard_version, draft_version, publish_version
from dunwell.engine.documents import DocumentError
from dunwell.engine.phrases import PhraseHit
from dunwell.engine.wording_documents import WordingsDocument
from dunwell.formats.policies import PolicyError, PolicyText, read_policy
from dunwell.formats.wording_lines import line_of_wording
from dunwell.models import Customer, Message, PolicyVersion, User
from dunwell.queries.trial_mails import TEST, TEST_PREFIX
from dunwell.queries.wordings import KIND, hits_of, read_document

Status = PolicyVersion.Status
MOST_TOLD = 3
"""So many forbidden phrases are named in a refusal; the studio's page lists them all."""


@transaction.atomic
def draft_wordings(*, actor: Actor, text: str, at: datetime) -> PolicyVersion:
    """Store a YAML text as the next version of a language's texts, to be published later.

    The text of the latest draft again returns that draft. Raises Refused with the line for what
    cannot be read or filled in, and for a phrase that is not said.
    """
    actor.require("policy.edit")
    policy, document = _checked(text)
    return draft_version(
        actor,
        kind=KIND,
        verb="policy.drafted",
        name=document.name,
        policy=policy,
        valid_from=document.valid_from,
        told={"kind": KIND},
        at=at,
    )


@transaction.atomic
def publish_wordings(*, actor: Actor, version: PolicyVersion, as_of: date, at: datetime) -> None:
    """Put texts in force from their own day on; a version is never edited afterwards.

    Phrases are looked at once more, by today's list. The author may not approve, except in a
    demo company or where nobody else works; the event then says so. Raises Refused for that,
    for a version that is no draft, and for a day that has passed.
    """
    actor.require("policy.publish")

    def check(text: str) -> Mapping[str, Any]:
        _, document = _checked(text)
        return {"kind": KIND, "warnings": [hit.phrase.id for hit in hits_of(document)]}

    publish_version(
        actor, version, kind=KIND, verb="policy.published", check=check, as_of=as_of, at=at
    )


@transaction.atomic
def discard_wordings(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("policy.edit")
    discard_version(actor, version, kind=KIND, verb="policy.discarded", told={"kind": KIND}, at=at)


@transaction.atomic
def send_test_mail(
    *,
    actor: Actor,
    customer: Customer,
    subject: str,
    body: str,
    language: str,
    as_of: date,
    at: datetime,
) -> Message:
    """Put a mail with a text, filled for a customer, into the outbox: to the actor's own address.

    The customer is not contacted and nothing counts as a contact. The same text of a day asked
    for again is the same mail. Raises Refused for an actor without an address, and an empty text.
    """
    actor.require("message.compose")
    open_customer(actor, customer)
    user = User.objects.filter(pk=actor.user_id).first() if actor.user_id else None
    if user is None or not user.email:
        raise Refused("You have no mail address here; ask an admin to enter it.")
    if not body.strip():
        raise Refused("There is no text to send.")
    told = [actor.company.pk, user.pk, customer.pk, subject, body, as_of.isoformat()]
    digest = hashlib.sha256(repr(told).encode()).hexdigest()[:32]
    message, is_new = Message.objects.get_or_create(
        message_id=f"<test.{digest}@dunwell>",
        defaults={
            "company": actor.company,
            "customer": customer,
            "channel": TEST,
            "status": Message.Status.READY,
            "strategy": TEST,
            "level": 0,
            "template": TEST,
            "language": language,
            "to": user.email,
            "subject": f"{TEST_PREFIX}{subject}"[:200],
            "body": body,
            "body_sha256": hashlib.sha256(body.encode()).hexdigest(),
            "decision": {"as_of": as_of.isoformat(), "demand_minor": {}},
            "as_of": as_of,
            "author": actor.name,
            "recorded_at": at,
        },
    )
    if is_new:
        record_event(actor, "message.tested", message, at=at, to=user.email)
    return message


def _checked(text: str) -> tuple[PolicyText, WordingsDocument]:
    """Return a text read, refused with the line for what is wrong and for what is not said."""
    try:
        policy = read_policy(text)
    except PolicyError as error:
        raise Refused(str(error)) from error
    try:
        document = read_document(policy.document)
        hits = [hit for hit in hits_of(document) if hit.is_blocking]
    except DocumentError as error:
        raise Refused(f"line {line_of_wording(policy, str(error))}: {error}") from error
    if hits:
        raise Refused(" ".join(_told(policy, document, hit) for hit in hits[:MOST_TOLD]))
    return policy, document


def _told(policy: PolicyText, document: WordingsDocument, hit: PhraseHit) -> str:
    """Return a phrase with the line of the document it stands on."""
    place = hit.part.replace(", ", f" ({document.language}), ", 1)
    line = line_of_wording(policy, f"{place}, line {hit.line}: ")
    return f"line {line}: {hit.text}"
