"""The year behind the demo's first day: what the desk did about the crisis of `demo.crisis`.

Everything is done by the actions people use, dated on its day. Each scene is played whole or not
at all and looks for what it made before, so a killed call goes on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.approvals import decide_approval
from dunwell.actions.gate import Actor, staff, system
from dunwell.actions.legal import admit_matter, close_matter, file_matter, open_matter
from dunwell.actions.legal_money import record_dividend
from dunwell.actions.limits import propose_limit
from dunwell.actions.payments import apply_payment, record_payment
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.plan_steps import accelerate_plan, judge_plans
from dunwell.actions.plans import accept_plan
from dunwell.actions.settlement_steps import end_settlements
from dunwell.actions.settlements import accept_settlement, propose_settlement
from dunwell.demo.crisis import story_days
from dunwell.demo.customers import LEAD
from dunwell.demo.ledger import DemoLedger
from dunwell.engine.calendars import month_number, next_business_day
from dunwell.engine.plan_offers import PlanWish
from dunwell.jobs.demo_credit_desk import ANALYST, DIRECTOR, HOME
from dunwell.models import (
    Adjustment,
    Company,
    CreditLimit,
    Customer,
    Item,
    LegalMatter,
    OpenItem,
    Payment,
    PaymentPlan,
    Settlement,
    User,
)
from dunwell.queries.demo_credit import waiting_request

INSTALMENTS = 4
PAID_BEFORE_BREAKING = 1
"""Instalments of a plan that breaks, and how many of them came."""

ANSWER_DAYS = 3
FIRST_AFTER_DAYS = 14
WAIT_DAYS = 20
"""Days after the acceleration on which what was left is paid after all."""

CURE_DAYS = 15
SETTLED_PERCENT = 75
KEPT_PERCENT = 8
"""Of the failed customer's debt so much is expected, and comes."""

CUT_TENTHS = 6
CUT_CUSTOMERS = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """The company, its story's days, and who plays which part with which items."""

    company: Company
    begins: date
    measures: date
    over: date
    items: Mapping[str, Mapping[Customer, Sequence[Item]]]

    def actor(self, username: str) -> Actor:
        """Return a person of the demo as an actor."""
        return staff(User.objects.get(username=username), self.company)

    def day(self, base: date, days: int = 0) -> date:
        """Return the business day so many days after a day, or the next one."""
        return next_business_day(base + timedelta(days=days), country=self.company.country)

    def owing(self, part: str) -> list[tuple[Customer, Sequence[Item]]]:
        """Return the customers of a part with what they owe, in order of key."""
        found = self.items.get(part, {})
        return sorted(found.items(), key=lambda pair: pair[0].pk)


def on(day: date, hour: int = 9) -> dict[str, Any]:
    """Return a day and a moment of it as actions take them."""
    return {"as_of": day, "at": datetime.combine(day, time(hour), tzinfo=UTC)}


def play_history(
    company: Company, ledger: DemoLedger, scenes: Sequence[Callable[[History], bool]] = ()
) -> int:
    """Play every scene that was not played yet; return how many were, 0 without a story."""
    if not ledger.story.height:
        return 0
    history = open_history(company, ledger)
    count = 0
    for scene in scenes or SCENES:
        with transaction.atomic():
            count += scene(history)
    return count


def open_history(company: Company, ledger: DemoLedger) -> History:
    """Return the story of a ledger with its records; two queries."""
    numbers = ledger.story["item_number"].to_list()
    found = {
        item.number: item
        for item in Item.objects.filter(company=company, number__in=numbers)
        .select_related("customer")
        .order_by("due_on", "pk")
    }
    parts = dict(ledger.story.select("item_number", "part").iter_rows())
    items: dict[str, dict[Customer, list[Item]]] = {}
    for number, item in found.items():
        items.setdefault(parts[number], {}).setdefault(item.customer, []).append(item)
    begins, measures, over = story_days(ledger.as_of)
    return History(company=company, begins=begins, measures=measures, over=over, items=items)


def received(
    history: History, customer: Customer, amounts: Mapping[Item, int], day: date
) -> Payment:
    """Book what a customer paid on a day on its items."""
    actor = history.actor(LEAD)
    reference = " ".join(item.number for item in amounts)
    number = f"PAY-{customer.number}-{day:%y%m%d}"
    # days of a customer may end on one business day
    before = Payment.objects.filter(customer=customer, number__startswith=number).count()
    payment = record_payment(
        actor=actor,
        number=f"{number}-{before + 1}" if before else number,
        customer=customer,
        currency=HOME,
        amount_minor=sum(amounts.values()),
        value_on=day,
        method="bank_transfer",
        payer=customer.name.upper(),
        reference=reference[:400],
        **on(day),
    )
    apply_payment(actor=actor, payment=payment, amounts=dict(amounts), **on(day, 10))
    return payment


def shared_out(items: Sequence[Item], amount_minor: int) -> dict[Item, int]:
    """Return how an amount pays items, the oldest first, by what is open of each now."""
    opened = dict(OpenItem.objects.filter(item__in=items).values_list("item_id", "open_minor"))
    found: dict[Item, int] = {}
    for item in items:
        part = min(amount_minor, opened.get(item.pk, 0))
        if part > 0:
            found[item] = part
            amount_minor -= part
    return found


def approved(history: History, subject: str, key: int, day: date) -> None:
    """Let Felix approve what waits about a record, if anything does."""
    request = waiting_request(subject, key)
    if request is not None:
        decide_approval(
            actor=history.actor(DIRECTOR), request=request, approve=True, **on(day, 11)
        )


def limits_are_cut(history: History) -> bool:
    """Cut the limits of those of the sector who owe most, as the first measure."""
    customers = [
        customer
        for part in ("plan_kept", "plan_broken", "settled", "forgiven")
        for customer, _ in history.owing(part)
    ][:CUT_CUSTOMERS]
    if not customers or CreditLimit.objects.filter(customer__in=customers).exists():
        return False
    day = history.day(history.measures)
    for customer in customers:
        limit = propose_limit(
            actor=history.actor(ANALYST),
            customer=customer,
            kind=CreditLimit.Kind.STANDARD,
            amount_minor=(customer.credit_limit_minor or 1_000_00) * CUT_TENTHS // 10,
            from_on=day,
            reason="The building trade pays weeks later; we deliver less on credit.",
            **on(day),
        )
        approved(history, "creditlimit", limit.pk, day)
    return True


def plans_are_agreed(history: History) -> bool:
    """Agree on plans in the month of the measures: some are paid to the end, some break."""
    if PaymentPlan.objects.filter(company=history.company).exists():
        return False
    plans = [
        (_agreed(history, customer, items, number), items, part)
        for part in ("plan_kept", "plan_broken")
        for number, (customer, items) in enumerate(history.owing(part))
    ]
    for plan, items, part in plans:
        for instalment in plan.instalments.order_by("number"):
            if part == "plan_broken" and instalment.number > PAID_BEFORE_BREAKING:
                break
            day = history.day(instalment.due_on)
            amounts = shared_out(items, instalment.amount_minor)
            received(history, plan.customer, amounts, day)
    actor = system(history.company)
    last = max(plan.instalments.order_by("-number")[0].due_on for plan, _, _ in plans)
    for month in range(1, month_number(last) - month_number(history.measures) + 2):
        day = history.day(history.measures, 31 * month)
        judge_plans(actor=actor, **on(day, 5))
    _broken(history, [(plan, items) for plan, items, part in plans if part == "plan_broken"])
    return bool(plans)


def _agreed(
    history: History, customer: Customer, items: Sequence[Item], number: int
) -> PaymentPlan:
    """Propose a plan over what is owed, and let the customer accept it some days later."""
    day = history.day(history.measures, 2 + 3 * number)
    actor = history.actor(LEAD)
    plan = propose_plan(
        actor=actor,
        customer=customer,
        items=items,
        wish=PlanWish(
            frequency="monthly", number=INSTALMENTS, first_on=history.day(day, FIRST_AFTER_DAYS)
        ),
        reason="Its own customers pay late; asks for four months.",
        supersede=True,
        **on(day),
    )
    approved(history, "paymentplan", plan.pk, day)
    plan.refresh_from_db()
    return accept_plan(
        actor=actor,
        plan=plan,
        name=customer.name,
        role="Managing director",
        sha256=plan.terms_sha256,
        **on(history.day(day, ANSWER_DAYS)),
    )


def _broken(history: History, plans: Sequence[tuple[PaymentPlan, Sequence[Item]]]) -> None:
    """Let what is left of a failed plan fall due at once; some weeks later it is paid."""
    for plan, items in plans:
        plan.refresh_from_db()
        if plan.status != PaymentPlan.Status.DEFAULTED or plan.defaulted_on is None:
            continue
        day = history.day(plan.defaulted_on, CURE_DAYS)
        accelerate_plan(
            actor=history.actor(LEAD), plan=plan, reason="No answer to two calls.", **on(day)
        )
        left = shared_out(items, plan.covered_minor)
        received(history, plan.customer, left, history.day(day, WAIT_DAYS))


def one_is_settled(history: History) -> bool:
    """Take a part at once from a customer who can pay no more, and give up the rest."""
    if Settlement.objects.filter(company=history.company).exists():
        return False
    for customer, items in history.owing("settled"):
        day = history.day(history.measures, 9)
        actor = history.actor(LEAD)
        owed = sum(shared_out(items, 10**15).values())
        settlement = propose_settlement(
            actor=actor,
            customer=customer,
            items=items,
            pay_minor=owed * SETTLED_PERCENT // 100,
            pay_by_on=history.day(day, 21),
            expires_on=day + timedelta(days=14),
            reason="Closes a branch; pays three quarters at once or little over years.",
            **on(day),
        )
        approved(history, "settlement", settlement.pk, day)
        accept_settlement(
            actor=actor, settlement=settlement, name=customer.name, **on(history.day(day, 4))
        )
        paid = history.day(day, 15)
        received(history, customer, shared_out(items, settlement.pay_minor), paid)
        end_settlements(actor=system(history.company), **on(history.day(paid, 1), 5))
    return bool(history.owing("settled"))


def some_is_given_up(history: History) -> bool:
    """Write off the small debts nobody answers for, when the crisis is over."""
    owing = history.owing("forgiven")
    kept = Adjustment.objects.filter(item__customer__in=[customer for customer, _ in owing])
    if kept.exists():
        return False
    day = history.day(history.over, -12)
    for _, items in owing:
        _written_off(history, shared_out(items, 10**15), day, "Business given up; no assets.")
    return bool(owing)


def large_one_fails(history: History) -> bool:
    """File the claim against the customer who became insolvent; little of it comes back."""
    if LegalMatter.objects.filter(company=history.company).exists():
        return False
    for customer, items in history.owing("failed"):
        opened = history.day(history.begins, 75)
        actor = history.actor(LEAD)
        matter = open_matter(
            actor=actor,
            customer=customer,
            kind=LegalMatter.Kind.INSOLVENCY,
            items=items,
            opened_on=opened,
            court="Amtsgericht Hamburg",
            reference="67 IN 214",
            quota_ppm=KEPT_PERCENT * 10_000,
            **on(opened),
        )
        filed = history.day(opened, 25)
        file_matter(actor=actor, matter=matter, filed_on=filed, **on(filed))
        matter.refresh_from_db()
        admitted = history.day(history.measures, 40)
        admit_matter(actor=actor, matter=matter, **on(admitted))
        lost = {
            item: minor - minor * KEPT_PERCENT // 100
            for item, minor in shared_out(items, 10**15).items()
        }
        _written_off(history, lost, history.day(admitted, 5), "Insolvent; a small quota is left.")
        paid = history.day(history.over, 75)
        left = shared_out(items, 10**15)
        payment = record_payment(
            actor=actor,
            number=f"PAY-{customer.number}-QUOTA",
            customer=customer,
            currency=HOME,
            amount_minor=sum(left.values()),
            value_on=paid,
            payer=f"INSOLVENCY OF {customer.name.upper()}"[:70],
            reference="67 IN 214",
            **on(paid),
        )
        matter.refresh_from_db()
        record_dividend(actor=actor, matter=matter, payment=payment, **on(paid, 10))
        matter.refresh_from_db()
        close_matter(
            actor=actor,
            matter=matter,
            result="Closed with a quota of eight percent.",
            is_chased_again=False,
            **on(history.day(paid, 14)),
        )
    return bool(history.owing("failed"))


def _written_off(history: History, amounts: Mapping[Item, int], day: date, why: str) -> None:
    for item, minor in amounts.items():
        if minor > 0:
            record_adjustment(
                actor=history.actor(LEAD),
                item=item,
                kind=Adjustment.Kind.WRITE_OFF,
                amount_minor=minor,
                reason=why,
                **on(day),
            )


SCENES: tuple[Callable[[History], bool], ...] = (
    limits_are_cut,
    plans_are_agreed,
    one_is_settled,
    some_is_given_up,
    large_one_fails,
)
