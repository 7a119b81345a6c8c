"""What a customer has agreed with us, as its own people see it: promises, plans, settlements."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from dunwell.models import (
    Customer,
    PaymentPlan,
    PlanInstalment,
    PlanItem,
    Promise,
    PromiseItem,
    Settlement,
    SettlementItem,
)
from dunwell.queries.portal_promises import MOST_MOVES, replaced_on

PAST = 20
"""Arrangements that are over, of each kind, which the page shows."""

PlanStatus, SettlementStatus = PaymentPlan.Status, Settlement.Status
LEFT = (
    *(PlanInstalment.Status.SCHEDULED, PlanInstalment.Status.DUE),
    *(PlanInstalment.Status.PART, PlanInstalment.Status.MISSED),
)
"""Statuses of an instalment of which something is left to pay."""

RUNNING = (
    *(PlanStatus.PENDING, PlanStatus.OFFERED, PlanStatus.ACTIVE),
    *(PlanStatus.DEFAULTED, PlanStatus.ACCELERATED),
)
SETTLING = (SettlementStatus.PENDING, SettlementStatus.OFFERED, SettlementStatus.ACCEPTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPromise:
    """A promise: what was promised in minor units, by which day, and what became of it."""

    id: int
    due_on: date
    made_on: date
    currency: str
    amount_minor: int
    numbers: tuple[str, ...]
    note: str
    outcome: str
    is_own: bool
    may_change: bool
    may_move: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnInstalment:
    """An instalment: what is due, on which day, and what is left of it."""

    number: int
    due_on: date
    amount_minor: int
    interest_minor: int
    fee_minor: int
    paid_minor: int
    status: str

    @property
    def left_minor(self) -> int:
        """Return what is left to pay."""
        return self.amount_minor - self.paid_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnPlan:
    """A payment plan with its schedule; `next` is the instalment that is paid next."""

    id: int
    number: str
    status: str
    currency: str
    covered_minor: int
    interest_minor: int
    fee_minor: int
    concession_minor: int
    rate_ppm: int
    instalments: tuple[OwnInstalment, ...]
    numbers: tuple[str, ...]
    terms: str
    sha256: str
    expires_on: date | None
    accepted_by: str
    accepted_on: date | None

    @property
    def total_minor(self) -> int:
        """Return what all instalments come to."""
        return sum(one.amount_minor for one in self.instalments)

    @property
    def paid_minor(self) -> int:
        """Return what is paid of them."""
        return sum(one.paid_minor for one in self.instalments)

    @property
    def left_minor(self) -> int:
        """Return what is left to pay."""
        return self.total_minor - self.paid_minor

    @property
    def next(self) -> OwnInstalment | None:
        """Return the instalment that is paid next, None when nothing is left."""
        return next((one for one in self.instalments if one.status in LEFT), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnSettlement:
    """A settlement: what is open, what is paid at the end, by when."""

    id: int
    number: str
    status: str
    currency: str
    open_minor: int
    pay_minor: int
    concession_minor: int
    pay_by_on: date
    expires_on: date
    numbers: tuple[str, ...]
    accepted_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrangements:
    """Everything agreed or asked for: `running` first of each kind, then what is over."""

    promises: tuple[OwnPromise, ...]
    past_promises: tuple[OwnPromise, ...]
    plans: tuple[OwnPlan, ...]
    past_plans: tuple[OwnPlan, ...]
    settlements: tuple[OwnSettlement, ...]
    past_settlements: tuple[OwnSettlement, ...]

    @property
    def waiting(self) -> int:
        """Return how many offers wait for the customer's answer."""
        found: list[Any] = [*self.plans, *self.settlements]
        return sum(one.status == "offered" for one in found)

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing yet."""
        return not any(getattr(self, name) for name in Arrangements.__slots__)


def arrangements(customer: Customer, *, as_of: date) -> Arrangements:
    """Return a customer's promises, plans and settlements; eleven queries."""
    promises = Promise.objects.filter(customer=customer)
    plans = PaymentPlan.objects.filter(customer=customer).exclude(status=PlanStatus.DRAFT)
    agreed = Settlement.objects.filter(customer=customer).exclude(status=SettlementStatus.DRAFT)
    is_open = Q(outcome=Promise.Outcome.OPEN)
    return Arrangements(
        promises=_promises(promises.filter(is_open).order_by("due_on", "pk"), as_of=as_of),
        past_promises=_promises(promises.exclude(is_open).order_by("-pk")[:PAST], as_of=as_of),
        plans=_plans(plans.filter(status__in=RUNNING).order_by("pk")),
        past_plans=_plans(plans.exclude(status__in=RUNNING).order_by("-pk")[:PAST]),
        settlements=_settlements(agreed.filter(status__in=SETTLING).order_by("pk")),
        past_settlements=_settlements(agreed.exclude(status__in=SETTLING).order_by("-pk")[:PAST]),
    )


def own_plan(customer: Customer, plan_id: int) -> OwnPlan | None:
    """Return one plan of the customer, None for any other."""
    found = PaymentPlan.objects.filter(customer=customer, pk=plan_id)
    rows = _plans(found.exclude(status=PlanStatus.DRAFT))
    return rows[0] if rows else None


def own_settlement(customer: Customer, settlement_id: int) -> OwnSettlement | None:
    """Return one settlement of the customer, None for any other."""
    found = Settlement.objects.filter(customer=customer, pk=settlement_id)
    rows = _settlements(found.exclude(status=SettlementStatus.DRAFT))
    return rows[0] if rows else None


def own_promise(customer: Customer, promise_id: int, *, as_of: date) -> OwnPromise | None:
    """Return one promise of the customer, None for any other."""
    rows = _promises(Promise.objects.filter(customer=customer, pk=promise_id), as_of=as_of)
    return rows[0] if rows else None


def _promises(found: Any, *, as_of: date) -> tuple[OwnPromise, ...]:
    rows = list(found)
    lines: dict[int, list[PromiseItem]] = {}
    told = PromiseItem.objects.filter(promise__in=[one.pk for one in rows])
    for line in told.select_related("item").order_by("item__due_on", "item"):
        lines.setdefault(line.promise_id, []).append(line)
    live = {one.pk for one in rows if one.outcome == Promise.Outcome.OPEN}
    items = [line.item_id for key in live for line in lines.get(key, [])]
    replaced = replaced_on(items, as_of=as_of) if items else {}
    return tuple(_promise(one, lines.get(one.pk, []), replaced, as_of=as_of) for one in rows)


def _promise(
    one: Promise, lines: list[PromiseItem], replaced: Mapping[int, set[int]], *, as_of: date
) -> OwnPromise:
    moves: set[int] = set().union(*(replaced.get(line.item_id, set()) for line in lines))
    may_change = one.outcome == Promise.Outcome.OPEN and one.due_on >= as_of
    return OwnPromise(
        id=one.pk,
        due_on=one.due_on,
        made_on=one.made_on,
        currency=lines[0].item.currency if lines else one.currency,
        amount_minor=sum(line.amount_minor for line in lines) or one.amount_minor or 0,
        numbers=tuple(line.item.number for line in lines),
        # what we note of a promise by ourselves is not the customer's to read
        note=one.note if one.source == "portal" else "",
        outcome=one.outcome,
        is_own=one.source == "portal",
        may_change=may_change,
        # a promise of an amount names nothing that could be promised anew
        may_move=may_change and bool(lines) and len(moves) < MOST_MOVES,
    )


def _plans(found: Any) -> tuple[OwnPlan, ...]:
    rows = list(found)
    keys = [one.pk for one in rows]
    instalments: dict[int, list[OwnInstalment]] = {}
    for row in PlanInstalment.objects.filter(plan__in=keys).order_by("number"):
        instalments.setdefault(row.plan_id, []).append(
            OwnInstalment(
                number=row.number,
                due_on=row.due_on,
                amount_minor=row.amount_minor,
                interest_minor=row.interest_minor,
                fee_minor=row.fee_minor,
                paid_minor=row.paid_minor,
                status=row.status,
            )
        )
    numbers = _numbers(PlanItem.objects.filter(plan__in=keys), "plan")
    return tuple(
        OwnPlan(
            id=one.pk,
            number=one.number,
            status=one.status,
            currency=one.currency,
            covered_minor=one.covered_minor,
            interest_minor=one.interest_minor,
            fee_minor=one.fee_minor,
            concession_minor=one.concession_minor,
            rate_ppm=one.rate_ppm,
            instalments=tuple(instalments.get(one.pk, ())),
            numbers=numbers.get(one.pk, ()),
            terms=one.terms,
            sha256=one.terms_sha256,
            expires_on=one.expires_on,
            accepted_by=str(one.acceptance.get("name", "")),
            accepted_on=one.accepted_on,
        )
        for one in rows
    )


def _settlements(found: Any) -> tuple[OwnSettlement, ...]:
    rows = list(found)
    numbers = _numbers(
        SettlementItem.objects.filter(settlement__in=[one.pk for one in rows]), "settlement"
    )
    return tuple(
        OwnSettlement(
            id=one.pk,
            number=one.number,
            status=one.status,
            currency=one.currency,
            open_minor=one.open_minor,
            pay_minor=one.pay_minor,
            concession_minor=one.concession_minor,
            pay_by_on=one.pay_by_on,
            expires_on=one.expires_on,
            numbers=numbers.get(one.pk, ()),
            accepted_by=str(one.acceptance.get("name", "")),
        )
        for one in rows
    )


def _numbers(lines: Any, owner: str) -> Mapping[int, tuple[str, ...]]:
    """Return the numbers of the items of each agreement, by its key."""
    found: dict[int, tuple[str, ...]] = {}
    told = lines.order_by("item__due_on", "item").values_list(owner, "item__number")
    for key, number in told:
        found[key] = (*found.get(key, ()), number)
    return found
