"""What a cover asks of us by which day, and what of the open items it covers.

Insurers, guarantors and lenders pay only while their conditions are kept. A cover states them in
days: `max_terms_days` from issue to due, `overdue_report_days` after due to tell the provider,
`max_extension_days` after due until which payment may be put off, `stop_delivery_days` after due
from which nothing more may be delivered, `claim_days` after due to file the claim. A condition
that is not stated has no deadline. Days count from the item's own due day; the last day is the
deadline itself, so it is missed from the day after.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

from dunwell.engine import documents

CONDITIONS = (
    "max_terms_days",
    "overdue_report_days",
    "max_extension_days",
    "stop_delivery_days",
    "claim_days",
)
REPORT, EXTENSION, STOP, CLAIM = "report", "extension", "stop", "claim"
EXPIRY, ANSWER = "expiry", "answer"
KINDS = (REPORT, EXTENSION, STOP, CLAIM, EXPIRY, ANSWER)
"""Kinds of deadline; the first four come from an item that is past due."""

COVER_KINDS = ("insurance", "guarantee", "collateral", "deposit")

GAPS = (
    "not_in_force",
    "terms_too_long",
    "after_stop",
    "report_missed",
    "claim_missed",
    "over_amount",
    "own_share",
)
"""Why a part of an open item is not covered."""

PPM = 1_000_000
MOST_DAYS = 3_650
_FIELDS = {"notice_days", "expiry_days", "answer_days", "alarm_ppm", "conditions"}


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverRules:
    """Section `covers`: how far ahead deadlines are told, and conditions by kind of cover.

    A deadline is told `notice_days` ahead, the end of a cover `expiry_days` ahead; a request
    should be answered within `answer_days`; a loss of cover is predicted from `alarm_ppm` on.
    `conditions` hold where a cover itself states none of that name.
    """

    notice_days: int = 14
    expiry_days: int = 60
    answer_days: int = 14
    alarm_ppm: int = 300_000
    conditions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def ahead(self, kind: str) -> int:
        """Return how many days ahead a deadline of a kind is told."""
        return self.expiry_days if kind == EXPIRY else self.notice_days


@dataclass(frozen=True, kw_only=True, slots=True)
class CoverTerms:
    """A cover as the clock sees it; `amount_minor` in the same currency as the items' amounts."""

    cover_id: int
    kind: str
    status: str
    amount_minor: int
    share_ppm: int = PPM
    requested_on: date
    from_on: date | None = None
    until_on: date | None = None
    conditions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class CoveredItem:
    """An open debit item of the cover's customer."""

    item_id: int
    issued_on: date
    due_on: date
    open_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Deadline:
    """One thing to do for a cover, about an item or the cover as a whole, by its last day."""

    cover_id: int
    kind: str
    item_id: int | None
    due_on: date
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of an open item: covered (`gap` empty), or not and why."""

    item_id: int
    cover_id: int | None
    gap: str
    amount_minor: int


def read_cover_rules(section: object) -> CoverRules:
    """Return the rules of section `covers`, the standard for what it leaves out.

    None is the standard as a whole. Raises DocumentError naming field and place.
    """
    if section is None:
        return CoverRules()
    where, standard = "covers", CoverRules()
    stated = documents.fields(section, where)
    documents.known(stated, _FIELDS, where)

    def days(name: str, default: int) -> int:
        return documents.number(stated, name, where, default=default, largest=MOST_DAYS)

    given = documents.fields(stated.get("conditions", {}), f"{where}: conditions")
    documents.known(given, COVER_KINDS, f"{where}: conditions")
    return CoverRules(
        notice_days=days("notice_days", standard.notice_days),
        expiry_days=days("expiry_days", standard.expiry_days),
        answer_days=days("answer_days", standard.answer_days),
        alarm_ppm=documents.number(
            stated, "alarm_ppm", where, default=standard.alarm_ppm, largest=PPM
        ),
        conditions={
            kind: read_conditions(given[kind], f"{where}: conditions: {kind}") for kind in given
        },
    )


def read_conditions(value: object, where: str) -> dict[str, int]:
    """Return conditions in days by name; raise DocumentError for another name or no number."""
    stated = documents.fields(value, where)
    documents.known(stated, CONDITIONS, where)
    return {
        name: documents.number(stated, name, where, largest=MOST_DAYS)
        for name in CONDITIONS
        if name in stated
    }


def deadlines(
    cover: CoverTerms, items: Iterable[CoveredItem], *, rules: CoverRules, as_of: date
) -> list[Deadline]:
    """Return every deadline of a cover that stands on a day, told or not, the soonest first.

    Items count from the day after they fell due, if delivered while the cover ran and on terms it
    allows; whether anything was done about a deadline is not known here.
    """
    if cover.status == "requested":
        return [_whole(cover, ANSWER, cover.requested_on + timedelta(days=rules.answer_days))]
    if cover.status != "granted":
        return []
    conditions = conditions_of(cover, rules)
    found: list[Deadline] = []
    if cover.until_on is not None and cover.until_on >= as_of:
        found.append(_whole(cover, EXPIRY, cover.until_on))
    late = sorted(
        (
            one
            for one in items
            if one.due_on < as_of and one.open_minor > 0 and not _lapse(cover, conditions, one)
        ),
        key=lambda one: (one.due_on, one.item_id),
    )
    for name, kind in (
        ("overdue_report_days", REPORT),
        ("max_extension_days", EXTENSION),
        ("claim_days", CLAIM),
    ):
        if name in conditions:
            found += [_of(cover, kind, one, conditions[name]) for one in late]
    if late and "stop_delivery_days" in conditions:
        # the oldest item decides for the customer as a whole
        found.append(_of(cover, STOP, late[0], conditions["stop_delivery_days"]))
    return sorted(found, key=lambda one: (one.due_on, KINDS.index(one.kind), one.item_id or 0))


def conditions_of(cover: CoverTerms, rules: CoverRules) -> dict[str, int]:
    """Return the conditions that hold for a cover: the policy's for its kind, under its own."""
    return {**rules.conditions.get(cover.kind, {}), **cover.conditions}


def parts(
    covers: Sequence[CoverTerms],
    items: Sequence[CoveredItem],
    *,
    rules: CoverRules,
    missed: Iterable[tuple[int, str, int | None, date]] = (),
) -> list[Part]:
    """Return what is covered of a customer's open items and what is not, to the minor unit.

    Covers are used one after the other as they stand in `covers`, on the oldest items first; what
    one leaves open the next may take. `missed` are deadlines that passed undone: cover, kind,
    item, day. The parts of an item always add up to its open amount. What no cover takes bears
    the gap of the last one that refused it.
    """
    told = tuple(missed)
    lost = {(key, item): kind for key, kind, item, _ in told if kind in (REPORT, CLAIM)}
    stops: dict[int, date] = {}
    for key, kind, _, day in told:
        if kind == STOP:
            stops[key] = min(day, stops.get(key, day))
    ordered = sorted(items, key=lambda one: (one.due_on, one.item_id))
    left = {one.item_id: [("", max(one.open_minor, 0))] for one in ordered}
    found: list[Part] = []
    for cover in covers:
        room, conditions = cover.amount_minor, conditions_of(cover, rules)
        for one in ordered:
            rest = sum(amount for _, amount in left[one.item_id])
            gap = _gap(cover, conditions, one, lost, stops)
            taken = 0 if gap else min(rest, room)
            counted = taken * cover.share_ppm // PPM
            if taken:
                room -= taken
                found.append(_part(one, cover.cover_id, "", counted))
                # both its own share and what exceeds the amount are left to the next cover
                left[one.item_id] = [
                    ("own_share", taken - counted),
                    ("over_amount", rest - taken),
                ]
            elif left[one.item_id][0][0] not in {"own_share", "over_amount"}:
                left[one.item_id] = [(gap or "over_amount", rest)]
    for one in ordered:
        found += [
            _part(one, None, gap or "not_in_force", amount) for gap, amount in left[one.item_id]
        ]
    return [part for part in found if part.amount_minor]


def unpaid_ppm(knots: Sequence[tuple[date, int]], day: date) -> int:
    """Return the chance that an item is still unpaid when a day ends, from points of its curve.

    `knots` are (day, chance in ppm) in any order, at least one; between two days the chance
    is interpolated, outside them it is that of the nearest; it never rises with time.
    """
    curve = _falling(knots)
    if day <= curve[0][0]:
        return curve[0][1]
    for (start, before), (end, after) in pairwise(curve):
        if start <= day <= end:
            span = (end - start).days
            return before - (before - after) * (day - start).days // span
    return curve[-1][1]


def _falling(knots: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    """Return the points by day, one a day, each chance at most the one before."""
    curve: list[tuple[date, int]] = []
    for day, chance in sorted(knots):
        lowest = min(chance, curve[-1][1]) if curve else chance
        if curve and curve[-1][0] == day:
            curve[-1] = (day, lowest)
        else:
            curve.append((day, lowest))
    return curve


def _whole(cover: CoverTerms, kind: str, day: date) -> Deadline:
    return Deadline(
        cover_id=cover.cover_id,
        kind=kind,
        item_id=None,
        due_on=day,
        amount_minor=cover.amount_minor,
    )


def _of(cover: CoverTerms, kind: str, item: CoveredItem, days: int) -> Deadline:
    return Deadline(
        cover_id=cover.cover_id,
        kind=kind,
        item_id=item.item_id,
        due_on=item.due_on + timedelta(days=days),
        amount_minor=item.open_minor,
    )


def _lapse(cover: CoverTerms, conditions: Mapping[str, int], item: CoveredItem) -> str:
    """Return why an item was never under the cover, empty when it was."""
    if cover.from_on is None or item.issued_on < cover.from_on:
        return "not_in_force"
    if cover.until_on is not None and item.issued_on > cover.until_on:
        return "not_in_force"
    longest = conditions.get("max_terms_days")
    if longest is not None and (item.due_on - item.issued_on).days > longest:
        return "terms_too_long"
    return ""


def _gap(
    cover: CoverTerms,
    conditions: Mapping[str, int],
    item: CoveredItem,
    lost: Mapping[tuple[int, int | None], str],
    stops: Mapping[int, date],
) -> str:
    """Return why a cover does not stand behind an item now, empty when it does."""
    if cover.status != "granted":
        return "not_in_force"
    if lapse := _lapse(cover, conditions, item):
        return lapse
    stop = stops.get(cover.cover_id)
    if stop is not None and item.issued_on > stop:
        return "after_stop"
    missed = lost.get((cover.cover_id, item.item_id))
    return f"{missed}_missed" if missed else ""


def _part(item: CoveredItem, cover_id: int | None, gap: str, amount_minor: int) -> Part:
    return Part(item_id=item.item_id, cover_id=cover_id, gap=gap, amount_minor=amount_minor)
