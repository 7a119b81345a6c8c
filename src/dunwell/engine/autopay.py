"""Standing orders to pay: what they charge on which day, and what a decline leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

ITEMS, INSTALMENTS, BOTH = "items", "instalments", "both"
RETRY, FIX, STOP = "retry", "fix", "stop"
"""After a decline: try again later, ask the customer for another way to pay, end the order."""

RETRY_DAYS: Mapping[str, tuple[int, ...]] = {
    "insufficient_funds": (3, 7, 14),
    "withdrawal_count_limit_exceeded": (3, 7, 14),
    "card_velocity_exceeded": (3, 7),
    "try_again_later": (1, 3),
    "processing_error": (1, 3),
    "issuer_not_available": (1, 3),
    "reenter_transaction": (1, 3),
    "do_not_honor": (5,),
    "generic_decline": (5,),
    "call_issuer": (5,),
    "approve_with_id": (1,),
}
"""Decline -> days after it on which the charge is tried again, one for each attempt. Money that is
missing comes with time; a bank without a reason is asked once more. All stay far below what the
card schemes allow (Visa 15 tries in 30 days, Mastercard 35)."""

STOPS = frozenset(
    {"lost_card", "stolen_card", "fraudulent", "pickup_card", "revocation_of_authorization"}
    | {"revocation_of_all_authorizations", "merchant_blacklist", "security_violation"}
    | {"mandate_cancelled", "account_closed", "customer_deceased"}
)
"""Declines after which nothing is charged by this way again (schemes forbid another try)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NextTry:
    """What follows a decline; `on` is set where it is tried again."""

    step: str
    on: date | None = None


def next_try(reason: str, *, attempt: int, declined_on: date) -> NextTry:
    """Return what follows the decline of an attempt (counted from 1).

    What no list names, such as an expired card or a bank that wants its customer to confirm, the
    customer must put right: it is not tried again by itself.
    """
    if reason in STOPS:
        return NextTry(step=STOP)
    days = RETRY_DAYS.get(reason, ())
    if attempt <= len(days):
        return NextTry(step=RETRY, on=declined_on + timedelta(days=days[attempt - 1]))
    return NextTry(step=FIX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """A standing order as it counts: `day_offset` from the due date, `notice_days` of notice."""

    covers: str
    cap_minor: int | None
    day_offset: int
    notice_days: int
    agreed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Payable:
    """What could be charged: a part of an item, on its own or for an instalment of a plan.

    `free_minor` is open and neither disputed nor bound to something else.
    """

    item_id: int
    due_on: date
    free_minor: int
    instalment_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCharge:
    """One charge and its lines; `left_out` are those above the cap of the order."""

    charge_on: date
    lines: tuple[Payable, ...]
    left_out: tuple[Payable, ...] = ()

    @property
    def amount_minor(self) -> int:
        """Return the sum of the lines."""
        return sum(line.free_minor for line in self.lines)


def charge_day(order: Order, due_on: date, *, as_of: date) -> date:
    """Return the day on which something due is charged: its own, or as soon as notice allows."""
    wanted = due_on + timedelta(days=order.day_offset)
    return max(wanted, as_of + timedelta(days=order.notice_days))


def planned_charges(
    order: Order, payables: Sequence[Payable], *, as_of: date
) -> tuple[PlannedCharge, ...]:
    """Return the charges to announce today: those whose notice begins now or should have begun.

    One charge a day holds all that falls on it, the oldest first. A line that would lift the
    charge above the cap is left out whole, for a person: nothing is charged in part.
    """
    latest = as_of + timedelta(days=order.notice_days)
    by_day: dict[date, list[Payable]] = {}
    for one in payables:
        wants = order.covers in {BOTH, ITEMS if one.instalment_id is None else INSTALMENTS}
        day = charge_day(order, one.due_on, as_of=as_of)
        if wants and one.free_minor > 0 and day <= latest:
            by_day.setdefault(day, []).append(one)
    return tuple(_capped(order, day, lines) for day, lines in sorted(by_day.items()))


def _capped(order: Order, day: date, payables: Sequence[Payable]) -> PlannedCharge:
    taken: list[Payable] = []
    left_out: list[Payable] = []
    total = 0
    for one in sorted(payables, key=lambda line: (line.due_on, line.item_id)):
        if order.cap_minor is not None and total + one.free_minor > order.cap_minor:
            left_out.append(one)
            continue
        total += one.free_minor
        taken.append(one)
    return PlannedCharge(charge_on=day, lines=tuple(taken), left_out=tuple(left_out))
