"""What if the team were larger or smaller: cash reached, customers who wait, one person more.

The open work of the day is put into person-days ("slots") in the order of the extra cash it
brings per minute. The slots do not depend on how many people there are: the first n of them are
the first day of n people, the next n their second. So a person more can only add, and what it
adds can be read off. Nothing new is assumed to arrive, and one action a customer is enough.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

PPM = 1_000_000
WAITS = ((1, 1), (2, 2), (3, 5), (6, 10))
"""Classes of the day on which a customer's turn comes; what is left waits longer."""

MOST_DAYS = 10
"""How many working days ahead are looked at."""

WEEK = 5
"""Working days in which the value of a person is counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One way to act on a customer: usual minutes, and the extra cash it should bring."""

    action: str
    minutes: int
    extra_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """One customer that needs a person, and who has it; amounts in home minor units."""

    customer_id: int
    options: tuple[Option, ...]
    owed_minor: int
    collector_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Staffing:
    """People, minutes each has in a day, hours of the day calls may be made, effort by action.

    `efforts` are minutes by action; an action it does not name takes its usual time.
    """

    people: int
    minutes: int
    hours: int
    efforts: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """A customer's action and the slot it falls into, from 1; None: longer than anybody has.

    Slots beyond the last one looked at are counted as the one after it.
    """

    customer_id: int
    action: str
    minutes: int
    extra_minor: int
    owed_minor: int
    slot: int | None

    def day(self, people: int) -> int | None:
        """Return the working day, from 1, on which so many people reach the customer."""
        return None if self.slot is None or people < 1 else (self.slot - 1) // people + 1


@dataclass(frozen=True, kw_only=True, slots=True)
class DayReached:
    """What one working day reaches: customers, minutes used, extra cash."""

    day: int
    customers: int
    minutes: int
    extra_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitClass:
    """Customers whose turn comes in a span of days; `to_day` None: later, or never."""

    from_day: int
    to_day: int | None
    customers: int
    extra_minor: int
    owed_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadcountRow:
    """So many people: extra cash of the first day and of a week, and what the last one adds."""

    people: int
    day_minor: int
    week_minor: int
    adds_day_minor: int
    adds_week_minor: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """A person customers can be given to, with the minutes it has in a day."""

    user_id: int
    minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FairShare:
    """What one person holds before and after the moves: customers, minutes, owed."""

    user_id: int
    minutes_a_day: int
    customers: int
    minutes: int
    owed_minor: int
    new_customers: int
    new_minutes: int
    new_owed_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """A customer that should go from somebody (None: nobody) to somebody else."""

    customer_id: int
    from_id: int | None
    to_id: int
    minutes: int
    owed_minor: int


def turns(work: Sequence[Work], staffing: Staffing, *, slots: int) -> tuple[Turn, ...]:
    """Return every customer with its action and slot, the most extra cash per minute first.

    A slot holds `minutes`, of which calls take at most `hours`; what no longer fits begins the
    next slot. Actions that bring nothing, and customers without one, are left out.
    """
    day, calls = staffing.minutes, min(staffing.minutes, staffing.hours * 60)
    left, left_calls = [day] * slots, [calls] * slots
    starts = {True: 0, False: 0}
    found: list[Turn] = []
    for one, action in _ordered(work, staffing):
        is_call = action.action == "call"
        slot: int | None = None
        if action.minutes <= (calls if is_call else day):
            at = starts[is_call]
            while at < slots and (
                left[at] < action.minutes or (is_call and left_calls[at] < action.minutes)
            ):
                at += 1
            starts[is_call] = at
            if at < slots:
                left[at] -= action.minutes
                left_calls[at] -= action.minutes if is_call else 0
            slot = at + 1
        found.append(
            Turn(
                customer_id=one.customer_id,
                action=action.action,
                minutes=action.minutes,
                extra_minor=action.extra_minor,
                owed_minor=one.owed_minor,
                slot=slot,
            )
        )
    return tuple(found)


def days_reached(found: Sequence[Turn], *, people: int) -> tuple[DayReached, ...]:
    """Return what each of the next MOST_DAYS working days reaches, days without work too."""
    days = {n: [0, 0, 0] for n in range(1, MOST_DAYS + 1)}
    for turn in found:
        day = turn.day(people)
        if day in days:
            days[day][0] += 1
            days[day][1] += turn.minutes
            days[day][2] += turn.extra_minor
    return tuple(
        DayReached(day=day, customers=n, minutes=minutes, extra_minor=extra)
        for day, (n, minutes, extra) in days.items()
    )


def waits(found: Sequence[Turn], *, people: int) -> tuple[WaitClass, ...]:
    """Return how many customers wait how long; the classes hold every turn once."""
    classes = [*WAITS, (MOST_DAYS + 1, None)]
    sums = {span: [0, 0, 0] for span in classes}
    for turn in found:
        day = turn.day(people)
        span = next(
            (one for one in WAITS if day is not None and one[0] <= day <= one[1]), classes[-1]
        )
        sums[span][0] += 1
        sums[span][1] += turn.extra_minor
        sums[span][2] += turn.owed_minor
    return tuple(
        WaitClass(
            from_day=span[0], to_day=span[1], customers=n, extra_minor=extra, owed_minor=owed
        )
        for span, (n, extra, owed) in sums.items()
    )


def headcounts(found: Sequence[Turn], *, most: int) -> tuple[HeadcountRow, ...]:
    """Return a row for each number of people from 1 to `most`.

    `waiting` counts the customers who are not reached within a week.
    """
    by_slot: dict[int, tuple[int, int]] = {}
    for turn in found:
        if turn.slot is not None:
            n, extra = by_slot.get(turn.slot, (0, 0))
            by_slot[turn.slot] = (n + 1, extra + turn.extra_minor)
    counts, sums = [0], [0]
    for slot in range(1, most * WEEK + 1):
        n, extra = by_slot.get(slot, (0, 0))
        counts.append(counts[-1] + n)
        sums.append(sums[-1] + extra)
    return tuple(
        HeadcountRow(
            people=people,
            day_minor=sums[people],
            week_minor=sums[people * WEEK],
            adds_day_minor=sums[people] - sums[people - 1],
            adds_week_minor=sums[people * WEEK] - sums[(people - 1) * WEEK],
            waiting=len(found) - counts[people * WEEK],
        )
        for people in range(1, most + 1)
    )


def fair_shares(
    work: Sequence[Turn],
    holders: Sequence[Holder],
    held: Mapping[int, int | None],
    *,
    most: int,
) -> tuple[tuple[FairShare, ...], tuple[Move, ...]]:
    """Return what each person holds before and after at most `most` moves, and the moves.

    A customer weighs its share of all minutes and its share of all that is owed; each person
    should hold a part of both by the minutes it has. Customers of nobody are given away first,
    then the heaviest that fit go from who has too much to who has least, never beyond its part.
    `held` is who has each customer; one whose holder is not among `holders` counts as nobody's.
    """
    able = [holder for holder in holders if holder.minutes > 0]
    keys = {holder.user_id for holder in able}
    mine = {turn.customer_id: held.get(turn.customer_id) for turn in work}
    owner = {key: user if user in keys else None for key, user in mine.items()}
    weight = _weights(work)
    gaps = _gaps(able, owner, weight)
    new, moves = dict(owner), list[Move]()
    for turn in _by_need(work, owner, weight):
        if not able or len(moves) >= most:
            break
        key, giver = turn.customer_id, owner[turn.customer_id]
        taker = max(keys, key=lambda user: (gaps[user], -user))
        if taker == giver or (
            giver is not None and not weight[key] <= min(-gaps[giver], gaps[taker])
        ):
            continue
        gaps[taker] -= weight[key]
        if giver is not None:
            gaps[giver] += weight[key]
        new[key] = taker
        moves.append(
            Move(
                customer_id=key,
                from_id=mine[key],
                to_id=taker,
                minutes=turn.minutes,
                owed_minor=turn.owed_minor,
            )
        )
    return tuple(_share(holder, work, owner, new) for holder in holders), tuple(moves)


def _ordered(work: Sequence[Work], staffing: Staffing) -> list[tuple[Work, Option]]:
    """Return each customer with its best action under these efforts, the best per minute first."""
    found: list[tuple[int, int, int, Work, Option]] = []
    for one in work:
        ways = [
            (
                option.extra_minor * PPM // minutes,
                option.extra_minor,
                -minutes,
                Option(action=option.action, minutes=minutes, extra_minor=option.extra_minor),
            )
            for option in one.options
            if (minutes := staffing.efforts.get(option.action, option.minutes)) > 0
            and option.extra_minor > 0
        ]
        if ways:
            rate, extra, _, option = max(ways, key=lambda way: way[:3])
            found.append((-rate, -extra, one.customer_id, one, option))
    found.sort(key=lambda row: row[:3])
    return [(one, option) for *_, one, option in found]


def _weights(work: Sequence[Turn]) -> dict[int, int]:
    """Return the weight of each customer, ppm of all minutes plus ppm of all that is owed."""
    minutes = sum(turn.minutes for turn in work) or 1
    owed = sum(max(0, turn.owed_minor) for turn in work) or 1
    return {
        turn.customer_id: turn.minutes * PPM // minutes + max(0, turn.owed_minor) * PPM // owed
        for turn in work
    }


def _gaps(
    holders: Sequence[Holder], owner: Mapping[int, int | None], weight: Mapping[int, int]
) -> dict[int, int]:
    """Return how much weight each person is short of (below 0: has too much)."""
    all_minutes = sum(holder.minutes for holder in holders) or 1
    total = sum(weight.values())
    gaps = {holder.user_id: total * holder.minutes // all_minutes for holder in holders}
    for key, user in owner.items():
        if user is not None:
            gaps[user] -= weight[key]
    return gaps


def _by_need(
    work: Sequence[Turn], owner: Mapping[int, int | None], weight: Mapping[int, int]
) -> list[Turn]:
    """Return customers of nobody first, then the heaviest."""
    return sorted(
        work,
        key=lambda turn: (
            owner[turn.customer_id] is not None,
            -weight[turn.customer_id],
            turn.customer_id,
        ),
    )


def _share(
    holder: Holder,
    work: Sequence[Turn],
    before: Mapping[int, int | None],
    after: Mapping[int, int | None],
) -> FairShare:
    old = [turn for turn in work if before[turn.customer_id] == holder.user_id]
    new = [turn for turn in work if after[turn.customer_id] == holder.user_id]
    return FairShare(
        user_id=holder.user_id,
        minutes_a_day=holder.minutes,
        customers=len(old),
        minutes=sum(turn.minutes for turn in old),
        owed_minor=sum(turn.owed_minor for turn in old),
        new_customers=len(new),
        new_minutes=sum(turn.minutes for turn in new),
        new_owed_minor=sum(turn.owed_minor for turn in new),
    )
