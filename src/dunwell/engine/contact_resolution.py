"""How well messages are answered: at the first contact, how fast, how much waits.

First-contact resolution as contact centres measure it (net of repeats, a share of what was
resolved): the customer's matter is done with one answer of ours, and the customer does not come
back about it within some days. Seven days are the usual window of such measures; a conversation
whose window is not over yet is not judged, so that a figure never falls afterwards.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dunwell.engine.answer_clock import work_minutes

WINDOW_DAYS = 7
"""Days within which a customer who comes back was not helped at the first contact."""
PPM = 1_000_000
FIRST, REPEAT, EARLY, UNANSWERED = "first", "repeat", "early", "unanswered"
VERDICTS = (FIRST, REPEAT, EARLY, UNANSWERED)
"""resolved at the first contact; not; done too recently to say; not done, or without an answer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Thread:
    """A conversation as figures see it: when what was said, and by whom it is done.

    `came_at` and `answered_at` are the moments of the customer's messages and of answers people
    wrote, in order. `done_at` is the moment it was done last; `reopened` how often it was not.
    """

    conversation_id: int
    label: str
    person: str
    came_at: Sequence[datetime]
    answered_at: Sequence[datetime]
    done_at: datetime | None
    reopened: int
    is_open: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a thread shows. `answer_minutes`: of work until the first answer, None without one."""

    thread: Thread
    verdict: str
    answer_minutes: int | None
    is_in_time: bool | None
    """Answered within the hours; None while it may still be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureLine:
    """The figures of a group. Rates in ppm, None where nothing can be said yet.

    `resolved` counts what is judged, `first` of these those done at the first contact;
    `answer_minutes` is the median; `backlog` what waits for us now.
    """

    name: str
    conversations: int
    resolved: int
    first: int
    first_ppm: int | None
    answered: int
    answer_minutes: int | None
    timed: int
    in_time: int
    in_time_ppm: int | None
    backlog: int


def judged(
    thread: Thread, *, at: datetime, hours: int, country: str, zone: str, days: int = WINDOW_DAYS
) -> Judged:
    """Return what a thread shows at a moment, with `hours` of work given for an answer."""
    came = thread.came_at[0] if thread.came_at else None
    answers = [one for one in thread.answered_at if came is None or one >= came]
    minutes = None
    if came is not None and answers:
        minutes = work_minutes(came, answers[0], country=country, zone=zone)
    waited = minutes
    if came is not None and waited is None and thread.is_open:
        waited = work_minutes(came, at, country=country, zone=zone)
    is_late = waited is not None and waited > hours * 60
    is_in_time = None if minutes is None and not is_late else not is_late
    return Judged(
        thread=thread,
        verdict=_verdict(thread, answers, at=at, days=days),
        answer_minutes=minutes,
        is_in_time=is_in_time,
    )


def _verdict(thread: Thread, answers: Sequence[datetime], *, at: datetime, days: int) -> str:
    if thread.done_at is None or not answers:
        return REPEAT if thread.reopened else UNANSWERED
    until = answers[0] + timedelta(days=days)
    came_back = any(answers[0] < one <= until for one in thread.came_at)
    # taken up again for a message after the window is another matter in the old thread
    is_later = any(one > until for one in thread.came_at)
    again = sum(one <= until for one in answers) > 1 or (thread.reopened > 0 and not is_later)
    if came_back or again:
        return REPEAT
    return EARLY if at < thread.done_at + timedelta(days=days) else FIRST


def line(name: str, found: Sequence[Judged]) -> FigureLine:
    """Return the figures of judged threads."""
    counts = {name: len(chosen(found, name)) for name in CHOICES}
    minutes = sorted(one.answer_minutes for one in found if one.answer_minutes is not None)
    return FigureLine(
        name=name,
        first_ppm=rate(counts["first"], counts["resolved"]),
        answer_minutes=minutes[(len(minutes) - 1) // 2] if minutes else None,
        in_time_ppm=rate(counts["in_time"], counts["timed"]),
        **counts,
    )


def grouped(found: Iterable[Judged], *, by: str) -> tuple[FigureLine, ...]:
    """Return a line per label or person, the name without one last; they sum to all."""
    groups: dict[str, list[Judged]] = {}
    for one in found:
        groups.setdefault(group_name(one, by=by), []).append(one)
    return tuple(line(name, groups[name]) for name in sorted(groups, key=lambda n: (not n, n)))


def group_name(one: Judged, *, by: str) -> str:
    """Return the name of the group a thread is in: its label, or the person it is given to."""
    return one.thread.label if by == "label" else one.thread.person


def rate(part: int, whole: int) -> int | None:
    """Return a share in ppm, half up; None of nothing."""
    return (part * PPM * 2 + whole) // (whole * 2) if whole else None


def chosen(found: Iterable[Judged], which: str) -> list[Judged]:
    """Return the threads behind a figure, by its name among CHOICES; they sum to it."""
    return [one for one in found if CHOICES[which](one)]


CHOICES: Mapping[str, Callable[[Judged], bool]] = {
    "conversations": lambda _one: True,
    "resolved": lambda one: (
        one.verdict == FIRST or (one.verdict == REPEAT and one.thread.done_at is not None)
    ),
    "first": lambda one: one.verdict == FIRST,
    "answered": lambda one: one.answer_minutes is not None,
    "timed": lambda one: one.is_in_time is not None,
    "in_time": lambda one: one.is_in_time is True,
    "backlog": lambda one: one.thread.is_open,
}
"""Whether a thread counts in a figure of `FigureLine`."""
