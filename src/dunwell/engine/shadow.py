"""Shadow mode: what we decided beside what the present process did, deed by deed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

KINDS = ("reminder", "letter", "call", "hold")
"""What is compared: a message, a letter, a call to make, an order stopped for credit."""

BOTH, ONLY_WE, ONLY_THEY = "both", "only_we", "only_they"


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Deed:
    """One thing done to one customer on one day; `kind` is one of `KINDS`."""

    customer: str
    kind: str
    on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """A deed of ours, of theirs, or both that count as one."""

    customer: str
    kind: str
    ours_on: date | None
    theirs_on: date | None

    @property
    def outcome(self) -> str:
        """Return BOTH, ONLY_WE or ONLY_THEY."""
        if self.ours_on is None:
            return ONLY_THEY
        return ONLY_WE if self.theirs_on is None else BOTH

    @property
    def days_later(self) -> int | None:
        """Return by how many days we were later than they; None where only one side did it."""
        if self.ours_on is None or self.theirs_on is None:
            return None
        return (self.ours_on - self.theirs_on).days


def laid_beside(ours: Iterable[Deed], theirs: Iterable[Deed], *, days: int) -> tuple[Beside, ...]:
    """Return every deed of either side once, by customer, kind and day.

    A deed of ours and one of theirs are the same one when customer and kind are equal and they
    lie at most `days` apart. As many as possible are: of two sorted rows the earlier deed either
    fits the other row's earliest, or fits nothing that is left there.
    """
    mine, other = _by_kind(ours), _by_kind(theirs)
    found: list[Beside] = []
    for customer, kind in sorted(mine.keys() | other.keys()):
        left, right = mine.get((customer, kind), []), other.get((customer, kind), [])
        at = to = 0
        while at < len(left) or to < len(right):
            we = left[at] if at < len(left) else None
            they = right[to] if to < len(right) else None
            if we is not None and they is not None and abs((we - they).days) > days:
                we, they = (we, None) if we < they else (None, they)
            found.append(Beside(customer=customer, kind=kind, ours_on=we, theirs_on=they))
            at += we is not None
            to += they is not None
    return tuple(found)


def sums_by_kind(rows: Iterable[Beside]) -> dict[str, dict[str, int]]:
    """Return kind -> outcome -> number of deeds, for every kind and outcome."""
    sums = {kind: dict.fromkeys((BOTH, ONLY_WE, ONLY_THEY), 0) for kind in KINDS}
    for row in rows:
        sums[row.kind][row.outcome] += 1
    return sums


def _by_kind(deeds: Iterable[Deed]) -> Mapping[tuple[str, str], list[date]]:
    found: dict[tuple[str, str], list[date]] = {}
    for deed in sorted(deeds):
        found.setdefault((deed.customer, deed.kind), []).append(deed.on)
    return found
