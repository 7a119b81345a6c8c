"""The queue of payments that wait for a person, and those that are done, as pages show them.

A payment that waits leaves the queue by itself when nothing is left of it: returned, applied
elsewhere or refunded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from dunwell.models import Allocation, Company, Customer, MatchCase, Payment
from dunwell.queries.match_cards import CaseCard, case_card
from dunwell.queries.pages import PAGE_SIZE, Key, Page, after, page_limit, page_of

__all__ = [
    "CaseCard",
    "CaseRow",
    "CaseTotal",
    "case_card",
    "case_reasons",
    "case_rows",
    "case_totals",
    "customer_choices",
    "waiting_keys",
]

Status = MatchCase.Status
WAITING = (Status.EXCEPTION, Status.HELD)
"""States in which somebody has to decide; their oldest money comes first."""
MOST_CHOICES = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRow:
    """One case with its payment; amounts in minor units of `currency`, confidence in ppm.

    `left_minor` is unapplied now.
    """

    id: int
    version: int
    status: str
    status_label: str
    reason: str
    why: str
    escalate_to: str
    tier: str
    confidence_ppm: int
    payment_id: int
    payment: str
    value_on: date
    currency: str
    amount_minor: int
    left_minor: int
    payer: str
    reference: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    seconds: int
    decided_by: str
    decided_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTotal:
    """How many cases of one status and currency there are, and their money in minor units."""

    status: str
    status_label: str
    currency: str
    cases: int
    amount_minor: int
    left_minor: int


def case_rows(
    company: Company,
    *,
    status: str = "",
    reason: str = "",
    search: str = "",
    currency: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CaseRow]:
    """Return one page of cases: what waits, oldest value day and then largest amount first.

    What is done comes newest first. `search` finds numbers, names, references and amounts.
    Raises ValueError for an unknown status, CursorError for a cursor of another list.
    """
    found = _found(company, status, reason, search, currency)
    is_done = status and status not in WAITING
    fields = ("-payment__value_on" if is_done else "payment__value_on", "-payment__amount_minor")
    order = (*fields, "-id" if is_done else "id")
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, order, (date, int, int)))
        .select_related("payment", "payment__customer")
        .order_by(*order)[: limit + 1]
    )
    return page_of([_row(case) for case in rows], limit=limit, key=_key)


def waiting_keys(company: Company) -> tuple[int, ...]:
    """Return the keys of all cases to be decided, in the order of `case_rows`."""
    found = _found(company, Status.EXCEPTION, "", "", "")
    order = ("payment__value_on", "-payment__amount_minor", "id")
    return tuple(found.order_by(*order).values_list("id", flat=True))


def case_totals(
    company: Company,
    *,
    status: str = "",
    reason: str = "",
    search: str = "",
    currency: str = "",
) -> tuple[CaseTotal, ...]:
    """Return the sums of all cases under the same filter, per status and currency."""
    found = _found(company, status, reason, search, currency).order_by()
    sums = found.values_list("status", "payment__currency").annotate(
        cases=Count("pk"), amount=Sum("payment__amount_minor"), rest=Sum(F("left"))
    )
    places = {value: place for place, value in enumerate(Status.values)}
    return tuple(
        CaseTotal(
            status=state,
            status_label=str(Status(state).label),
            currency=code,
            cases=cases,
            amount_minor=int(amount),
            left_minor=int(left),
        )
        for state, code, cases, amount, left in sorted(
            sums, key=lambda entry: (places[entry[0]], entry[1])
        )
    )


def case_reasons(company: Company, *, status: str = Status.EXCEPTION) -> tuple[str, ...]:
    """Return the reasons of the cases of a status, in order, for choosing one."""
    found = _found(company, status, "", "", "").order_by("reason")
    return tuple(found.exclude(reason="").values_list("reason", flat=True).distinct())


def customer_choices(company: Company, *, search: str) -> tuple[tuple[int, str, str], ...]:
    """Return customers whose number or name holds a text: key, number, name."""
    text = search.strip().replace("\0", "")
    if not text:
        return ()
    found = Customer.objects.filter(company=company).filter(
        Q(number__icontains=text) | Q(name__icontains=text)
    )
    return tuple(found.order_by("name", "id").values_list("id", "number", "name")[:MOST_CHOICES])


def _found(
    company: Company, status: str, reason: str, search: str, currency: str
) -> QuerySet[MatchCase]:
    if status and status not in Status.values:
        raise ValueError(f"There is no status {status}; use {', '.join(Status.values)}.")
    used = (
        Allocation.objects.filter(payment=OuterRef("payment"))
        .order_by()
        .values("payment")
        .annotate(minor=Sum(Coalesce("paid_minor", "amount_minor")))
        .values("minor")
    )
    found = MatchCase.objects.filter(company=company).annotate(
        left=F("payment__amount_minor") - Coalesce(Subquery(used), 0)
    )
    is_spent = Q(status__in=WAITING) & (Q(left=0) | Q(payment__reversed_by__isnull=False))
    found = found.exclude(is_spent)
    if status:
        found = found.filter(status=status)
    if reason:
        found = found.filter(reason=reason)
    if currency:
        found = found.filter(payment__currency=currency)
    if text := search.strip().replace("\0", ""):
        found = found.filter(_says(text))
    return found


def _says(text: str) -> Q:
    """Return the condition "the payment says the text", or has it as its amount."""
    said = (
        Q(payment__number__icontains=text)
        | Q(payment__payer__icontains=text)
        | Q(payment__reference__icontains=text)
        | Q(payment__customer__number=text)
        | Q(payment__customer__name__icontains=text)
    )
    digits = text.replace(".", "").replace(",", "")
    if digits.isascii() and digits.isdigit() and len(digits) <= len("999999999999999"):
        said |= Q(payment__amount_minor__in=(int(digits), int(digits) * 100))
    return said


def _key(row: CaseRow) -> Sequence[Key]:
    return (row.value_on, row.amount_minor, row.id)


def _row(case: MatchCase) -> CaseRow:
    payment: Payment = case.payment
    customer = payment.customer
    return CaseRow(
        id=case.pk,
        version=case.version,
        status=case.status,
        status_label=str(Status(case.status).label),
        reason=case.reason,
        why=case.why,
        escalate_to=case.escalate_to,
        tier=case.tier,
        confidence_ppm=case.confidence_ppm,
        payment_id=payment.pk,
        payment=payment.number,
        value_on=payment.value_on,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        left_minor=int(getattr(case, "left", 0)),
        payer=payment.payer,
        reference=payment.reference,
        customer_id=payment.customer_id,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        seconds=case.seconds,
        decided_by=case.decided_by,
        decided_on=case.decided_on,
    )
