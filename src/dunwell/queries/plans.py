"""Payment plans as pages and the API show them: the list, one plan with its schedule, offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from dunwell.models import ApprovalRequest, Company, PaymentPlan, PlanInstalment, PlanItem
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = PaymentPlan.Status
State = PlanInstalment.Status
FAILED = (State.PART, State.MISSED)
LEFT = (State.SCHEDULED, State.DUE, *FAILED)
"""Instalments of which something is left to pay."""

WHICH = ("", "due", "failed")
"""Instalments of running plans: all that are left, due within a span, failed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRow:
    """One plan. `next_on` is the day of the first instalment that is not paid.

    `total_minor` is the sum of the instalments, `paid_minor` what of it is paid, `failed` how
    many instalments are missed or paid in part.
    """

    id: int
    number: str
    customer_id: int
    customer_number: str
    customer_name: str
    currency: str
    status: str
    status_label: str
    frequency: str
    frequency_label: str
    instalments: int
    covered_minor: int
    interest_minor: int
    fee_minor: int
    concession_minor: int
    deposit_minor: int
    total_minor: int
    paid_minor: int
    failed: int
    first_on: date
    last_on: date
    next_on: date | None
    proposed_by: str
    proposed_on: date
    expires_on: date | None
    accepted_on: date | None
    defaulted_on: date | None
    ended_on: date | None

    @property
    def paid_ppm(self) -> int:
        """Return the part of the instalments that is paid, in ppm."""
        return self.paid_minor * 1_000_000 // self.total_minor if self.total_minor else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanTotal:
    """Sums of the plans of one currency under a filter, in minor units."""

    currency: str
    plans: int
    total_minor: int
    paid_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanLineRow:
    """What a plan covers of one item, and what is open on that item now."""

    item_id: int
    number: str
    kind: str
    due_on: date
    amount_minor: int
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalmentRow:
    """One instalment of a plan, with what is paid of it; amounts in minor units."""

    id: int
    plan_id: int
    plan: str
    customer_id: int
    customer_name: str
    currency: str
    number: int
    due_on: date
    amount_minor: int
    interest_minor: int
    fee_minor: int
    paid_minor: int
    paid_on: date | None
    status: str
    status_label: str

    @property
    def left_minor(self) -> int:
        """Return what is left to pay."""
        return self.amount_minor - self.paid_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanDetail:
    """One plan with its items, schedule, terms and acceptance.

    `rule` is what was agreed of default and cure; `cure_until_on` the last day to cure one that
    failed; `approval` says what it waits for; `replaces` and `replaced_by` name other plans.
    """

    plan: PlanRow
    reason: str
    guarantee: str
    source: str
    rate_ppm: int
    method: str
    rule: Mapping[str, Any]
    cure_until_on: date | None
    terms: str
    terms_sha256: str
    acceptance: Mapping[str, Any]
    approved_by: str
    approval: str
    replaces_id: int | None
    replaces: str
    replaced_by_id: int | None
    replaced_by: str
    lines: tuple[PlanLineRow, ...]
    instalments: tuple[InstalmentRow, ...]


def plan_rows(
    company: Company,
    *,
    status: str = "",
    customer_id: int | None = None,
    search: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[PlanRow]:
    """Return one page of plans, the newest first; an empty `status` shows all."""
    limit = page_limit(limit)
    found = (
        _summed(_found(company, status, customer_id, search))
        .filter(after(cursor, ("-id",), (int,)))
        .order_by("-id")[: limit + 1]
    )
    return page_of([_row(plan) for plan in found], limit=limit, key=lambda row: (row.id,))


def plan_totals(
    company: Company, *, status: str = "", customer_id: int | None = None, search: str = ""
) -> tuple[PlanTotal, ...]:
    """Return the sums of all plans under the same filter, one per currency."""
    sums = (
        PlanInstalment.objects.filter(plan__in=_found(company, status, customer_id, search))
        .order_by("plan__currency")
        .values_list("plan__currency")
        .annotate(
            plans=Count("plan", distinct=True),
            total=Sum("amount_minor"),
            paid=Sum("paid_minor"),
        )
    )
    return tuple(
        PlanTotal(currency=code, plans=plans, total_minor=int(total), paid_minor=int(paid))
        for code, plans, total, paid in sums
    )


def plan_counts(company: Company) -> dict[str, int]:
    """Return how many plans have each status."""
    found = PaymentPlan.objects.filter(company=company).order_by("status").values_list("status")
    return dict(found.annotate(count=Count("id")))


def plan_detail(company: Company, plan_id: int) -> PlanDetail | None:
    """Return one plan of the company, or None."""
    found = _summed(PaymentPlan.objects.filter(company=company, pk=plan_id))
    plan = found.select_related("renegotiates").first()
    if plan is None:
        return None
    waits = ApprovalRequest.objects.filter(
        company=company, subject="paymentplan", subject_id=plan.pk, status="open"
    ).first()
    newer = PaymentPlan.objects.filter(renegotiates=plan).exclude(accepted_on=None).first()
    terms = plan.authority.get("terms", {})
    rule = terms.get("rule", {})
    cure_until_on = None
    if plan.status == Status.DEFAULTED and plan.defaulted_on is not None:
        cure_until_on = plan.defaulted_on + timedelta(days=int(rule.get("cure_days", 0)))
    acceptance = {k: v for k, v in plan.acceptance.items() if k != "after_allocation"}
    return PlanDetail(
        plan=_row(plan),
        reason=plan.reason,
        guarantee=plan.guarantee,
        source=plan.source,
        rate_ppm=plan.rate_ppm,
        method=str(terms.get("method", "")),
        rule=rule,
        cure_until_on=cure_until_on,
        terms=plan.terms,
        terms_sha256=plan.terms_sha256,
        acceptance=acceptance,
        approved_by=plan.approved_by,
        approval=str(waits.verdict.get("text", "")) if waits else "",
        replaces_id=plan.renegotiates_id,
        replaces=plan.renegotiates.number if plan.renegotiates else "",
        replaced_by_id=newer.pk if newer else None,
        replaced_by=newer.number if newer else "",
        lines=_lines(plan),
        instalments=tuple(
            _instalment(row)
            for row in _with_plan(PlanInstalment.objects.filter(plan=plan)).order_by("number")
        ),
    )


def instalment_rows(
    company: Company,
    *,
    which: str = "",
    until_on: date | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[InstalmentRow]:
    """Return one page of the instalments of running plans, the oldest due first.

    `which`: everything not paid, `due` and not failed, or `failed`; until a day, it included.
    """
    found = PlanInstalment.objects.filter(
        plan__company=company, plan__status__in=PaymentPlan.LIVE, status__in=LEFT
    )
    if which == "due":
        found = found.filter(status__in=(State.SCHEDULED, State.DUE))
    elif which == "failed":
        found = found.filter(status__in=FAILED)
    if until_on is not None:
        found = found.filter(due_on__lte=until_on)
    if customer_id is not None:
        found = found.filter(plan__customer=customer_id)
    limit = page_limit(limit)
    rows = (
        _with_plan(found)
        .filter(after(cursor, ("due_on", "id"), (date, int)))
        .order_by("due_on", "id")[: limit + 1]
    )
    return page_of(
        [_instalment(row) for row in rows], limit=limit, key=lambda row: (row.due_on, row.id)
    )


def _found(
    company: Company, status: str, customer_id: int | None, search: str
) -> QuerySet[PaymentPlan]:
    found = PaymentPlan.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if search:
        found = found.filter(
            Q(number=search) | Q(customer__number=search) | Q(customer__name__icontains=search)
        )
    return found


def _summed(found: QuerySet[PaymentPlan]) -> QuerySet[PaymentPlan]:
    """Return the plans with the sums of their instalments."""
    rows = "instalments__"
    return found.select_related("customer").annotate(
        rows=Count("instalments"),
        total=Sum(f"{rows}amount_minor"),
        paid=Sum(f"{rows}paid_minor"),
        last=Max(f"{rows}due_on"),
        next=Min(f"{rows}due_on", filter=Q(instalments__status__in=LEFT)),
        fails=Count("instalments", filter=Q(instalments__status__in=FAILED)),
    )


def _row(plan: Any) -> PlanRow:
    """Return a plan with its sums (annotations of `_summed`) as a row."""
    runs = plan.status in {*PaymentPlan.LIVE, Status.ACCELERATED}
    return PlanRow(
        id=plan.pk,
        number=plan.number,
        customer_id=plan.customer_id,
        customer_number=plan.customer.number,
        customer_name=plan.customer.name,
        currency=plan.currency,
        status=plan.status,
        status_label=str(Status(plan.status).label),
        frequency=plan.frequency,
        frequency_label=str(PaymentPlan.Frequency(plan.frequency).label),
        instalments=plan.rows,
        covered_minor=plan.covered_minor,
        interest_minor=plan.interest_minor,
        fee_minor=plan.fee_minor,
        concession_minor=plan.concession_minor,
        deposit_minor=plan.deposit_minor,
        total_minor=int(plan.total or 0),
        paid_minor=int(plan.paid or 0),
        failed=plan.fails if runs else 0,
        first_on=plan.first_on,
        last_on=plan.last or plan.first_on,
        next_on=plan.next if runs else None,
        proposed_by=plan.proposed_by,
        proposed_on=plan.proposed_on,
        expires_on=plan.expires_on,
        accepted_on=plan.accepted_on,
        defaulted_on=plan.defaulted_on,
        ended_on=plan.ended_on,
    )


def _lines(plan: PaymentPlan) -> tuple[PlanLineRow, ...]:
    rows = (
        PlanItem.objects.filter(plan=plan)
        .order_by("item__due_on", "item")
        .values_list(
            "item", "item__number", "item__kind", "item__due_on", "amount_minor",
            "item__open_now__open_minor",
        )
    )  # fmt: skip
    return tuple(
        PlanLineRow(
            item_id=key, number=number, kind=kind, due_on=due_on, amount_minor=amount,
            open_minor=left or 0,
        )
        for key, number, kind, due_on, amount, left in rows
    )  # fmt: skip


def _with_plan(found: QuerySet[PlanInstalment]) -> QuerySet[PlanInstalment]:
    return found.select_related("plan__customer")


def _instalment(row: PlanInstalment) -> InstalmentRow:
    return InstalmentRow(
        id=row.pk,
        plan_id=row.plan_id,
        plan=row.plan.number,
        customer_id=row.plan.customer_id,
        customer_name=row.plan.customer.name,
        currency=row.plan.currency,
        number=row.number,
        due_on=row.due_on,
        amount_minor=row.amount_minor,
        interest_minor=row.interest_minor,
        fee_minor=row.fee_minor,
        paid_minor=row.paid_minor,
        paid_on=row.paid_on,
        status=row.status,
        status_label=str(State(row.status).label),
    )
