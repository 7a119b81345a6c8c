"""What suggestions rest on: facts of the customers who wrote, and the messages themselves."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.reply_facts import (
    Attached,
    Facts,
    FreeMoney,
    KnownContact,
    OwedItem,
    Said,
)
from dunwell.models import (
    BankEntry,
    Company,
    Contact,
    ContactRestriction,
    Customer,
    Dispute,
    Hold,
    InboundAttachment,
    InboundMessage,
    ItemDocument,
    OpenItem,
    Payment,
    PaymentPlan,
    PlanItem,
    Promise,
    PromiseConsequence,
    PromiseItem,
)
from dunwell.queries.holds import holds_standing
from dunwell.queries.promise_policies import promises_policy

MONEY_DAYS = 120
"""How far back money is looked for that a customer says it paid."""
MOST_ENTRIES = 300
MOST_ITEMS = 2_000
"""Open items per customer that suggestions look at, the oldest due first."""

T = TypeVar("T")


def suggestion_facts(
    company: Company, customer_ids: Collection[int], *, as_of: date
) -> dict[int, Facts]:
    """Return what is known of customers by key; as many queries for one as for many."""
    keys = set(customer_ids)
    names = Customer.objects.filter(company=company, pk__in=keys).values_list("pk", "name")
    found = dict(names)
    if not found:
        return {}
    items = _items(company, found)
    contacts = _by_customer(
        (
            row.customer_id,
            KnownContact(
                contact_id=row.pk,
                role=row.role,
                name=row.name,
                email=row.email,
                phone=row.phone,
                is_primary=row.is_primary,
            ),
        )
        for row in Contact.objects.filter(customer__in=found).order_by("-is_primary", "pk")
    )
    money = _payments(company, found, as_of=as_of)
    entries = _entries(company, as_of=as_of)
    refused = _no_promises(found, as_of=as_of)
    held = _held(found, as_of=as_of)
    ceased = _ceased(found, as_of=as_of)
    policy = promises_policy(company, as_of=as_of)
    return {
        key: Facts(
            as_of=as_of,
            customer_id=key,
            customer_name=name,
            items=tuple(items.get(key, ())),
            contacts=tuple(contacts.get(key, ())),
            money=(*money.get(key, ()), *entries),
            most_promise_days=policy.most_days,
            no_promises_until=refused.get(key),
            held_for=frozenset(held.get(key, ())),
            is_ceased=key in ceased,
        )
        for key, name in found.items()
    }


def said_of(inbound_ids: Collection[int]) -> dict[int, Said]:
    """Return messages as suggestions read them, with the files that may be opened."""
    files = _by_customer(
        (
            row.inbound_id,
            Attached(attachment_id=row.pk, name=row.name, media_type=row.media_type),
        )
        for row in InboundAttachment.objects.filter(inbound__in=inbound_ids)
        .exclude(verdict=InboundAttachment.Verdict.BLOCKED)
        .order_by("pk")
    )
    rows = InboundMessage.objects.filter(pk__in=inbound_ids).values_list(
        "pk", "text", "sender", "sender_name"
    )
    return {
        key: Said(
            text=text, sender=sender, sender_name=name, attachments=tuple(files.get(key, ()))
        )
        for key, text, sender, name in rows
    }


def _items(company: Company, customers: Collection[int]) -> dict[int, list[OwedItem]]:
    """Return what each customer owes, the oldest due first."""
    rows = list(
        OpenItem.objects.filter(company=company, customer__in=customers, open_minor__gt=0)
        .order_by("customer", "due_on", "item")
        .values_list("customer_id", "item_id", "item__number", "currency", "open_minor", "due_on")
    )
    theirs = Q(item__open_now__customer__in=customers)
    disputed = dict(
        Dispute.objects.filter(theirs, closed_on=None).values_list("item_id", "amount_minor")
    )
    planned = set(
        PlanItem.objects.filter(
            theirs, is_live=True, plan__status=PaymentPlan.Status.ACTIVE
        ).values_list("item_id", flat=True)
    )
    promised = dict(
        PromiseItem.objects.filter(theirs, promise__outcome=Promise.Outcome.OPEN)
        .order_by("-promise__due_on")
        .values_list("item_id", "promise__due_on")
    )
    documents = _by_customer(
        (item, (key, kind))
        for item, key, kind in ItemDocument.objects.filter(theirs, removed_at=None)
        .order_by("pk")
        .values_list("item_id", "pk", "kind")
    )
    found: dict[int, list[OwedItem]] = defaultdict(list)
    for customer, item, number, currency, open_minor, due_on in rows:
        if len(found[customer]) == MOST_ITEMS:
            continue
        left = 0 if item in planned else max(open_minor - disputed.get(item, 0), 0)
        found[customer].append(
            OwedItem(
                item_id=item,
                number=number,
                currency=currency,
                open_minor=open_minor,
                free_minor=left,
                due_on=due_on,
                promised_on=promised.get(item),
                is_planned=item in planned,
                documents=tuple(documents.get(item, ())),
            )
        )
    return found


def _payments(
    company: Company, customers: Collection[int], *, as_of: date
) -> dict[int, list[FreeMoney]]:
    """Return payments of the customers that are not all put on items, the newest first."""
    part = Coalesce("allocations__paid_minor", "allocations__amount_minor")
    rows = (
        Payment.objects.filter(
            company=company,
            customer__in=customers,
            reverses=None,
            reversed_by=None,
            amount_minor__gt=0,
            value_on__gte=as_of - timedelta(days=MONEY_DAYS),
        )
        .annotate(used=Coalesce(Sum(part), 0))
        .filter(amount_minor__gt=F("used"))
        .order_by("-value_on", "-pk")
    )
    return _by_customer(
        (
            row.customer_id or 0,
            FreeMoney(
                kind="payment",
                key=row.pk,
                number=row.number,
                currency=row.currency,
                amount_minor=row.amount_minor,
                value_on=row.value_on,
                payer=row.payer,
            ),
        )
        for row in rows
    )


def _entries(company: Company, *, as_of: date) -> tuple[FreeMoney, ...]:
    """Return bank entries nobody claimed yet: they may be anybody's."""
    rows = BankEntry.objects.filter(
        company=company,
        treatment=BankEntry.Treatment.OPEN,
        amount_minor__gt=0,
        value_on__gte=as_of - timedelta(days=MONEY_DAYS),
    ).order_by("-value_on", "-pk")[:MOST_ENTRIES]
    return tuple(
        FreeMoney(
            kind="bank_entry",
            key=row.pk,
            number=row.bank_reference or row.end_to_end or row.reference[:80],
            currency=row.currency,
            amount_minor=row.amount_minor,
            value_on=row.value_on,
            payer=row.counterparty,
        )
        for row in rows
    )


def _no_promises(customers: Collection[int], *, as_of: date) -> dict[int, date]:
    """Return until when no promise of a customer is taken, as `no_promises_until` says it."""
    rows = PromiseConsequence.objects.filter(
        promise__customer__in=customers,
        kind=PromiseConsequence.Kind.NO_PROMISES,
        undone_on=None,
    ).values_list("promise__customer_id", "details")
    found: dict[int, date] = {}
    for customer, details in rows:
        until = date.fromisoformat(details["until_on"])
        if until >= as_of:
            found[customer] = max(until, found.get(customer, until))
    return found


def _held(customers: Collection[int], *, as_of: date) -> dict[int, list[str]]:
    """Return the reasons for which whole customers are held now."""
    rows = Hold.objects.filter(holds_standing(as_of=as_of), customer__in=customers, item=None)
    return _by_customer(rows.order_by("pk").values_list("customer_id", "reason"))


def _ceased(customers: Collection[int], *, as_of: date) -> set[int]:
    """Return customers who asked us to cease, on every channel and for every purpose."""
    rows = ContactRestriction.objects.filter(
        Q(until_on=None) | Q(until_on__gte=as_of),
        customer__in=customers,
        kind=ContactRestriction.Kind.CEASE,
        channel="",
        purpose="",
        contact=None,
        lifted_on=None,
    )
    return set(rows.values_list("customer_id", flat=True))


def _by_customer(rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    """Return rows by their key, in their order."""
    found: dict[int, list[T]] = defaultdict(list)
    for key, value in rows:
        found[key].append(value)
    return found
