"""The cases that travel with a strategy: what somebody states, and what they expect.

A case is a small story about one customer ("an old import starts friendly").
This file only reads and checks cases; `engine.rehearsal` plays them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.strategy_branches import SIGNALS

PAUSED = ("disputed", "promise_open", "plan_active", "on_hold", "legal_hold")
"""Short words for 'the whole item is disputed, promised, in a plan, held'."""

_ITEM_FIELDS = (
    "days_past_due",
    "open_minor",
    "currency",
    "contacted",
    "paused",
    "disputed_minor",
    "promised_minor",
    "is_credit",
    "signals",
)
_CASE_FIELDS = (
    "name",
    "expect",
    "items",
    *_ITEM_FIELDS,
    "unapplied_minor",
    "feed_age_days",
    "other_contacts",
    "has_email",
    "has_phone",
    "has_address",
    "is_bounced",
    "is_opted_out",
    "is_business_day",
    "is_approved",
)
_EXPECT_FIELDS = ("level", "channel", "template", "blocked", "needs_approval", "demand_minor")


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseItem:
    """One item of the customer in a case.

    `contacted` maps a level to the days ago it was taken; `open_minor` is
    always positive, `is_credit` makes it an open credit note. `signals` maps what
    was heard (see strategy_branches.SIGNALS) to the days ago it was.
    """

    days_past_due: int
    open_minor: int = 10_000
    currency: str = "EUR"
    contacted: Mapping[int, int] = field(default_factory=dict)
    paused: str | None = None
    disputed_minor: int = 0
    promised_minor: int = 0
    is_credit: bool = False
    signals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Expectation:
    """What should happen; None means the case does not say. `level` None = no contact."""

    level: int | None
    channel: str | None = None
    template: str | None = None
    blocked: str | None = None
    needs_approval: bool | None = None
    demand_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """Facts about one customer on one day, and the contact that should follow."""

    name: str
    items: tuple[CaseItem, ...]
    expect: Expectation
    unapplied_minor: int = 0
    feed_age_days: int = 0
    other_contacts: int = 0
    has_email: bool = True
    has_phone: bool = True
    has_address: bool = True
    is_bounced: bool = False
    is_opted_out: bool = False
    is_business_day: bool = True
    is_approved: bool = False


def read_cases(rows: object, *, where: str) -> tuple[Case, ...]:
    """Return the cases of a policy document, in order.

    `where` names the policy in messages. Raises DocumentError naming the case
    and the field that is wrong.
    """
    listed = documents.rows(rows, "cases", where)
    cases = tuple(_case(row, where=f"{where}, case {n}") for n, row in enumerate(listed, 1))
    names = [case.name for case in cases]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise DocumentError(f"{where}: two cases are named {twice[0]!r}; give each its own name")
    return cases


def _case(row: object, *, where: str) -> Case:
    facts = documents.fields(row, where)
    name = documents.text(facts, "name", where)
    where = f"{where} ({name})"
    documents.known(facts, _CASE_FIELDS, where)
    if "expect" not in facts:
        raise DocumentError(
            f"{where}: 'expect' is missing; write the expected level, or null for no contact"
        )
    own = {key: value for key, value in facts.items() if key in _ITEM_FIELDS}
    if "items" in facts and own:
        raise DocumentError(f"{where}: state {sorted(own)[0]} inside 'items', not beside it")
    listed = documents.rows(facts.get("items", [own]), "items", where)
    if not listed:
        raise DocumentError(f"{where}: 'items' is empty; state at least one item")
    return Case(
        name=name,
        items=tuple(_item(item, where=where) for item in listed),
        expect=_expectation(facts["expect"], where=where),
        unapplied_minor=documents.number(facts, "unapplied_minor", where, default=0),
        feed_age_days=documents.number(facts, "feed_age_days", where, default=0),
        other_contacts=documents.number(facts, "other_contacts", where, default=0),
        has_email=documents.switch(facts, "has_email", where, default=True),
        has_phone=documents.switch(facts, "has_phone", where, default=True),
        has_address=documents.switch(facts, "has_address", where, default=True),
        is_bounced=documents.switch(facts, "is_bounced", where),
        is_opted_out=documents.switch(facts, "is_opted_out", where),
        is_business_day=documents.switch(facts, "is_business_day", where, default=True),
        is_approved=documents.switch(facts, "is_approved", where),
    )


def _item(row: object, *, where: str) -> CaseItem:
    facts = documents.fields(row, where)
    documents.known(facts, _ITEM_FIELDS, where)
    paused = facts.get("paused")
    levels = documents.fields(facts.get("contacted", {}), f"{where}, contacted")
    contacted = {str(level): ago for level, ago in levels.items()}
    if any(not level.isdecimal() for level in contacted):
        raise DocumentError(f"{where}: contacted must read {{level: days ago}}, found {levels!r}")
    return CaseItem(
        days_past_due=documents.number(facts, "days_past_due", where, smallest=-3_650),
        open_minor=documents.number(facts, "open_minor", where, default=10_000),
        currency=documents.text(facts, "currency", where, default="EUR"),
        contacted={
            int(level): documents.number(contacted, level, f"{where}, contacted")
            for level in contacted
        },
        paused=None if paused is None else documents.choice(paused, "paused", PAUSED, where),
        disputed_minor=documents.number(facts, "disputed_minor", where, default=0),
        promised_minor=documents.number(facts, "promised_minor", where, default=0),
        is_credit=documents.switch(facts, "is_credit", where),
        signals=_heard(facts.get("signals", {}), where),
    )


def _heard(value: object, where: str) -> Mapping[str, int]:
    at = f"{where}, signals"
    stated = documents.fields(value, at)
    documents.known(stated, SIGNALS, at)
    return {str(name): documents.number(stated, str(name), at) for name in stated}


def _expectation(value: object, *, where: str) -> Expectation:
    """Read `expect: 2`, `expect: null` or `expect: {level: 2, channel: call}`."""
    where = f"{where}, expect"
    stated = documents.fields(value if isinstance(value, Mapping) else {"level": value}, where)
    documents.known(stated, _EXPECT_FIELDS, where)
    if stated.get("blocked") is not None and stated.get("level") is not None:
        raise DocumentError(f"{where}: state either a level or blocked, not both")
    return Expectation(
        level=documents.number(stated, "level", where) if _has(stated, "level") else None,
        channel=documents.text(stated, "channel", where) if _has(stated, "channel") else None,
        template=documents.text(stated, "template", where) if _has(stated, "template") else None,
        blocked=documents.text(stated, "blocked", where) if _has(stated, "blocked") else None,
        needs_approval=documents.switch(stated, "needs_approval", where)
        if _has(stated, "needs_approval")
        else None,
        demand_minor=documents.number(stated, "demand_minor", where)
        if _has(stated, "demand_minor")
        else None,
    )


def _has(stated: Mapping[str, object], name: str) -> bool:
    return stated.get(name) is not None
