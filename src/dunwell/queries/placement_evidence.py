"""What a placement's evidence pack says: the claim and its history, read from the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dunwell.formats.evidence_pack import (
    ClaimAgreement,
    ClaimBooking,
    ClaimContact,
    ClaimDispute,
    ClaimItem,
    ClaimText,
    Evidence,
    Party,
)
from dunwell.models import (
    Allocation,
    Charge,
    Company,
    Contact,
    ContactAttempt,
    Customer,
    Dispute,
    Message,
    Note,
    OpenItem,
    PaymentPlan,
    Placement,
    Promise,
    Settlement,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseFile:
    """What happened on some items of a customer: bookings, contacts, agreements, disputes."""

    debtor: Party
    bookings: tuple[ClaimBooking, ...]
    contacts: tuple[ClaimContact, ...]
    agreements: tuple[ClaimAgreement, ...]
    disputes: tuple[ClaimDispute, ...]
    texts: tuple[ClaimText, ...]


def evidence_of(placement: Placement, *, as_of: date) -> Evidence:
    """Return everything the pack of a placement says as of the day; eleven queries."""
    company, customer = placement.company, placement.customer
    keys = list(placement.lines.order_by("item").values_list("item", flat=True))
    case = case_file(company, customer, keys, as_of=as_of)
    return Evidence(
        placement=placement.number,
        as_of=as_of,
        company=company.name,
        pay_to=company.pay_to,
        language=company.language,
        agency=placement.agency.name,
        currency=placement.currency,
        commission_ppm=placement.commission_ppm,
        reason=placement.reason,
        debtor=case.debtor,
        items=_items(placement, as_of=as_of),
        bookings=case.bookings,
        contacts=case.contacts,
        agreements=case.agreements,
        disputes=case.disputes,
        texts=case.texts,
    )


def case_file(
    company: Company, customer: Customer, keys: Sequence[int], *, as_of: date
) -> CaseFile:
    """Return what happened on some items of a customer as of the day; nine queries."""
    zone = ZoneInfo(company.zone)
    messages = list(
        Message.objects.filter(
            status__in=Message.HANDED_OVER, lines__item__in=keys, as_of__lte=as_of
        )
        .distinct()
        .order_by("as_of", "pk")
    )
    return CaseFile(
        debtor=_party(customer),
        bookings=_bookings(keys, as_of=as_of),
        contacts=_contacts(customer, messages, zone=zone, as_of=as_of),
        agreements=_agreements(keys, as_of=as_of),
        disputes=_disputes(keys, as_of=as_of),
        texts=tuple(
            ClaimText(
                name=f"{message.as_of.isoformat()}-{message.pk}-{message.template}.txt",
                text=f"{message.subject}\n\n{message.body}\n",
            )
            for message in messages
        ),
    )


def _party(customer: Customer) -> Party:
    contacts = Contact.objects.filter(customer=customer).order_by("role", "pk")
    return Party(
        number=customer.number,
        name=customer.name,
        address=customer.address,
        country=customer.country,
        language=customer.language,
        vat_id=customer.vat_id,
        party=customer.party,
        reach=tuple(
            (one.name, one.role, "" if one.bounced_on else one.email, one.phone)
            for one in contacts
        ),
    )


def _items(placement: Placement, *, as_of: date) -> tuple[ClaimItem, ...]:
    """Return the items with what is open now, and what was accrued on them and not billed."""
    lines = list(placement.lines.select_related("item").order_by("item__due_on", "item"))
    keys = [line.item_id for line in lines]
    still = dict(OpenItem.objects.filter(item__in=keys).values_list("item", "open_minor"))
    interest: dict[int, int] = dict.fromkeys(keys, 0)
    fees: dict[int, int] = dict.fromkeys(keys, 0)
    charges = Charge.objects.filter(
        item__in=keys,
        status=Charge.Status.ACCRUED,
        currency=placement.currency,
        from_on__lte=as_of,
    ).values_list("item", "kind", "amount_minor")
    for item, kind, minor in charges:
        (interest if kind == Charge.Kind.INTEREST else fees)[item] += minor
    return tuple(
        ClaimItem(
            number=line.item.number,
            kind=line.item.kind,
            reference=line.item.reference,
            issued_on=line.item.issued_on,
            due_on=line.item.due_on,
            days_past_due=(as_of - line.item.due_on).days,
            amount_minor=line.item.amount_minor,
            open_minor=still.get(line.item_id, 0),
            interest_minor=interest[line.item_id],
            fees_minor=fees[line.item_id],
        )
        for line in lines
    )


def _bookings(keys: Sequence[int], *, as_of: date) -> tuple[ClaimBooking, ...]:
    rows = (
        Allocation.objects.filter(item__in=keys, applied_on__lte=as_of)
        .select_related("item", "payment", "counter_item", "adjustment")
        .order_by("applied_on", "pk")
    )
    return tuple(
        ClaimBooking(
            item=row.item.number,
            on=row.value_on,
            source=row.adjustment.kind if row.adjustment else row.source,
            number=(row.payment or row.counter_item or row.item).number,
            amount_minor=row.amount_minor,
        )
        for row in rows
    )


def _contacts(
    customer: Customer, messages: Sequence[Message], *, zone: ZoneInfo, as_of: date
) -> tuple[ClaimContact, ...]:
    """Return messages on these items, and calls and notes of the customer, the oldest first."""

    def on(at: datetime) -> date:
        return at.astimezone(zone).date()

    found = [
        ClaimContact(
            on=on(one.sent_at) if one.sent_at else one.as_of,
            kind="message",
            channel=one.channel,
            result=one.template,
            text=one.subject,
        )
        for one in messages
    ]
    found += [
        ClaimContact(on=one.on, kind=one.kind, channel="", result=one.result, text=one.text)
        for one in Note.objects.filter(customer=customer, on__lte=as_of).order_by("on", "pk")
    ]
    attempts = ContactAttempt.objects.filter(customer=customer, message=None).order_by("at", "pk")
    found += [
        ClaimContact(
            on=on(one.at), kind="attempt", channel=one.channel, result=one.outcome, text=""
        )
        for one in attempts
        if on(one.at) <= as_of
    ]
    return tuple(sorted(found, key=lambda row: row.on))


def _agreements(keys: Sequence[int], *, as_of: date) -> tuple[ClaimAgreement, ...]:
    promises = Promise.objects.filter(lines__item__in=keys, made_on__lte=as_of)
    plans = PaymentPlan.objects.filter(lines__item__in=keys, proposed_on__lte=as_of)
    settlements = Settlement.objects.filter(lines__item__in=keys, proposed_on__lte=as_of)
    found = [
        ClaimAgreement(
            kind="promise",
            number=str(one.pk),
            status=one.outcome,
            made_on=one.made_on,
            due_on=one.due_on,
            ended_on=one.settled_on,
            amount_minor=sum(line.amount_minor for line in one.lines.all()),
        )
        for one in promises.distinct().prefetch_related("lines").order_by("pk")
    ]
    found += [
        ClaimAgreement(
            kind="plan",
            number=one.number,
            status=one.status,
            made_on=one.proposed_on,
            due_on=one.first_on,
            ended_on=one.ended_on or one.defaulted_on,
            amount_minor=one.covered_minor,
        )
        for one in plans.distinct().order_by("pk")
    ]
    found += [
        ClaimAgreement(
            kind="settlement",
            number=one.number,
            status=one.status,
            made_on=one.proposed_on,
            due_on=one.pay_by_on,
            ended_on=one.ended_on,
            amount_minor=one.pay_minor,
        )
        for one in settlements.distinct().order_by("pk")
    ]
    return tuple(sorted(found, key=lambda row: row.made_on))


def _disputes(keys: Sequence[int], *, as_of: date) -> tuple[ClaimDispute, ...]:
    found = Dispute.objects.filter(item__in=keys, opened_on__lte=as_of)
    return tuple(
        ClaimDispute(
            item=one.item.number,
            reason=one.reason,
            amount_minor=one.amount_minor,
            opened_on=one.opened_on,
            closed_on=one.closed_on,
            outcome=one.outcome,
        )
        for one in found.select_related("item").order_by("opened_on", "pk")
    )
