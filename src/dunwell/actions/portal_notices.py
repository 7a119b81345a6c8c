"""Telling the debtor's people by mail that we have answered in the portal, once an answer.

Such a mail answers what they wrote there and asks for nothing: no contact of ours that the rules
count, but an opt-out of mail holds, and delivery asks for it again.
"""

import hashlib
from collections.abc import Collection
from datetime import date, datetime

from django.urls import reverse

from dunwell.actions.gate import Actor
from dunwell.formats.portal_notice_words import notice_mail
from dunwell.models import (
    Channel,
    Customer,
    InboundMessage,
    Message,
    PaymentPlan,
    PortalRequest,
    PortalSeat,
    Settlement,
)
from dunwell.queries.channel_carriers import active_channels, kind_of
from dunwell.queries.portal_links import told_page
from dunwell.queries.portal_messages import PORTAL_ANSWER

STRATEGY = "portal"
MOST = 5
"""People that one answer is told to."""


def notify(
    actor: Actor,
    customer: Customer,
    *,
    kind: str,
    what: str,
    page: str,
    page_id: int,
    thread: str,
    key: str,
    whom: Collection[str] = (),
    as_of: date,
    at: datetime,
) -> list[Message]:
    """Put the mails about an answer into the outbox and return them; once per `key`.

    `whom` are the actor names of those who wrote; of none of them has a seat any more, whoever
    manages the customer's access is told. `page` and `page_id` name what the mail leads to,
    `thread` what it answers. Part of the action that calls it, in its transaction.
    """
    found = []
    for seat in _readers(customer, whom):
        person, company = seat.person, actor.company
        language = person.language or customer.language or company.language
        address = reverse(page, args=[page_id])
        mail = notice_mail(
            language=language,
            kind=kind,
            what=what,
            name=person.name or customer.name,
            address=told_page(address),
            company=company.name,
        )
        message, _ = Message.objects.get_or_create(
            message_id=f"<{key}.{seat.pk}.answer@dunwell>",
            defaults={
                "company": company,
                "customer": customer,
                "channel": "email",
                "strategy": STRATEGY,
                "level": 0,
                "template": PORTAL_ANSWER,
                "language": mail.language,
                "to": person.email,
                "subject": mail.subject,
                "body": mail.body,
                "body_sha256": hashlib.sha256(mail.body.encode()).hexdigest(),
                "decision": {"as_of": as_of.isoformat(), "demand_minor": {}, "about": thread},
                "author": actor.name,
                "in_reply_to": f"<{thread}.portal@dunwell>",
                "as_of": as_of,
                "recorded_at": at,
            },
        )
        found.append(message)
    return found


def tell_reader(actor: Actor, message: Message, *, at: datetime) -> list[Message]:
    """Tell of a message that only the portal shows, to whoever wrote in its conversation there.

    Part of the action that lets it out. A message that goes as mail itself needs nothing more.
    """
    if message.channel != Channel.Kind.PORTAL or message.conversation_id is None:
        return []
    if kind_of(message.channel, active_channels(actor.company)) != Channel.Kind.PORTAL:
        return []
    came = InboundMessage.objects.filter(
        conversation=message.conversation_id, channel=Channel.Kind.PORTAL
    )
    wrote = came.order_by("-received_at", "-pk").values_list("sender", flat=True)
    return notify(
        actor,
        message.customer,
        kind="message",
        what=message.subject,
        page="portal-message",
        page_id=message.conversation_id,
        thread=f"conversation-{message.conversation_id}",
        key=f"message-{message.pk}",
        whom={f"{address} (portal)" for address in wrote},
        as_of=message.as_of,
        at=at,
    )


def tell_decided(
    actor: Actor,
    agreement: PaymentPlan | Settlement,
    *,
    is_approved: bool,
    as_of: date,
    at: datetime,
) -> list[Message]:
    """Tell whoever asked for a plan or a settlement in the portal what was decided about it.

    Part of the action that decides. Of one that a colleague proposed nothing is told here.
    """
    noun = "plan" if isinstance(agreement, PaymentPlan) else "settlement"
    asked = PortalRequest.objects.filter(
        customer=agreement.customer_id,
        subject=agreement._meta.model_name,
        subject_id=agreement.pk,
    )
    whom = set(asked.values_list("by", flat=True))
    if not whom:
        return []
    return notify(
        actor,
        agreement.customer,
        kind=f"{noun}_{'offered' if is_approved else 'rejected'}",
        what=agreement.number,
        page=f"portal-{noun}",
        page_id=agreement.pk,
        thread=f"{noun}-{agreement.pk}",
        key=f"{noun}-{agreement.pk}",
        whom=whom,
        as_of=as_of,
        at=at,
    )


def _readers(customer: Customer, whom: Collection[str]) -> list[PortalSeat]:
    seats = list(
        PortalSeat.objects.filter(customer=customer, ended_on=None)
        .select_related("person")
        .order_by("pk")
    )
    wrote = [seat for seat in seats if f"{seat.person.email} (portal)" in whom]
    manage = [seat for seat in seats if seat.role == PortalSeat.Role.MANAGER]
    return (wrote or manage)[:MOST]
