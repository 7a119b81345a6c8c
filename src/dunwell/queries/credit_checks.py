"""Credit checks as pages and the API show them: what was asked and what the rules said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from dunwell.engine.order_checks import Judgement
from dunwell.models import Company, CreditCheck, CreditHold
from dunwell.queries.order_asks import Wish
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleaseRow:
    """One way to free an order: pay, prepay, reduce, raise_limit, wait or person.

    `amount_minor` in `currency`; `on` is the day for wait.
    """

    kind: str
    text: str
    amount_minor: int | None
    currency: str
    on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleOutcomeRow:
    """What one rule said: passed, warned, held or skipped, why, by which figures, what frees it.

    Figures that end in `_minor` are in the company's currency.
    """

    rule: str
    result: str
    text: str
    figures: dict[str, Any]
    release: tuple[ReleaseRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditCheckRow:
    """One check of an order. `amount_minor` in `currency`, the order's.

    `exposure_minor` (without the order) and `limit_minor` in `home_currency`, the company's; None
    where a rate is missing or no limit granted. `decision` is what the rules said, `order_status`
    what the order is by now, where it is one.
    """

    id: int | None
    customer_id: int
    customer_number: str
    customer_name: str
    order_id: int | None
    order_number: str
    order_status: str
    order_status_label: str
    hold_id: int | None
    decision: str
    currency: str
    amount_minor: int
    home_currency: str
    exposure_minor: int | None
    limit_minor: int | None
    held_by: tuple[str, ...]
    outcomes: tuple[RuleOutcomeRow, ...]
    release: tuple[ReleaseRow, ...]
    policy_version: int | None
    as_of: date
    by: str
    at: datetime | None


def check_rows(
    company: Company,
    *,
    customer_id: int | None = None,
    order_id: int | None = None,
    decision: str = "",
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[CreditCheckRow]:
    """Return one page of checks, the newest first."""
    found = CreditCheck.objects.filter(company=company)
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    if order_id is not None:
        found = found.filter(order=order_id)
    if decision:
        found = found.filter(decision=decision)
    limit = page_limit(limit)
    rows = _with(found).filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of(
        [_row(company, check) for check in rows], limit=limit, key=lambda row: (row.id or 0,)
    )


def check_detail(company: Company, check_id: int) -> CreditCheckRow | None:
    """Return one check of the company, or None."""
    check = _with(CreditCheck.objects.filter(company=company, pk=check_id)).first()
    return None if check is None else _row(company, check)


def checks_told(company: Company, checks: Sequence[CreditCheck]) -> tuple[CreditCheckRow, ...]:
    """Return checks that were just made, in the order given; two queries."""
    found = _with(CreditCheck.objects.filter(pk__in=[check.pk for check in checks])).in_bulk()
    return tuple(_row(company, found[check.pk]) for check in checks)


def simulated_row(
    company: Company, wish: Wish, judgement: Judgement, *, as_of: date, by: str
) -> CreditCheckRow:
    """Return a check that was not written as a row: it has no key, and its order has no status."""
    customer, ask = wish
    return CreditCheckRow(
        id=None,
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        order_id=None,
        order_number=ask.number,
        order_status="",
        order_status_label="",
        hold_id=None,
        decision=judgement.decision,
        currency=ask.currency,
        amount_minor=ask.amount_minor,
        home_currency=company.currency,
        exposure_minor=judgement.exposure_minor,
        limit_minor=judgement.limit_minor,
        held_by=tuple(one.rule for one in judgement.held()),
        outcomes=rules_told([one.document() for one in judgement.outcomes]),
        release=ways_told([one.document() for one in judgement.release]),
        policy_version=None,
        as_of=as_of,
        by=by,
        at=None,
    )


def rules_told(documents: Sequence[dict[str, Any]]) -> tuple[RuleOutcomeRow, ...]:
    """Return the outcomes of a check, as they are kept, as rows."""
    return tuple(
        RuleOutcomeRow(
            rule=one["rule"],
            result=one.get("result", "held"),
            text=one["text"],
            figures=one.get("figures", {}),
            release=ways_told(one.get("release", ())),
        )
        for one in documents
    )


def ways_told(documents: Sequence[dict[str, Any]]) -> tuple[ReleaseRow, ...]:
    """Return ways to free an order, as they are kept, as rows."""
    return tuple(
        ReleaseRow(
            kind=one["kind"],
            text=one["text"],
            amount_minor=one["amount_minor"],
            currency=one["currency"],
            on=date.fromisoformat(one["on"]) if one["on"] else None,
        )
        for one in documents
    )


def _with(found: QuerySet[CreditCheck]) -> QuerySet[CreditCheck]:
    return found.select_related("customer", "order").prefetch_related("holds")


def _row(company: Company, check: CreditCheck) -> CreditCheckRow:
    order = check.order
    standing = [hold.pk for hold in check.holds.all() if hold.status in CreditHold.STANDING]
    outcomes = rules_told(check.outcomes)
    return CreditCheckRow(
        id=check.pk,
        customer_id=check.customer_id,
        customer_number=check.customer.number,
        customer_name=check.customer.name,
        order_id=check.order_id,
        order_number=order.number if order else "",
        order_status=order.status if order else "",
        order_status_label=order.get_status_display() if order else "",
        hold_id=standing[0] if standing else None,
        decision=check.decision,
        currency=check.currency,
        amount_minor=check.amount_minor,
        home_currency=company.currency,
        exposure_minor=check.exposure_minor,
        limit_minor=check.limit_minor,
        held_by=tuple(one.rule for one in outcomes if one.result == "held"),
        outcomes=outcomes,
        release=ways_told(check.release),
        policy_version=check.policy_version,
        as_of=check.as_of,
        by=check.by,
        at=check.at,
    )
