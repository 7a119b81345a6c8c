"""Addresses that get nothing: asked before anything goes out, listed, and who they belong to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from dunwell.formats.suppression_rows import clean_address
from dunwell.models import Company, Message
from dunwell.models.channels import Suppression
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

EMAIL = "email"
CHANNELS = ("email", "sms", "whatsapp", "voice")
"""Channels whose addresses can be suppressed; a letter goes to a place, not to an address."""

CARRIED_BY = {"sms": ("sms", "whatsapp")}
"""Lists a message is judged by where its channel may be carried in more than one way."""

ACTIVE, LIFTED, ALL = "active", "lifted", "all"
SCOPES = (ACTIVE, LIFTED, ALL)
AT_ONCE = 500
"""Addresses asked for in one query; SQLite takes no more than a thousand parameters."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SuppressionRow:
    """One address of the list; `lifted_at` is empty while nothing is sent to it."""

    id: int
    channel: str
    address: str
    reason: str
    reason_label: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    message_id: int | None
    note: str
    by: str
    recorded_at: datetime
    lifted_at: datetime | None
    lifted_by: str
    lifted_note: str


def suppressed(
    company: Company, channel: str, addresses: Collection[str]
) -> dict[str, Suppression]:
    """Return what stands against addresses of a channel, by the cleaned address.

    A query for five hundred addresses, none without any.
    """
    asked = sorted({clean_address(one) for one in addresses} - {""})
    found: dict[str, Suppression] = {}
    for start in range(0, len(asked), AT_ONCE):
        rows = Suppression.objects.filter(
            company=company,
            channel=address_channel(channel),
            address__in=asked[start : start + AT_ONCE],
            lifted_at=None,
        )
        found |= {row.address: row for row in rows}
    return found


def suppressed_messages(company: Company, messages: Sequence[Message]) -> dict[int, Suppression]:
    """Return the messages that must not go out to their address, by key; a query per channel."""
    found: dict[int, Suppression] = {}
    by_channel: dict[str, list[Message]] = {}
    for message in messages:
        if message.to:
            by_channel.setdefault(message_channel(message), []).append(message)
    for channel, those in sorted(by_channel.items()):
        known: dict[str, Suppression] = {}
        for listed in CARRIED_BY.get(channel, (channel,)):
            known |= suppressed(company, listed, [message.to for message in those])
        for message in those:
            if entry := known.get(clean_address(message.to)):
                found[message.pk] = entry
    return found


def has_suppressed_address(*, company: str = "company_id", address: str = "to") -> Exists:
    """Return the condition on messages whose e-mail address is suppressed; part of a query.

    Of other records where the names of their fields are given.
    """
    return Exists(
        Suppression.objects.filter(
            company=OuterRef(company),
            channel=EMAIL,
            address=Lower(OuterRef(address)),
            lifted_at=None,
        )
    )


def message_channel(message: Message) -> str:
    """Return the channel by whose list a message is judged: what has an e-mail address is mail."""
    return EMAIL if "@" in message.to else address_channel(message.channel)


def address_channel(channel: str) -> str:
    """Return the channel of the list for one of a message: a call is voice."""
    return "voice" if channel == "call" else channel


def suppression_rows(
    company: Company,
    *,
    scope: str = ACTIVE,
    channel: str = "",
    reason: str = "",
    search: str = "",
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[SuppressionRow]:
    """Return one page of the list, the newest first; the search looks in addresses and names."""
    found = _scoped(company, scope)
    if channel:
        found = found.filter(channel=channel)
    if reason:
        found = found.filter(reason=reason)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if told := search.strip():
        found = found.filter(
            Q(address__icontains=told.lower())
            | Q(customer__name__icontains=told)
            | Q(customer__number__iexact=told)
        )
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("customer")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def suppression_counts(company: Company) -> dict[str, int]:
    """Return how many addresses get nothing, by reason, those with any; one query."""
    counted = _scoped(company, ACTIVE).order_by().values("reason").annotate(n=Count("id"))
    return {row["reason"]: row["n"] for row in counted.order_by("reason")}


def suppression_row(company: Company, suppression_id: int) -> SuppressionRow | None:
    """Return one entry of the list, None where there is none."""
    found = _scoped(company, ALL).select_related("customer").filter(pk=suppression_id).first()
    return None if found is None else _row(found)


def _scoped(company: Company, scope: str) -> QuerySet[Suppression]:
    found = Suppression.objects.filter(company=company)
    if scope == ALL:
        return found
    return found.filter(lifted_at__isnull=scope != LIFTED)


def _row(one: Suppression) -> SuppressionRow:
    return SuppressionRow(
        id=one.pk,
        channel=one.channel,
        address=one.address,
        reason=one.reason,
        reason_label=str(Suppression.Reason(one.reason).label),
        customer_id=one.customer_id,
        customer_number=one.customer.number if one.customer else "",
        customer_name=one.customer.name if one.customer else "",
        message_id=one.message_id,
        note=one.note,
        by=one.by,
        recorded_at=one.recorded_at,
        lifted_at=one.lifted_at,
        lifted_by=one.lifted_by,
        lifted_note=one.lifted_note,
    )
