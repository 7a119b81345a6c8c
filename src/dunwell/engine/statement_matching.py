"""Our open account beside the customer's own list of it: what agrees, what differs, and why.

Every entry of either side stands in exactly one line of the answer, so that our balance less
the differences is theirs, whatever was matched with what.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.number_forms import letters_and_digits

AGREES, NOT_DUE, AMOUNT_DIFFERS = "agrees", "not_due", "amount_differs"
ONLY_OURS, ONLY_THEIRS, PAID_NOT_ARRIVED = "only_ours", "only_theirs", "paid_not_arrived"
OUTCOMES = (AGREES, NOT_DUE, AMOUNT_DIFFERS, ONLY_OURS, ONLY_THEIRS, PAID_NOT_ARRIVED)
DIFFERENT = frozenset({AMOUNT_DIFFERS, ONLY_OURS, ONLY_THEIRS, PAID_NOT_ARRIVED})

PART_PAID, SETTLED, AFTER_CUTOFF, BY_AMOUNT = "part_paid", "settled", "after_cutoff", "by_amount"
"""Notes of a line: we booked part of it as paid; all of it; it is newer than their list; it was
found by its amount and day, for its number is not ours."""

SHORTEST_CORE = 3
"""A number with fewer digits than this is not told apart by its digits alone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OurEntry:
    """An item (`amount` > 0, a credit note < 0) or money received (< 0), in minor units.

    `key` tells it apart from all others. `open_minor` is what counts in our balance, 0 for what
    is settled; `reference` is the customer's own number. `linked` are keys it was settled with.
    """

    key: str
    number: str
    amount_minor: int
    open_minor: int
    issued_on: date
    due_on: date
    reference: str = ""
    linked: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class TheirEntry:
    """A row of the customer's list: what it owes us is > 0, payments and credits are < 0.

    `place` is the row of the file. `is_paid`: the list says that it is paid.
    """

    place: int
    number: str
    amount_minor: int
    dated_on: date | None = None
    due_on: date | None = None
    is_payment: bool = False
    is_paid: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparedLine:
    """One document on both sides; `difference_minor` is ours less theirs."""

    outcome: str
    key: str
    number: str
    dated_on: date | None
    due_on: date | None
    our_minor: int | None
    their_minor: int | None
    difference_minor: int
    places: tuple[int, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """All lines with the sums that tie: `our_minor` - `difference_minor` = `their_minor`.

    `is_turned`: the list writes what it owes with a minus, and was read the other way round.
    """

    lines: tuple[ComparedLine, ...]
    our_minor: int
    their_minor: int
    difference_minor: int
    counts: Mapping[str, int]
    is_turned: bool = False


@dataclass(slots=True)
class _Theirs:
    """The rows of their list that name one document, added up."""

    number: str
    plain: str
    amount_minor: int = 0
    owed_minor: int = 0
    paid_minor: int = 0
    dated_on: date | None = None
    due_on: date | None = None
    is_paid: bool = False
    is_payment: bool = True
    places: list[int] = field(default_factory=list)

    def add(self, row: TheirEntry) -> None:
        """Take in one more row; the first day that is told stays."""
        self.amount_minor += row.amount_minor
        self.owed_minor += 0 if row.is_paid else row.amount_minor
        self.paid_minor += row.amount_minor if row.is_payment else 0
        self.is_paid = self.is_paid or row.is_paid
        self.is_payment = self.is_payment and row.is_payment
        self.dated_on = self.dated_on or row.dated_on
        self.due_on = self.due_on or row.due_on
        self.places.append(row.place)


def compare_statements(
    ours: Sequence[OurEntry],
    theirs: Sequence[TheirEntry],
    *,
    as_of: date,
    cutoff_on: date | None = None,
) -> Comparison:
    """Return both accounts document by document, ours first, then what only they have.

    Documents are found by number; by their own number or the digits of ours with the same
    amount; by amount and day where only one fits on each side; last by the digits alone. What
    was settled counts with its full amount where their list shows it together with its
    payments. `cutoff_on` is the day of their list.
    """
    is_turned = _is_turned(ours, theirs)
    sign = -1 if is_turned else 1
    docs = _documents(theirs, sign)
    pairs = _paired(ours, docs)
    full = _shown_in_full(ours, pairs)
    lines = [
        _line(entry, pairs.get(entry.key), entry.key in full, as_of=as_of, cutoff_on=cutoff_on)
        for entry in sorted(ours, key=lambda one: (one.due_on, one.number, one.key))
        if entry.open_minor or entry.key in pairs
    ]
    found = {id(doc) for doc in pairs.values()}
    lines += [_only_theirs(doc) for doc in docs if id(doc) not in found]
    return Comparison(
        lines=tuple(lines),
        our_minor=sum(line.our_minor or 0 for line in lines),
        their_minor=sum(line.their_minor or 0 for line in lines),
        difference_minor=sum(line.difference_minor for line in lines),
        counts=dict(Counter(line.outcome for line in lines)),
        is_turned=is_turned,
    )


def _is_turned(ours: Sequence[OurEntry], theirs: Sequence[TheirEntry]) -> bool:
    """Return whether most documents that both sides name have the opposite sign over there."""
    known = {letters_and_digits(one.number): one.amount_minor > 0 for one in ours}
    same = opposite = 0
    for row in theirs:
        told = known.get(letters_and_digits(row.number))
        if told is None or not row.amount_minor or row.is_payment:
            continue
        if told == (row.amount_minor > 0):
            same += 1
        else:
            opposite += 1
    return opposite > same


def _documents(theirs: Sequence[TheirEntry], sign: int) -> list[_Theirs]:
    """Return their rows by document; rows without a number stand for themselves."""
    found: dict[str, _Theirs] = {}
    for row in sorted(theirs, key=lambda one: one.place):
        plain = letters_and_digits(row.number)
        doc = found.setdefault(plain or f"\0{row.place}", _Theirs(number=row.number, plain=plain))
        doc.add(
            TheirEntry(
                place=row.place,
                number=row.number,
                amount_minor=sign * row.amount_minor,
                dated_on=row.dated_on,
                due_on=row.due_on,
                is_payment=row.is_payment,
                is_paid=row.is_paid,
            )
        )
    return list(found.values())


def _paired(ours: Sequence[OurEntry], docs: Sequence[_Theirs]) -> dict[str, _Theirs]:
    """Return their document by the key of ours, each on one side at most once."""
    pairs: dict[str, _Theirs] = {}
    taken: set[int] = set()

    def pair(
        keyed: Mapping[object, list[OurEntry]], asked: Iterable[tuple[object, _Theirs]]
    ) -> None:
        wanted: dict[object, list[_Theirs]] = defaultdict(list)
        for key, doc in asked:
            if id(doc) not in taken:
                wanted[key].append(doc)
        for key, same in wanted.items():
            free = [one for one in keyed.get(key, ()) if one.key not in pairs]
            # an open entry is meant before a settled one; two that fit alike are left alone
            free = [one for one in free if one.open_minor] or free
            if len(free) == 1 and len(same) == 1:
                pairs[free[0].key] = same[0]
                taken.add(id(same[0]))

    pair(
        _by(ours, lambda one: [letters_and_digits(one.number)]),
        ((doc.plain, doc) for doc in docs if doc.plain),
    )
    pair(
        _by(ours, lambda one: _worth(one, (letters_and_digits(one.reference), _core(one.number)))),
        (
            (key, doc)
            for doc in docs
            for key in ((doc.plain, doc.amount_minor), (_core(doc.number), doc.amount_minor))
            if key[0]
        ),
    )
    pair(
        _by(ours, lambda one: _worth(one, {one.issued_on, one.due_on})),
        (
            ((day, doc.amount_minor), doc)
            for doc in docs
            for day in {doc.dated_on, doc.due_on} - {None}
        ),
    )
    pair(
        _by(ours, lambda one: [_core(one.number)] if _core(one.number) else []),
        ((_core(doc.number), doc) for doc in docs if _core(doc.number)),
    )
    return pairs


def _by(
    ours: Sequence[OurEntry], keys: Callable[[OurEntry], Iterable[object]]
) -> dict[object, list[OurEntry]]:
    found: dict[object, list[OurEntry]] = defaultdict(list)
    for one in ours:
        for key in set(keys(one)):
            found[key].append(one)
    return found


def _worth(one: OurEntry, names: Iterable[object]) -> list[object]:
    """Return each name beside what the entry is worth: what is open of it, and all of it."""
    worth = {one.open_minor, one.amount_minor} - {0}
    return [(name, minor) for name in names if name for minor in worth]


def _core(number: str) -> str:
    """Return the digits of a number without leading zeros; empty where they are too few."""
    digits = "".join(re.findall(r"[0-9]+", number)).lstrip("0")
    return digits if len(digits) >= SHORTEST_CORE else ""


def _shown_in_full(ours: Sequence[OurEntry], pairs: Mapping[str, _Theirs]) -> set[str]:
    """Return the entries their list shows in full together with what settled them.

    Items and payments that were put on each other are looked at together: where the full
    amounts of those listed make what we have open of them, both sides say the same.
    """
    listed = {
        one.key: one
        for one in ours
        if one.key in pairs
        and one.open_minor != one.amount_minor
        and pairs[one.key].owed_minor == one.amount_minor
    }
    near: dict[str, set[str]] = defaultdict(set)
    for one in listed.values():
        for other in one.linked & listed.keys():
            near[one.key].add(other)
            near[other].add(one.key)
    full: set[str] = set()
    seen: set[str] = set()
    for key in listed:
        if key in seen:
            continue
        group, queue = set(), [key]
        while queue:
            here = queue.pop()
            if here not in group:
                group.add(here)
                queue += near[here] - group
        seen |= group
        if sum(listed[k].amount_minor - listed[k].open_minor for k in group) == 0:
            full |= group
    return full


def _line(
    entry: OurEntry,
    doc: _Theirs | None,
    is_full: bool,  # noqa: FBT001  one of two ways to count what is ours
    *,
    as_of: date,
    cutoff_on: date | None,
) -> ComparedLine:
    our = entry.amount_minor if is_full else entry.open_minor
    if doc is None:
        is_newer = cutoff_on is not None and entry.issued_on > cutoff_on
        return ComparedLine(
            outcome=ONLY_OURS,
            key=entry.key,
            number=entry.number,
            dated_on=entry.issued_on,
            due_on=entry.due_on,
            our_minor=our,
            their_minor=None,
            difference_minor=our,
            note=AFTER_CUTOFF if is_newer else "",
        )
    their = doc.owed_minor
    outcome, note = _judged(entry, doc, our, their, as_of=as_of)
    return ComparedLine(
        outcome=outcome,
        key=entry.key,
        number=entry.number,
        dated_on=entry.issued_on,
        due_on=entry.due_on,
        our_minor=our,
        their_minor=their,
        difference_minor=our - their,
        places=tuple(doc.places),
        note=note,
    )


def _judged(
    entry: OurEntry, doc: _Theirs, our: int, their: int, *, as_of: date
) -> tuple[str, str]:
    """Return the outcome of a pair and what is to be noted."""
    by_amount = BY_AMOUNT if doc.plain != letters_and_digits(entry.number) else ""
    if our == their:
        is_early = entry.open_minor > 0 and entry.due_on > as_of
        return (NOT_DUE if is_early else AGREES), (SETTLED if not entry.open_minor else by_amount)
    if doc.is_paid or (doc.paid_minor and our - their == -doc.paid_minor):
        return PAID_NOT_ARRIVED, by_amount
    if not entry.open_minor:
        return ONLY_THEIRS, SETTLED
    if their == entry.amount_minor:
        return AMOUNT_DIFFERS, PART_PAID
    return AMOUNT_DIFFERS, by_amount


def _only_theirs(doc: _Theirs) -> ComparedLine:
    their = doc.owed_minor
    is_payment = doc.is_payment and their < 0
    return ComparedLine(
        outcome=PAID_NOT_ARRIVED if is_payment else ONLY_THEIRS,
        key="",
        number=doc.number,
        dated_on=doc.dated_on,
        due_on=doc.due_on,
        our_minor=None,
        their_minor=their,
        difference_minor=-their,
        places=tuple(doc.places),
    )
