"""Sections `classes`, `required` and `decisions` of the credit policy.

Classes stand from the best to the worst: by points or by the probability of default, with
knock-outs that put a customer into a class whatever its score. Decisions are tried in order.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from dunwell.engine import documents
from dunwell.engine.authority import RISKS
from dunwell.engine.credit_conditions import When, read_fact, read_when
from dunwell.engine.documents import DocumentError

APPROVE, REFER, DECLINE = "approve", "refer", "decline"
OUTCOMES = (DECLINE, REFER, APPROVE)
"""From the worst to the best."""

BY_POINTS, BY_PD = "points", "pd_ppm"
DEPOSIT, GUARANTEE, INSURANCE = "deposit", "guarantee", "insurance"
CONDITIONS = (DEPOSIT, GUARANTEE, INSURANCE)
"""What credit may be made to depend on; an application tracks each to its fulfilment."""

PPM = 1_000_000
MOST_POINTS = 1_000_000
LEAST_CLASSES, MOST_CLASSES = 2, 20
LONGEST_TEXT = 200
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9_+-]{0,19}")
_CLASS = {"name", "from_points", "to_pd_ppm", "risk", "pd_ppm", "lgd_ppm"}


@dataclass(frozen=True, kw_only=True, slots=True)
class RiskClass:
    """A class: from so many points on, or up to a probability of default; the last takes all.

    `pd_ppm` counts where no score gives one, `lgd_ppm` is what a default loses of an exposure.
    """

    name: str
    risk: str
    from_points: int | None = None
    to_pd_ppm: int | None = None
    pd_ppm: int = 0
    lgd_ppm: int = 450_000


@dataclass(frozen=True, kw_only=True, slots=True)
class KnockOut:
    """Where it holds the customer is in the class, or in a worse one another puts it into."""

    name: str
    risk_class: str
    when: When
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Classes:
    """`table` is from best to worst; a knock-out only ever makes a class worse.

    `unscored` is the class of customers of whom fewer than `least_known` inputs are known.
    """

    by: str = BY_PD
    table: tuple[RiskClass, ...] = ()
    knock_outs: tuple[KnockOut, ...] = ()
    unscored: str = ""
    least_known: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Return the classes from best to worst."""
        return tuple(one.name for one in self.table)

    def named(self, name: str) -> RiskClass:
        """Return a class; raise KeyError for one that is not there."""
        found = next((one for one in self.table if one.name == name), None)
        if found is None:
            raise KeyError(name)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Required:
    """Facts that must be known where the conditions hold; without them a person decides."""

    name: str
    facts: tuple[str, ...]
    when: When = field(default_factory=When)


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionRule:
    """The first rule that holds decides; `conditions` are what an approval depends on."""

    name: str
    when: When
    then: str
    reason: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decisions:
    """The automatic rules in order, and what holds where none does."""

    rules: tuple[DecisionRule, ...] = ()
    otherwise: str = REFER


def read_classes(value: object) -> Classes:
    """Build section `classes`; raise DocumentError naming the first wrong field."""
    where = "credit, classes"
    stated = documents.fields(value, where)
    documents.known(stated, {"by", "table", "knock_outs", "unscored", "least_known"}, where)
    by = documents.choice(stated.get("by", BY_PD), "by", (BY_PD, BY_POINTS), where)
    listed = documents.rows(stated.get("table"), "table", where)
    if not LEAST_CLASSES <= len(listed) <= MOST_CLASSES:
        raise DocumentError(
            f"{where}: table must list {LEAST_CLASSES} to {MOST_CLASSES} classes, the best first"
        )
    table = tuple(_class(row, f"{where}, class {n}") for n, row in enumerate(listed, 1))
    names = [one.name for one in table]
    documents.refuse_twice(names, where)
    _check_order(table, by, where)
    outs = tuple(
        _knock_out(row, names, f"{where}, knock-out {n}")
        for n, row in enumerate(
            documents.rows(stated.get("knock_outs") or [], "knock_outs", where), 1
        )
    )
    documents.refuse_twice([one.name for one in outs], f"{where}, knock_outs")
    return Classes(
        by=by,
        table=table,
        knock_outs=outs,
        unscored=documents.choice(stated.get("unscored", names[-1]), "unscored", names, where),
        least_known=documents.number(stated, "least_known", where, default=1, largest=200),
    )


def read_required(value: object) -> tuple[Required, ...]:
    """Build section `required`: [{name, facts, when}]."""
    where = "credit, required"
    listed = documents.rows([] if value is None else value, "required", "credit")
    found = tuple(_required(row, f"{where} {n}") for n, row in enumerate(listed, 1))
    documents.refuse_twice([one.name for one in found], where)
    return found


def read_decisions(value: object) -> Decisions:
    """Build section `decisions`: {rules: [...], otherwise: refer}."""
    where = "credit, decisions"
    stated = documents.fields({} if value is None else value, where)
    documents.known(stated, {"rules", "otherwise"}, where)
    listed = documents.rows(stated.get("rules") or [], "rules", where)
    rules = tuple(_decision(row, f"{where}, rule {n}") for n, row in enumerate(listed, 1))
    documents.refuse_twice([one.name for one in rules], where)
    otherwise = documents.choice(stated.get("otherwise", REFER), "otherwise", OUTCOMES, where)
    return Decisions(rules=rules, otherwise=otherwise)


def short_text(
    stated: Mapping[str, object], name: str, where: str, *, default: str | None = None
) -> str:
    """Return a text of at most LONGEST_TEXT characters, or raise DocumentError."""
    found = documents.text(stated, name, where, default=default)
    if len(found) > LONGEST_TEXT:
        raise DocumentError(f"{where}: {name} is longer than {LONGEST_TEXT} characters")
    return found


def read_conditions_of_credit(value: object, where: str) -> tuple[str, ...]:
    """Return some of CONDITIONS, or raise DocumentError."""
    listed = documents.names(value, "conditions", where)
    return tuple(documents.choice(one, "conditions", CONDITIONS, where) for one in listed)


def _class(row: object, where: str) -> RiskClass:
    stated = documents.fields(row, where)
    documents.known(stated, _CLASS, where)
    name = documents.text(stated, "name", where)
    if not _NAME.fullmatch(name):
        raise DocumentError(f"{where}: name {name!r} must be at most 20 letters and digits")
    points, to_pd = stated.get("from_points"), stated.get("to_pd_ppm")
    return RiskClass(
        name=name,
        risk=documents.choice(stated.get("risk"), "risk", RISKS, where),
        from_points=None
        if points is None
        else documents.number(
            stated, "from_points", where, smallest=-MOST_POINTS, largest=MOST_POINTS
        ),
        to_pd_ppm=None if to_pd is None else documents.number(stated, "to_pd_ppm", where),
        pd_ppm=documents.number(stated, "pd_ppm", where, largest=PPM),
        lgd_ppm=documents.number(stated, "lgd_ppm", where, default=450_000, largest=PPM),
    )


def _check_order(table: tuple[RiskClass, ...], by: str, where: str) -> None:
    """Refuse classes whose bounds, risks or probabilities do not go from better to worse."""
    field_name = "from_points" if by == BY_POINTS else "to_pd_ppm"
    bounds = [one.from_points if by == BY_POINTS else one.to_pd_ppm for one in table]
    for one, bound in zip(table[:-1], bounds[:-1], strict=True):
        if bound is None:
            raise DocumentError(f"{where}: class {one.name} needs {field_name}")
    if bounds[-1] is not None:
        raise DocumentError(
            f"{where}: class {table[-1].name} is the last and takes all that is left; leave "
            f"{field_name} out"
        )
    known = [bound for bound in bounds if bound is not None]
    if known != sorted(set(known), reverse=by == BY_POINTS):
        raise DocumentError(f"{where}: {field_name} must go from the best class to the worst")
    for better, worse in pairwise(table):
        if RISKS.index(worse.risk) < RISKS.index(better.risk) or worse.pd_ppm < better.pd_ppm:
            raise DocumentError(
                f"{where}: class {worse.name} is worse than {better.name}; its risk and its "
                "pd_ppm cannot be lower"
            )


def _knock_out(row: object, names: list[str], where: str) -> KnockOut:
    stated = documents.fields(row, where)
    documents.known(stated, {"name", "class", "when", "reason"}, where)
    when = read_when(stated.get("when"), f"{where}, when")
    if not when.conditions:
        raise DocumentError(f"{where}: state when it holds; it would hold for everybody")
    return KnockOut(
        name=short_text(stated, "name", where),
        risk_class=documents.choice(stated.get("class"), "class", names, where),
        when=when,
        reason=short_text(stated, "reason", where),
    )


def _required(row: object, where: str) -> Required:
    stated = documents.fields(row, where)
    documents.known(stated, {"name", "facts", "when"}, where)
    names = documents.names(stated.get("facts"), "facts", where)
    if not names:
        raise DocumentError(f"{where}: list the facts that must be known")
    return Required(
        name=short_text(stated, "name", where),
        facts=tuple(read_fact(name, "facts", where) for name in names),
        when=read_when(stated.get("when") or {}, f"{where}, when", found=("asked_minor",)),
    )


def _decision(row: object, where: str) -> DecisionRule:
    stated = documents.fields(row, where)
    documents.known(stated, {"name", "when", "then", "reason", "conditions"}, where)
    found = (
        *("rated_class", "rated_risk", "rated_points", "rated_pd_ppm", "rated_limit_minor"),
        *("asked_minor", "asked_share_ppm"),
    )
    return DecisionRule(
        name=short_text(stated, "name", where),
        when=read_when(stated.get("when") or {}, f"{where}, when", found=found),
        then=documents.choice(stated.get("then"), "then", OUTCOMES, where),
        reason=short_text(stated, "reason", where),
        conditions=read_conditions_of_credit(stated.get("conditions"), where),
    )
