"""What a plan would be, checked: its items, its schedule, the policy, the text of its terms.

Nothing here is an action of its own, and only `offer` writes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from dunwell.actions.agreements import move
from dunwell.actions.allocations import locked_items, money_text
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.plan_moves import Status
from dunwell.engine.plan_offers import PlanRefusal, PlanWish, refusals, terms_of
from dunwell.engine.plan_schedule import Instalment, PlanTerms, Schedule, schedule
from dunwell.engine.plans import PlanRule
from dunwell.engine.plans_policy import PlansPolicy
from dunwell.formats.account_statement_words import written_language
from dunwell.formats.plan_terms import CoveredItem, PlanLetter, plan_terms_text
from dunwell.models import Company, Customer, Dispute, Item, PaymentPlan
from dunwell.queries.agreements import bound_items
from dunwell.queries.plan_frames import rule_of
from dunwell.queries.plan_items import interest_item, unearned_minor
from dunwell.queries.plan_policies import plans_in_currency

PPM_PERCENT = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedDebt:
    """The items of a plan, locked, with what it covers of each; all in one currency."""

    currency: str
    amounts: Mapping[Item, int]

    @property
    def covered_minor(self) -> int:
        """Return the whole debt the plan covers."""
        return sum(self.amounts.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedTerms:
    """A schedule the policy allows, the policy, and the version it comes from."""

    schedule: Schedule
    policy: PlansPolicy
    version_id: int | None

    @property
    def rule(self) -> PlanRule:
        """Return when the plan will fail and be cured."""
        policy = self.policy
        return PlanRule(
            tolerance_days=policy.tolerance_days,
            missed=policy.default.missed,
            days=policy.default.days,
            cure_days=policy.cure_days,
            acceleration=policy.acceleration,
        )

    def document(self) -> dict[str, object]:
        """Return what the terms keep of the policy, whatever holds later."""
        return {
            "rule": asdict(self.rule),
            "method": self.schedule.terms.method,
            "shift": self.schedule.terms.shift,
            "offer_days": self.policy.offer_days,
        }


def planned_debt(
    company: Company,
    customer: Customer,
    items: Sequence[Item],
    *,
    beside: PaymentPlan | None,
    as_of: date,
) -> PlannedDebt:
    """Lock the items and return what a plan covers: all that is open on each.

    Interest that falls away with the plan it replaces (`beside`) is left out. Raises Refused for
    items that are not this customer's, settled, disputed, of several currencies, or in a plan.
    """
    if not items:
        raise Refused("Choose at least one item for the plan.")
    if any(item.customer_id != customer.pk for item in items):
        raise Refused("An item belongs to another customer.")
    if len({item.currency for item in items}) > 1:
        raise Refused("A plan is in one currency; make one plan per currency.")
    locked = locked_items(company=company, items=items)
    for key, number in sorted(bound_items(list(locked), beside=beside).items()):
        raise Refused(
            f"{locked[key].item.number} is covered by {number}; cancel or replace that first."
        )
    disputed = Dispute.objects.filter(item__in=locked, closed_on=None).select_related("item")
    if (dispute := disputed.order_by("item__number").first()) is not None:
        raise Refused(
            f"{dispute.item.number} is disputed; a plan covers what the customer acknowledges. "
            "Close the dispute, or leave the item out."
        )
    amounts = {one.item: one.open_minor for one in locked.values()}
    for item, amount in amounts.items():
        if amount <= 0:
            raise Refused(f"{item.number} is not open; nothing of it is left for a plan.")
    if beside is not None and (charge := interest_item(beside)) in amounts:
        amounts[charge] -= min(unearned_minor(beside, as_of=as_of), amounts[charge])
    left = {item: amount for item, amount in amounts.items() if amount}
    return PlannedDebt(currency=items[0].currency, amounts=left)


def planned_terms(
    company: Company, debt: PlannedDebt, wish: PlanWish, *, as_of: date
) -> PlannedTerms:
    """Return the schedule of a wish under the policy of the day; raise Refused beyond it."""
    in_force = plans_in_currency(company, debt.currency, as_of=as_of)
    if in_force is None:
        raise Refused(
            f"No exchange rate of {debt.currency} is known, so the limits of the plans policy "
            "cannot be compared; enter the rate first."
        )
    policy, covered = in_force.policy, debt.covered_minor
    beyond = refusals(policy, wish, covered_minor=covered, as_of=as_of, country=company.country)
    if beyond:
        raise Refused(" ".join(_sentence(one, debt.currency) for one in beyond))
    planned = schedule(terms_of(policy, wish), covered_minor=covered, country=company.country)
    return PlannedTerms(schedule=planned, policy=policy, version_id=in_force.version_id)


def offer(actor: Actor, plan: PaymentPlan, *, approved_by: str = "", as_of: date) -> None:
    """Write the terms and open the offer; raise Refused when its first day has passed."""
    first_on = plan.instalments.order_by("number").values_list("due_on", flat=True)[0]
    if first_on < as_of:
        raise Refused(
            f"The first instalment of {plan.number} was due on {first_on}; propose it anew."
        )
    latest = as_of + timedelta(days=int(plan.authority["terms"]["offer_days"]))
    expires_on = min(latest, first_on)
    language = written_language(plan.customer.language, actor.company.language)
    text = plan_terms_text(letter(actor.company, plan, expires_on=expires_on), language=language)
    move(
        plan,
        Status.OFFERED,
        terms=text,
        terms_sha256=hashlib.sha256(text.encode()).hexdigest(),
        offered_on=as_of,
        expires_on=expires_on,
        approved_by=approved_by,
    )


def letter(company: Company, plan: PaymentPlan, *, expires_on: date) -> PlanLetter:
    """Return what the terms of a plan state."""
    customer = plan.customer
    lines = plan.lines.select_related("item").order_by("item__due_on", "item")
    return PlanLetter(
        number=plan.number,
        company=company.name,
        customer=customer.name,
        customer_number=customer.number,
        currency=plan.currency,
        items=tuple(
            CoveredItem(
                number=line.item.number,
                issued_on=line.item.issued_on,
                amount_minor=line.amount_minor,
            )
            for line in lines
        ),
        schedule=schedule_of(plan),
        rule=rule_of(plan),
        expires_on=expires_on,
        guarantee=plan.guarantee,
        pay_to=company.pay_to,
        reply_to=company.reply_to,
    )


def schedule_of(plan: PaymentPlan) -> Schedule:
    """Return a plan's schedule as it was agreed, from its own rows."""
    rows = list(plan.instalments.order_by("number"))
    return Schedule(
        terms=PlanTerms(
            frequency=plan.frequency,
            number=len(rows) - (1 if plan.deposit_minor else 0),
            first_on=plan.first_on,
            deposit_minor=plan.deposit_minor,
            method=str(plan.authority["terms"]["method"]),
            rate_ppm=plan.rate_ppm,
            fee_minor=plan.fee_minor,
            concession_minor=plan.concession_minor,
            shift=str(plan.authority["terms"]["shift"]),
        ),
        covered_minor=plan.covered_minor,
        interest_minor=plan.interest_minor,
        instalments=tuple(
            Instalment(
                number=row.number,
                due_on=row.due_on,
                amount_minor=row.amount_minor,
                interest_minor=row.interest_minor,
                fee_minor=row.fee_minor,
            )
            for row in rows
        ),
    )


def _sentence(refusal: PlanRefusal, currency: str) -> str:
    """Return a refusal of the policy for a person, with amounts in the debt's currency."""
    limit = refusal.limit
    if limit is None or refusal.rule in {"number", "months", "first_on"}:
        return refusal.text
    what, _, _ = refusal.text.partition(":")
    if refusal.rule in {"deposit", "concession"}:
        percent = f"{limit / PPM_PERCENT:.2f}".rstrip("0").rstrip(".")
        return f"{what}: the plans policy allows {percent} percent of the debt."
    return f"{what}: the plans policy allows {money_text(limit, currency)}."
