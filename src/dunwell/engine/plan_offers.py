"""Which plans a policy allows for an amount: the check of one, the list of all, the affordable.

`refusals` is the only judge: the list holds exactly the terms it lets through, and an action asks
it again before it offers anything. Amounts are minor units of the company's own currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from dunwell.engine.money import part
from dunwell.engine.plan_schedule import (
    PlanTerms,
    Schedule,
    ScheduleError,
    months_until,
    schedule,
)
from dunwell.engine.plans_policy import Bounds, PlansPolicy

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanRefusal:
    """The rule of the policy that forbids a plan, and a sentence with what is allowed.

    `limit` is the bound in the rule's own unit, None where it has none.
    """

    rule: str
    limit: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanWish:
    """What a customer asks for: the terms a person may choose; the rest is the policy's."""

    frequency: str
    number: int
    first_on: date
    deposit_minor: int = 0
    concession_minor: int = 0


def terms_of(policy: PlansPolicy, wish: PlanWish) -> PlanTerms:
    """Return the terms of a plan under a policy: the wish with interest, fee and calendar."""
    return PlanTerms(
        frequency=wish.frequency,
        number=wish.number,
        first_on=wish.first_on,
        deposit_minor=wish.deposit_minor,
        method=policy.method,
        rate_ppm=policy.rate_ppm,
        fee_minor=policy.fee_minor,
        concession_minor=wish.concession_minor,
        shift=policy.shift,
        at_month_end=policy.at_month_end,
    )


def refusals(
    policy: PlansPolicy, wish: PlanWish, *, covered_minor: int, as_of: date, country: str
) -> tuple[PlanRefusal, ...]:
    """Return every rule of the policy that forbids a plan, empty for an allowed one.

    In order: covered, frequency, number, deposit, concession, first_on, instalment, months.
    """
    found = [*_amounts(policy, wish, covered_minor), *_first_day(policy, wish, as_of)]
    if found:
        return tuple(found)
    try:
        planned = schedule(terms_of(policy, wish), covered_minor=covered_minor, country=country)
    except ScheduleError as error:
        return (PlanRefusal(rule="instalment", limit=None, text=str(error)),)
    smallest = min(one.amount_minor for one in planned.instalments)
    if smallest < policy.instalment_minor:
        found.append(_refusal("instalment", policy.instalment_minor, "An instalment is too small"))
    if months_until(planned.last_on, from_on=as_of) > policy.months:
        found.append(
            PlanRefusal(
                rule="months",
                limit=policy.months,
                text=f"The plan ends on {planned.last_on}; {policy.months} months are allowed.",
            )
        )
    return tuple(found)


def offers(
    policy: PlansPolicy,
    *,
    covered_minor: int,
    first_on: date,
    as_of: date,
    country: str,
    deposit_minor: int = 0,
    concession_minor: int = 0,
) -> tuple[Schedule, ...]:
    """Return every plan the policy allows for the amount, by frequency and number.

    Deposit and concession are as asked; a deposit below what the policy wants is raised to it.
    """
    least = part(covered_minor, policy.deposit_ppm.least, PPM)
    deposit = max(deposit_minor, least + (least * PPM < covered_minor * policy.deposit_ppm.least))
    wishes = (
        PlanWish(
            frequency=frequency,
            number=number,
            first_on=first_on,
            deposit_minor=deposit,
            concession_minor=concession_minor,
        )
        for frequency, numbers in policy.frequencies.items()
        for number in range(numbers.least, numbers.most + 1)
    )
    return tuple(
        schedule(terms_of(policy, wish), covered_minor=covered_minor, country=country)
        for wish in wishes
        if not refusals(policy, wish, covered_minor=covered_minor, as_of=as_of, country=country)
    )


def affordable(found: Sequence[Schedule], *, payable_minor: int) -> tuple[Schedule, ...]:
    """Return the shortest plan of each frequency that asks for at most so much in any period.

    The deposit is not counted: it is paid once, from what there is.
    """
    shortest: dict[str, Schedule] = {}
    for one in found:
        if one.level_minor <= payable_minor:
            best = shortest.get(one.terms.frequency)
            if best is None or one.terms.number < best.terms.number:
                shortest[one.terms.frequency] = one
    return tuple(shortest.values())


def _amounts(policy: PlansPolicy, wish: PlanWish, covered_minor: int) -> list[PlanRefusal]:
    found = []
    if covered_minor < policy.covered.least:
        found.append(_refusal("covered", policy.covered.least, "The debt is too small"))
    if covered_minor > policy.covered.most:
        found.append(_refusal("covered", policy.covered.most, "The debt is too large"))
    numbers = policy.frequencies.get(wish.frequency)
    if numbers is None:
        allowed = ", ".join(policy.frequencies)
        text = f"{wish.frequency} instalments are not offered; choose one of {allowed}."
        found.append(PlanRefusal(rule="frequency", limit=None, text=text))
    elif not numbers.holds(wish.number):
        text = (
            f"{wish.number} {wish.frequency} instalments are not offered; "
            f"choose {numbers.least} to {numbers.most}."
        )
        found.append(PlanRefusal(rule="number", limit=numbers.most, text=text))
    share = wish.deposit_minor * PPM
    if share < covered_minor * policy.deposit_ppm.least:
        found.append(_refusal("deposit", policy.deposit_ppm.least, "The deposit is too small"))
    if share > covered_minor * policy.deposit_ppm.most:
        found.append(_refusal("deposit", policy.deposit_ppm.most, "The deposit is too large"))
    if wish.concession_minor * PPM > covered_minor * policy.concession_ppm:
        found.append(_refusal("concession", policy.concession_ppm, "The concession is too large"))
    return found


def _first_day(policy: PlansPolicy, wish: PlanWish, as_of: date) -> list[PlanRefusal]:
    latest = as_of + timedelta(days=policy.first_within_days)
    if as_of <= wish.first_on <= latest:
        return []
    text = f"The first payment on {wish.first_on} must lie between {as_of} and {latest}."
    return [PlanRefusal(rule="first_on", limit=policy.first_within_days, text=text)]


_UNITS = {"deposit": "ppm of the debt", "concession": "ppm of the debt"}


def _refusal(rule: str, limit: int, what: str) -> PlanRefusal:
    unit = _UNITS.get(rule, "minor units of the company's currency")
    return PlanRefusal(rule=rule, limit=limit, text=f"{what}: the policy says {limit} {unit}.")


def in_currency(policy: PlansPolicy, *, rate_ppm: int) -> PlansPolicy:
    """Return the policy with its amounts in another currency, half-up; ppm and days stay.

    `rate_ppm` is home minor units per million minor units of that currency.
    """

    def converted(minor: int) -> int:
        return part(minor, PPM, rate_ppm)

    return replace(
        policy,
        covered=Bounds(least=converted(policy.covered.least), most=converted(policy.covered.most)),
        instalment_minor=max(converted(policy.instalment_minor), 1),
        fee_minor=converted(policy.fee_minor),
    )
