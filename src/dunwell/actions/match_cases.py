"""What people decide on payments that matching left to them: settle, leave, hold, take back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from dunwell.actions.aliases import learn_aliases, unlearn_aliases
from dunwell.actions.allocations import LockedItem, locked_payment
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.match_budget import small_differences
from dunwell.actions.match_checks import (
    check_discounts,
    given_up_by,
    left_after,
    payer_of,
    told_deduction,
)
from dunwell.actions.match_decisions import (
    Decision,
    Deduction,
    lock_disputed,
    locked_by_key,
    planned,
    write_decisions,
)
from dunwell.actions.match_moves import Status, lock_payment_of, locked_case, move
from dunwell.actions.match_outcomes import judge_decision, judge_undone
from dunwell.actions.match_undo import last_decision, take_back
from dunwell.actions.payers import own_customer, write_payers
from dunwell.actions.texts import fitting
from dunwell.models import BankEntry, CaseView, Company, Item, MatchCase, Payment
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.dispute_policies import dispute_policy_in_force

__all__ = [
    "Deduction",
    "hold_case",
    "park_case",
    "release_case",
    "settle_case",
    "undo_case",
    "view_case",
]

LOOKING_MINUTES = 10
"""Who opened a case so long ago is still said to look at it."""
LONGEST_REASON = 300
LONGEST_OWNER = 40


@transaction.atomic
def settle_case(
    *,
    actor: Actor,
    case: MatchCase,
    version: int,
    amounts: Mapping[int, int],
    paid: Mapping[int, int] | None = None,
    discounts: Mapping[int, int] | None = None,
    write_offs: Mapping[int, int] | None = None,
    deductions: Sequence[Deduction] = (),
    customer_id: int | None = None,
    learn: bool = False,
    seconds: int = 0,
    as_of: date,
    at: datetime,
) -> MatchCase:
    """Put a payment on items, with everything that explains the difference, in one step.

    `amounts` are minor units of the items by key; below 0 for credits, which lower what the
    debits of the same customer take of the payment. `paid` says what of the payment items of
    another currency use. `discounts` must be granted by the customer's terms, `write_offs` fit
    the cash policy, `deductions` open disputes. What is left stays on account of `customer_id`,
    else of the one customer paid for. `learn` keeps payer's name and account for next time.

    Raises Refused, with the figures, when something does not fit, and naming who was faster
    when `version` is no longer the present one.
    """
    actor.require("match.decide")
    if write_offs:
        actor.require("difference.write_off")
    if deductions:
        actor.require("dispute.open")
    if not amounts:
        raise Refused("Put the payment on at least one item, or leave it on account.")
    case = locked_case(actor, case, version=version, to=Status.DECIDED)
    policy = cash_policy_in_force(actor.company, as_of=as_of)
    money = locked_payment(company=actor.company, payment=case.payment)
    touched = {*amounts, *(paid or ()), *(discounts or ()), *(write_offs or ())}
    locked = _locked(actor, {*touched, *(one.item_id for one in deductions)})
    items = {key: one.item for key, one in locked.items()}
    parts, nettings = planned(amounts, paid or {}, items=items, payment=money.payment)
    check_discounts(discounts or {}, items, money.payment, policy)
    given_up = given_up_by(discounts or {}, write_offs or {}, items, money.payment)
    decision = Decision(
        payment=money.payment,
        parts=parts,
        nettings=nettings,
        given_up=given_up,
        deductions=_told(actor, deductions, as_of=as_of),
        payer_id=payer_of(actor, money.payment, customer_id, [items[p.item_id] for p in parts]),
    )
    left = left_after(decision, money, locked, as_of=as_of)
    lock_disputed(company=actor.company, deductions=deductions)
    before = money.payment.customer_id
    aliases = _learned(actor, decision, learn=learn, as_of=as_of, at=at)
    if write_offs:
        budget = small_differences(company=actor.company, policy=policy.write_off, as_of=as_of)
        budget.take([(items[key], amount) for key, amount in sorted(write_offs.items())])
    _assign(actor, decision, as_of=as_of, at=at)
    written = write_decisions(
        company=actor.company, decisions=[decision], items=items, as_of=as_of, at=at
    )[money.payment.pk]
    judge_decision(actor, case, amounts, as_of=as_of, at=at)
    case = move(actor, case, to=Status.DECIDED, seconds=seconds, as_of=as_of, at=at)
    record_event(
        actor,
        "cash.settled",
        case,
        at=at,
        customer_id=decision.payer_id or items[min(amounts)].customer_id,
        payment=money.payment.number,
        currency=money.payment.currency,
        amount_minor=decision.used_minor,
        left_minor=left,
        amounts={items[key].number: amount for key, amount in sorted(amounts.items())},
        items=[[key, amount] for key, amount in sorted(amounts.items())],
        payer=decision.payer_id,
        payer_before=before,
        aliases=aliases,
        **written.data(),
    )
    return case


@transaction.atomic
def park_case(
    *,
    actor: Actor,
    case: MatchCase,
    version: int,
    customer_id: int,
    reason: str,
    seconds: int = 0,
    as_of: date,
    at: datetime,
) -> MatchCase:
    """Leave a payment on account of a customer, unapplied; it is not matched again by itself.

    Raises Refused without a reason, for a customer of another company, and naming who was
    faster when `version` is no longer the present one.
    """
    actor.require("match.decide")
    told = _reason(reason, "Say why the payment is left on account.")
    case = locked_case(actor, case, version=version, to=Status.PARKED)
    payment = locked_payment(company=actor.company, payment=case.payment).payment
    customer = own_customer(actor.company, customer_id)
    open_customer(actor, customer)
    before = payment.customer_id
    if before != customer.pk:
        write_payers(actor, {payment: customer.pk}, reason=told, as_of=as_of, at=at)
    case = move(
        actor,
        case,
        to=Status.PARKED,
        seconds=seconds,
        as_of=as_of,
        at=at,
        why=("on_account", told, ""),
    )
    record_event(
        actor,
        "cash.parked",
        case,
        at=at,
        customer_id=customer.pk,
        payment=payment.number,
        reason=told,
        payer=customer.pk,
        payer_before=before,
    )
    return case


@transaction.atomic
def hold_case(
    *,
    actor: Actor,
    case: MatchCase,
    version: int,
    reason: str,
    escalate_to: str,
    at: datetime,
) -> MatchCase:
    """Keep a payment from being posted until somebody has looked at it: `escalate_to` says who.

    Raises Refused without a reason or without somebody to look at it.
    """
    actor.require("match.decide")
    told = _reason(reason, "Say why the payment is held.")
    owner = fitting(text=escalate_to, most=LONGEST_OWNER, what="name of who looks at it")
    if not owner:
        raise Refused("Say who looks at the held payment, such as: credit manager.")
    case = locked_case(actor, case, version=version, to=Status.HELD)
    why = ("by_hand", told, owner)
    as_of = _day(actor.company, at)
    case = move(actor, case, to=Status.HELD, seconds=0, as_of=as_of, at=at, why=why)
    _record(actor, "cash.held", case, reason=told, at=at, escalate_to=owner)
    return case


@transaction.atomic
def release_case(
    *, actor: Actor, case: MatchCase, version: int, reason: str, at: datetime
) -> MatchCase:
    """Give a held or parked payment back to the queue; only a person decides it from then on.

    Raises Refused without a reason.
    """
    actor.require("match.decide")
    told = _reason(reason, "Say why the payment is released.")
    case = locked_case(actor, case, version=version, to=Status.EXCEPTION)
    if case.status not in {Status.HELD, Status.PARKED}:
        raise Refused(f"Payment {case.payment.number} is neither held nor left on account.")
    why, as_of = ("released", told, ""), _day(actor.company, at)
    case = move(actor, case, to=Status.EXCEPTION, seconds=0, as_of=as_of, at=at, why=why)
    _record(actor, "cash.released", case, reason=told, at=at)
    return case


@transaction.atomic
def undo_case(
    *, actor: Actor, case: MatchCase, version: int, reason: str, as_of: date, at: datetime
) -> MatchCase:
    """Take back together everything the last decision on a payment wrote; it waits again.

    Allocations, nettings, discounts and write-offs are reversed, disputes it opened are closed,
    whose payment it was and what it taught are as before. What somebody took back meanwhile
    stays so. Raises Refused without a reason, and for a case without a decision.
    """
    actor.require("match.decide")
    told = _reason(reason, "Say why the decision is taken back.")
    case = locked_case(actor, case, version=version, to=Status.EXCEPTION)
    if case.status not in {Status.POSTED, Status.DECIDED, Status.PARKED}:
        raise Refused(f"Nothing is decided on payment {case.payment.number} yet.")
    payment = lock_payment_of(case)
    decided = last_decision(case)
    written = take_back(actor, decided, reason=told, as_of=as_of, at=at)
    unlearn_aliases(actor, decided.get("aliases", ()))
    payer, before = decided.get("payer"), decided.get("payer_before")
    is_returned = Payment.objects.filter(reverses=payment).exists()
    if payer != before and payment.customer_id == payer and not is_returned:
        write_payers(actor, {payment: before}, reason=told, as_of=as_of, at=at)
    judge_undone(actor, case, as_of=as_of, at=at)
    why = ("undone", told, "")
    case = move(actor, case, to=Status.EXCEPTION, seconds=0, as_of=as_of, at=at, why=why)
    record_event(
        actor,
        "cash.undone",
        case,
        at=at,
        customer_id=payer or before,
        payment=payment.number,
        reason=told,
        **written.data(),
    )
    return case


@transaction.atomic
def view_case(*, actor: Actor, case: MatchCase, at: datetime) -> list[str]:
    """Note that a person looks at a case; return the names of the others who do, in order."""
    actor.require("ledger.view")
    if case.company_id != actor.company.pk:
        raise Refused(f"This case does not belong to {actor.company.name}.")
    if actor.user_id is not None:
        CaseView.objects.update_or_create(
            case=case, user_id=actor.user_id, defaults={"opened_at": at}
        )
    since = at - timedelta(minutes=LOOKING_MINUTES)
    others = CaseView.objects.filter(case=case, opened_at__gte=since, opened_at__lte=at)
    names = others.exclude(user=actor.user_id).order_by("user__username")
    return list(names.values_list("user__username", flat=True))


def _told(actor: Actor, deductions: Sequence[Deduction], *, as_of: date) -> list[Deduction]:
    """Return what is left out with its reason checked against the dispute policy."""
    if not deductions:
        return []
    reasons = dispute_policy_in_force(actor.company, as_of=as_of).policy.reasons
    return [told_deduction(one, reasons) for one in deductions]


def _reason(text: str, refusal: str) -> str:
    told = fitting(text=text, most=LONGEST_REASON, what="reason")
    if not told:
        raise Refused(refusal)
    return told


def _day(company: Company, at: datetime) -> date:
    """Return the company's own day at a moment."""
    return at.astimezone(ZoneInfo(company.zone)).date()


def _record(
    actor: Actor, verb: str, case: MatchCase, *, reason: str, at: datetime, **data: Any
) -> None:
    payment = case.payment
    record_event(
        actor,
        verb,
        case,
        at=at,
        customer_id=payment.customer_id,
        payment=payment.number,
        reason=reason,
        **data,
    )


def _locked(actor: Actor, keys: set[int]) -> dict[int, LockedItem]:
    """Lock the items; raise Refused for a key that names none of the company's."""
    known = set(
        Item.objects.filter(company=actor.company, pk__in=keys).values_list("pk", flat=True)
    )
    if keys - known:
        raise Refused("An item named here is none of this company's; load the page again.")
    return locked_by_key(company=actor.company, keys=keys)


def _learned(
    actor: Actor, decision: Decision, *, learn: bool, as_of: date, at: datetime
) -> list[int]:
    """Learn who pays, when wanted; return the keys of what was learned."""
    if not learn:
        return []
    if decision.payer_id is None:
        raise Refused("Say for which customer the payer is to be kept.")
    payment = decision.payment
    entry = BankEntry.objects.filter(payment=payment, treatment="payment").order_by("pk").first()
    return learn_aliases(
        actor,
        customer_id=decision.payer_id,
        name=(entry.counterparty if entry else "") or payment.payer,
        account=entry.counterparty_account if entry else "",
        as_of=as_of,
        at=at,
    )


def _assign(actor: Actor, decision: Decision, *, as_of: date, at: datetime) -> None:
    payment, payer_id = decision.payment, decision.payer_id
    if payer_id is not None and payer_id != payment.customer_id:
        reason = f"Decided with what payment {payment.number} pays"
        write_payers(actor, {payment: payer_id}, reason=reason, as_of=as_of, at=at)
