"""What a settlement is worth today against waiting, an agency and the courts.

Net present value with simple interest: an amount in `days` is worth amount * 365 / (365 + rate *
days / 10^6). Everything that is assumed is stated beside the figure it leads to. Amounts are
minor units of one currency, rates ppm, times days.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dunwell.engine.money import part

PPM = 1_000_000
YEAR = 365

SETTLE, WAIT, AGENCY, LEGAL = "settle", "wait", "agency", "legal"
OPTIONS = (SETTLE, WAIT, AGENCY, LEGAL)
PREDICTION, HABIT, AGE = "prediction", "habit", "age"
"""What a wait rests on: the pay-date model, the customer's habit, the age of the item alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """Of items at least `from_days` past due, `rate_ppm` comes in, after `days`."""

    from_days: int
    rate_ppm: int
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WorthPolicy:
    """What is assumed. `paid_ppm`: chance that an agreed settlement is paid; if not, one waits.

    `waiting` and `agency`: recovery by age, the first row from 0 days; the agency keeps
    `commission_ppm`. In court `legal_ppm` is won and paid after `legal_days`, and costs
    `legal_cost_minor` plus `legal_cost_ppm` of the debt, in home minor units, now.
    """

    discount_rate_ppm: int = 80_000
    paid_ppm: int = 900_000
    waiting: tuple[Recovery, ...] = (
        Recovery(from_days=0, rate_ppm=980_000, days=30),
        Recovery(from_days=31, rate_ppm=930_000, days=45),
        Recovery(from_days=61, rate_ppm=850_000, days=75),
        Recovery(from_days=91, rate_ppm=700_000, days=120),
        Recovery(from_days=181, rate_ppm=450_000, days=180),
        Recovery(from_days=366, rate_ppm=200_000, days=365),
    )
    agency: tuple[Recovery, ...] = (
        Recovery(from_days=0, rate_ppm=750_000, days=60),
        Recovery(from_days=91, rate_ppm=600_000, days=90),
        Recovery(from_days=181, rate_ppm=450_000, days=120),
        Recovery(from_days=366, rate_ppm=250_000, days=180),
    )
    commission_ppm: int = 200_000
    legal_ppm: int = 600_000
    legal_days: int = 300
    legal_cost_minor: int = 50_000
    legal_cost_ppm: int = 60_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ItemOutlook:
    """An item as it stands: days past due, and the chances of being paid after so many days.

    `steps` are (days, ppm of the item) of the pay-date model, empty without a prediction;
    `habit_days` is how late the customer usually pays, None where that is not known.
    """

    item_id: int
    open_minor: int
    age_days: int
    steps: tuple[tuple[int, int], ...] = ()
    habit_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumption:
    """One figure that was assumed; `unit` is minor, ppm or days."""

    name: str
    value: int
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """A way out: the money it is expected to bring, what it costs, and its worth today."""

    name: str
    worth_minor: int
    expected_minor: int
    cost_minor: int = 0
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Worth:
    """The options in the order of OPTIONS; `best` is the best other than settling.

    `gain_minor` is what settling is worth more than that. `break_even_minor` is the smallest
    payment that is worth as much, None where not even the whole debt is. `waits_on` counts the
    items by what their wait rests on.
    """

    options: tuple[Option, ...]
    best: str
    gain_minor: int
    break_even_minor: int | None
    waits_on: Mapping[str, int] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the whole comparison as JSON holds it, for the settlement's record."""
        return {
            "best": self.best,
            "gain_minor": self.gain_minor,
            "break_even_minor": self.break_even_minor,
            "waits_on": dict(self.waits_on),
            "options": [
                {
                    "name": option.name,
                    "worth_minor": option.worth_minor,
                    "expected_minor": option.expected_minor,
                    "cost_minor": option.cost_minor,
                    "assumptions": [
                        {"name": one.name, "value": one.value, "unit": one.unit}
                        for one in option.assumptions
                    ],
                }
                for option in self.options
            ],
        }


def present_minor(amount_minor: int, *, days: int, rate_ppm: int) -> int:
    """Return what an amount in so many days is worth today, half away from zero."""
    return part(amount_minor, YEAR * PPM, YEAR * PPM + rate_ppm * max(days, 0))


def prediction_steps(
    *, q10_days: int, q50_days: int, q90_days: int, p_loss_ppm: int
) -> tuple[tuple[int, int], ...]:
    """Return a pay-date distribution, known by three quantiles and its loss, as (days, ppm).

    Between two quantiles the money is put at their middle; what comes after the last one is
    put as far behind it as it lies behind the middle one. The loss is taken from the end.
    """
    steps = (
        (q10_days, 100_000),
        ((q10_days + q50_days) // 2, 400_000),
        ((q50_days + q90_days) // 2, 400_000),
        (2 * q90_days - q50_days, 100_000),
    )
    left, found = PPM - min(max(p_loss_ppm, 0), PPM), []
    for days, mass in steps:
        taken = min(mass, left)
        left -= taken
        if taken:
            found.append((max(days, 0), taken))
    return tuple(found)


def settlement_worth(
    items: Sequence[ItemOutlook],
    *,
    pay_minor: int,
    pay_days: int,
    policy: WorthPolicy,
    legal_cost_minor: int | None = None,
) -> Worth:
    """Return what taking `pay_minor` in `pay_days` is worth beside the other ways out.

    `legal_cost_minor` is the policy's fixed cost in the items' currency; without it the cost
    stands as written. Raises ValueError without items.
    """
    if not items:
        raise ValueError("a settlement has at least one item")
    rate, total = policy.discount_rate_ppm, sum(item.open_minor for item in items)
    wait = _waiting(items, policy)
    agency = _agency(items, policy)
    cost = policy.legal_cost_minor if legal_cost_minor is None else legal_cost_minor
    legal = _legal(total, cost, policy)
    settle = _settling(pay_minor, pay_days, wait, policy)
    best = max((wait, agency, legal), key=lambda option: option.worth_minor)
    waits_on = {PREDICTION: 0, HABIT: 0, AGE: 0}
    for item in items:
        waits_on[_rests_on(item)] += 1
    later = present_minor(wait.worth_minor, days=pay_days, rate_ppm=rate)
    return Worth(
        options=(settle, wait, agency, legal),
        best=best.name,
        gain_minor=settle.worth_minor - best.worth_minor,
        break_even_minor=_break_even(
            best.worth_minor - part(later, PPM - policy.paid_ppm, PPM), pay_days, total, policy
        ),
        waits_on={name: n for name, n in waits_on.items() if n},
    )


def recovery_at(table: Sequence[Recovery], age_days: int) -> Recovery:
    """Return the row of a table for an age; an item not yet due counts as 0 days."""
    found = [row for row in table if row.from_days <= max(age_days, 0)]
    return found[-1]


def _settling(pay_minor: int, pay_days: int, wait: Option, policy: WorthPolicy) -> Option:
    """Return the worth of the payment, and of waiting from its day on where it does not come."""
    rate = policy.discount_rate_ppm
    paid = present_minor(pay_minor, days=pay_days, rate_ppm=rate)
    later = present_minor(wait.worth_minor, days=pay_days, rate_ppm=rate)
    failed_ppm = PPM - policy.paid_ppm
    return Option(
        name=SETTLE,
        worth_minor=part(paid, policy.paid_ppm, PPM) + part(later, failed_ppm, PPM),
        expected_minor=part(pay_minor, policy.paid_ppm, PPM)
        + part(wait.expected_minor, failed_ppm, PPM),
        assumptions=(
            Assumption(name="paid_ppm", value=policy.paid_ppm, unit="ppm"),
            Assumption(name="pay_days", value=pay_days, unit="days"),
            Assumption(name="discount_rate_ppm", value=rate, unit="ppm"),
        ),
    )


def _waiting(items: Sequence[ItemOutlook], policy: WorthPolicy) -> Option:
    rate, worth, expected, weighed = policy.discount_rate_ppm, 0, 0, 0
    for item in items:
        for days, mass_ppm in wait_steps(item, policy):
            money = part(item.open_minor, mass_ppm, PPM)
            expected += money
            weighed += money * days
            worth += present_minor(money, days=days, rate_ppm=rate)
    total = sum(item.open_minor for item in items)
    return Option(
        name=WAIT,
        worth_minor=worth,
        expected_minor=expected,
        assumptions=(
            Assumption(name="recovery_ppm", value=_share(expected, total), unit="ppm"),
            Assumption(name="days", value=weighed // expected if expected else 0, unit="days"),
            Assumption(name="discount_rate_ppm", value=rate, unit="ppm"),
        ),
    )


def wait_steps(item: ItemOutlook, policy: WorthPolicy) -> tuple[tuple[int, int], ...]:
    """Return when an item left alone is paid, as (days, ppm): by model, by habit, or by age.

    By habit the share is that of its age, and the day the usual one if that is still ahead.
    """
    if item.steps:
        return item.steps
    row = recovery_at(policy.waiting, item.age_days)
    ahead = (item.habit_days or 0) - item.age_days
    days = ahead if item.habit_days is not None and ahead > 0 else row.days
    return ((days, row.rate_ppm),)


def _agency(items: Sequence[ItemOutlook], policy: WorthPolicy) -> Option:
    worth, expected, cost = 0, 0, 0
    for item in items:
        row = recovery_at(policy.agency, item.age_days)
        money = part(item.open_minor, row.rate_ppm, PPM)
        commission = part(money, policy.commission_ppm, PPM)
        expected, cost = expected + money, cost + commission
        worth += present_minor(
            money - commission, days=row.days, rate_ppm=policy.discount_rate_ppm
        )
    total = sum(item.open_minor for item in items)
    oldest = recovery_at(policy.agency, max(item.age_days for item in items))
    return Option(
        name=AGENCY,
        worth_minor=worth,
        expected_minor=expected,
        cost_minor=cost,
        assumptions=(
            Assumption(name="recovery_ppm", value=_share(expected, total), unit="ppm"),
            Assumption(name="days", value=oldest.days, unit="days"),
            Assumption(name="commission_ppm", value=policy.commission_ppm, unit="ppm"),
        ),
    )


def _legal(total_minor: int, cost_minor: int, policy: WorthPolicy) -> Option:
    won = part(total_minor, policy.legal_ppm, PPM)
    cost = cost_minor + part(total_minor, policy.legal_cost_ppm, PPM)
    present = present_minor(won, days=policy.legal_days, rate_ppm=policy.discount_rate_ppm)
    return Option(
        name=LEGAL,
        worth_minor=present - cost,
        expected_minor=won,
        cost_minor=cost,
        assumptions=(
            Assumption(name="legal_ppm", value=policy.legal_ppm, unit="ppm"),
            Assumption(name="days", value=policy.legal_days, unit="days"),
            Assumption(name="cost_minor", value=cost, unit="minor"),
        ),
    )


def _break_even(
    needed_minor: int, pay_days: int, total_minor: int, policy: WorthPolicy
) -> int | None:
    """Return the smallest payment whose worth reaches what is needed, None above the debt."""
    if policy.paid_ppm == 0:
        return None
    above = YEAR * PPM + policy.discount_rate_ppm * max(pay_days, 0)
    # rounded up: a payment of this much is never worth less
    pay = -(-max(needed_minor, 0) * above * PPM // (YEAR * PPM * policy.paid_ppm))
    return pay if pay <= total_minor else None


def _rests_on(item: ItemOutlook) -> str:
    if item.steps:
        return PREDICTION
    return AGE if item.habit_days is None else HABIT


def _share(part_minor: int, total_minor: int) -> int:
    return part(part_minor, PPM, total_minor) if total_minor else 0
