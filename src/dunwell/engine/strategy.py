"""A strategy is a document, not code: this file reads it, checks it and lays it out as rows."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine import documents
from dunwell.engine.cases import Case, read_cases
from dunwell.engine.documents import DocumentError
from dunwell.engine.overrides import strategy_segment
from dunwell.engine.strategy_branches import Branch
from dunwell.engine.strategy_steps import Step, read_steps
from dunwell.engine.wording import TEMPLATES

PAUSES = ("disputed", "promise_open", "plan_active", "on_hold")
HOME = "home"
"""Key of `min_open_minor` for the company's home currency."""

_STRATEGY_FIELDS = {
    "name",
    "valid_from",
    "owner",
    "segments",
    "pause_when",
    "min_open_minor",
    "min_days_between",
    "grace_days",
    "steps",
    "cases",
}
_CURRENCY = re.compile("[A-Z]{3}")


class StrategyError(DocumentError):
    """The strategy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Strategy:
    """Who is contacted how and when, from `valid_from` on.

    `min_open_minor` maps a currency, or "home", to the smallest demand that is
    worth a message. The disputed, promised or held part of an item is never
    demanded; `pause_when` lists what also stops the rest of the item.
    """

    name: str
    valid_from: date
    owner: str
    segments: tuple[str, ...]
    steps: tuple[Step, ...]
    pause_when: tuple[str, ...] = ()
    min_open_minor: Mapping[str, int]
    min_days_between: int = 0
    grace_days: int = 0
    cases: tuple[Case, ...] = ()


def read_strategy(
    document: Mapping[str, object], *, templates: Collection[str] = tuple(TEMPLATES)
) -> Strategy:
    """Build a strategy from a parsed document, naming the first wrong field.

    Takes the strategy itself or a file of the form {strategy: …, cases: […]}.
    `templates` are the message wordings that exist. Raises StrategyError.
    """
    try:
        body, cases = _unwrap(document)
        name = documents.text(body, "name", "strategy")
        where = f"strategy {name}"
        documents.known(body, _STRATEGY_FIELDS, where)
        pauses = documents.names(body.get("pause_when"), "pause_when", where)
        return Strategy(
            name=name,
            valid_from=documents.day(body.get("valid_from"), "valid_from", where),
            owner=documents.text(body, "owner", where, default=""),
            segments=_segments(body.get("segments"), where),
            steps=read_steps(body.get("steps"), templates, where),
            pause_when=tuple(documents.choice(p, "pause_when", PAUSES, where) for p in pauses),
            min_open_minor=_minimums(body.get("min_open_minor", 0), where),
            min_days_between=documents.number(
                body, "min_days_between", where, default=0, largest=365
            ),
            grace_days=documents.number(body, "grace_days", where, default=0, largest=365),
            cases=read_cases(cases, where=where),
        )
    except StrategyError:
        raise
    except DocumentError as error:
        raise StrategyError(str(error)) from error


def strategy_in_force(
    strategies: Iterable[Strategy], segment: str, as_of: date
) -> Strategy | None:
    """Return the strategy of a segment with the greatest `valid_from` not after `as_of`.

    None when no strategy covers the segment yet. Raises StrategyError when two
    claim the segment from the same day.
    """
    of_segment = [s for s in strategies if segment in s.segments and s.valid_from <= as_of]
    if not of_segment:
        return None
    newest = max(s.valid_from for s in of_segment)
    latest = [s for s in of_segment if s.valid_from == newest]
    if len(latest) > 1:
        claims = sorted({s.name for s in latest})
        raise StrategyError(
            f"segment {segment}: {' and '.join(claims)} both apply from {newest}; "
            "remove the segment from one of them or give one a later valid_from"
        )
    return latest[0]


def in_force_by_segment(
    strategies: Iterable[Strategy], *, as_of: date, by_hand: Collection[str] = ()
) -> list[tuple[str, Strategy]]:
    """Return (segment, strategy) for every segment with a strategy in force, in order.

    `by_hand` names strategies assigned to customers by hand: each has a segment of its own,
    see `overrides.strategy_segment`. One that is not in force any more is left out.
    """
    known = tuple(strategies)
    found: list[tuple[str, Strategy]] = []
    for segment in sorted({segment for s in known for segment in s.segments}):
        strategy = strategy_in_force(known, segment, as_of)
        if strategy is not None:
            found.append((segment, strategy))
    for name in sorted(set(by_hand)):
        own = [s for s in known if s.name == name and s.valid_from <= as_of]
        if own:
            newest = max(own, key=lambda strategy: strategy.valid_from)
            found.append((strategy_segment(name), newest))
    return found


def steps_frame(
    strategies: Iterable[Strategy], *, as_of: date, by_hand: Collection[str] = ()
) -> nw.LazyFrame:
    """Lay the strategies in force out as rows, one per segment and step, ready to join.

    Columns: see STEPS; segments: see `in_force_by_segment`. `is_first` marks one row per
    segment, which stands for the strategy itself. A ladder step before the due date that is
    taken late carries the channel and template of the first step after it (`late_…`), so
    that nobody reads "will soon be due" about an old item.
    """
    rows = [
        _step_row(segment, strategy, step)
        for segment, strategy in in_force_by_segment(strategies, as_of=as_of, by_hand=by_hand)
        for step in strategy.steps
    ]
    columns = {name: [row[name] for row in rows] for name in STEPS}
    return nw.from_dict(columns, schema=STEPS, backend="polars").lazy()


def branching_steps(
    strategies: Iterable[Strategy], *, as_of: date, by_hand: Collection[str] = ()
) -> list[tuple[str, int, tuple[Branch, ...]]]:
    """Return (segment, level, branches) of every step in force that has branches."""
    return [
        (segment, step.level, step.branches)
        for segment, strategy in in_force_by_segment(strategies, as_of=as_of, by_hand=by_hand)
        for step in strategy.steps
        if step.branches
    ]


def minimums_frame(
    strategies: Iterable[Strategy], *, as_of: date, by_hand: Collection[str] = ()
) -> nw.LazyFrame:
    """Return segment, currency, min_minor: the smallest demand in currencies that are named."""
    rows: list[tuple[str, str, int]] = []
    for segment, strategy in in_force_by_segment(strategies, as_of=as_of, by_hand=by_hand):
        named = dict(strategy.min_open_minor)
        named.pop(HOME, None)
        rows += [(segment, currency, minimum) for currency, minimum in sorted(named.items())]
    data: dict[str, list[object]] = {
        "segment": [row[0] for row in rows],
        "currency": [row[1] for row in rows],
        "min_minor": [row[2] for row in rows],
    }
    types = {"segment": nw.String(), "currency": nw.String(), "min_minor": nw.Int64()}
    return nw.from_dict(data, schema=types, backend="polars").lazy()


STEPS: Mapping[str, nw.dtypes.DType] = {
    "segment": nw.String(),
    "strategy": nw.String(),
    "is_first": nw.Boolean(),
    "level": nw.Int32(),
    "day": nw.Int32(),
    "is_business": nw.Boolean(),
    "channel": nw.String(),
    "template": nw.String(),
    "fallback": nw.String(),
    "late_channel": nw.String(),
    "late_template": nw.String(),
    "late_fallback": nw.String(),
    "needs_approval": nw.Boolean(),
    "only_over_minor": nw.Int64(),
    "min_home_minor": nw.Int64(),
    "min_days_between": nw.Int32(),
    "grace_days": nw.Int32(),
    "pause_disputed": nw.Boolean(),
    "pause_promised": nw.Boolean(),
}
"""Columns of `steps_frame`; those from min_home_minor on repeat the strategy's own fields."""


def _step_row(segment: str, strategy: Strategy, step: Step) -> dict[str, object]:
    late = next(s for s in strategy.steps if s.day >= max(step.day, 0))
    return {
        "segment": segment,
        "strategy": strategy.name,
        "is_first": step is strategy.steps[0],
        "level": step.level,
        "day": step.day,
        "is_business": step.counted == "business",
        "channel": step.channel,
        "template": step.template,
        "fallback": step.fallback,
        "late_channel": late.channel,
        "late_template": late.template,
        "late_fallback": late.fallback,
        "needs_approval": step.needs_approval,
        "only_over_minor": step.only_amount_over,
        "min_home_minor": strategy.min_open_minor[HOME],
        "min_days_between": strategy.min_days_between,
        "grace_days": strategy.grace_days,
        "pause_disputed": "disputed" in strategy.pause_when,
        "pause_promised": "promise_open" in strategy.pause_when,
    }


def _unwrap(document: object) -> tuple[Mapping[str, object], object]:
    outer = documents.fields(document, "strategy")
    if "strategy" not in outer:
        return outer, outer.get("cases", [])
    documents.known(outer, {"strategy", "cases"}, "document")
    inner = documents.fields(outer["strategy"], "strategy")
    if "cases" in inner and "cases" in outer:
        raise StrategyError("document: 'cases' stands twice; keep it beside 'strategy'")
    return inner, outer.get("cases", inner.get("cases", []))


def _segments(value: object, where: str) -> tuple[str, ...]:
    segments = documents.names(value, "segments", where)
    if not segments:
        raise StrategyError(f"{where}: segments are missing; name the customers it applies to")
    return segments


def _minimums(value: object, where: str) -> Mapping[str, int]:
    at = f"{where}, min_open_minor"
    stated = documents.fields(value if isinstance(value, Mapping) else {HOME: value}, at)
    for currency in stated:
        if currency != HOME and not _CURRENCY.fullmatch(str(currency)):
            raise StrategyError(
                f"{at}: {currency!r} is not known; use 'home' or a code such as USD"
            )
    if HOME not in stated:
        raise StrategyError(f"{at}: 'home' is missing; it stands for all other currencies")
    return {currency: documents.number(stated, currency, at) for currency in stated}
