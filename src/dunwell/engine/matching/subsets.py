"""Which open amounts add up to a payment: an exact search with a budget, never exponential.

Oldest first, because that is how people pay. Up to about 26 amounts the search is complete
(two halves met in the middle); beyond it singles, pairs, neighbours and, inside the budget,
triples are tried, and the answer says that it is not complete.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sums:
    """Places whose amounts add up to the target, most natural first.

    `is_complete`: no other sum exists. Without it, nothing found means undecided.
    """

    found: tuple[tuple[int, ...], ...]
    is_complete: bool
    searched: int


MOST_FOUND = 6


def find_sums(values: Sequence[int], target: int, *, steps: int) -> Sums:
    """Return up to MOST_FOUND sets of places in `values` (ordered oldest first) summing to target.

    `steps` bounds the work: sums looked at. Amounts are minor units; credits are negative.
    The same amount twice gives one answer per place. A target of 0 has no answer.
    """
    places = _useful(values, target)
    if not places or target == 0:
        return Sums((), is_complete=True, searched=0)
    few = [values[place] for place in places]
    natural = [*_singles(few, target), *_neighbours(few, target), *_pairs(few, target, steps)]
    half = len(few) - len(few) // 2
    if 2 << half <= steps:
        answers, is_complete = _halves(few, target)
        searched = 2 << half
    else:
        answers, is_complete = _triples(few, target, steps), False
        searched = steps
    chosen = dict.fromkeys(tuple(sorted(one)) for one in (*natural, *answers))
    found = tuple(tuple(places[n] for n in one) for one in list(chosen)[:MOST_FOUND])
    return Sums(found, is_complete and len(chosen) <= MOST_FOUND, searched)


def _useful(values: Sequence[int], target: int) -> list[int]:
    """Return the places that can be part of a sum: nothing larger than all the rest can undo."""
    credit = sum(value for value in values if value < 0)
    debit = sum(value for value in values if value > 0)
    if not credit <= target <= debit:
        return []
    return [n for n, v in enumerate(values) if v and target - debit <= v <= target - credit]


def _singles(values: list[int], target: int) -> list[tuple[int, ...]]:
    places = [n for n, value in enumerate(values) if value == target]
    return [(n,) for n in places[:MOST_FOUND]]


def _neighbours(values: list[int], target: int) -> list[tuple[int, ...]]:
    """Return runs of neighbours that add up, longest history first: the whole balance, a month."""
    seen: dict[int, int] = {0: 0}
    total, found = 0, []
    for n, value in enumerate(values):
        total += value
        if (start := seen.get(total - target)) is not None:
            found.append(tuple(range(start, n + 1)))
            if len(found) >= MOST_FOUND:
                break
        seen.setdefault(total, n + 1)
    return found


def _pairs(values: list[int], target: int, steps: int) -> list[tuple[int, ...]]:
    seen: dict[int, int] = {}
    found: list[tuple[int, ...]] = []
    for n, value in enumerate(values[:steps]):
        other = seen.get(target - value)
        if other is not None:
            found.append((other, n))
            if len(found) >= MOST_FOUND:
                break
        seen.setdefault(value, n)
    return found


def _triples(values: list[int], target: int, steps: int) -> list[tuple[int, ...]]:
    """Return triples, oldest first, as far as the budget reaches."""
    places = {value: n for n, value in enumerate(values)}
    found: list[tuple[int, ...]] = []
    left = steps
    for first, value in enumerate(values):
        rest = target - value
        for second, other in enumerate(values[first + 1 : first + 1 + left], first + 1):
            # looked up a million times a day of money, found hardly ever
            if rest - other in places and (third := places[rest - other]) > second:
                found.append((first, second, third))
                if len(found) >= MOST_FOUND:
                    return found
        left -= len(values) - first - 1
        if left <= 0:
            return found
    return found


def _halves(values: list[int], target: int) -> tuple[list[tuple[int, ...]], bool]:
    """Return sums met in the middle, and whether these are all there are."""
    middle = len(values) // 2
    left: dict[int, list[int]] = {}
    for mask, total in enumerate(_all_sums(values[:middle])):
        left.setdefault(total, []).append(mask)
    found: list[tuple[int, ...]] = []
    for mask, total in enumerate(_all_sums(values[middle:])):
        for other in left.get(target - total, ()):
            if other or mask:
                found.append(_members(other, 0) + _members(mask, middle))
                if len(found) > MOST_FOUND * 4:
                    return sorted(found, key=len), False
    return sorted(found, key=lambda one: (len(one), one)), True


def _all_sums(values: list[int]) -> list[int]:
    sums = [0]
    for value in values:
        sums += [one + value for one in sums]
    return sums


def _members(mask: int, offset: int) -> tuple[int, ...]:
    return tuple(offset + n for n in range(mask.bit_length()) if mask >> n & 1)
