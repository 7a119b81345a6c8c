"""Payouts of providers with what of them does not fit, and chargebacks to be answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F

from dunwell.engine.payout_checks import (
    FINDINGS,
    OurMoney,
    PayoutFinding,
    PayoutSums,
    ToldLine,
    ToldPayout,
    payout_findings,
    payout_sums,
)
from dunwell.models import Chargeback, Checkout, CheckoutRefund, Company, ProviderPayout
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutRow:
    """One payout; gross less fees, refunds and chargebacks, plus others, is net or it is off."""

    id: int
    payout_id: str
    provider: str
    currency: str
    paid_on: date
    lines: int
    gross_minor: int
    fee_minor: int
    refund_minor: int
    chargeback_minor: int
    other_minor: int
    net_minor: int
    off_by_minor: int
    entry_id: int | None
    arrived_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutLineRow:
    """One line of a payout; what went out is below 0."""

    line_id: str
    kind: str
    kind_label: str
    checkout_id: int | None
    number: str
    currency: str
    amount_minor: int
    fee_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutFindingRow:
    """Something of payouts that does not fit, in words, with the rows it is about."""

    code: str
    says: str
    payout_id: str
    payout_key: int | None
    line_id: str
    number: str
    currency: str
    off_by_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargebackRow:
    """One chargeback, amounts in minor units of its checkout's currency."""

    id: int
    external_id: str
    checkout_id: int
    number: str
    customer_id: int
    customer_name: str
    provider: str
    currency: str
    amount_minor: int
    fee_minor: int
    reason: str
    status: str
    status_label: str
    evidence_due_on: date | None
    evidence_at: datetime | None
    evidence_by: str
    opened_on: date
    closed_on: date | None


def payout_rows(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[PayoutRow]:
    """Return one page of payouts, the newest first; two queries."""
    limit = page_limit(limit)
    found = (
        ProviderPayout.objects.filter(provider__company=company)
        .filter(after(cursor, ("-paid_on", "-id"), (date, int)))
        .select_related("provider", "entry")
        .prefetch_related("lines__checkout")
        .order_by("-paid_on", "-id")[: limit + 1]
    )
    return page_of(
        [_row(one) for one in found], limit=limit, key=lambda row: (row.paid_on, row.id)
    )


def payout_row(
    company: Company, payout_id: int
) -> tuple[PayoutRow, tuple[PayoutLineRow, ...]] | None:
    """Return one payout of the company with its lines."""
    found = (
        ProviderPayout.objects.filter(provider__company=company, pk=payout_id)
        .select_related("provider", "entry")
        .prefetch_related("lines__checkout")
        .first()
    )
    if found is None:
        return None
    lines = tuple(
        PayoutLineRow(
            line_id=line.line_id,
            kind=line.kind,
            kind_label=str(line.get_kind_display()),
            checkout_id=line.checkout_id,
            number=line.checkout.number if line.checkout else line.number,
            currency=line.currency,
            amount_minor=line.amount_minor,
            fee_minor=line.fee_minor,
        )
        for line in sorted(found.lines.all(), key=lambda line: line.line_id)
    )
    return _row(found), lines


def payout_problems(company: Company, *, as_of: date) -> tuple[PayoutFindingRow, ...]:
    """Return everything of the company's payouts that fits neither books nor bank."""
    payouts = list(
        ProviderPayout.objects.filter(provider__company=company)
        .select_related("provider", "entry")
        .prefetch_related("lines__checkout")
        .order_by("paid_on", "id")
    )
    keys = {one.payout_id: one.pk for one in payouts}
    found = payout_findings([_told(one) for one in payouts], our_money(company), as_of=as_of)
    return tuple(_finding(one, keys) for one in found)


def our_money(company: Company) -> list[OurMoney]:
    """Return the money our books know to have moved at providers, by what names it there."""
    paid = Checkout.objects.filter(company=company, payment__isnull=False)
    money = [
        OurMoney(
            about=f"payment:{key}",
            number=number,
            currency=currency,
            amount_minor=minor,
            moved_on=on,
        )
        for key, number, currency, minor, on in paid.values_list(
            "pk", "number", "payment__currency", "payment__amount_minor", "payment__value_on"
        )
    ]
    given = CheckoutRefund.objects.filter(company=company, status="done")
    money += [
        OurMoney(
            about=f"refund:{external}",
            number=number,
            currency=currency,
            amount_minor=-minor,
            moved_on=on or proposed_on,
        )
        for external, number, currency, minor, on, proposed_on in given.values_list(
            "external_id",
            "number",
            "checkout__currency",
            "amount_minor",
            "decided_on",
            "proposed_on",
        )
    ]
    for one in Chargeback.objects.filter(company=company).select_related("checkout"):
        taken = OurMoney(
            about=f"chargeback:{one.external_id}",
            number=one.checkout.number,
            currency=one.checkout.currency,
            amount_minor=-one.amount_minor,
            moved_on=one.opened_on,
        )
        money.append(taken)
        if one.status == Chargeback.Status.WON:
            money.append(
                OurMoney(
                    about=f"regained:{one.external_id}",
                    number=one.checkout.number,
                    currency=one.checkout.currency,
                    amount_minor=one.amount_minor,
                    moved_on=one.closed_on or one.opened_on,
                )
            )
    return money


def chargeback_rows(
    company: Company, *, status: str = "", cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ChargebackRow]:
    """Return one page of chargebacks, the newest first; one query."""
    limit = page_limit(limit)
    found = Chargeback.objects.filter(company=company).filter(after(cursor, ("-id",), (int,)))
    if status in Chargeback.Status.values:
        found = found.filter(status=status)
    rows = [
        ChargebackRow(
            id=one.pk,
            external_id=one.external_id,
            checkout_id=one.checkout_id,
            number=one.checkout.number,
            customer_id=one.checkout.customer_id,
            customer_name=one.checkout.customer.name,
            provider=one.checkout.provider.name,
            currency=one.checkout.currency,
            amount_minor=one.amount_minor,
            fee_minor=one.fee_minor,
            reason=one.reason,
            status=one.status,
            status_label=str(one.get_status_display()),
            evidence_due_on=one.evidence_due_on,
            evidence_at=one.evidence_at,
            evidence_by=one.evidence_by,
            opened_on=one.opened_on,
            closed_on=one.closed_on,
        )
        for one in found.select_related("checkout__customer", "checkout__provider").order_by(
            F("id").desc()
        )[: limit + 1]
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def _told(one: ProviderPayout) -> ToldPayout:
    lines: Sequence[ToldLine] = [
        ToldLine(
            line_id=line.line_id,
            kind=line.kind,
            about=f"payment:{line.checkout_id}"
            if line.kind == "payment"
            else f"{line.kind}:{line.about}",
            currency=line.currency,
            amount_minor=line.amount_minor,
            fee_minor=line.fee_minor,
        )
        for line in sorted(one.lines.all(), key=lambda line: line.line_id)
    ]
    return ToldPayout(
        payout_id=one.payout_id,
        currency=one.currency,
        net_minor=one.net_minor,
        paid_on=one.paid_on,
        lines=tuple(lines),
        arrived_minor=_arrived(one),
    )


def _arrived(one: ProviderPayout) -> int | None:
    """Return what the bank says came; a provider without an account of ours is not asked."""
    if one.provider.account_id is None:
        return one.net_minor
    return one.entry.amount_minor if one.entry else None


def _row(one: ProviderPayout) -> PayoutRow:
    told = _told(one)
    sums: PayoutSums = payout_sums(told)
    return PayoutRow(
        id=one.pk,
        payout_id=one.payout_id,
        provider=one.provider.name,
        currency=one.currency,
        paid_on=one.paid_on,
        lines=len(told.lines),
        gross_minor=sums.gross_minor,
        fee_minor=sums.fee_minor,
        refund_minor=sums.refund_minor,
        chargeback_minor=sums.chargeback_minor,
        other_minor=sums.other_minor,
        net_minor=sums.net_minor,
        off_by_minor=sums.off_by_minor,
        entry_id=one.entry_id,
        arrived_minor=one.entry.amount_minor if one.entry else None,
    )


def _finding(one: PayoutFinding, keys: dict[str, int]) -> PayoutFindingRow:
    return PayoutFindingRow(
        code=one.code,
        says=FINDINGS[one.code],
        payout_id=one.payout_id,
        payout_key=keys.get(one.payout_id),
        line_id=one.line_id,
        number=one.number,
        currency=one.currency,
        off_by_minor=one.off_by_minor,
    )
