"""Judging one payment: its readings, what holds it, and whether it may post by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dunwell.engine.matching.allowance import BUDGETED, Allowance
from dunwell.engine.matching.book import Book, Take
from dunwell.engine.matching.candidates import named_readings
from dunwell.engine.matching.foreign import Rates, foreign_readings
from dunwell.engine.matching.guesses import guessed_readings
from dunwell.engine.matching.holds import (
    SETTLED_HOLDS,
    STATUS_HOLDS,
    Hold,
    contested,
    item_hold,
    outgoing_hold,
    payment_hold,
    repeated_hold,
    settled_hold,
)
from dunwell.engine.matching.inputs import Key, Payment
from dunwell.engine.matching.loading import Asked
from dunwell.engine.matching.precision import Precision
from dunwell.engine.matching.readings import Reading

SHOWN_PPM = 250_000
"""A reading less sure than this is ranked for a person but proposes no allocation."""
STILL_OPEN = ("part", "short", "unexplained", "netting")
"""Kinds of shortfall that a later payment may still pay."""
GIVEN_UP = ("discount", "fee", "fx")
"""Kinds of shortfall that are gone; all others but those still open are in dispute."""
SAID = ("bare", "named")
AGAIN = ("part", "short", "over", "fee", "deduction")
FULL = ("full", "full_set", "credit", "discount", "discount_set")


Sameness = tuple[str, int, str]
"""Payer, amount and currency."""


@dataclass(slots=True)
class Case(Asked):
    """One payment on its way: what became of it. `takes` is what its chosen reading takes.

    `place` is its place among all payments, `batch` says which share a book with it.
    `is_checked`: what holds it whatever it pays has been asked in this turn. `cost_minor` is what
    of the allowance it takes, `is_over`: it would post, if that were not too much.
    """

    place: int = 0
    batch: int = 0
    readings: list[Reading] = field(default_factory=list)
    chosen: Reading | None = None
    hold: Hold | None = None
    is_auto: bool = False
    is_checked: bool = False
    is_over: bool = False
    cost_minor: int = 0
    takes: tuple[Take, ...] = ()
    same: Sameness = ("", 0, "")

    @property
    def is_done(self) -> bool:
        """Return whether nothing more is to be decided."""
        return self.chosen is not None or self.hold is not None

    @property
    def is_final(self) -> bool:
        """Return whether the next run would not decide it anew."""
        ends = self.hold is not None and self.hold.code in STATUS_HOLDS
        return self.is_auto or (self.hold is not None and not ends)

    @property
    def names_nothing(self) -> bool:
        """Return whether nobody is kept from an item because it names it: that is settled."""
        return self.hold is not None and self.hold.code in SETTLED_HOLDS

    def reopen(self) -> None:
        """Let it be decided anew."""
        self.readings, self.takes = [], ()
        self.chosen = self.hold = None
        self.is_auto = self.is_checked = self.is_over = False
        self.cost_minor = 0


@dataclass(frozen=True, slots=True)
class Done:
    """What is remembered of a payment that was matched, to know another that repeats it."""

    payment: Payment
    keys: frozenset[Key]
    said: tuple[tuple[str, int | None, str], ...]


@dataclass(slots=True)
class Desk:
    """Judges cases one by one; `book` is the book as the case in hand sees it."""

    precision: Precision
    rates: Rates
    as_of_day: int | None
    allowance: Allowance | None
    book: Book = field(init=False)
    done: dict[Sameness, tuple[Done, ...]] = field(default_factory=dict)

    def judge(
        self, case: Case, read: Callable[[Case], list[Reading]], *, needs_auto: bool
    ) -> None:
        """Give an open payment its best reading, if it is sure enough for this round."""
        if not case.is_checked:
            case.is_checked = True
            case.hold = payment_hold(
                case.payment, case.claims, case.payers, self.book, as_of_day=self.as_of_day
            )
            if case.hold:
                return
        case.is_over = False
        case.readings = self.ranked(read(case))
        best = case.readings[0] if case.readings else None
        if best is None or best.cell.source != "reference":
            case.hold = settled_hold(case.payment, case.claims, case.payers, self.book)
            if case.hold:
                self.free(case)
                return
        if best is None:
            case.hold = None if needs_auto else self.repeated(case)
            return
        case.hold = item_hold((part.item_id for part in best.parts), self.book)
        is_full = best.cell.fit in FULL
        case.hold = case.hold or contested(case.claims, is_full=is_full)
        case.hold = case.hold or self.again(case, best)
        if case.hold is None:
            self.decide(case, best, needs_auto=needs_auto)

    def decide(self, case: Case, best: Reading, *, needs_auto: bool) -> None:
        """Take the best reading when the round allows it."""
        is_auto = self.is_auto(best)
        if is_auto and not self.affords(case, best):
            is_auto, case.is_over = False, True
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
        case.takes, case.same = self.takes(best), self.sameness(case)
        self.book.take(case.payment.payment_id, case.takes)
        if is_auto:
            self.book.marks.spent_minor += case.cost_minor
        self.finish(case)

    def affords(self, case: Case, reading: Reading) -> bool:
        """Return whether what a reading gives up is within what is allowed without a person.

        Across currencies nothing is given up: what is short is a difference of rates.
        """
        if self.allowance is None:
            return True
        items = self.book.items
        gone = [
            (items[one.item_id], one.amount_minor)
            for one in reading.shortfalls
            if one.kind in BUDGETED and items[one.item_id].currency == case.payment.currency
        ]
        cost = self.allowance.cost(gone)
        if cost is None or (
            gone and cost > self.allowance.left_minor - self.book.marks.spent_minor
        ):
            return False
        case.cost_minor = cost
        return True

    def takes(self, reading: Reading) -> tuple[Take, ...]:
        """Return what a reading takes from its items, and which it closes."""
        amounts = {part.item_id: part.amount_minor for part in reading.parts}
        kinds: dict[Key, list[str]] = {}
        for one in reading.shortfalls:
            amounts.setdefault(one.item_id, 0)
            kinds.setdefault(one.item_id, []).append(one.kind)
        found = []
        for key, amount in amounts.items():
            gone = [kind for kind in kinds.get(key, ()) if kind not in STILL_OPEN]
            item = self.book.items[key]
            found.append(
                Take(
                    item_id=key,
                    amount_minor=amount,
                    was=(item.currency, item.open_minor),
                    owner=item.customer_id,
                    is_closed=bool(gone),
                    is_refused=any(kind not in GIVEN_UP for kind in gone),
                )
            )
        return tuple(found)

    def finish(self, case: Case) -> None:
        """Forget what a decided payment names, and remember it for those that repeat it."""
        self.free(case)
        keys = case.chosen.keys if case.chosen else frozenset()
        done = Done(case.payment, keys, _said(case))
        self.done[case.same] = (*self.done.get(case.same, ()), done)

    def free(self, case: Case) -> None:
        """Forget what a decided payment names."""
        for claim in case.claims.claims:
            for one in claim.mentions[:1]:
                self.book.marks.forget(one.item_id, case.payment.payment_id)

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

    def again(self, case: Case, best: Reading) -> Hold | None:
        """Return the hold of a part paid twice with the same words: no second instalment."""
        if best.cell.fit.removesuffix("_set") not in AGAIN:
            return None
        said = _said(case)
        equal = [
            other.payment
            for other in self.done.get(self.sameness(case), ())
            if other.keys & best.keys and said == other.said
        ]
        return repeated_hold(case.payment, equal, self.book.policy.duplicate_days)

    def repeated(self, case: Case) -> Hold | None:
        """Return the hold of a payment equal to one already matched."""
        if outgoing := outgoing_hold(case.payment):
            return outgoing
        earlier = [one.payment for one in self.done.get(self.sameness(case), ())]
        return repeated_hold(case.payment, earlier, self.book.policy.duplicate_days)

    def sameness(self, case: Case) -> Sameness:
        """Return what two payments of one payer share when one repeats the other."""
        payment = case.payment
        sure = "" if payment.customer_id is None else f"customer {payment.customer_id}"
        payer = self.book.payers.texts.get(payment.payer, "") or payment.account or sure
        return (payer, payment.amount_minor, payment.currency)


def _said(case: Case) -> tuple[tuple[str, int | None, str], ...]:
    return tuple((one.said, one.amount_minor, one.memo) for one in case.claims.claims)
