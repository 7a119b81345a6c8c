"""What matching answers: allocations, what stays unapplied, what is held, and ranked proposals."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine.matching.fits import Shortfall
from dunwell.engine.matching.inputs import Key
from dunwell.engine.matching.readings import Cell


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """Money of a payment put on an item.

    `amount_minor` and `currency` are the item's; `paid_minor` is what of the payment that uses
    (another number only when the currencies differ). `tier` starts with `auto:` when it may post
    by itself, else with `propose:`.
    """

    payment_id: Key
    item_id: Key
    amount_minor: int
    paid_minor: int
    currency: str
    tier: str
    confidence_ppm: int
    reasons: tuple[str, ...]

    @property
    def is_auto(self) -> bool:
        """Return whether it may post without a person."""
        return self.tier.startswith("auto:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unapplied:
    """Money that no item takes: `reason` is overpayment, prepayment, other_currency, no_match."""

    payment_id: Key
    amount_minor: int
    currency: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """A payment a person must see first: reason code, sentence, who looks at it, which items."""

    payment_id: Key
    amount_minor: int
    currency: str
    reason: str
    why: str
    escalate_to: str
    item_ids: tuple[Key, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """One way to read a payment, for a person to choose: rank 1 is the best.

    `allocations` are (item, amount in the item's minor units), `customers` the owners of these
    items; `shortfalls` say what stays open on an item or is given away, and why (the deduction
    to open, the discount to book). `evidence` is what the confidence was measured for; outcomes
    are counted under it.
    """

    payment_id: Key
    rank: int
    tier: str
    evidence: Cell
    confidence_ppm: int
    allocations: tuple[tuple[Key, int], ...]
    customers: tuple[Key, ...]
    shortfalls: tuple[Shortfall, ...]
    left_minor: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Matching:
    """The answer for all payments; every tuple is ordered by value day, payment and place.

    `open_minor` says what was open, when it was read, of the items that payments are put on.
    `over` are payments that would have posted by themselves, if what they give up were allowed.
    """

    allocations: tuple[Allocation, ...]
    unapplied: tuple[Unapplied, ...]
    held: tuple[Held, ...]
    proposals: tuple[Proposal, ...]
    open_minor: Mapping[Key, int] = field(default_factory=dict)
    over: frozenset[Key] = frozenset()


def match_answer(matching: Matching) -> dict[str, list[dict[str, object]]]:
    """Return the matching as plain data for JSON; confidence as a share between 0 and 1."""
    return {
        "allocations": [
            {
                "payment_id": one.payment_id,
                "item_id": one.item_id,
                "amount_minor": one.amount_minor,
                "currency": one.currency,
                "tier": one.tier,
                "confidence": one.confidence_ppm / 1_000_000,
                "reasons": list(one.reasons),
            }
            for one in matching.allocations
        ],
        "unapplied": [
            {
                "payment_id": one.payment_id,
                "amount_minor": one.amount_minor,
                "currency": one.currency,
                "reason": one.reason,
            }
            for one in matching.unapplied
        ],
        "held": [
            {
                "payment_id": one.payment_id,
                "amount_minor": one.amount_minor,
                "currency": one.currency,
                "reason": one.reason,
                "why": one.why,
                "escalate_to": one.escalate_to,
                "item_ids": list(one.item_ids),
            }
            for one in matching.held
        ],
    }
