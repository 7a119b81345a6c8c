"""Which customers' credit is reviewed on a day, why, in which order, and what closes by itself.

Reviews are ranked by the change in expected loss since the last one: probability of default times
loss given default times exposure, now less then. A fall counts like a rise of the same size:
credit may be given there. People do `per_week` of them; the others wait, and nothing is lost.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from dunwell.engine.calendars import months_after
from dunwell.engine.money import part
from dunwell.engine.review_rules import PPM, ReviewRules

CLASS_CHANGED, OVER_LIMIT = "class_changed", "over_limit"
STANDS = (OVER_LIMIT, "cover_expiring", "limit_expiring")
"""Triggers that are true for a while; the others happen on a day."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """What is known of a customer's credit on a day, in home minor units and ppm.

    None is not known, and for `limit_minor` that none was granted.
    """

    exposure_minor: int | None = None
    limit_minor: int | None = None
    pd_ppm: int | None = None
    risk_class: str = ""
    risk: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trigger:
    """Something that asks for a review: since when, and about what, as text."""

    code: str
    on: date
    text: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewCase:
    """One customer: what is known now and at the last review, and what happened since.

    `since_on` is the day of the last closed review, or the one on which the customer's limit
    began where it never had one (`is_first`).
    """

    customer_id: int
    since_on: date
    is_first: bool
    now: Snapshot
    before: Snapshot = field(default_factory=Snapshot)
    triggers: tuple[Trigger, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedReview:
    """A review that should be there: by when, why, how much moved; `closes`: nothing did."""

    customer_id: int
    due_on: date
    triggers: tuple[Trigger, ...]
    change_minor: int
    closes: bool

    @property
    def is_triggered(self) -> bool:
        """Return whether something but the calendar asks for it."""
        return bool(self.triggers)


def planned_reviews(
    cases: Iterable[ReviewCase], *, rules: ReviewRules, as_of: date
) -> list[PlannedReview]:
    """Return the reviews that are due or triggered on a day, ranked, the largest change first."""
    found = [one for case in cases if (one := _planned(case, rules, as_of)) is not None]
    return sorted(found, key=rank)


def rank(review: PlannedReview) -> tuple[int, date, int]:
    """Return the key by which reviews are sorted: change downwards, then day, then customer."""
    return -review.change_minor, review.due_on, review.customer_id


def expected_loss(snapshot: Snapshot, rules: ReviewRules) -> int:
    """Return PD x LGD x exposure in home minor units.

    An exposure that is not known counts as the limit, an unrated customer at the policy's rate:
    what is not known is not free of risk.
    """
    exposure = snapshot.exposure_minor
    if exposure is None:
        exposure = snapshot.limit_minor or 0
    pd_ppm = rules.unrated_pd_ppm if snapshot.pd_ppm is None else snapshot.pd_ppm
    return part(part(max(exposure, 0), pd_ppm, PPM), rules.lgd_ppm, PPM)


def change(case: ReviewCase, rules: ReviewRules) -> int:
    """Return by how much the expected loss moved since the last review, up or down, never below 0.

    A first review has nothing before it: all of the expected loss counts.
    """
    before = 0 if case.is_first else expected_loss(case.before, rules)
    return abs(expected_loss(case.now, rules) - before)


def due_day(case: ReviewCase, rules: ReviewRules) -> date:
    """Return the day of the next review by the calendar."""
    months = rules.interval(risk_class=case.now.risk_class, risk=case.now.risk)
    return months_after(case.since_on, months)


def what_moved(before: Snapshot, now: Snapshot, *, rules: ReviewRules) -> tuple[str, ...]:
    """Return what moved beyond the thresholds: exposure, limit, pd, class; empty for nothing.

    Exposure is measured against the limit now, else the one before, else itself.
    """
    moved = []
    base = now.limit_minor or before.limit_minor or before.exposure_minor or 0
    if (before.exposure_minor is None) != (now.exposure_minor is None):
        moved.append("exposure")
    else:
        shift = abs((now.exposure_minor or 0) - (before.exposure_minor or 0))
        if shift and (not base or shift * PPM >= rules.move_exposure_ppm * base):
            moved.append("exposure")
    if before.limit_minor != now.limit_minor:
        moved.append("limit")
    shift = abs((now.pd_ppm or 0) - (before.pd_ppm or 0))
    is_other = (before.pd_ppm is None) != (now.pd_ppm is None)
    if is_other or shift >= max(rules.move_pd_ppm, 1):
        moved.append("pd")
    if before.risk_class != now.risk_class:
        moved.append("class")
    return tuple(moved)


def heard(case: ReviewCase, rules: ReviewRules, as_of: date) -> tuple[Trigger, ...]:
    """Return the triggers that count: named by the policy, and new since the last review.

    What stands for a while is heard again only `quiet_days` after it; what happened on a day is
    heard when that day lies after it. Of one kind the first counts.
    """
    is_quiet = not case.is_first and as_of < case.since_on + timedelta(days=rules.quiet_days)
    found: dict[str, Trigger] = {}
    for one in sorted(case.triggers, key=lambda trigger: (trigger.on, trigger.text)):
        if one.code not in rules.triggers or one.code in found:
            continue
        if is_quiet if one.code in STANDS else not case.is_first and one.on <= case.since_on:
            continue
        found[one.code] = one
    return tuple(found[code] for code in rules.triggers if code in found)


def chosen(waiting: Sequence[int], *, per_week: int, taken: int) -> tuple[int, ...]:
    """Return the keys of the reviews that people get this week.

    `waiting` are keys in their rank; `taken` of the week's budget are given out already. Rank
    decides alone: an overdue review has no right of way, the order rules see it.
    """
    return tuple(waiting[: max(per_week - taken, 0)])


def week_of(day: date) -> date:
    """Return the Monday of a day's week, in which the budget begins anew."""
    return day - timedelta(days=day.weekday())


def snapshot_of(document: Mapping[str, object]) -> Snapshot:
    """Return a snapshot from a record's document; what is not there is not known."""

    def number(name: str) -> int | None:
        value = document.get(name)
        return value if isinstance(value, int) else None

    return Snapshot(
        exposure_minor=number("exposure_minor"),
        limit_minor=number("limit_minor"),
        pd_ppm=number("pd_ppm"),
        risk_class=str(document.get("risk_class") or ""),
        risk=str(document.get("risk") or ""),
    )


def _planned(case: ReviewCase, rules: ReviewRules, as_of: date) -> PlannedReview | None:
    triggers = heard(_with_own(case, as_of), rules, as_of)
    due_on = due_day(case, rules)
    size = max(case.now.exposure_minor or 0, case.now.limit_minor or 0)
    if not triggers and (due_on > as_of or size < rules.from_exposure_minor):
        return None
    is_still = (
        rules.auto_close
        and not triggers
        and not case.is_first
        and not what_moved(case.before, case.now, rules=rules)
    )
    return PlannedReview(
        customer_id=case.customer_id,
        due_on=min(due_on, as_of) if triggers else due_on,
        triggers=triggers,
        change_minor=change(case, rules),
        closes=is_still,
    )


def _with_own(case: ReviewCase, as_of: date) -> ReviewCase:
    """Return the case with the triggers that follow from its own figures."""
    own: list[Trigger] = []
    before, now = case.before, case.now
    if not case.is_first and before.risk_class and before.risk_class != now.risk_class:
        text = f"{before.risk_class} -> {now.risk_class or '-'}"
        own.append(Trigger(code=CLASS_CHANGED, on=as_of, text=text))
    if (
        now.exposure_minor is not None
        and now.limit_minor is not None
        and now.exposure_minor > now.limit_minor
    ):
        own.append(Trigger(code=OVER_LIMIT, on=as_of))
    if not own:
        return case
    return ReviewCase(
        customer_id=case.customer_id,
        since_on=case.since_on,
        is_first=case.is_first,
        now=now,
        before=before,
        triggers=(*case.triggers, *own),
    )
