"""Where a checkout stands, from the set of facts told of it: order and repetition say nothing.

Each fact counts once by its id and is placed by when it happened, so any shuffled and doubled
stream of the same facts ends in the same state. Money that came stays told: no `failed` or
`expired` undoes a `paid`, whatever their order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dunwell.engine import checkout_facts as facts
from dunwell.engine.checkout_facts import ProviderFact

UNKNOWN = "unknown"
"""The provider has told nothing yet that says where the checkout stands."""

STANDINGS = {
    facts.OPENED: 0,
    facts.PROCESSING: 1,
    facts.CANCELLED: 2,
    facts.EXPIRED: 3,
    facts.FAILED: 4,
}
"""What is told of a checkout that is not paid, with the rank among facts of the same moment."""

CONTESTED = {facts.CHARGED_BACK: 0, facts.CHARGEBACK_WON: 1, facts.CHARGEBACK_LOST: 2}


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundState:
    """One refund at the provider, in minor units; `is_failed` means the money stayed with us."""

    provider_id: str
    amount_minor: int
    is_failed: bool
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargebackState:
    """One chargeback: `outcome` is open, won or lost; the fee is the provider's for it."""

    provider_id: str
    amount_minor: int
    fee_minor: int
    reason: str
    outcome: str
    due_on: date | None
    opened: ProviderFact
    closed: ProviderFact | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutState:
    """Where a checkout stands at the provider, amounts in minor units of `currency`.

    `standing` is unknown, opened, processing, paid, failed, expired or cancelled; `paid` is the
    fact that tells the money, the earliest one. `held_minor` is what is left with us.
    """

    standing: str
    currency: str
    paid_minor: int
    reason: str
    paid: ProviderFact | None
    refunds: tuple[RefundState, ...]
    chargebacks: tuple[ChargebackState, ...]

    @property
    def refunded_minor(self) -> int:
        """Return what was given back."""
        return sum(one.amount_minor for one in self.refunds if not one.is_failed)

    @property
    def charged_back_minor(self) -> int:
        """Return what the payer's bank took and has not given back."""
        return sum(one.amount_minor for one in self.chargebacks if one.outcome != "won")

    @property
    def held_minor(self) -> int:
        """Return what of the payment is left."""
        return self.paid_minor - self.refunded_minor - self.charged_back_minor


def checkout_state(told: Iterable[ProviderFact]) -> CheckoutState:
    """Return where a checkout stands by a set of facts told of it, in whatever order."""
    known: dict[str, ProviderFact] = {}
    for fact in told:
        before = known.get(fact.event_id)
        # one id with two contents is the provider's error; one of both wins, whoever came first
        if before is None or _content(fact) < _content(before):
            known[fact.event_id] = fact
    rows = sorted(known.values(), key=_place)
    paid = next((fact for fact in rows if fact.kind == facts.PAID), None)
    standing, reason = _standing(rows, paid)
    currency = next((fact.currency for fact in rows if fact.currency), "")
    return CheckoutState(
        standing=standing,
        currency=paid.currency if paid else currency,
        paid_minor=paid.amount_minor if paid else 0,
        reason=reason,
        paid=paid,
        refunds=_refunds(rows),
        chargebacks=_chargebacks(rows),
    )


def _place(fact: ProviderFact) -> tuple[object, ...]:
    rank = STANDINGS.get(fact.kind, CONTESTED.get(fact.kind, 0))
    return (fact.happened_at, rank, fact.kind, fact.event_id)


def _content(fact: ProviderFact) -> tuple[object, ...]:
    return (fact.happened_at, fact.kind, fact.about, fact.currency, fact.amount_minor, fact.reason)


def _standing(rows: list[ProviderFact], paid: ProviderFact | None) -> tuple[str, str]:
    if paid is not None:
        return facts.PAID, ""
    last = next((fact for fact in reversed(rows) if fact.kind in STANDINGS), None)
    return (UNKNOWN, "") if last is None else (last.kind, last.reason)


def _refunds(rows: list[ProviderFact]) -> tuple[RefundState, ...]:
    """Return each refund once; one that failed at any time failed, for its money came back."""
    told: dict[str, list[ProviderFact]] = {}
    for fact in rows:
        if fact.kind in {facts.REFUNDED, facts.REFUND_FAILED}:
            told.setdefault(fact.about, []).append(fact)
    found = []
    for key, mine in sorted(told.items()):
        failed = next((fact for fact in mine if fact.kind == facts.REFUND_FAILED), None)
        done = next((fact for fact in mine if fact.kind == facts.REFUNDED), failed)
        if done is None:
            continue
        found.append(
            RefundState(
                provider_id=key,
                amount_minor=done.amount_minor,
                is_failed=failed is not None,
                reason=failed.reason if failed else "",
            )
        )
    return tuple(found)


def _chargebacks(rows: list[ProviderFact]) -> tuple[ChargebackState, ...]:
    told: dict[str, list[ProviderFact]] = {}
    for fact in rows:
        if fact.kind in CONTESTED:
            told.setdefault(fact.about, []).append(fact)
    found = []
    for key, mine in sorted(told.items()):
        opened = next((fact for fact in mine if fact.kind == facts.CHARGED_BACK), mine[0])
        closed = next((fact for fact in reversed(mine) if fact.kind != facts.CHARGED_BACK), None)
        outcome = "open"
        if closed is not None:
            outcome = "won" if closed.kind == facts.CHARGEBACK_WON else "lost"
        found.append(
            ChargebackState(
                provider_id=key,
                amount_minor=opened.amount_minor,
                fee_minor=max(fact.fee_minor for fact in mine),
                reason=opened.reason,
                outcome=outcome,
                due_on=opened.due_on,
                opened=opened,
                closed=closed,
            )
        )
    return tuple(found)
