"""How an amount fits the items it is said to pay: in full, with discount, short, over ..."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass

from dunwell.engine.matching.discounts import Taken, taken_discount
from dunwell.engine.matching.inputs import Item, Key
from dunwell.engine.matching.policy import PPM, MatchPolicy
from dunwell.engine.matching.prose import said_amounts, said_instalment, said_shares_ppm
from dunwell.engine.matching.words import (
    DISCOUNT,
    FEE,
    FX,
    NETTING,
    PART,
    deduction_kind,
    says,
)
from dunwell.engine.money import from_minor

FITS = (
    *("full", "credit", "discount", "fee", "fx", "netting", "told_deduction", "deduction"),
    *("late_discount", "part", "refund", "over", "short", "far_over"),
)
"""Every way an amount may fit, the plainest first."""
WEIGHT = {
    "full": 30,
    "credit": 30,
    "discount": 28,
    "late_discount": 24,
    "fee": 22,
    "fx": 22,
    "netting": 18,
    "told_deduction": 29,
    "deduction": 20,
    "part": 18,
    "refund": 26,
    "short": 10,
    "over": 10,
    "far_over": 2,
}
"""What a fit says for a reading, beside what the reference and the payer say."""
FAR_PPM = 150_000
"""More than this beyond what is open is no slip: something else is paid too."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A part of an item the payment leaves open or gives away: why, and how much (> 0)."""

    item_id: Key
    kind: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Fit:
    """One way an amount settles items: what goes on each, what is short and why, what is left."""

    kind: str
    amounts: tuple[int, ...]
    shortfalls: tuple[Shortfall, ...]
    left_minor: int
    _: KW_ONLY
    why: str

    @property
    def weight(self) -> int:
        """Return what this fit says for the reading."""
        return WEIGHT[self.kind]


@dataclass(frozen=True, slots=True)
class Cause:
    """What may explain a short amount; `reason` names the shortfall where it is not the kind."""

    kind: str
    reason: str = ""
    _: KW_ONLY
    why: str


NETTED = Cause("netting", why="netted with what we owe the payer")
CHARGED = Cause("fee", why="short by no more than a bank fee")
CONVERTED = Cause("fx", why="short by a difference of exchange rates")
ANNOUNCED = Cause("part", why="a part the payer announces")
UNEXPLAINED = Cause("short", "unexplained", why="less than is open, no reason said")


def fit_items(
    items: Sequence[Item],
    open_minor: Sequence[int],
    amount_minor: int,
    *,
    words: str,
    value_day: int,
    policy: MatchPolicy,
    netted: Mapping[Key, int],
) -> Fit:
    """Return how the amount settles these items together (at least one of them is a debit).

    `open_minor` is what is left of each item; nothing ever goes on an item beyond it. `words`
    is the folded text; `netted` says what we owe a customer.
    """
    total = sum(open_minor)
    short = total - amount_minor
    whole = tuple(open_minor)
    if short == 0:
        has_credit = any(one < 0 for one in open_minor)
        kind = "credit" if has_credit else "full"
        return Fit(kind, whole, (), 0, why="the amount is exactly what is open")
    if short < 0:
        is_near = -short * PPM <= FAR_PPM * total or -short <= policy.over_minor
        kind = "over" if is_near else "far_over"
        currency = items[0].currency
        why = f"{from_minor(-short, currency)} {currency} more than is open"
        return Fit(kind, whole, (), -short, why=why)
    return _short_fit(
        items,
        open_minor,
        short,
        words=words,
        value_day=value_day,
        policy=policy,
        is_netted=any(netted.get(one.customer_id) == short for one in items),
    )


def _short_fit(
    items: Sequence[Item],
    whole: Sequence[int],
    short: int,
    *,
    words: str,
    value_day: int,
    policy: MatchPolicy,
    is_netted: bool,
) -> Fit:
    """Return why the amount is short: the first of the reasons that explains it."""
    total = sum(whole)
    says_discount = says(DISCOUNT, words)
    taken = taken_discount(
        items,
        [max(one, 0) for one in whole],
        short,
        value_day=value_day,
        policy=policy,
        said_ppm=said_shares_ppm(words),
        is_said=says_discount,
    )
    discounted = _discounted(items, whole, taken) if taken else None
    if discounted and taken and (taken.is_earned or says_discount):
        return discounted
    amount = total - short
    cause = (
        NETTED
        if is_netted or says(NETTING, words)
        else _small(short, total, words, policy, has_discount=taken is not None)
        or _said(items, tuple(whole), amount, words, says_discount=says_discount)
    )
    if cause:
        return _cut(items, tuple(whole), short, cause)
    return discounted or _cut(items, tuple(whole), short, UNEXPLAINED)


def _small(
    short: int, total: int, words: str, policy: MatchPolicy, *, has_discount: bool
) -> Cause | None:
    """Return what a small difference may be: a bank's fee, or one of rates."""
    is_fee = short <= policy.fee_minor and short * PPM <= policy.fee_ppm * max(total, 1)
    if short <= policy.tolerance_minor or (is_fee and (not has_discount or says(FEE, words))):
        return CHARGED
    if short * PPM <= policy.fx_tolerance_ppm * total and says(FX, words):
        return CONVERTED
    return None


def _said(
    items: Sequence[Item], whole: tuple[int, ...], amount: int, words: str, *, says_discount: bool
) -> Cause | None:
    """Return the deduction or the part that the text speaks of."""
    short = sum(whole) - amount
    what = "discount" if says_discount else deduction_kind(words)
    if what and any(
        abs(one.amount_minor) == short for one in said_amounts(words.upper(), items[0].currency)
    ):
        return Cause("told_deduction", what, why=f"exactly what is deducted for {what}")
    if _is_part(items, whole, amount, words):
        return ANNOUNCED
    return Cause("deduction", what, why=f"deducted for {what}") if what else None


def _is_part(items: Sequence[Item], whole: tuple[int, ...], amount: int, words: str) -> bool:
    """Return whether the text announces a part, or the amount is the part it announces."""
    if says(PART, words):
        return True
    if len(items) == 1 and (step := said_instalment(words)):
        return abs(items[0].amount_minor - amount * step[1]) <= step[1] and amount < whole[0]
    return False


def _discounted(items: Sequence[Item], whole: Sequence[int], taken: Taken) -> Fit:
    amounts = tuple(o - c for o, c in zip(whole, taken.by_item, strict=True))
    kind = "discount" if taken.is_earned else "unearned_discount"
    gone = tuple(
        Shortfall(one.item_id, kind, cut)
        for one, cut in zip(items, taken.by_item, strict=True)
        if cut
    )
    percent = f"{taken.rate_ppm / 10_000:g}"
    if taken.is_earned:
        why = f"{percent} percent discount, within its days"
        return Fit("discount", amounts, gone, 0, why=why)
    why = f"{percent} percent discount that no terms grant on the day"
    return Fit("late_discount", amounts, gone, 0, why=why)


def _cut(items: Sequence[Item], whole: Sequence[int], short: int, cause: Cause) -> Fit:
    """Return the fit that leaves what is short on the last debit items, never beyond one."""
    amounts, gone = list(whole), []
    for n in range(len(amounts) - 1, -1, -1):
        cut = min(short, max(amounts[n], 0))
        if cut:
            amounts[n] -= cut
            short -= cut
            gone.append(Shortfall(items[n].item_id, cause.reason or cause.kind, cut))
    return Fit(cause.kind, tuple(amounts), tuple(gone), 0, why=cause.why)
