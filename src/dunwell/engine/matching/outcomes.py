"""What became of one payment, as the answer tells it; small, for a run keeps one of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dunwell.engine.matching.answers import Allocation, Held, Matching, Proposal, Unapplied
from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.fits import Shortfall
from dunwell.engine.matching.holds import Hold
from dunwell.engine.matching.inputs import Key, Payment
from dunwell.engine.matching.precision import Precision
from dunwell.engine.matching.readings import Reading
from dunwell.engine.matching.words import ADVANCE, says
from dunwell.engine.money import from_minor


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer's rows for one payment; `over`: its key, when it would give up too much."""

    proposals: tuple[Proposal, ...]
    allocations: tuple[Allocation, ...] = ()
    unapplied: Unapplied | None = None
    held: Held | None = None
    over: Key | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts what was decided into the answer's words."""

    precision: Precision
    alternatives: int

    def outcome(
        self,
        payment: Payment,
        book: Book,
        *,
        claims: Claims,
        readings: Iterable[Reading],
        chosen: Reading | None,
        hold: Hold | None,
        is_auto: bool,
        is_over: bool,
    ) -> Outcome:
        """Return what became of a payment."""
        proposals = self._proposals(payment, book, readings, chosen, is_auto=is_auto)
        if hold:
            return Outcome(proposals, held=_held(payment, hold))
        if chosen is None:
            reason = _reason(payment, claims, book)
            return Outcome(proposals, unapplied=_unapplied(payment, payment.amount_minor, reason))
        rest = chosen.left_minor
        return Outcome(
            proposals,
            self._allocations(payment, book, chosen, is_auto=is_auto),
            unapplied=_unapplied(payment, rest, "overpayment") if rest else None,
            over=payment.payment_id if is_over else None,
        )

    def _allocations(
        self, payment: Payment, book: Book, reading: Reading, *, is_auto: bool
    ) -> tuple[Allocation, ...]:
        reasons = (*reading.reasons, *(_shown(one, book) for one in reading.shortfalls))
        return tuple(
            Allocation(
                payment_id=payment.payment_id,
                item_id=part.item_id,
                amount_minor=part.amount_minor,
                paid_minor=part.paid_minor,
                currency=book.items[part.item_id].currency,
                tier=_tier(reading, is_auto=is_auto),
                confidence_ppm=self.precision.count(reading.cell).mean_ppm,
                reasons=reasons,
            )
            for part in reading.parts
        )

    def _proposals(
        self,
        payment: Payment,
        book: Book,
        readings: Iterable[Reading],
        chosen: Reading | None,
        *,
        is_auto: bool,
    ) -> tuple[Proposal, ...]:
        """Return the ranked readings, the chosen one first."""
        rest = [one for one in readings if one is not chosen]
        ranked = ([chosen] if chosen else []) + rest
        return tuple(
            Proposal(
                payment_id=payment.payment_id,
                rank=rank,
                tier=_tier(one, is_auto=is_auto and one is chosen),
                evidence=one.cell,
                confidence_ppm=self.precision.count(one.cell).mean_ppm,
                allocations=tuple((p.item_id, p.amount_minor) for p in one.parts),
                customers=_owners(one, book),
                shortfalls=one.shortfalls,
                left_minor=one.left_minor,
                reasons=one.reasons,
            )
            for rank, one in enumerate(ranked[: self.alternatives], 1)
        )


def matching_of(outcomes: Iterable[Outcome], *, open_minor: Mapping[Key, int]) -> Matching:
    """Return the outcomes of payments, in their order, as one answer."""
    told = list(outcomes)
    return Matching(
        allocations=tuple(row for one in told for row in one.allocations),
        unapplied=tuple(one.unapplied for one in told if one.unapplied),
        held=tuple(one.held for one in told if one.held),
        proposals=tuple(row for one in told for row in one.proposals),
        open_minor=open_minor,
        over=frozenset(one.over for one in told if one.over is not None),
    )


def _shown(shortfall: Shortfall, book: Book) -> str:
    """Return why something is short, and how much as people write it."""
    currency = book.items[shortfall.item_id].currency
    return f"{shortfall.kind} {from_minor(shortfall.amount_minor, currency)} {currency}"


def _tier(reading: Reading, *, is_auto: bool) -> str:
    """Return the tier's name, which says whether it posts by itself."""
    return f"{'auto' if is_auto else 'propose'}:{reading.cell.tier}"


def _owners(reading: Reading, book: Book) -> tuple[Key, ...]:
    """Return the customers of the items a reading pays, each once."""
    return tuple(dict.fromkeys(book.items[part.item_id].customer_id for part in reading.parts))


def _reason(payment: Payment, claims: Claims, book: Book) -> str:
    """Return why a payment found no item."""
    if says(ADVANCE, claims.words):
        return "prepayment"
    mentions = [m for claim in claims.claims for m in claim.mentions[:1]]
    foreign = any(book.items[m.item_id].currency != payment.currency for m in mentions)
    return "other_currency" if foreign else "no_match"


def _held(payment: Payment, hold: Hold) -> Held:
    return Held(
        payment_id=payment.payment_id,
        amount_minor=payment.amount_minor,
        currency=payment.currency,
        reason=hold.code,
        why=hold.why,
        escalate_to=hold.owner,
        item_ids=hold.item_ids,
    )


def _unapplied(payment: Payment, amount_minor: int, reason: str) -> Unapplied:
    return Unapplied(
        payment_id=payment.payment_id,
        amount_minor=amount_minor,
        currency=payment.currency,
        reason=reason,
    )
