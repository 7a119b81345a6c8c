"""Why a credit decision came out as it did: two to four facts, each with what would change it.

A reason is found by trying: the fact is set to each level the policy tells apart, the whole
decision is taken again, and only a level at which outcome, class, points or limit moves is told.
So every reason holds by construction, and the same facts always give the same reasons.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import narwhals.stable.v2 as nw

from dunwell.engine.credit_classes import APPROVE, OUTCOMES
from dunwell.engine.credit_conditions import cell
from dunwell.engine.credit_fact_names import NUMBER, Value
from dunwell.engine.credit_frame import Judge, decided
from dunwell.engine.credit_levels import ASKED, Cell, Level, levels
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.credit_words import Effect, reason_text
from dunwell.engine.scorecard_terms import Scorecard

LEAST, MOST = 2, 4
"""So many reasons a decision has (12 CFR 1002.9, comment 9(b)(2)-1)."""

_CHUNK = 2_000
"""Subjects tried at once; each has a row per level."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """`facts` set to the values of `change` would move `moves` from `before` to `after`.

    `moves` is outcome, class, points or limit. `is_against`: the change would be for the better,
    so the fact speaks against the customer as it is. `code` names the facts, joined by +.
    """

    code: str
    facts: tuple[str, ...]
    values: Mapping[str, Value]
    change: Mapping[str, Cell]
    moves: str
    before: str
    after: str
    is_against: bool
    text: str

    def document(self) -> dict[str, Any]:
        """Return the reason as JSON holds it."""
        return {
            "code": self.code,
            "facts": list(self.facts),
            "values": dict(self.values),
            "change": dict(self.change),
            "moves": self.moves,
            "before": self.before,
            "after": self.after,
            "is_against": self.is_against,
            "text": self.text,
        }


class _Row(NamedTuple):
    """What comes out for a subject as it is (level 0), or at a level."""

    base_no: int
    level_no: int
    outcome_no: int
    class_no: int
    points: int
    rated_limit_minor: int
    asked_minor: int
    is_missing: bool


class _Move(NamedTuple):
    """What a level changes: `kind` 0 outcome, 1 class, 2 points, 3 limit, by `gain` of it.

    `is_cutting`: it is for the better only because less would be granted, which is told last.
    """

    kind: int
    gain: int
    points: int
    change: Mapping[str, Cell]
    distance: int
    is_known: bool
    is_cutting: bool
    row: _Row

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts that have to change."""
        return tuple(self.change)

    def near(self) -> tuple[int, ...]:
        """Order levels of the same facts: what is moved, how much of it, the nearest value."""
        return (*(self.is_cutting, self.kind), -abs(self.gain), self.distance, self.row.level_no)

    def rank(self) -> tuple[int, ...]:
        """Order facts: what is moved, fewest facts, those known before others, how much."""
        return (
            *(
                self.is_cutting,
                self.kind,
                len(self.change),
                not self.is_known,
                -abs(self.gain),
                -abs(self.points),
            ),
            *(self.distance, self.row.level_no),
        )


def reasons_of(
    frame: nw.DataFrame[Any],
    facts: Mapping[int, Mapping[str, Value]],
    policy: CreditPolicy,
    card: Scorecard,
    *,
    currency: str = "",
) -> dict[int, tuple[Reason, ...]]:
    """Return the reasons of each row of the frame `decided` takes, by its `row_id`."""
    return decided_with_reasons(frame, facts, policy, card, currency=currency)[1]


def decided_with_reasons(
    frame: nw.DataFrame[Any],
    facts: Mapping[int, Mapping[str, Value]],
    policy: CreditPolicy,
    card: Scorecard,
    *,
    currency: str = "",
    judge: Judge = decided,
) -> tuple[dict[int, Mapping[str, Any]], dict[int, tuple[Reason, ...]]]:
    """Return the row of `decided` and the reasons of each row of the frame, by its `row_id`."""
    tried = levels(policy, card)
    rows: dict[int, Mapping[str, Any]] = {}
    found: dict[int, tuple[Reason, ...]] = {}
    width = len(tried) + 1
    kinds = {**policy.kinds(card), ASKED: NUMBER}
    for start in range(0, len(frame), _CHUNK):
        part = frame[start : start + _CHUNK]
        outcome = judge(_varied(part, tried, kinds, width=width), policy, card)
        rows |= _as_they_are(part, outcome, width=width)
        found |= _chunk(part, outcome, facts, policy, card, tried=tried, currency=currency)
    return rows, found


def _as_they_are(
    part: nw.DataFrame[Any], outcome: nw.DataFrame[Any], *, width: int
) -> dict[int, Mapping[str, Any]]:
    """Return the row of each subject with none of its facts changed."""
    keys = part["row_id"].to_list()
    bases = outcome.filter(nw.col("row_id") % width == 0).sort("row_id")
    return dict(zip(keys, bases.rows(named=True), strict=True))


def _chunk(
    part: nw.DataFrame[Any],
    outcome: nw.DataFrame[Any],
    facts: Mapping[int, Mapping[str, Value]],
    policy: CreditPolicy,
    card: Scorecard,
    *,
    tried: tuple[Level, ...],
    currency: str,
) -> dict[int, tuple[Reason, ...]]:
    kinds = {**policy.kinds(card), ASKED: NUMBER}
    keys, asked = part["row_id"].to_list(), part[ASKED].to_list()
    rows = _moved(outcome, width=len(tried) + 1)
    told: dict[int, tuple[Reason, ...]] = {}
    for number, key in enumerate(keys):
        base, *moved = rows[number]
        known = {**facts[key], ASKED: asked[number]}
        held = {name: cell(known.get(name), kind) for name, kind in kinds.items()}
        moves = _moves(base, moved, tried, held)
        chosen = _chosen(moves, is_approved=base.outcome_no == OUTCOMES.index(APPROVE))
        told[key] = tuple(
            _reason(move, base, known, policy, card, currency=currency) for move in chosen
        )
    return told


def _moved(outcome: nw.DataFrame[Any], *, width: int) -> dict[int, list[_Row]]:
    """Return each subject as it is, then the levels at which anything moves, in their order."""
    row_id = nw.col("row_id")
    every = outcome.with_columns(base_no=row_id // width, level_no=row_id % width)
    moving = ("outcome_no", "class_no", "points", "rated_limit_minor")
    bases = every.filter(nw.col("level_no") == 0).select(
        "base_no", **{f"base_{name}": nw.col(name) for name in moving}
    )
    moves = nw.any_horizontal(
        nw.col("level_no") == 0,
        *(nw.col(name) != nw.col(f"base_{name}") for name in moving),
        ignore_nulls=False,
    )
    kept = every.join(bases, on="base_no", how="left").filter(moves).sort("row_id")
    found: dict[int, list[_Row]] = {}
    for row in kept.select(*_Row._fields).rows():
        found.setdefault(row[0], []).append(_Row(*row))
    return found


def _varied(
    part: nw.DataFrame[Any], tried: tuple[Level, ...], kinds: Mapping[str, str], *, width: int
) -> nw.DataFrame[Any]:
    """Return every row as it is (level 0) and with each level set, numbered by row and level."""
    numbered = part.with_columns(
        base_no=nw.new_series(
            "base_no", list(range(len(part))), nw.Int64, backend=part.implementation
        )
    )
    asis = Level(sets={})
    rows = (asis, *tried)
    data: dict[str, list[object]] = {
        "level_no": list(range(width)),
        "asks_table": [level.is_asking_table for level in rows],
        "is_filling": [level.is_filling for level in rows],
        "is_clearing": [level.is_clearing for level in rows],
    }
    types: dict[str, nw.dtypes.DType] = {name: nw.Boolean() for name in data}
    types["level_no"] = nw.Int64()
    for name, kind in kinds.items():
        data[f"set_{name}"] = [level.sets.get(name) for level in rows]
        types[f"set_{name}"] = nw.Int64() if kind == NUMBER else nw.String()
    table = nw.from_dict(data, nw.Schema(types), backend=part.implementation)
    changed = {name: _changed(name, kind) for name, kind in kinds.items()}
    every = numbered.join(table, how="cross").with_columns(**changed)
    # asking for nothing named is asking for the limit of the table
    asked = nw.when(~nw.col("asks_table")).then(nw.col(ASKED))
    row_id = nw.col("base_no") * width + nw.col("level_no")
    return every.with_columns(row_id=row_id, asked_minor=asked).select("row_id", *kinds)


def _changed(name: str, kind: str) -> nw.Expr:
    """Return a fact as the level sets it, where it touches it."""
    old, new = nw.col(name), nw.col(f"set_{name}")
    is_known = ~old.is_null() if kind == NUMBER else old != ""
    skips = (nw.col("is_filling") & is_known) | (nw.col("is_clearing") & ~is_known)
    return nw.when(new.is_null() | skips).then(old).otherwise(new)


def _moves(
    base: _Row,
    moved: list[_Row],
    tried: tuple[Level, ...],
    held: Mapping[str, int | str | None],
) -> list[_Move]:
    """Return what each level that moves anything changes, the best one per set of facts."""
    best: dict[tuple[tuple[str, ...], bool], _Move] = {}
    for row in moved:
        change = _change(tried[row.level_no - 1], row, held)
        if not change or (ASKED in change and held[ASKED] is None):
            continue
        gains = (
            row.outcome_no - base.outcome_no,
            base.class_no - row.class_no,
            row.points - base.points,
            row.rated_limit_minor - base.rated_limit_minor,
        )
        kind = next(number for number, gain in enumerate(gains) if gain)
        # a requirement that is met by the change is as good as a fact that is known
        is_met = base.is_missing and not row.is_missing
        is_known = is_met or all(held[name] not in {None, ""} for name in change)
        distance = _distance(change, held)
        is_cutting = gains[kind] > 0 > gains[3]
        move = _Move(kind, gains[kind], gains[2], change, distance, is_known, is_cutting, row)
        key = (move.facts, gains[kind] > 0)
        if key not in best or move.near() < best[key].near():
            best[key] = move
    return list(best.values())


def _change(level: Level, row: _Row, held: Mapping[str, int | str | None]) -> dict[str, Cell]:
    """Return the facts a level really changes, with their values."""
    sets = {ASKED: row.asked_minor} if level.is_asking_table else level.sets
    return {
        name: value
        for name, value in sets.items()
        if held[name] != value and level.touches(held[name])
    }


def _distance(change: Mapping[str, Cell], held: Mapping[str, int | str | None]) -> int:
    found = 0
    for name, value in change.items():
        now = held[name]
        if isinstance(value, int) and isinstance(now, int):
            found += abs(value - now)
    return found


def _chosen(moves: list[_Move], *, is_approved: bool) -> list[_Move]:
    """Return two to four moves: of an approval what carries it first, else what stands against.

    Several facts together are told only where none of them alone moves as much.
    """
    against = sorted((move for move in moves if move.gain > 0), key=_Move.rank)
    # what is not known carries nothing
    carrying = sorted((move for move in moves if move.is_known and move.gain < 0), key=_Move.rank)
    first, second = (carrying, against) if is_approved else (against, carrying)
    chosen = list(_different(first))[: LEAST if is_approved else MOST]
    if is_approved or len(chosen) < LEAST:
        told = {name for move in chosen for name in move.facts}
        rest = [move for move in _different(second) if not told & set(move.facts)]
        chosen += rest[: LEAST if is_approved else LEAST - len(chosen)]
    if len(chosen) < LEAST:
        chosen += [move for move in _different(first) if move not in chosen][: LEAST - len(chosen)]
    return chosen


def _different(moves: Iterable[_Move]) -> Iterable[_Move]:
    """Leave out a move whose facts another before it has told already."""
    told: set[str] = set()
    for move in moves:
        if not told & set(move.facts):
            told |= set(move.facts)
            yield move


def _reason(
    move: _Move,
    base: _Row,
    facts: Mapping[str, Value],
    policy: CreditPolicy,
    card: Scorecard,
    *,
    currency: str,
) -> Reason:
    effect = _effect(move, base, policy)
    values = {name: facts.get(name) for name in move.facts}
    return Reason(
        code="+".join(move.facts),
        facts=move.facts,
        values=values,
        change=dict(move.change),
        moves=effect.moves,
        before=effect.before,
        after=effect.after,
        is_against=move.gain > 0,
        text=reason_text(values, move.change, effect, card, currency=currency),
    )


def _effect(move: _Move, base: _Row, policy: CreditPolicy) -> Effect:
    """Return the first thing that moves, in the order outcome, class, points, limit."""
    row, names = move.row, policy.classes.names
    moves, before, after = (
        ("outcome", OUTCOMES[base.outcome_no], OUTCOMES[row.outcome_no]),
        ("class", names[base.class_no], names[row.class_no]),
        ("points", str(base.points), str(row.points)),
        ("limit", str(base.rated_limit_minor), str(row.rated_limit_minor)),
    )[move.kind]
    return Effect(moves=moves, before=before, after=after)
