"""Taking in what customers write: kept byte for byte first, then threaded, linked, told once.

The same bytes, or the same words of a sender under one Message-ID in a mailbox, add nothing.
"""

import logging
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.mail_reports import act_on_report
from dunwell.actions.signals import record_signal
from dunwell.actions.uploads import keep_upload
from dunwell.formats.attached_mails import with_attached
from dunwell.formats.card_masking import masked_message
from dunwell.formats.inbound_mail import (
    InboundMail,
    InboundMailError,
    read_mail,
    read_text_reply,
    unread,
)
from dunwell.formats.mail_reports import MailReport
from dunwell.formats.mailbox_files import MailboxFileError, read_mailbox_file, received_at
from dunwell.models import (
    Company,
    ContactAttempt,
    Conversation,
    ConversationItem,
    InboundAttachment,
    InboundMessage,
    Mailbox,
    Message,
    Signal,
)
from dunwell.queries.threading import Place, base_subject, place_of

log = logging.getLogger(__name__)
CHANNELS = ("email", "sms", "whatsapp")
"""Channels of what arrives at a mailbox."""

PORTAL = "portal"
MAILS = ("email", PORTAL)
"""Channels of which the bytes are a mail."""

MOST_BYTES = 30 * 1024 * 1024
"""Bytes that are kept at all; mails above what `formats.inbound_mail` reads are told as such."""
SOURCE = "inbox"
NO_SUBJECT = "(no subject)"
ATTEMPTED_BY = {"email": "email", "sms": "sms", "whatsapp": "sms", "portal": "portal"}
"""The channel of the contact rules by that of a message: both of a phone count as one."""
Kind, Status = InboundMessage.Kind, InboundMessage.Status
Talk = Conversation.Status
Verdict = InboundAttachment.Verdict


@transaction.atomic
def take_in(
    *,
    actor: Actor,
    mailbox: Mailbox | None,
    data: bytes,
    channel: str = "email",
    received_at: datetime,
    at: datetime,
    place: Place | None = None,
) -> InboundMessage:
    """Keep what came in and put it where it belongs; what is known already is returned.

    `place` says where that is, for what was written in the portal; else it is worked out.

    A mail that cannot be read is kept and shown with the reason. What a customer's person wrote
    opens its conversation; an answer to a message of ours is a signal and a contact too. Raises
    Refused for no bytes, too many, an unknown channel or another company's mailbox.
    """
    actor.require("conversation.edit")
    if mailbox is not None:
        own(actor, mailbox, "mailbox")
    if channel not in (*CHANNELS, PORTAL):
        raise Refused(f"There is no channel {channel}; use {', '.join(CHANNELS)}.")
    if not data:
        raise Refused("The message is empty.")
    if len(data) > MOST_BYTES:
        raise Refused(f"The message has more than {MOST_BYTES // 1024**2} MB and is not kept.")
    # before anything is kept: a card number somebody wrote is none of ours to have
    data = masked_message(data, is_mail=channel in MAILS)
    sha256 = keep_upload(data, by=actor, at=at)
    # one at a time: two that fetch at once see what the other has taken in
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = InboundMessage.objects.filter(company=actor.company, sha256=sha256).first()
    if known is not None:
        return known
    mail = _read(data, channel)
    known = _same_mail(actor, mailbox, mail)
    if known is not None:
        return known
    if place is None:
        place = place_of(actor.company, mail, channel=channel, received_at=received_at)
    conversation = _opened(actor, mail, place, received_at=received_at)
    inbound = _kept(
        actor, mailbox, mail, place, conversation, channel=channel, sha256=sha256,
        size=len(data), received_at=received_at, at=at,
    )  # fmt: skip
    _follow(actor, inbound, mail, place, at=at)
    record_event(
        actor,
        "mail.received",
        inbound,
        at=at,
        customer_id=inbound.customer_id,
        conversation=conversation.pk,
        kind=inbound.kind,
        channel=channel,
        sha256=sha256,
        answers=inbound.answers_id,
    )
    return inbound


@transaction.atomic
def take_in_file(
    *, actor: Actor, mailbox: Mailbox | None, name: str, data: bytes, at: datetime
) -> tuple[int, int]:
    """Take in the mails of a file by hand; return how many are new and how many were known.

    All or none. Raises Refused for a file without mails, or with too many.
    """
    actor.require("conversation.edit")
    try:
        mails = read_mailbox_file(data)
    except MailboxFileError as error:
        raise Refused(f"{name}: {error}") from error
    before = InboundMessage.objects.filter(company=actor.company).count()
    kept = {
        take_in(
            actor=actor, mailbox=mailbox, data=mail, received_at=received_at(mail, at=at), at=at
        ).pk
        for mail in mails
    }
    new = InboundMessage.objects.filter(company=actor.company).count() - before
    return new, len(kept) - new


@transaction.atomic
def judge_attachment(
    *, actor: Actor, attachment: InboundAttachment, finding: str, at: datetime
) -> None:
    """Note what a virus scanner said of a file: an empty finding means that there is none.

    A file that was judged stays as it was judged.
    """
    actor.require("conversation.edit")
    own(actor, attachment.inbound, "message")
    verdict = Verdict.BLOCKED if finding else Verdict.CLEAN
    told = " ".join(finding.replace("\0", "").split())[:300]
    waiting = InboundAttachment.objects.filter(pk=attachment.pk, verdict=Verdict.UNSCANNED)
    if waiting.update(verdict=verdict, finding=told) and finding:
        record_event(
            actor,
            "attachment.blocked",
            attachment,
            at=at,
            customer_id=attachment.inbound.customer_id,
            finding=told,
            sha256=attachment.sha256,
        )


def _read(data: bytes, channel: str) -> InboundMail:
    try:
        return with_attached(read_mail(data)) if channel in MAILS else read_text_reply(data)
    except InboundMailError as error:
        if channel not in MAILS:
            raise Refused(str(error)) from error
        return unread(data, str(error))


def _same_mail(actor: Actor, mailbox: Mailbox | None, mail: InboundMail) -> InboundMessage | None:
    """Return a mail that came before by another way: headers of the way differ, words do not."""
    if not mail.message_id or not mail.sender:
        return None
    found = InboundMessage.objects.filter(
        company=actor.company, mailbox=mailbox, message_id=mail.message_id, sender=mail.sender
    )
    return found.filter(text=mail.text, subject=mail.subject).order_by("id").first()


def _opened(
    actor: Actor, mail: InboundMail, place: Place, *, received_at: datetime
) -> Conversation:
    """Return the conversation, waiting for us where a person wrote; a new one where none fits."""
    is_ours_to_do = mail.kind == Kind.PERSON.value
    if place.conversation is None:
        return Conversation.objects.create(
            company=actor.company,
            customer=place.customer,
            subject=base_subject(mail.subject) or NO_SUBJECT,
            status=Talk.OPEN,
            opened_at=received_at,
            last_in_at=received_at,
        )
    found = Conversation.objects.select_for_update(no_key=True).get(pk=place.conversation.pk)
    found.customer = found.customer or place.customer
    # a machine's words move no clock: nobody waits for an answer to them
    if is_ours_to_do:
        found.last_in_at = max(found.last_in_at or received_at, received_at)
    if is_ours_to_do and found.status == Talk.DONE:
        found.reopened += 1
        found.done_at, found.done_by = None, ""
    if is_ours_to_do:
        found.status = Talk.OPEN
    found.save(
        update_fields=["customer", "last_in_at", "reopened", "done_at", "done_by", "status"]
    )
    return found


def _kept(
    actor: Actor,
    mailbox: Mailbox | None,
    mail: InboundMail,
    place: Place,
    conversation: Conversation,
    *,
    channel: str,
    sha256: str,
    size: int,
    received_at: datetime,
    at: datetime,
) -> InboundMessage:
    inbound = InboundMessage.objects.create(
        company=actor.company,
        mailbox=mailbox,
        conversation=conversation,
        customer=place.customer,
        contact=place.contact,
        answers=place.answers,
        channel=channel,
        kind=mail.kind,
        message_id=mail.message_id,
        in_reply_to=mail.in_reply_to,
        references=list(mail.references),
        sender=mail.sender,
        sender_name=mail.sender_name,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        quoted="\n".join(part for part in (mail.signature, mail.quoted) if part),
        language=mail.language,
        finding=mail.finding,
        sha256=sha256,
        size_bytes=size,
        sent_at=mail.sent_at,
        received_at=received_at,
        recorded_at=at,
    )
    InboundAttachment.objects.bulk_create(
        InboundAttachment(
            inbound=inbound,
            name=file.name[:200],
            media_type=file.media_type[:100],
            size_bytes=len(file.data),
            sha256=keep_upload(file.data, by=actor, at=at),
            verdict=Verdict.BLOCKED if file.finding else Verdict.UNSCANNED,
            finding=file.finding[:300],
        )
        for file in mail.files
    )
    ConversationItem.objects.bulk_create(
        [ConversationItem(conversation=conversation, item_id=key) for key in place.item_ids],
        ignore_conflicts=True,
    )
    if place.answers is not None and place.answers.conversation_id is None:
        Message.objects.filter(pk=place.answers.pk).update(conversation=conversation)
    return inbound


def _follow(
    actor: Actor, inbound: InboundMessage, mail: InboundMail, place: Place, *, at: datetime
) -> None:
    """Do what follows at once: contact and signal of a person, what a report tells."""
    as_of = at.astimezone(ZoneInfo(actor.company.zone)).date()
    if mail.kind == Kind.PERSON.value:
        attempt_of_inbound(inbound, by=actor.name)
        if place.answers is not None:
            record_signal(
                actor=replace(actor, rights=actor.rights | {"contact.log"}),
                customer=place.answers.customer,
                message=place.answers,
                kind=Signal.Kind.REPLIED,
                source=SOURCE,
                external_id=inbound.sha256,
                as_of=as_of,
                at=at,
            )
        return
    if mail.report is not None:
        _act(actor, inbound, mail.report, as_of=as_of, at=at)
    else:
        _set_aside(inbound, by=actor.name, at=at)
    inbound.refresh_from_db()
    if inbound.status != Status.NEW:
        _done_if_alone(inbound, by=actor.name, at=at)


def _act(
    actor: Actor, inbound: InboundMessage, report: MailReport, *, as_of: date, at: datetime
) -> None:
    """Do what a report tells; one that cannot be followed is left to a person, and kept."""
    try:
        with transaction.atomic():
            act_on_report(actor=actor, inbound=inbound, report=report, as_of=as_of, at=at)
    except Refused as refusal:
        log.warning(
            "report was not followed", extra={"inbound": inbound.pk, "reason": str(refusal)}
        )


def attempt_of_inbound(inbound: InboundMessage, *, by: str) -> ContactAttempt | None:
    """Add the contact a customer's message was, once; None for nobody's or a machine's.

    Part of the action that calls it, in its transaction. What a customer begins is never
    refused and counts against no cap.
    """
    if inbound.customer_id is None or inbound.kind != Kind.PERSON:
        return None
    told = {
        "company_id": inbound.company_id,
        "customer_id": inbound.customer_id,
        "channel": ATTEMPTED_BY[inbound.channel],
        "is_inbound": True,
        "at": inbound.received_at,
    }
    if ContactAttempt.objects.filter(**told, contact=inbound.contact_id).exists():
        return None
    return ContactAttempt.objects.create(
        **told,
        contact_id=inbound.contact_id,
        message_id=inbound.answers_id,
        outcome=ContactAttempt.Outcome.WRITTEN,
        by=by,
    )


def _set_aside(inbound: InboundMessage, *, by: str, at: datetime) -> None:
    InboundMessage.objects.filter(pk=inbound.pk, status=Status.NEW).update(
        status=Status.SET_ASIDE, handled_by=by, handled_at=at
    )


def _done_if_alone(inbound: InboundMessage, *, by: str, at: datetime) -> None:
    """Close a conversation that holds nothing but what machines wrote: nobody has to answer."""
    if InboundMessage.objects.filter(
        conversation=inbound.conversation_id, status=Status.NEW
    ).exists():
        return
    found = Conversation.objects.filter(
        pk=inbound.conversation_id, status=Talk.OPEN, assignee=None
    )
    people = InboundMessage.objects.filter(conversation=inbound.conversation_id, kind=Kind.PERSON)
    if not people.exists():
        found.update(status=Talk.DONE, done_at=at, done_by=by)
