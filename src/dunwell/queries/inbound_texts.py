"""Messages a version of the classifier has not read yet, with what is known around each."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from dunwell.formats.extracts.finds import Around
from dunwell.models import Company, InboundMessage, Item

RECENT_DAYS = 400
"""Items issued within so many days before a message may be what it is about."""

MOST_ITEMS = 500
"""Of each customer so many of the newest items are looked for."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnreadText:
    """A message to be read: its new words, or its subject where it has none."""

    inbound_id: int
    customer_id: int | None
    words: str
    text: str
    around: Around


def unread_texts(
    company: Company, *, version: str, after: int = 0, limit: int = 200
) -> tuple[UnreadText, ...]:
    """Return messages of people without a reading of this version, in order. Two queries."""
    found = list(
        InboundMessage.objects.filter(
            company=company, kind=InboundMessage.Kind.PERSON, pk__gt=after
        )
        .exclude(readings__version=version)
        .select_related("customer")
        .order_by("pk")[:limit]
    )
    return tuple(_around(company, found))


def _around(company: Company, found: Sequence[InboundMessage]) -> Iterable[UnreadText]:
    zone = ZoneInfo(company.zone)
    numbers = _numbers(found)
    for one in found:
        customer = one.customer
        yield UnreadText(
            inbound_id=one.pk,
            customer_id=one.customer_id,
            words=one.text if one.text.strip() else one.subject,
            text=one.text,
            around=Around(
                day=one.received_at.astimezone(zone).date(),
                language=one.language or (customer.language if customer else company.language),
                country=customer.country if customer else "",
                currency=(customer.currency if customer else "") or company.currency,
                items=numbers.get(one.customer_id or 0, ()),
            ),
        )


def _numbers(found: Sequence[InboundMessage]) -> dict[int, tuple[str, ...]]:
    """Return the numbers of each customer's open and recent items, the newest first."""
    customers = {one.customer_id for one in found if one.customer_id is not None}
    if not customers:
        return {}
    since = min(one.received_at for one in found).date() - timedelta(days=RECENT_DAYS)
    recent = Item.objects.filter(customer__in=customers)
    rows = (
        (recent.filter(issued_on__gte=since) | recent.filter(open_now__isnull=False))
        .order_by("-issued_on", "-pk")
        .values_list("customer_id", "number")
    )
    numbers: dict[int, dict[str, None]] = defaultdict(dict)
    for customer_id, number in rows:
        if len(numbers[customer_id]) < MOST_ITEMS:
            numbers[customer_id][number] = None
    return {customer_id: tuple(of_customer) for customer_id, of_customer in numbers.items()}
