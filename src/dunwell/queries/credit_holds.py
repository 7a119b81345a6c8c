"""Holds as the workbench and the API show them: across customers, with reasons and releases."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from dunwell.engine.order_checks import Judgement, judge_order, what_if
from dunwell.models import ApprovalRequest, Company, CreditHold
from dunwell.queries.credit_checks import ReleaseRow, RuleOutcomeRow, rules_told, ways_told
from dunwell.queries.order_asks import asked_orders, order_rules_in_force, stored_ask
from dunwell.queries.order_facts import expected_payments
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Status = CreditHold.Status
OPEN = "open"
"""Every hold that stands, whatever its status."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldFilter:
    """Which holds: a status (or open), a rule, a kind, an order's amount, age in days, who."""

    status: str = OPEN
    rule: str = ""
    kind: str = ""
    customer_id: int | None = None
    order_id: int | None = None
    reviewer: str = ""
    from_minor: int | None = None
    days: int | None = None
    search: str = ""


EVERY = HoldFilter()


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditHoldRow:
    """One hold. `amount_minor` in `currency`, the order's; of a customer's hold there is none.

    `over_minor`, in `home_currency`, is what a release grants, None where a rate is missing.
    `clear_on`: the day by which predicted payments free it. `approval` says what it waits for.
    """

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    order_id: int | None
    order_number: str
    currency: str
    amount_minor: int | None
    kind: str
    kind_label: str
    status: str
    status_label: str
    reasons: tuple[RuleOutcomeRow, ...]
    home_currency: str
    over_minor: int | None
    clear_on: date | None
    raised_by: str
    raised_on: date
    reviewer: str
    review_on: date | None
    scope: str
    until_on: date | None
    ended_by: str
    ended_on: date | None
    end_reason: str
    check_id: int | None
    version: int

    @property
    def is_standing(self) -> bool:
        """Return whether it holds something now."""
        return self.status in CreditHold.STANDING


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldDetail:
    """One hold with what the rules say now, what frees it, and who decides about it.

    `rules` and `ways` are of this moment, empty for a hold that is over or on a customer.
    """

    hold: CreditHoldRow
    rules: tuple[RuleOutcomeRow, ...]
    ways: tuple[ReleaseRow, ...]
    exposure_minor: int | None
    limit_minor: int | None
    is_held_now: bool
    clear_on: date | None
    authority: dict[str, Any]
    approval: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseTry:
    """A release simulated: whether the order passes then, and what holds it still."""

    is_held: bool
    rules: tuple[RuleOutcomeRow, ...]
    ways: tuple[ReleaseRow, ...]


def hold_rows(
    company: Company,
    chosen: HoldFilter = EVERY,
    *,
    as_of: date,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CreditHoldRow]:
    """Return one page of holds, the oldest first."""
    limit = page_limit(limit)
    found = (
        _found(company, chosen, as_of)
        .select_related("customer", "order")
        .filter(after(cursor, ("id",), (int,)))
        .order_by("id")[: limit + 1]
    )
    return page_of([_row(company, hold) for hold in found], limit=limit, key=lambda row: (row.id,))


def hold_sums(
    company: Company, chosen: HoldFilter = EVERY, *, as_of: date
) -> tuple[tuple[str, int, int], ...]:
    """Return currency, number and amount of the orders held under a filter."""
    found = (
        _found(company, chosen, as_of)
        .exclude(order=None)
        .order_by("order__currency")
        .values_list("order__currency")
        .annotate(n=Count("order", distinct=True), amount=Sum("order__amount_minor"))
    )
    return tuple((code, n, int(amount)) for code, n, amount in found)


def hold_counts(company: Company) -> dict[str, int]:
    """Return how many holds have each status, and under `open` how many stand."""
    found = CreditHold.objects.filter(company=company).order_by("status").values_list("status")
    counts = dict(found.annotate(count=Count("id")))
    counts[OPEN] = sum(counts.get(status, 0) for status in CreditHold.STANDING)
    return counts


def hold_detail(company: Company, hold_id: int, *, as_of: date) -> HoldDetail | None:
    """Return one hold of the company with what the rules say now, or None."""
    hold = (
        CreditHold.objects.filter(company=company, pk=hold_id)
        .select_related("customer", "order")
        .first()
    )
    if hold is None:
        return None
    judgement = None
    clear_on = None
    if hold.status in CreditHold.STANDING and hold.order is not None:
        judgement = _judged(company, hold, as_of=as_of)
        clear_on = _clear_on(company, hold.customer_id, judgement, as_of=as_of)
    waits = ApprovalRequest.objects.filter(
        company=company, subject="credithold", subject_id=hold.pk, status="open"
    ).first()
    return HoldDetail(
        hold=_row(company, hold),
        rules=rules_told([one.document() for one in judgement.outcomes]) if judgement else (),
        ways=ways_told([one.document() for one in judgement.release]) if judgement else (),
        exposure_minor=judgement.exposure_minor if judgement else None,
        limit_minor=judgement.limit_minor if judgement else None,
        is_held_now=judgement.is_held if judgement else hold.status in CreditHold.STANDING,
        clear_on=clear_on,
        authority=hold.authority,
        approval=str(waits.verdict.get("text", "")) if waits else "",
    )


def simulate_release(
    company: Company,
    hold: CreditHold,
    *,
    paid_minor: int = 0,
    prepaid_minor: int = 0,
    limit_minor: int | None = None,
    as_of: date,
) -> ReleaseTry:
    """Return what the rules would say of a held order after a payment, a prepayment, a limit.

    Payment and limit in the company's currency, the prepayment in the order's. Writes nothing.
    """
    judgement = _judged(
        company,
        hold,
        as_of=as_of,
        paid_minor=paid_minor,
        prepaid_minor=prepaid_minor,
        limit_minor=limit_minor,
    )
    return ReleaseTry(
        is_held=judgement.is_held,
        rules=rules_told([one.document() for one in judgement.held()]),
        ways=ways_told([one.document() for one in judgement.release]),
    )


def _judged(
    company: Company,
    hold: CreditHold,
    *,
    as_of: date,
    paid_minor: int = 0,
    prepaid_minor: int = 0,
    limit_minor: int | None = None,
) -> Judgement:
    if hold.order is None:
        raise ValueError("a hold on a customer has no order to judge")
    rules, _version = order_rules_in_force(company, as_of=as_of)
    wishes = [(hold.customer, stored_ask(hold.order))]
    orders = {hold.order.number: hold.order}
    (facts,) = asked_orders(company, wishes, orders, rules=rules, as_of=as_of)
    changed = what_if(
        facts, paid_minor=paid_minor, prepaid_minor=prepaid_minor, limit_minor=limit_minor
    )
    return judge_order(changed, rules, as_of=as_of)


def _clear_on(
    company: Company, customer_id: int, judgement: Judgement, *, as_of: date
) -> date | None:
    if not judgement.is_held:
        return None
    expected = expected_payments(company, [customer_id], as_of=as_of)
    return judgement.clear_on(expected.get(customer_id, ()))


def _found(company: Company, chosen: HoldFilter, as_of: date) -> QuerySet[CreditHold]:
    found = CreditHold.objects.filter(company=company)
    if chosen.status == OPEN:
        found = found.filter(status__in=CreditHold.STANDING)
    elif chosen.status:
        found = found.filter(status=chosen.status)
    if chosen.rule:
        found = found.filter(rules__contains=f",{chosen.rule},")
    named = {
        "kind": chosen.kind,
        "customer": chosen.customer_id,
        "order": chosen.order_id,
        "reviewer": chosen.reviewer,
    }
    found = found.filter(**{name: value for name, value in named.items() if value})
    if chosen.from_minor is not None:
        found = found.filter(order__amount_minor__gte=chosen.from_minor)
    if chosen.days is not None:
        found = found.filter(raised_on__lte=as_of - timedelta(days=chosen.days))
    if chosen.search:
        found = found.filter(
            Q(order__number__icontains=chosen.search)
            | Q(customer__name__icontains=chosen.search)
            | Q(customer__number__iexact=chosen.search)
        )
    return found


def _row(company: Company, hold: CreditHold) -> CreditHoldRow:
    order = hold.order
    return CreditHoldRow(
        id=hold.pk,
        customer_id=hold.customer_id,
        customer_number=hold.customer.number,
        customer_name=hold.customer.name,
        order_id=hold.order_id,
        order_number=order.number if order else "",
        currency=order.currency if order else company.currency,
        amount_minor=order.amount_minor if order else None,
        kind=hold.kind,
        kind_label=hold.get_kind_display(),
        status=hold.status,
        status_label=hold.get_status_display(),
        reasons=rules_told(hold.reasons),
        home_currency=company.currency,
        over_minor=hold.over_minor,
        clear_on=hold.clear_on,
        raised_by=hold.raised_by,
        raised_on=hold.raised_on,
        reviewer=hold.reviewer,
        review_on=hold.review_on,
        scope=hold.scope,
        until_on=hold.until_on,
        ended_by=hold.ended_by,
        ended_on=hold.ended_on,
        end_reason=hold.end_reason,
        check_id=hold.check_row_id,
        version=hold.version,
    )
