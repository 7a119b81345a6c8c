"""Direct debit runs as pages and the API show them: the list, one run, what came back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, OuterRef, Q, Sum

from dunwell.engine.return_reasons import RETURN_REASONS
from dunwell.models import (
    BankAccount,
    Company,
    Customer,
    Debit,
    DebitItem,
    DebitRun,
    Event,
    Message,
)
from dunwell.queries.debit_notices import BY_POST
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

CAME_BACK = (Debit.Status.RETURNED, Debit.Status.REFUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitRunRow:
    """One run; amounts in cents. `returned_*` counts what came back or was refused."""

    id: int
    number: int
    account_id: int
    account: str
    scheme: str
    collect_on: date
    status: str
    status_label: str
    lines_count: int
    total_minor: int
    collected_minor: int
    returned_count: int
    returned_minor: int
    author: str
    approver: str
    made_on: date
    sent_at: datetime | None
    message_id: str
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitLine:
    """An item that a debit pays, in cents."""

    item_id: int
    number: str
    due_on: date
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitRow:
    """One debit; `notice_status` is that of its message, empty while nobody was told.

    `reason` is the bank's reason in plain English.
    """

    id: int
    run_id: int
    run_number: int
    collect_on: date
    customer_id: int
    customer_number: str
    customer_name: str
    mandate_id: int
    mandate: str
    mandate_status: str
    end_to_end: str
    sequence: str
    amount_minor: int
    status: str
    status_label: str
    attempt: int
    retry_on: date | None
    is_retried: bool
    reason_code: str
    reason: str
    returned_on: date | None
    payment_id: int | None
    notice_id: int | None
    notice_status: str
    notice_label: str
    is_by_post: bool
    lines: tuple[DebitLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOutRow:
    """A customer a run left out when it was prepared, and why (`engine.debits.LEFT_OUT`)."""

    customer_id: int
    customer_number: str
    customer_name: str
    reason: str
    due_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeCount:
    """How the customers of a run were told: by mail, by post, not yet, not at all."""

    sent: int
    waiting: int
    to_post: int
    missing: int


def run_rows(
    company: Company,
    *,
    status: str = "",
    run_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[DebitRunRow]:
    """Return one page of runs, the newest first; an empty `status` shows all."""
    found = DebitRun.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if run_id is not None:
        found = found.filter(pk=run_id)
    limit = page_limit(limit)
    came_back = Q(debits__status__in=CAME_BACK)
    rows = (
        found.filter(after(cursor, ("-number",), (int,)))
        .annotate(
            collected=Sum("debits__amount_minor", filter=Q(debits__status=Debit.Status.PAID)),
            returned=Sum("debits__amount_minor", filter=came_back),
            returns=Count("debits", filter=came_back),
        )
        .select_related("account")
        .order_by("-number")[: limit + 1]
    )
    return page_of([_run(run) for run in rows], limit=limit, key=lambda row: (row.number,))


def run_row(company: Company, run_id: int) -> DebitRunRow | None:
    """Return one run of the company, or None."""
    found = run_rows(company, run_id=run_id).rows
    return found[0] if found else None


def debit_rows(
    company: Company,
    *,
    run_id: int | None = None,
    customer_id: int | None = None,
    status: str = "",
    came_back: bool = False,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[DebitRow]:
    """Return one page of debits, the newest first; `came_back`: returned or refused ones alone."""
    found = Debit.objects.filter(run__company=company)
    if run_id is not None:
        found = found.filter(run=run_id)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if status:
        found = found.filter(status=status)
    if came_back:
        found = found.filter(status__in=CAME_BACK)
    limit = page_limit(limit)
    later = Debit.objects.filter(retry_of=OuterRef("pk")).exclude(status=Debit.Status.CANCELLED)
    rows = list(
        found.filter(after(cursor, ("-id",), (int,)))
        .annotate(is_retried=Exists(later))
        .select_related("run", "customer", "mandate", "notice")
        .defer("notice__body", "notice__decision")
        .order_by("-id")[: limit + 1]
    )
    lines = _lines([debit.pk for debit in rows])
    return page_of(
        [_debit(debit, lines.get(debit.pk, ())) for debit in rows],
        limit=limit,
        key=lambda row: (row.id,),
    )


def left_out_rows(company: Company, run_id: int) -> tuple[tuple[LeftOutRow, ...], int]:
    """Return whom a run left out when it was last prepared, and how many in all.

    The rows are kept with the event of the preparation; those beyond its bound are counted.
    """
    event = (
        Event.objects.filter(
            company=company, subject="debitrun", subject_id=run_id, verb="debits.prepared"
        )
        .order_by("-seq")
        .first()
    )
    if event is None:
        return (), 0
    kept = event.data["left_out"]
    customers = Customer.objects.filter(company=company).in_bulk([row[0] for row in kept])
    rows = tuple(
        LeftOutRow(
            customer_id=key,
            customer_number=customers[key].number,
            customer_name=customers[key].name,
            reason=reason,
            due_minor=due_minor,
        )
        for key, reason, due_minor in kept
        if key in customers
    )
    return rows, int(event.data["left_out_count"])


def notice_count(company: Company, run_id: int) -> NoticeCount:
    """Return how far telling the customers of a run has come."""
    post = Q(notice__channel__in=BY_POST)
    waiting = Q(
        notice__status__in=(
            Message.Status.READY,
            Message.Status.CLAIMED,
            Message.Status.FAILED,
        )
    )
    alive = Debit.objects.filter(run__company=company, run=run_id).exclude(
        status=Debit.Status.CANCELLED
    )
    found = alive.aggregate(
        all=Count("pk"),
        sent=Count("pk", filter=Q(notice__status__in=Message.ARRIVING)),
        mail=Count("pk", filter=waiting & ~post),
        post=Count("pk", filter=waiting & post),
    )
    told = found["sent"] + found["mail"] + found["post"]
    return NoticeCount(
        sent=found["sent"],
        waiting=found["mail"],
        to_post=found["post"],
        missing=found["all"] - told,
    )


def letters_of(company: Company, run_id: int) -> list[str]:
    """Return the texts of the run's pre-notifications that go by post, in order of customer."""
    found = Message.objects.filter(
        company=company, debits__run=run_id, channel__in=BY_POST
    ).exclude(status=Message.Status.CANCELLED)
    return [
        f"{message.customer.name}\n{message.customer.address}\n\n{message.subject}\n\n"
        f"{message.body}"
        for message in found.select_related("customer").order_by("customer", "pk")
    ]


def due_retries(company: Company, *, as_of: date) -> int:
    """Return how many returned debits may be tried again by a day and were not yet."""
    return (
        Debit.objects.filter(run__company=company, status__in=CAME_BACK, retry_on__lte=as_of)
        .exclude(retried_by__isnull=False)
        .count()
    )


def collecting_accounts(company: Company) -> list[BankAccount]:
    """Return the accounts debits can be collected to: active, in euro, with a creditor id."""
    return list(
        BankAccount.objects.filter(company=company, is_active=True, currency="EUR")
        .exclude(creditor_id="")
        .order_by("name", "pk")
    )


def _lines(keys: list[int]) -> Mapping[int, tuple[DebitLine, ...]]:
    found: dict[int, tuple[DebitLine, ...]] = {}
    for line in (
        DebitItem.objects.filter(debit__in=keys)
        .select_related("item")
        .order_by("item__due_on", "item")
    ):
        row = DebitLine(
            item_id=line.item_id,
            number=line.item.number,
            due_on=line.item.due_on,
            amount_minor=line.amount_minor,
        )
        found[line.debit_id] = (*found.get(line.debit_id, ()), row)
    return found


def _run(run: DebitRun) -> DebitRunRow:
    return DebitRunRow(
        id=run.pk,
        number=run.number,
        account_id=run.account_id,
        account=run.account.name,
        scheme=run.scheme,
        collect_on=run.collect_on,
        status=run.status,
        status_label=str(DebitRun.Status(run.status).label),
        lines_count=run.lines_count,
        total_minor=run.total_minor,
        collected_minor=int(getattr(run, "collected", 0) or 0),
        returned_count=int(getattr(run, "returns", 0)),
        returned_minor=int(getattr(run, "returned", 0) or 0),
        author=run.author,
        approver=run.approver,
        made_on=run.made_on,
        sent_at=run.sent_at,
        message_id=run.message_id,
        sha256=run.sha256,
    )


def _debit(debit: Debit, lines: tuple[DebitLine, ...]) -> DebitRow:
    notice = debit.notice
    return DebitRow(
        id=debit.pk,
        run_id=debit.run_id,
        run_number=debit.run.number,
        collect_on=debit.run.collect_on,
        customer_id=debit.customer_id,
        customer_number=debit.customer.number,
        customer_name=debit.customer.name,
        mandate_id=debit.mandate_id,
        mandate=debit.mandate.reference,
        mandate_status=debit.mandate.status,
        end_to_end=debit.end_to_end,
        sequence=debit.sequence,
        amount_minor=debit.amount_minor,
        status=debit.status,
        status_label=str(Debit.Status(debit.status).label),
        attempt=debit.attempt,
        retry_on=debit.retry_on,
        is_retried=bool(getattr(debit, "is_retried", False)),
        reason_code=debit.reason_code,
        reason=RETURN_REASONS.get(debit.reason_code, ""),
        returned_on=debit.returned_on,
        payment_id=debit.payment_id,
        notice_id=debit.notice_id,
        notice_status=notice.status if notice else "",
        notice_label=str(Message.Status(notice.status).label) if notice else "",
        is_by_post=notice is not None and notice.channel in BY_POST,
        lines=lines,
    )
