"""Telling what the desk cannot know: balances, payments out, stock and payables, the buffer."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.actions.texts import fitting, needed
from dunwell.engine.calendars import months_after
from dunwell.engine.money import LARGEST_MINOR, is_currency_code
from dunwell.formats.cash_plan_rows import PaymentLine, PositionLine
from dunwell.models import (
    CashPosition,
    Company,
    LiquidityRule,
    PlannedPayment,
    WorkingCapitalRow,
)

MOST_DAYS = 3650


@transaction.atomic
def record_position(
    *,
    actor: Actor,
    account: str,
    on: date,
    currency: str,
    balance_minor: int,
    source: str = "",
    as_of: date,
    at: datetime,
) -> CashPosition:
    """Keep what lay on an account at the end of a day; the same again is that row.

    Another balance of the same day replaces the one before, which stays as taken back. Raises
    Refused for a day that has not come.
    """
    actor.require("planning.edit")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    row, _ = _keep_position(
        actor, company, account, on, currency, balance_minor, source, as_of=as_of, at=at
    )
    return row


@transaction.atomic
def import_positions(
    *, actor: Actor, lines: Sequence[PositionLine], name: str, as_of: date, at: datetime
) -> int:
    """Keep the balances of a file; return how many are new. The same file again adds none.

    Lines with a problem are left out. Raises Refused where no line can be taken.
    """
    actor.require("planning.edit")
    good = [line for line in lines if not line.problem]
    if not good:
        raise Refused("No line of the file holds a balance that can be taken.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    added = 0
    for line in good:
        if line.on is not None and line.balance_minor is not None:
            _, is_new = _keep_position(
                actor, company, line.account, line.on, line.currency, line.balance_minor,
                line.source or name, as_of=as_of, at=at,
            )  # fmt: skip
            added += is_new
    return added


@transaction.atomic
def plan_payment(
    *,
    actor: Actor,
    on: date,
    kind: str,
    label: str,
    currency: str,
    amount_minor: int,
    source: str = "",
    repeats: int = 0,
    every_months: int = 1,
    as_of: date,
    at: datetime,
) -> int:
    """Plan a payment out, `repeats` times more every so many months; return how many are new.

    Another amount for the same day, kind and label replaces the one before. Raises Refused for a
    day gone by, an unknown kind, an amount that is not above zero.
    """
    actor.require("planning.edit")
    if not 0 <= repeats <= 60 or every_months not in {1, 3, 6, 12}:  # noqa: PLR2004
        raise Refused("A payment repeats up to 60 times, every 1, 3, 6 or 12 months.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    added = 0
    for number in range(repeats + 1):
        day = months_after(on, number * every_months)
        added += _keep_payment(
            actor, company, day, kind, label, currency, amount_minor, source, as_of=as_of, at=at
        )
    return added


@transaction.atomic
def import_payments(
    *, actor: Actor, lines: Sequence[PaymentLine], name: str, as_of: date, at: datetime
) -> int:
    """Plan the payments of a file; return how many are new. The same file again adds none.

    Lines with a problem, and those of days gone by, are left out. Raises Refused where no line
    can be taken.
    """
    actor.require("planning.edit")
    good = [
        line
        for line in lines
        if not line.problem and line.on is not None and line.on >= as_of and line.amount_minor
    ]
    if not good:
        raise Refused("No line of the file holds a payment that is still to come.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    return sum(
        _keep_payment(
            actor, company, line.on or as_of, line.kind, line.label, line.currency,
            line.amount_minor or 0, line.source or name, as_of=as_of, at=at,
        )
        for line in good
    )  # fmt: skip


@transaction.atomic
def withdraw_position(
    *, actor: Actor, position: CashPosition, reason: str, as_of: date, at: datetime
) -> None:
    """Take a balance back, with the reason; twice is once."""
    actor.require("planning.edit")
    own(actor, position, "balance")
    _withdraw(actor, position, reason, as_of=as_of, at=at)


@transaction.atomic
def withdraw_payment(
    *, actor: Actor, payment: PlannedPayment, reason: str, as_of: date, at: datetime
) -> None:
    """Take a planned payment back, with the reason; twice is once."""
    actor.require("planning.edit")
    own(actor, payment, "payment")
    _withdraw(actor, payment, reason, as_of=as_of, at=at)


@transaction.atomic
def record_working_capital(
    *,
    actor: Actor,
    from_on: date,
    inventory_days: int,
    payables_days: int,
    cost_of_sales_minor: int | None,
    source: str = "",
    as_of: date,
    at: datetime,
) -> WorkingCapitalRow:
    """Keep days of stock and payables from a day on, in the home currency; the same is that row.

    Raises Refused for a day that has not come, and for more than ten years of days.
    """
    actor.require("planning.edit")
    if from_on > as_of:
        raise Refused(f"{from_on} has not come; give today or an earlier day.")
    if not (0 <= inventory_days <= MOST_DAYS and 0 <= payables_days <= MOST_DAYS):
        raise Refused(f"Days of stock and payables are 0 to {MOST_DAYS}.")
    if cost_of_sales_minor is not None and not 0 < cost_of_sales_minor <= LARGEST_MINOR:
        raise Refused("The cost of sales of a year is above zero, or left empty.")
    said = fitting(text=source, most=120, what="source")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    rows = WorkingCapitalRow.objects.filter(
        company=company, currency=company.currency, from_on=from_on
    )
    told = (inventory_days, payables_days, cost_of_sales_minor)
    newest = rows.order_by("-id").first()
    if newest is not None and told == (
        newest.inventory_days, newest.payables_days, newest.cost_of_sales_minor
    ):  # fmt: skip
        return newest
    made = WorkingCapitalRow.objects.create(
        company=company,
        from_on=from_on,
        currency=company.currency,
        inventory_days=inventory_days,
        payables_days=payables_days,
        cost_of_sales_minor=cost_of_sales_minor,
        source=said,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "working_capital.recorded", made, at=at,
        from_on=from_on.isoformat(), inventory_days=inventory_days, payables_days=payables_days,
    )  # fmt: skip
    return made


@transaction.atomic
def set_buffer(
    *,
    actor: Actor,
    kind: str,
    amount_minor: int,
    days: int,
    miss_ppm: int,
    as_of: date,
    at: datetime,
) -> LiquidityRule:
    """Say from today on how much cash is kept, and how far a budget may be missed unheard.

    The same rule again is the one in force. Raises Refused for values out of bounds.
    """
    actor.require("planning.edit")
    if kind not in LiquidityRule.Kind.values:
        raise Refused("The buffer is an amount, or days of payments out.")
    if not (0 <= amount_minor <= LARGEST_MINOR and 0 <= days <= 365):  # noqa: PLR2004
        raise Refused("The buffer is not below zero, and at most 365 days.")
    if not 0 < miss_ppm <= 1_000_000:  # noqa: PLR2004  ppm
        raise Refused("A budget is missed by more than 0 and at most 100 %.")
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    told = (kind, amount_minor, days, miss_ppm)
    rows = LiquidityRule.objects.filter(company=company, from_on__lte=as_of)
    newest = rows.order_by("-from_on", "-id").first()
    if newest is not None and told == (
        newest.kind, newest.amount_minor, newest.days, newest.miss_ppm
    ):  # fmt: skip
        return newest
    made = LiquidityRule.objects.create(
        company=company,
        from_on=as_of,
        kind=kind,
        amount_minor=amount_minor,
        days=days,
        miss_ppm=miss_ppm,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "liquidity.buffer_set", made, at=at, kind=kind, amount_minor=amount_minor, days=days
    )
    return made


def _keep_position(
    actor: Actor,
    company: Company,
    account: str,
    on: date,
    currency: str,
    balance_minor: int,
    source: str,
    *,
    as_of: date,
    at: datetime,
) -> tuple[CashPosition, bool]:
    told = needed(text=account, most=80, what="account", missing="Say which account it is.")
    said = fitting(text=source, most=120, what="source")
    _check_money(currency, abs(balance_minor))
    if on > as_of:
        raise Refused(f"{on} has not come; a balance is one of a day gone by.")
    standing = CashPosition.objects.filter(
        company=company, account=told, currency=currency, on=on, withdrawn_on=None
    ).first()
    if standing is not None and standing.balance_minor == balance_minor:
        return standing, False
    if standing is not None:
        _withdraw(actor, standing, f"Told anew by {actor.name}"[:300], as_of=as_of, at=at)
    made = CashPosition.objects.create(
        company=company,
        account=told,
        on=on,
        currency=currency,
        balance_minor=balance_minor,
        source=said,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "cash_position.recorded", made, at=at,
        account=told, on=on.isoformat(), currency=currency, balance_minor=balance_minor,
    )  # fmt: skip
    return made, True


def _keep_payment(
    actor: Actor,
    company: Company,
    on: date,
    kind: str,
    label: str,
    currency: str,
    amount_minor: int,
    source: str,
    *,
    as_of: date,
    at: datetime,
) -> int:
    told = needed(text=label, most=120, what="text", missing="Say what the payment is for.")
    said = fitting(text=source, most=120, what="source")
    _check_money(currency, amount_minor)
    if kind not in PlannedPayment.Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(PlannedPayment.Kind.values)}.")
    if amount_minor <= 0:
        raise Refused("A payment out is above zero.")
    if on < as_of:
        raise Refused(f"{on} is gone; plan payments of today or later.")
    standing = PlannedPayment.objects.filter(
        company=company, on=on, kind=kind, label=told, currency=currency, withdrawn_on=None
    ).first()
    if standing is not None and standing.amount_minor == amount_minor:
        return 0
    if standing is not None:
        _withdraw(actor, standing, f"Planned anew by {actor.name}"[:300], as_of=as_of, at=at)
    made = PlannedPayment.objects.create(
        company=company,
        on=on,
        kind=kind,
        label=told,
        currency=currency,
        amount_minor=amount_minor,
        source=said,
        recorded_by=actor.name,
        recorded_at=at,
    )
    record_event(
        actor, "payment_out.planned", made, at=at,
        label=told, on=on.isoformat(), currency=currency, amount_minor=amount_minor,
    )  # fmt: skip
    return 1


def _withdraw(
    actor: Actor,
    row: CashPosition | PlannedPayment,
    reason: str,
    *,
    as_of: date,
    at: datetime,
) -> None:
    said = needed(text=reason, most=300, what="reason", missing="Say why it is taken back.")
    rows = type(row).objects.filter(pk=row.pk, withdrawn_on=None)
    if rows.update(withdrawn_on=as_of, withdrawn_by=actor.name, reason=said) != 1:
        return
    verb = "cash_position" if isinstance(row, CashPosition) else "payment_out"
    record_event(actor, f"{verb}.withdrawn", row, at=at, reason=said)


def _check_money(currency: str, amount_minor: int) -> None:
    if not is_currency_code(currency):
        raise Refused(f"{currency!r} is no currency; write its three letters, such as EUR.")
    if amount_minor > LARGEST_MINOR:
        raise Refused("The amount is larger than this desk can hold.")
