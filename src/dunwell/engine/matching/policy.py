"""What a company decides about matching: limits, tolerances, words and names, as one document."""

from dataclasses import dataclass

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchPolicy:
    """The company's settings; amounts in minor units, rates in ppm, times in days.

    `min_precision_ppm`: a tier posts by itself only when its measured precision is at least
    this. `fee_minor` is the largest bank fee written off, and never more than `fee_ppm` of what
    was due. `tolerance_minor` is a difference nobody looks at; up to `over_minor` too much is
    taken for a slip, whatever the size of the item. `discount_grace_days` are added
    to the days of the discount terms. `fx_tolerance_ppm` is how far a converted amount may lie
    from the item. `subset_steps` bounds the search for sums, per payment. `duplicate_days` is
    how far apart two equal payments of one payer are still suspected. `sanctioned_names` and
    `review_forms` (legal forms that compliance wants to see) and `escalate_words` hold a payment;
    `own_names` are the company's legal names, and money meant for a name that is like them but
    not one of them is held. `held_statuses` are item statuses on which cash is not posted,
    `held_customers` customers for whom nothing is posted.
    """

    min_precision_ppm: int = 995_000
    fee_minor: int = 2_500
    fee_ppm: int = 50_000
    tolerance_minor: int = 5
    over_minor: int = 5_000
    discount_grace_days: int = 0
    unearned_rates_ppm: tuple[int, ...] = (
        *(5_000, 10_000, 15_000, 20_000, 25_000, 30_000),
        *(35_000, 40_000, 45_000, 50_000),
    )
    fx_tolerance_ppm: int = 20_000
    subset_steps: int = 20_000
    subset_items: int = 400
    alternatives: int = 5
    duplicate_days: int = 30
    sanctioned_names: tuple[str, ...] = ()
    review_forms: tuple[str, ...] = ("fze", "fzco", "fzc")
    escalate_words: tuple[str, ...] = ()
    own_names: tuple[str, ...] = ()
    held_statuses: tuple[str, ...] = ("disputed", "on_hold", "legal_hold", "hold", "frozen")
    held_customers: tuple[int | str, ...] = ()
