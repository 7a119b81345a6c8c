"""Acting on what machines report about our mails: bounces, complaints, absences, leavers.

Only a report that names a mail of ours changes anything, and then of nobody but whom that mail
was written to: a forged report can do no more than the reader of a mail could ask for. What
names none is left for a person to read.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.delivery_reports import report_delivery
from dunwell.actions.gate import Actor, own
from dunwell.actions.notes import record_note
from dunwell.actions.suppressions import put_on_list
from dunwell.formats.mail_reports import MailReport
from dunwell.formats.suppression_rows import clean_address
from dunwell.models import (
    Customer,
    InboundMessage,
    Message,
    Note,
    Suppression,
    Task,
)
from dunwell.queries.customer_merges import led_on
from dunwell.queries.suppressions import message_channel, suppressed

SOURCE = "mail report"
NEEDED = frozenset({"contact.log", "contact.edit", "note.record"})
"""What a report does by itself, whoever hands the mail in."""

Status = InboundMessage.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportActed:
    """What came of a report: the mail it is about, None where it names none of ours."""

    message: Message | None = None
    suppression: Suppression | None = None
    note: Note | None = None


@transaction.atomic
def act_on_report(
    *, actor: Actor, inbound: InboundMessage, report: MailReport, as_of: date, at: datetime
) -> ReportActed:
    """Do what follows from a report, once: the same report again changes nothing more.

    A mail that came back is marked so, with its contact; an address that cannot be reached or
    complained gets nothing any more, and a person is asked for another contact. An absence is
    noted with the day of return; nothing else follows from it.
    """
    actor.require("conversation.edit")
    own(actor, inbound, "message")
    does = replace(actor, rights=actor.rights | NEEDED)
    message = _message_of(actor, report)
    acted = ReportActed(message=message)
    if report.kind == "bounced" and message is not None:
        acted = _bounced(does, message, report, as_of=as_of, at=at)
    elif report.kind == "complained" and message is not None:
        acted = _complained(does, message, report, as_of=as_of, at=at)
    elif report.kind == "delivered" and message is not None:
        _reported(does, message, "delivered", _reason(report), at=at)
    elif report.kind in {"away", "left"} and inbound.status == Status.NEW:
        acted = _absent(does, inbound, message, report, as_of=as_of, at=at)
    _put_aside(actor, inbound, report, message, at=at)
    return acted


def _message_of(actor: Actor, report: MailReport) -> Message | None:
    if not report.message_id:
        return None
    found = Message.objects.select_related("customer")
    return found.filter(company=actor.company, message_id=report.message_id).first()


def _bounced(
    actor: Actor, message: Message, report: MailReport, *, as_of: date, at: datetime
) -> ReportActed:
    reason = _reason(report)
    entry = _reported(actor, message, "bounced", reason, is_hard=report.severity == "hard", at=at)
    if entry is not None:
        told = f"Mail to {message.to} came back: {reason}"
        _ask_for_contact(led_on(message.customer), message, told, as_of=as_of, at=at)
    return ReportActed(message=message, suppression=entry)


def _complained(
    actor: Actor, message: Message, report: MailReport, *, as_of: date, at: datetime
) -> ReportActed:
    entry = _reported(actor, message, "complained", f"reported as {report.text}", at=at)
    told = f"{message.to} reported our mail as spam; ask how it wants to be reached"
    _ask_for_contact(led_on(message.customer), message, told, as_of=as_of, at=at)
    return ReportActed(message=message, suppression=entry)


def _reported(
    actor: Actor,
    message: Message,
    kind: str,
    reason: str,
    *,
    is_hard: bool = True,
    at: datetime,
) -> Suppression | None:
    """Hand a report to where those of carriers are kept; return what stands against the address.

    Of one mail each kind is known once.
    """
    report_delivery(
        actor=actor,
        company=actor.company,
        provider=SOURCE,
        kind=kind,
        external_id=f"{kind} {message.pk}",
        message_id=message.message_id,
        reason=reason,
        is_hard=is_hard,
        at=at,
    )
    found = suppressed(actor.company, message_channel(message), [message.to])
    return found.get(clean_address(message.to))


def _absent(
    actor: Actor,
    inbound: InboundMessage,
    message: Message | None,
    report: MailReport,
    *,
    as_of: date,
    at: datetime,
) -> ReportActed:
    """Note an absence; whoever has left gets nothing where the answer is to a mail of ours."""
    customer = message.customer if message is not None else inbound.customer
    if customer is None:
        return ReportActed(message=message)
    customer = led_on(customer)
    absence = report.absence
    back_on = absence.back_on if absence is not None else None
    told = absence_text(report)
    known = Note.objects.filter(customer=customer, kind=Note.Kind.EMAIL, text=told, on=as_of)
    note = known.order_by("id").first() or record_note(
        actor=actor,
        customer=customer,
        kind=Note.Kind.EMAIL,
        text=told,
        next_on=back_on if back_on is not None and back_on >= as_of else None,
        as_of=as_of,
        at=at,
    )
    entry = None
    if report.kind == "left":
        if message is not None and clean_address(message.to) == report.address:
            entry, _ = put_on_list(
                actor,
                channel=message_channel(message),
                address=report.address,
                reason=Suppression.Reason.LEFT,
                note=report.text,
                customer=customer,
                message=message,
                at=at,
            )
        _ask_for_contact(customer, message, told, as_of=as_of, at=at)
    return ReportActed(message=message, suppression=entry, note=note)


def absence_text(report: MailReport) -> str:
    """Return the sentence about an absence: who, until when, who stands in, and the quote."""
    who = report.address or "The reader"
    absence = report.absence
    parts = [f"{who} has left the company." if report.kind == "left" else f"{who} is away."]
    if absence is not None and absence.back_on is not None:
        parts = [f"{who} is away and back on {absence.back_on.isoformat()}."]
    if absence is not None and absence.deputy_email:
        name = f"{absence.deputy_name} " if absence.deputy_name else ""
        label = "Proposed new contact" if report.kind == "left" else "Deputy"
        parts.append(f"{label}: {name}<{absence.deputy_email}>.")
    if report.text:
        parts.append(f"\N{LEFT DOUBLE QUOTATION MARK}{report.text}\N{RIGHT DOUBLE QUOTATION MARK}")
    return " ".join(parts)


def _reason(report: MailReport) -> str:
    """Return code and words of a failure, the code first."""
    text = report.text.removeprefix(report.code).strip()
    return f"{report.code} {text}".strip()[:500] or "no reason given"


def _ask_for_contact(
    customer: Customer, message: Message | None, reason: str, *, as_of: date, at: datetime
) -> None:
    """Ask a person for another contact, unless the customer has such a task already."""
    task = Task(
        company_id=customer.company_id,
        customer=customer,
        message=message,
        kind=Task.Kind.CONTACT_MISSING,
        reason=reason[:300],
        due_on=as_of,
        as_of=as_of,
        recorded_at=at,
    )
    Task.objects.bulk_create([task], ignore_conflicts=True)


def _put_aside(
    actor: Actor,
    inbound: InboundMessage,
    report: MailReport,
    message: Message | None,
    *,
    at: datetime,
) -> None:
    """Take a report off the desk; one about no mail of ours and a leaver are left to a person."""
    if report.kind == "left" or (message is None and report.kind in {"bounced", "complained"}):
        return
    is_done = report.kind in {"bounced", "complained", "delivered", "delayed"}
    InboundMessage.objects.filter(pk=inbound.pk, status=Status.NEW).update(
        status=Status.HANDLED if is_done else Status.SET_ASIDE,
        handled_by=actor.name,
        handled_at=at,
    )
