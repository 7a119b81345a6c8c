"""What a person's decision on a payment must fulfil, each refusal with its figures."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from dunwell.actions.allocations import LockedItem, LockedPayment, money_text
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.match_decisions import Decision, Deduction, GivenUp, check_decision
from dunwell.actions.payers import own_customer
from dunwell.actions.texts import fitting
from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import CashPolicy
from dunwell.engine.matching.discounts import discount_minor, discount_steps
from dunwell.models import Adjustment, Item, Payment
from dunwell.queries.early_payment import offer_terms

LONGEST_NOTE = 500


def check_discounts(
    discounts: Mapping[int, int], items: Mapping[int, Item], payment: Payment, policy: CashPolicy
) -> None:
    """Raise Refused for a discount no terms and no offer grant on the payment's value day."""
    grace = policy.matching.discount_grace_days
    offered = offer_terms(discounts)
    for key, amount in sorted(discounts.items()):
        item = items[key]
        terms = "; ".join(filter(None, (item.customer.terms, offered.get(key, ""))))
        late = day_number(payment.value_on) - day_number(item.issued_on) - grace
        rate = max((s.rate_ppm for s in discount_steps(terms) if late <= s.days), default=0)
        # a unit more: the payer may round the other way
        most = discount_minor(item.amount_minor, rate) + 1 if rate else 0
        if not 0 < amount <= most:
            granted = money_text(max(most - 1, 0), item.currency)
            raise Refused(
                f"The terms ({terms or 'none'}) grant {granted} of discount on {item.number} for "
                f"money of {payment.value_on}, not {money_text(amount, item.currency)}. "
                "Give up a small difference, or open a deduction."
            )


def given_up_by(
    discounts: Mapping[int, int],
    write_offs: Mapping[int, int],
    items: Mapping[int, Item],
    payment: Payment,
) -> list[GivenUp]:
    """Return what is given up of the items; raise Refused for a credit and for no amount."""
    kinds = (
        (Adjustment.Kind.DISCOUNT, discounts, "Discount taken"),
        (Adjustment.Kind.SMALL_BALANCE, write_offs, "Small difference"),
    )
    found = []
    for kind, by_item, what in kinds:
        for key, amount in sorted(by_item.items()):
            if items[key].amount_minor < 0 or amount <= 0:
                raise Refused(f"What is given up of {items[key].number} must be above 0.")
            found.append(GivenUp(key, kind, amount, f"{what} with payment {payment.number}"))
    return found


def told_deduction(deduction: Deduction, reasons: Collection[str]) -> Deduction:
    """Return a deduction with a fitting note; raise Refused for an unknown reason or no amount.

    `reasons` are those of the dispute policy.
    """
    if deduction.reason not in reasons:
        known = ", ".join(reasons)
        raise Refused(f"There is no reason {deduction.reason}; use {known}.")
    if deduction.amount_minor <= 0:
        raise Refused("A deduction must be above 0.")
    return Deduction(
        item_id=deduction.item_id,
        amount_minor=deduction.amount_minor,
        reason=deduction.reason,
        note=fitting(text=deduction.note, most=LONGEST_NOTE, what="note"),
    )


def payer_of(
    actor: Actor, payment: Payment, customer_id: int | None, paid_for: Sequence[Item]
) -> int | None:
    """Return whose payment it is: as told, as known, or the one customer it pays for."""
    if customer_id is not None:
        payer = own_customer(actor.company, customer_id)
        open_customer(actor, payer)
        return payer.pk
    owners = {item.customer_id for item in paid_for}
    return payment.customer_id or (owners.pop() if len(owners) == 1 else None)


def left_after(
    decision: Decision,
    money: LockedPayment,
    locked: Mapping[int, LockedItem],
    *,
    as_of: date,
) -> int:
    """Return what is left of the payment; raise Refused when the decision does not fit."""
    payment, used = money.payment, decision.used_minor
    if not used:
        raise Refused("This uses nothing of the payment.")
    if as_of < money.not_before:
        raise Refused(
            f"Payment {payment.number} cannot be applied before {money.not_before}: it reached "
            "us, or a part of it was taken back, on that day."
        )
    if (left := money.unapplied_minor - used) < 0:
        raise Refused(
            f"{money_text(used, payment.currency)} is more than the "
            f"{money_text(money.unapplied_minor, payment.currency)} left of payment "
            f"{payment.number}."
        )
    if left and decision.payer_id is None:
        raise Refused(
            f"Say whose the {money_text(left, payment.currency)} left on account are: several "
            "customers are paid for."
        )
    open_now = {key: one.open_minor for key, one in locked.items()}
    check_decision(decision, locked, open_now, as_of=as_of)
    if len({one.item_id for one in decision.deductions}) < len(decision.deductions):
        raise Refused("An item has one open dispute: make its deductions one.")
    return left
