"""The same message to a list of customers: one background job, each judged like a single one.

Doing it twice on a day sends nothing twice: a message is known by who says what to whom.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from dunwell.actions.compositions import compose_message, writer_of
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.wordings import send_test_mail
from dunwell.jobs.progress import DONE, LatestProgress, Progress
from dunwell.models import Company, Contact, Customer, Item, Message
from dunwell.queries.compositions import Composition, Wish, composition
from dunwell.queries.customers import customer_page
from dunwell.queries.pages import every_row

MOST_CUSTOMERS = 5_000
MOST_ITEMS = 50
"""So many overdue items a message names; the oldest of more."""

SHOWN = 3
"""So many messages are shown, and sent to oneself in test mode."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkWish:
    """To whom (a pool, a segment, or all that owe), by which way, and in which words.

    `is_confirmed`: it goes out where warnings stand, too; what is blocked never does.
    """

    channel: str
    template: str
    subject: str
    body: str
    pool_id: int | None = None
    segment: str = ""
    is_confirmed: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkProgress(Progress):
    """How far it is: customers in all and looked at, written, drafts, and who was left out."""

    total: int = 0
    written: int = 0
    drafts: int = 0
    left_out: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BulkSample:
    """One of the messages as it would go out, and to whom."""

    customer: Customer
    shown: Composition


progress_of: LatestProgress[BulkProgress] = LatestProgress()


def listed_customers(company: Company, wish: BulkWish, *, as_of: date) -> tuple[int, ...]:
    """Return the keys of the customers on the list that owe something; Refused for too many."""
    rows = every_row(
        partial(
            customer_page,
            company,
            as_of=as_of,
            segment=wish.segment,
            pool_id=wish.pool_id,
            only_owing=True,
        )
    )
    found: list[int] = []
    for row in rows:
        found.append(row.id)
        if len(found) > MOST_CUSTOMERS:
            raise Refused(f"More than {MOST_CUSTOMERS} customers are on this list; narrow it.")
    return tuple(found)


def samples(actor: Actor, wish: BulkWish, *, as_of: date, at: datetime) -> list[BulkSample]:
    """Return the first messages of the list as they would go out; writes nothing."""
    keys = listed_customers(actor.company, wish, as_of=as_of)[:SHOWN]
    writer = writer_of(actor)
    return [
        BulkSample(
            customer=customer,
            shown=composition(
                Wish(
                    customer=customer,
                    contact=_contact(customer),
                    channel=wish.channel,
                    subject=wish.subject,
                    body=wish.body,
                    template=wish.template,
                    items=_items(customer, as_of=as_of),
                    writer=writer,
                ),
                as_of=as_of,
                at=at,
            ),
        )
        for customer in _customers(keys)
    ]


def send_samples(actor: Actor, wish: BulkWish, *, as_of: date, at: datetime) -> int:
    """Send the first messages of the list to the actor itself; return how many."""
    found = [one for one in samples(actor, wish, as_of=as_of, at=at) if not one.shown.trouble]
    for one in found:
        send_test_mail(
            actor=actor,
            customer=one.customer,
            subject=one.shown.subject,
            body=one.shown.body,
            language=one.shown.language,
            as_of=as_of,
            at=at,
        )
    return len(found)


def begin_bulk(actor: Actor, wish: BulkWish, *, as_of: date, at: datetime) -> bool:
    """Begin to write to everybody on the list; False where the company is at it already.

    Raises Refused without the right or any words, and for a list that is empty or too long.
    """
    actor.require("message.compose")
    if not wish.template and not wish.body.strip():
        raise Refused("Write something, or choose a text to start from.")
    keys = listed_customers(actor.company, wish, as_of=as_of)
    if not keys:
        raise Refused("Nobody on this list owes anything. Choose another list.")
    return progress_of.begin(
        actor.company.pk,
        BulkProgress(started_at=at, is_running=True, total=len(keys)),
        partial(write_to_all, actor, wish, keys, as_of=as_of, at=at),
        key=f"bulk-{actor.company.pk}",
    )


def write_to_all(
    actor: Actor, wish: BulkWish, keys: Sequence[int], *, as_of: date, at: datetime
) -> BulkProgress:
    """Write to each customer in a transaction of its own; return how it went."""
    written = drafts = 0
    left_out: list[tuple[str, str]] = []
    refusal = "It stopped before the end; begin it again, nobody gets it twice."
    try:
        for number, customer in enumerate(_customers(keys), 1):
            try:
                message = _write(actor, wish, customer, as_of=as_of, at=at)
            except Refused as refused:
                left_out.append((customer.number, str(refused)))
            else:
                written += 1
                drafts += message.status == Message.Status.DRAFT
            progress_of.tell(actor.company.pk, "write", DONE * number // len(keys))
        refusal = ""
    finally:
        progress_of.end(
            actor.company.pk,
            refusal=refusal,
            written=written,
            drafts=drafts,
            left_out=tuple(left_out),
        )
    return BulkProgress(
        started_at=at, is_running=False, total=len(keys), written=written, drafts=drafts,
        left_out=tuple(left_out),
    )  # fmt: skip


def _write(
    actor: Actor, wish: BulkWish, customer: Customer, *, as_of: date, at: datetime
) -> Message:
    return compose_message(
        actor=actor,
        customer=customer,
        contact=_contact(customer),
        channel=wish.channel,
        subject=wish.subject,
        body=wish.body,
        items=_items(customer, as_of=as_of),
        template=wish.template,
        is_confirmed=wish.is_confirmed,
        as_of=as_of,
        at=at,
    )


def _customers(keys: Sequence[int]) -> list[Customer]:
    found: list[Customer] = []
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        rows = Customer.objects.filter(pk__in=part).select_related("company").in_bulk()
        found += [rows[key] for key in part if key in rows]
    return found


def _contact(customer: Customer) -> Contact | None:
    found = customer.contacts.filter(role=Contact.Role.PAYABLES, is_primary=True)
    return found.first()


def _items(customer: Customer, *, as_of: date) -> list[Item]:
    """Return what is overdue, the oldest first."""
    rows = Item.objects.filter(
        customer=customer, open_now__open_minor__gt=0, open_now__due_on__lt=as_of
    )
    return list(rows.order_by("open_now__due_on", "id")[:MOST_ITEMS])
