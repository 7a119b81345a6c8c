"""Payments competing for items: the surest first, then by date, never more than is there.

A turn looks at every payment that is still open, in the order of value day and key: first what
payments name and may post by itself, then what payer and amount say and may post by itself.
Turns repeat, each on the book as the next run would read it, until one posts nothing; then come
proposals for a person. So the same payments again, with nothing new, are answered the same.

Payments go by in batches, so that memory is bounded; what one sees of the book never depends on
its batch, and what batches have to know of each other stands in `Marks`.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from dunwell.engine.matching.answers import Matching
from dunwell.engine.matching.book import Book
from dunwell.engine.matching.holds import SETTLED_HOLDS
from dunwell.engine.matching.inputs import Key
from dunwell.engine.matching.loading import Loader
from dunwell.engine.matching.outcomes import Outcome, Teller, matching_of
from dunwell.engine.matching.readings import Reading
from dunwell.engine.matching.references import Grade
from dunwell.engine.matching.settling import Case, Desk

Read = Callable[[Case], list[Reading]]
KEPT_BATCHES = 8
"""Books of so many batches stay in memory while those of the payments still open are no more.

Of 100,000 payments on a million items 13,000 wait after the first turns and are judged ten times
more; to read their books anew each time took a third of the whole run, to keep them 280 MB."""


@dataclass(slots=True)
class Rounds:
    """Decides payments, `batch` of them at a time."""

    loader: Loader
    desk: Desk
    teller: Teller
    batch: int
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    _parted: int = 0
    _kept: "list[_Kept]" = field(default_factory=list)

    def settle(self, waiting: list[Case]) -> Matching:
        """Return what becomes of the payments, which come ordered by value day and key."""
        marks = self.loader.marks
        self.name_items(waiting)
        self.part(waiting)
        while True:
            waiting = self.turns(waiting)
            before, done = marks.copied(), dict(self.desk.done)
            if not self.round(waiting, self.desk.by_all, needs_auto=False):
                break
            posted = [case for case in waiting if case.is_auto]
            # all else that was chosen only proposes, and does so anew on the book as it is then
            marks.adopt(before)
            self.desk.done = done
            for case in posted:
                for one in case.takes:
                    marks.take(case.payment.payment_id, one)
                marks.spent_minor += case.cost_minor
                self.desk.finish(case)
            for case in waiting:
                if case.names_nothing:
                    self.desk.free(case)
            waiting = self.told(waiting)
        return matching_of(
            (self.outcomes[place] for place in sorted(self.outcomes)),
            open_minor={key: minor for key, (_, minor) in marks.was.items()},
        )

    def name_items(self, cases: Sequence[Case]) -> None:
        """Note which items each payment names, so that nobody guesses them away."""
        for batch in batched(cases, self.batch):
            self.loader.read_claims(batch)
            for case in batch:
                if case.payment.held in SETTLED_HOLDS:
                    continue
                for claim in case.claims.claims:
                    for one in claim.mentions[:1]:
                        if one.grade >= Grade.BARE:
                            self.loader.marks.name(one.item_id, case.payment.payment_id)

    def turns(self, waiting: list[Case]) -> list[Case]:
        """Let payments post by themselves until none does; return those the next run decides."""
        while True:
            moved = self.round(waiting, self.desk.by_name, needs_auto=True)
            moved += self.round(waiting, self.desk.by_payer, needs_auto=True)
            if not moved:
                return [case for case in waiting if not case.is_final]
            waiting = self.told(waiting)

    def told(self, cases: Sequence[Case]) -> list[Case]:
        """Return the payments the next run decides, to be decided on the book it would read."""
        self.loader.marks.tell()
        waiting = [case for case in cases if not case.is_final]
        for case in waiting:
            case.reopen()
        if len(waiting) * 2 <= self._parted:
            self.part(waiting)
        return waiting

    def part(self, cases: Sequence[Case]) -> None:
        """Part the payments, in their order, into batches that each have a book.

        One book that holds them all stays: it has no more to read but what was told since.
        """
        if self._parted > self.batch:
            self._kept = []
        self._parted = len(cases)
        for number, batch in enumerate(batched(cases, self.batch)):
            for case in batch:
                case.batch = number

    def round(self, cases: Sequence[Case], read: Read, *, needs_auto: bool) -> int:
        """Judge every payment that is open; return how many left the others another book."""
        moved = 0
        open_ones = [case for case in cases if not case.is_done]
        most = KEPT_BATCHES if len(open_ones) <= KEPT_BATCHES * self.batch else 1
        for _, these in groupby(open_ones, key=lambda case: case.batch):
            batch = list(these)
            book = self.book(batch, most=most)
            for case in batch:
                self.desk.book = book.look(whole=case.whole, said=case.said)
                self.desk.judge(case, read, needs_auto=needs_auto)
                moved += case.is_auto or case.names_nothing
                if case.is_done or not needs_auto:
                    self.outcomes[case.place] = self.teller.outcome(
                        case.payment,
                        book,
                        claims=case.claims,
                        readings=case.readings,
                        chosen=case.chosen,
                        hold=case.hold,
                        is_auto=case.is_auto,
                        is_over=case.is_over,
                    )
                if case.is_final and needs_auto:
                    case.clear()
        return moved

    def book(self, batch: Sequence[Case], *, most: int) -> Book:
        """Return the book for a batch, one of the last `most` when it holds all of it still."""
        base, places = self.loader.marks.base, {case.place for case in batch}
        if kept := next((one for one in self._kept if places <= one.places), None):
            return self.again(kept, batch)
        del self._kept[: max(len(self._kept) + 1 - most, 0)]
        self.loader.read_claims([case for case in batch if not case.is_read])
        self.loader.hear(batch)
        self.loader.read_payers([case for case in batch if not case.is_met])
        self._kept.append(_Kept(base, places, self.loader.book(batch)))
        return self._kept[-1].book

    def again(self, kept: "_Kept", batch: Sequence[Case]) -> Book:
        """Return a book that was read before, brought up to what was told and taken since."""
        if kept is not self._kept[-1]:
            self._kept.remove(kept)
            self._kept.append(kept)
            self.loader.hear(batch)
            kept.book.follow()
        if kept.base is not self.loader.marks.base:
            self.loader.tell(kept.book, batch)
            kept.base = self.loader.marks.base
        return kept.book


@dataclass(eq=False, slots=True)
class _Kept:
    """A book with the payments it was read for, as the book was told then."""

    base: Mapping[Key, int]
    places: set[int]
    book: Book


def batched(cases: Sequence[Case], size: int) -> Iterator[Sequence[Case]]:
    """Yield the payments in their order, at most `size` at a time."""
    for start in range(0, len(cases), size):
        yield cases[start : start + size]
