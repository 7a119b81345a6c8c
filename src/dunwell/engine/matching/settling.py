"""Payments competing for items: the surest first, then by date, never more than is there.

A round looks at every payment that is still open, in the order of value day and key: first what
payments name and may post by itself, then what payer and amount say and may post by itself, then
proposals for a person. Payments that share no item never touch each other's answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dunwell.engine.matching.answers import Allocation, Held, Matching, Proposal, Unapplied
from dunwell.engine.matching.book import Book
from dunwell.engine.matching.candidates import named_readings
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.foreign import Rates, foreign_readings
from dunwell.engine.matching.guesses import guessed_readings
from dunwell.engine.matching.holds import (
    Hold,
    contested,
    item_hold,
    outgoing_hold,
    payment_hold,
    repeated_hold,
    settled_hold,
)
from dunwell.engine.matching.inputs import Key, Payment
from dunwell.engine.matching.payers import PayerMatch
from dunwell.engine.matching.precision import Precision
from dunwell.engine.matching.readings import Reading
from dunwell.engine.matching.references import Grade
from dunwell.engine.matching.words import ADVANCE, says

SHOWN_PPM = 250_000
"""A reading less sure than this is ranked for a person but proposes no allocation."""
STILL_OPEN = ("part", "short", "unexplained", "netting")
"""Kinds of shortfall that a later payment may still pay."""
SAID = ("bare", "named")
AGAIN = ("part", "short", "over", "fee", "deduction")
FULL = ("full", "full_set", "credit", "discount", "discount_set")


@dataclass(slots=True)
class Case:
    """One payment on its way: what it says, who may have sent it, and what became of it."""

    payment: Payment
    claims: Claims
    payers: Mapping[Key, PayerMatch]
    readings: list[Reading] = field(default_factory=list)
    chosen: Reading | None = None
    hold: Hold | None = None
    is_auto: bool = False

    @property
    def is_done(self) -> bool:
        """Return whether nothing more is to be decided."""
        return self.chosen is not None or self.hold is not None


def settle(
    cases: Sequence[Case],
    book: Book,
    *,
    precision: Precision,
    rates: Rates,
    as_of_day: int | None,
) -> Matching:
    """Return the matching of the cases, which come ordered by value day and key."""
    desk = _Desk(cases, book, precision, rates)
    for case in cases:
        case.hold = payment_hold(case.payment, case.claims, case.payers, book, as_of_day=as_of_day)
    desk.name_items()
    desk.round(desk.by_name, needs_auto=True)
    desk.round(desk.by_payer, needs_auto=True)
    desk.round(desk.by_all, needs_auto=False)
    return desk.answer()


@dataclass(slots=True)
class _Desk:
    cases: Sequence[Case]
    book: Book
    precision: Precision
    rates: Rates
    done: dict[tuple[str, int, str], list[Case]] = field(default_factory=dict)

    def name_items(self) -> None:
        """Note which items each payment names, so that nobody guesses them away."""
        for case in self.cases:
            for claim in case.claims.claims:
                for one in claim.mentions[:1]:
                    if one.grade >= Grade.BARE:
                        self.book.named.setdefault(one.item_id, set()).add(case.payment.payment_id)

    def round(self, read: Callable[[Case], list[Reading]], *, needs_auto: bool) -> None:
        """Give every open payment its best reading, if it is sure enough for this round."""
        for case in self.cases:
            if case.is_done:
                continue
            case.readings = self.ranked(read(case))
            best = case.readings[0] if case.readings else None
            if best is None or best.cell.source != "reference":
                case.hold = self.settled(case)
                if case.hold:
                    self.free(case)
                    continue
            if best is None:
                case.hold = None if needs_auto else self.repeated(case)
                continue
            case.hold = item_hold((part.item_id for part in best.parts), self.book)
            is_full = best.cell.fit in FULL
            case.hold = case.hold or contested(case.claims, is_full=is_full)
            case.hold = case.hold or self.again(case, best)
            if case.hold:
                continue
            self.decide(case, best, needs_auto=needs_auto)

    def decide(self, case: Case, best: Reading, *, needs_auto: bool) -> None:
        """Take the best reading when the round allows it."""
        is_auto = self.is_auto(best)
        if needs_auto and not is_auto:
            return
        if not needs_auto and self.sureness(best) < SHOWN_PPM:
            case.hold = self.repeated(case)
            return
        if not needs_auto and best.cell.source != "reference" and case.payment.amount_minor > 0:
            case.hold = self.repeated(case)
            if case.hold:
                return
        case.chosen, case.is_auto = best, is_auto
        for part in best.parts:
            self.book.take(case.payment.payment_id, part.item_id, part.amount_minor)
        for one in best.shortfalls:
            if one.kind not in STILL_OPEN:
                self.book.close(one.item_id)
        self.free(case)
        self.done.setdefault(self.sameness(case), []).append(case)

    def free(self, case: Case) -> None:
        """Forget what a decided payment names."""
        for claim in case.claims.claims:
            for one in claim.mentions[:1]:
                self.book.named.get(one.item_id, set()).discard(case.payment.payment_id)

    def by_name(self, case: Case) -> list[Reading]:
        """Return what the payment names."""
        found = named_readings(case.payment, case.claims, case.payers, self.book)
        if not found and case.claims.claims:
            found = foreign_readings(case.payment, case.claims, case.payers, self.book, self.rates)
        return [self.disturbed(case, one) for one in found]

    def by_payer(self, case: Case) -> list[Reading]:
        """Return what payer and amount say, unless the payment names something open."""
        named = self.by_name(case)
        return named or guessed_readings(case.payment, case.claims, case.payers, self.book)

    def by_all(self, case: Case) -> list[Reading]:
        """Return everything that can be said."""
        named = self.by_name(case)
        if any(one.cell.reference in SAID and one.cell.fit in FULL for one in named):
            return named
        said = {key for one in named if one.cell.reference in SAID for key in one.keys}
        guessed = guessed_readings(case.payment, case.claims, case.payers, self.book)
        return [
            *named,
            *(one if said <= one.keys else one.with_doubt("contradicts") for one in guessed),
        ]

    def disturbed(self, case: Case, reading: Reading) -> Reading:
        """Return a reading that corrects what was said with a doubt when others say that item."""
        if reading.cell.reference in {"near", "none"} and any(
            self.book.is_named_by_others(key, case.payment.payment_id) for key in reading.keys
        ):
            return reading.with_doubt("named_by_others")
        return reading

    def ranked(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return the readings, the surest first; the same allocation rests on what is said."""
        unique: dict[object, Reading] = {}
        for one in readings:
            unique.setdefault(frozenset(one.parts), one)
        return sorted(unique.values(), key=lambda one: -self.sureness(one))

    def sureness(self, reading: Reading) -> int:
        """Return the measured share right of readings like this, in ppm."""
        return self.precision.count(reading.cell).mean_ppm

    def is_auto(self, reading: Reading) -> bool:
        """Return whether a reading may post by itself."""
        limit = self.book.policy.min_precision_ppm
        return self.precision.is_auto(reading.cell, min_precision_ppm=limit)

    def settled(self, case: Case) -> Hold | None:
        """Return the hold of a payment that names only settled items."""
        return settled_hold(case.payment, case.claims, case.payers, self.book)

    def again(self, case: Case, best: Reading) -> Hold | None:
        """Return the hold of a part paid twice with the same words: no second instalment."""
        if best.cell.fit.removesuffix("_set") not in AGAIN:
            return None
        said = [(one.said, one.amount_minor, one.memo) for one in case.claims.claims]
        equal = [
            other.payment
            for other in self.done.get(self.sameness(case), ())
            if other.chosen
            and other.chosen.keys & best.keys
            and said == [(one.said, one.amount_minor, one.memo) for one in other.claims.claims]
        ]
        return repeated_hold(case.payment, equal, self.book.policy.duplicate_days)

    def repeated(self, case: Case) -> Hold | None:
        """Return the hold of a payment equal to one already matched."""
        if outgoing := outgoing_hold(case.payment):
            return outgoing
        earlier = [one.payment for one in self.done.get(self.sameness(case), ())]
        return repeated_hold(case.payment, earlier, self.book.policy.duplicate_days)

    def sameness(self, case: Case) -> tuple[str, int, str]:
        """Return what two payments of one payer share when one repeats the other."""
        payment = case.payment
        payer = self.book.payers.texts.get(payment.payer, "") or payment.account
        return (payer, payment.amount_minor, payment.currency)

    def answer(self) -> Matching:
        """Return what was decided, in the order of the cases."""
        allocations: list[Allocation] = []
        unapplied: list[Unapplied] = []
        held: list[Held] = []
        proposals: list[Proposal] = []
        for case in self.cases:
            payment = case.payment
            proposals += self.proposals(case)
            if case.hold:
                held.append(_held(payment, case.hold))
            elif case.chosen:
                allocations += self.allocations(case, case.chosen)
                if case.chosen.left_minor:
                    unapplied.append(_unapplied(payment, case.chosen.left_minor, "overpayment"))
            else:
                unapplied.append(_unapplied(payment, payment.amount_minor, self.reason(case)))
        return Matching(
            allocations=tuple(allocations),
            unapplied=tuple(unapplied),
            held=tuple(held),
            proposals=tuple(proposals),
        )

    def reason(self, case: Case) -> str:
        """Return why a payment found no item."""
        if says(ADVANCE, case.claims.words):
            return "prepayment"
        mentions = [m for claim in case.claims.claims for m in claim.mentions[:1]]
        foreign = any(
            self.book.items[m.item_id].currency != case.payment.currency for m in mentions
        )
        return "other_currency" if foreign else "no_match"

    def allocations(self, case: Case, reading: Reading) -> list[Allocation]:
        """Return the allocations of a chosen reading."""
        reasons = (*reading.reasons, *(f"{s.kind} {s.amount_minor}" for s in reading.shortfalls))
        return [
            Allocation(
                payment_id=case.payment.payment_id,
                item_id=part.item_id,
                amount_minor=part.amount_minor,
                paid_minor=part.paid_minor,
                currency=self.book.items[part.item_id].currency,
                tier=self.tier(reading, is_auto=case.is_auto),
                confidence_ppm=self.sureness(reading),
                reasons=reasons,
            )
            for part in reading.parts
        ]

    def tier(self, reading: Reading, *, is_auto: bool) -> str:
        """Return the tier's name, which says whether it posts by itself."""
        return f"{'auto' if is_auto else 'propose'}:{reading.cell.tier}"

    def proposals(self, case: Case) -> list[Proposal]:
        """Return the ranked readings of a payment, the chosen one first."""
        rest = [one for one in case.readings if one is not case.chosen]
        ranked = ([case.chosen] if case.chosen else []) + rest
        return [
            Proposal(
                payment_id=case.payment.payment_id,
                rank=rank,
                tier=self.tier(one, is_auto=case.is_auto and one is case.chosen),
                evidence=one.cell,
                confidence_ppm=self.sureness(one),
                allocations=tuple((p.item_id, p.amount_minor) for p in one.parts),
                shortfalls=one.shortfalls,
                left_minor=one.left_minor,
                reasons=one.reasons,
            )
            for rank, one in enumerate(ranked[: self.book.policy.alternatives], 1)
        ]


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
