"""What would have to change for a scorecard to give more points: exact, since points only add up.

The way from a bin leads to the nearest one that reaches the level asked for: for a number the
nearest value below or above, for a text or a missing value the group that just reaches it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dunwell.engine.credit_fact_names import fact_named
from dunwell.engine.money import percent_words
from dunwell.engine.scorecard_terms import CATEGORY, WHOLE, CardInput, Scorecard, Value


@dataclass(frozen=True, kw_only=True, slots=True)
class Ways:
    """The nearest bins that reach a level from one bin: by lower values, by higher ones.

    None where there is none that way. `down_to` and `up_to` are the first values met there.
    """

    down: int | None = None
    down_to: int | float | None = None
    up: int | None = None
    up_to: int | float | None = None
    plain: int | None = None

    @property
    def only(self) -> int | None:
        """The bin where there is one way, None where there are two or none."""
        ways = [way for way in (self.down, self.up, self.plain) if way is not None]
        return ways[0] if len(ways) == 1 else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One input changed alone: where it stands, where it would go, and the points that brings.

    `above` and `until` bound the numbers of the bin it goes to (None: open), `to` is its value
    nearest to the one now; for texts `values` are the group, and `to` its first.
    """

    input: str
    place: int
    to_place: int
    gain: int
    to: Value
    above: int | float | None = None
    until: int | float | None = None
    values: tuple[str, ...] = ()


def level_of(one: CardInput, place: int) -> int | None:
    """Return the points a change from a bin should reach: the policy's, else the best; or None.

    None where the bin already brings as much as any.
    """
    points = one.places[place].points
    if points < one.policy_points:
        return one.policy_points
    return one.best if points < one.best else None


def ways(one: CardInput, place: int) -> Ways:
    """Return the nearest bins that reach `level_of` the bin; none where it needs no change."""
    level = level_of(one, place)
    if level is None:
        return Ways()
    enough = [number for number, found in enumerate(one.bins) if found.points >= level]
    if one.kind == CATEGORY or place >= len(one.bins):
        return Ways(plain=min(enough, key=lambda number: (one.bins[number].points, number)))
    lower = [number for number in enough if number < place]
    higher = [number for number in enough if number > place]
    return Ways(
        down=lower[-1] if lower else None,
        down_to=one.bins[lower[-1]].up_to if lower else None,
        up=higher[0] if higher else None,
        up_to=_first_above(one, higher[0]) if higher else None,
    )


def change_by(one: CardInput, value: Value, place: int, found: Ways) -> Change:
    """Return the nearest of the ways from the bin a value lies in, as `ways` returned them.

    Raises ValueError for a bin that already brings as much as any.
    """
    to_place = found.only
    if to_place is None:
        if found.down is None or found.up is None:
            raise ValueError(f"{one.name}: no value brings more points than {value!r}")
        down, up = _number(found.down_to), _number(found.up_to)
        to_place = found.down if _number(value) - down <= up - _number(value) else found.up
    return change_to(one, place, to_place)


def change_to(one: CardInput, place: int, to_place: int) -> Change:
    """Return the change from one bin to another as told to a person."""
    target, gain = one.bins[to_place], one.places[to_place].points - one.places[place].points
    if one.kind == CATEGORY:
        return Change(
            input=one.name,
            place=place,
            to_place=to_place,
            gain=gain,
            to=target.values[0],
            values=target.values,
        )
    above = one.bins[to_place - 1].up_to if to_place else None
    comes_from_below = place < to_place or target.up_to is None
    return Change(
        input=one.name,
        place=place,
        to_place=to_place,
        gain=gain,
        # one bin alone, open on both sides: any number does
        to=0 if above is target.up_to is None
        else _first_above(one, to_place) if comes_from_below else target.up_to,
        above=above,
        until=target.up_to,
    )  # fmt: skip


def fewest_changes(
    card: Scorecard, changes: Sequence[Change], *, points: int
) -> tuple[Change, ...]:
    """Return the fewest of the changes that lift the points to the cut-off, largest first.

    Empty where the card has no cut-off, the points reach it already, or all together do not.
    """
    if card.cut_off is None or points >= card.cut_off:
        return ()
    order = [one.name for one in card.inputs]
    found: list[Change] = []
    for one in sorted(changes, key=lambda one: (-one.gain, order.index(one.input))):
        found.append(one)
        points += one.gain
        if points >= card.cut_off:
            return tuple(found)
    return ()


def told(one: Change) -> str:
    """Return where a change leads, in plain English."""
    if one.values:
        return one.values[0] if len(one.values) == 1 else f"one of {', '.join(one.values)}"
    if one.above is None and one.until is None:
        return "any value"
    if one.above is None:
        return f"{_edge(one.input, one.until)} or less"
    until = "" if one.until is None else f", up to {_edge(one.input, one.until)}"
    return f"more than {_edge(one.input, one.above)}{until}"


def _edge(name: str, value: Value) -> str:
    """Return an edge of a bin as it is read: parts per million as percent."""
    fact = fact_named(name)
    if fact is None or fact.unit != "ppm" or not isinstance(value, int | float):
        return str(value)
    return percent_words(value)


def _first_above(one: CardInput, place: int) -> int | float:
    """Return the smallest value of a bin that is not the first."""
    edge = _number(one.bins[place - 1].up_to)
    return int(edge) + 1 if one.kind == WHOLE else math.nextafter(edge, math.inf)


def _number(value: Value) -> int | float:
    if isinstance(value, int | float):
        return value
    raise TypeError(f"{value!r} is no number")
