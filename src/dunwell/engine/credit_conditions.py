"""Conditions of the credit policy: the language of segments over the facts of credit.

Numbers from and to, texts one of or none of, flags yes or no. A fact that is not known meets no
condition. Beside the catalogue, rules on decisions may ask for what the policy itself found.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import narwhals.stable.v2 as nw

from dunwell.engine import documents
from dunwell.engine.credit_fact_names import FLAG, NUMBER, TEXT, Value, fact_named
from dunwell.engine.documents import DocumentError
from dunwell.engine.protected_inputs import protected_ground
from dunwell.engine.scorecard_terms import CATEGORY, Scorecard
from dunwell.engine.segments_rules import WORD, Condition, SegmentFact, holds, read_conditions

YES, NO = "yes", "no"
_TYPES: Mapping[str, type] = {NUMBER: int, TEXT: str, FLAG: bool}

APPLICATION: Mapping[str, str] = {
    "application_asked_minor": NUMBER,
    "application_kind": TEXT,
    "application_country": TEXT,
    "application_is_complete": FLAG,
    "application_is_screened": FLAG,
    "application_has_hit": FLAG,
    "application_has_guarantor": FLAG,
    "application_references": NUMBER,
}
"""What an application adds to the facts; amounts in minor units of our own currency."""

FOUND: Mapping[str, str] = {
    "rated_class": TEXT,
    "rated_risk": TEXT,
    "rated_points": NUMBER,
    "rated_pd_ppm": NUMBER,
    "rated_limit_minor": NUMBER,
    "asked_minor": NUMBER,
    "asked_share_ppm": NUMBER,
}
"""What is found on the way to a decision: class, risk, points, probability of default within a
year, the limit of the table, the amount asked for and that as a share of the table's limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """Conditions that must all hold; `kinds` says what each fact named is."""

    conditions: tuple[Condition, ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts asked for."""
        return tuple(one.fact for one in self.conditions)

    def expression(self) -> nw.Expr:
        """Return whether it holds for a row; without conditions it holds for everybody."""
        return holds(self.conditions) if self.conditions else nw.lit(value=True)


def kind_of(name: str, stated: object = None) -> str:
    """Return number, text or flag; of a point of the company's own by how it is asked for."""
    known = {**APPLICATION, **FOUND}
    if name in known:
        return known[name]
    fact = fact_named(name)
    if fact is None:
        return ""
    if fact.kind:
        return fact.kind
    if isinstance(stated, bool):
        return FLAG
    is_range = isinstance(stated, Mapping) and "not" not in stated
    return NUMBER if is_range else TEXT


def read_when(value: object, where: str, *, found: Iterable[str] = ()) -> When:
    """Return conditions stated as fact: {from, to}, [texts], {not: [texts]}, true or false.

    `found` are the names of FOUND that may be asked for here. Raises DocumentError for a fact
    that is not in the catalogue and for one no credit decision may rest on.
    """
    stated = documents.fields(value, where)
    if not stated:
        return When()
    kinds = {name: _kind(name, stated[name], where, frozenset(found)) for name in stated}
    plain = {
        name: ([YES if one else NO] if isinstance(one, bool) else one)
        for name, one in stated.items()
    }
    for name, kind in kinds.items():
        if kind == FLAG and not isinstance(stated[name], bool):
            raise DocumentError(f"{where}, {name}: write true or false, found {stated[name]!r}")
    facts = {
        name: SegmentFact("number" if kind == NUMBER else WORD, name)
        for name, kind in kinds.items()
    }
    return When(conditions=read_conditions(plain, where, facts=facts), kinds=tuple(kinds.items()))


def read_fact(value: object, name: str, where: str) -> str:
    """Return the name of a fact of the catalogue, or raise DocumentError."""
    if not isinstance(value, str) or not kind_of(value) or value in FOUND:
        raise DocumentError(
            f"{where}: {name} {value!r} is not a fact; use one of the catalogue, such as "
            "own_days_late, or a point_ of your own"
        )
    _refuse_protected(value, where)
    return value


def read_values(value: object, where: str) -> dict[str, Value]:
    """Return the facts of a case: name to whole number, text, true, false or null."""
    stated = documents.fields({} if value is None else value, where)
    values: dict[str, Value] = {}
    for name, one in stated.items():
        read_fact(name, "fact", where)
        if one is not None and not isinstance(one, bool | int | str):
            raise DocumentError(f"{where}, {name}: {one!r} is no number, text, true or false")
        kind, fact = kind_of(name, one), fact_named(name)
        is_own = fact is not None and not fact.kind
        if one is not None and not is_own and type(one) is not _TYPES[kind]:
            raise DocumentError(f"{where}, {name}: expected a {kind}, found {one!r}")
        values[name] = one
    return values


def unfit_inputs(card: Scorecard) -> tuple[str, ...]:
    """Return the inputs of a scorecard that no fact of the right kind could fill, or may."""
    return tuple(
        one.name
        for one in card.inputs
        if protected_ground(one.name)
        or not (kind := kind_of(one.name, ["text"] if one.kind == CATEGORY else {"from": 0}))
        or (kind == NUMBER) == (one.kind == CATEGORY)
    )


def facts_frame(
    rows: Mapping[int, Mapping[str, Value]], kinds: Mapping[str, str]
) -> nw.DataFrame[Any]:
    """Return one row per customer with the facts asked for: numbers whole, the rest texts.

    A flag is yes or no; an unknown text or flag is empty, a value of another kind is unknown.
    """
    data: dict[str, list[object]] = {"customer_id": list(rows)}
    types: dict[str, type[nw.dtypes.DType]] = {"customer_id": nw.Int64}
    for name, kind in kinds.items():
        types[name] = nw.Int64 if kind == NUMBER else nw.String
        data[name] = [cell(facts.get(name), kind) for facts in rows.values()]
    schema = nw.Schema({name: kind() for name, kind in types.items()})
    return nw.from_dict(data, schema, backend="polars")


def cell(value: Value, kind: str) -> int | str | None:
    """Return a value as a column of its kind holds it."""
    if kind == NUMBER:
        return value if isinstance(value, int) and not isinstance(value, bool) else None
    if isinstance(value, bool):
        return (YES if value else NO) if kind in {FLAG, TEXT} else ""
    if isinstance(value, str):
        return value if kind == TEXT or value in {YES, NO} else ""
    return "" if value is None or kind == FLAG else str(value)


def _kind(name: str, stated: object, where: str, found: frozenset[str]) -> str:
    kind = kind_of(name, stated)
    if not kind or (name in FOUND and name not in found):
        hint = f", {', '.join(sorted(found))}" if found else ""
        raise DocumentError(
            f"{where}: fact {name!r} is not known; use a fact of the catalogue, such as "
            f"own_days_late{hint}"
        )
    _refuse_protected(name, where)
    return kind


def _refuse_protected(name: str, where: str) -> None:
    if ground := protected_ground(name):
        raise DocumentError(
            f"{where}: {name} speaks of {ground}; no credit decision may rest on it (15 USC "
            "1691, GDPR article 9); leave it out"
        )
