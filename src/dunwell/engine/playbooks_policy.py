"""Who is told when more than the usual step is needed, and what is done for high-risk customers.

One document: the matrix is the escalation protocol (per topic, amount and age who is asked, in how
many business hours or days, then whom), the playbooks say how a customer is watched, and `hours`
when the office works. Amounts are minor units of the company's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.risk_conditions import (
    EndCondition,
    RiskCondition,
    RiskFacts,
    read_condition,
    read_end,
    read_facts,
)

KINDS = (
    *("broken_promise", "large_overdue", "risk", "dispute", "plan", "contact"),
    *("order", "service", "hand_off", "other"),
)
"""What is escalated; each kind at most once at a time for a customer."""

RANKS: Mapping[str, int] = {
    "sales": 0,
    "support": 0,
    "collector": 0,
    "credit_manager": 1,
    "finance_director": 2,
}
"""Roles that can be asked with their rank; a named person counts as the role it has."""

ROLES = tuple(RANKS)
COLLECTOR = "collector"
"""Asked as a role it means the customer's own collector, where there is one."""

MANAGER = "credit_manager"
"""Who is asked where nobody is named."""

WAYS = ("call", "visit")
MOST_DAYS = 60
MOST_HOURS = 400
"""Business hours to answer: about ten weeks of a desk."""

_BODY = {"name", "valid_from", "hours", "matrix", "playbooks"}
_HOURS = {"opens", "closes", "hand_off", "mention"}
_LINE = {"kind", "raise_when", "quiet_days", "rungs"}
_RUNG = {
    *("role", "person", "on_call", "answer_days", "answer_hours", "from_minor", "from_days"),
}
_PLAYBOOK = {
    *("name", "about", "put_when", "quiet_days", "way", "every_days", "agenda", "sponsor"),
    *("freeze", "end_when"),
}
_CASE = {"name", "kind", "amount_minor", "age_days", "days", "hours", "facts", "expect"}


class PlaybooksPolicyError(DocumentError):
    """The policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """Who is asked: a `person` by user name, else everybody in `role`.

    With `on_call` only who is on call for the role that day, if anybody. Within `answer_hours`
    business hours, or where those are 0 within `answer_days` business days. The rung is there
    from an amount of `from_minor` on that has been late for `from_days` days.
    """

    role: str
    person: str = ""
    is_on_call: bool = False
    answer_days: int = 2
    answer_hours: int = 0
    from_minor: int = 0
    from_days: int = 0

    @property
    def address(self) -> str:
        """Return who is asked, as the policy names it."""
        return self.person or self.role


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixLine:
    """The rungs of one kind, from the first on; raised by the cycle when `raise_when` holds.

    After it was resolved the cycle does not raise it again for `quiet_days`.
    """

    kind: str
    rungs: tuple[Rung, ...]
    raise_when: RiskCondition = field(default_factory=RiskCondition)
    quiet_days: int = 30

    def rungs_for(self, amount_minor: int, age_days: int = 0) -> tuple[Rung, ...]:
        """Return the rungs that an amount of an age has, never none: at least the first."""
        found = tuple(
            rung
            for rung in self.rungs
            if amount_minor >= rung.from_minor and age_days >= rung.from_days
        )
        return found or self.rungs[:1]


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskHours:
    """When the office works, and the business hours a hand-off and a mention have to be answered.

    `opens` and `closes` are whole hours of the company's wall clock.
    """

    opens: int = 9
    closes: int = 17
    hand_off: int = 8
    mention: int = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """How a high-risk customer is watched: a call or visit every so many days, with an agenda.

    `sponsor` is the user name of the executive who answers for it; `proposes_freeze` shows the
    proposal to freeze the exposure at once.
    """

    name: str
    about: str = ""
    put_when: RiskCondition = field(default_factory=RiskCondition)
    quiet_days: int = 90
    way: str = "call"
    every_days: int = 7
    agenda: tuple[str, ...] = ()
    sponsor: str = ""
    proposes_freeze: bool = False
    end_when: EndCondition = field(default_factory=EndCondition)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybooksCase:
    """Of a kind: who is asked so long after it was raised at opening time, if nobody answers.

    So long is `days` business days and then `hours` business hours.

    Without a kind: the playbooks and kinds (sorted) that such facts bring about.
    """

    name: str
    expect: tuple[str, ...]
    kind: str = ""
    amount_minor: int = 0
    age_days: int = 0
    days: int = 0
    hours: int = 0
    facts: RiskFacts = field(default_factory=RiskFacts)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlaybooksPolicy:
    """The whole document."""

    name: str = "playbooks"
    valid_from: date = date.min
    hours: DeskHours = field(default_factory=DeskHours)
    matrix: tuple[MatrixLine, ...] = ()
    playbooks: tuple[Playbook, ...] = ()
    cases: tuple[PlaybooksCase, ...] = ()

    def line(self, kind: str) -> MatrixLine | None:
        """Return the matrix of a kind, None where the company has none."""
        return next((line for line in self.matrix if line.kind == kind), None)

    def playbook(self, name: str) -> Playbook | None:
        """Return a playbook by its name."""
        return next((one for one in self.playbooks if one.name == name), None)

    @property
    def looks_at_customers(self) -> bool:
        """Return whether anything is raised, proposed or ended by what is known of customers."""
        return any(not line.raise_when.is_empty for line in self.matrix) or any(
            not (one.put_when.is_empty and one.end_when.is_empty) for one in self.playbooks
        )

    def raised_by(self, facts: RiskFacts) -> tuple[MatrixLine, ...]:
        """Return the lines of the matrix whose condition holds, in their order."""
        return tuple(line for line in self.matrix if line.raise_when.holds(facts))

    def proposed_by(self, facts: RiskFacts) -> tuple[Playbook, ...]:
        """Return the playbooks whose condition holds, in their order; the first is proposed."""
        return tuple(one for one in self.playbooks if one.put_when.holds(facts))


def read_playbooks_policy(document: Mapping[str, object]) -> PlaybooksPolicy:
    """Build the policy from {playbooks: …, cases: […]}; raise PlaybooksPolicyError."""
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"playbooks", "cases"}, "document")
        body = documents.fields(outer.get("playbooks"), "playbooks")
        documents.known(body, _BODY, "playbooks")
        listed = documents.rows(body.get("matrix", []), "matrix", "playbooks")
        matrix = tuple(_line(row, f"playbooks, matrix {n}") for n, row in enumerate(listed, 1))
        _refuse_twice([line.kind for line in matrix], "playbooks, matrix")
        listed = documents.rows(body.get("playbooks", []), "playbooks", "playbooks")
        books = tuple(
            _playbook(row, f"playbooks, playbook {n}") for n, row in enumerate(listed, 1)
        )
        _refuse_twice([one.name for one in books], "playbooks, playbooks")
        cases = documents.rows(outer.get("cases") or [], "cases", "playbooks")
        policy = PlaybooksPolicy(
            name=documents.text(body, "name", "playbooks", default="playbooks"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "playbooks"),
            hours=_hours(body.get("hours")),
            matrix=matrix,
            playbooks=books,
            cases=tuple(_case(row, f"playbooks, case {n}") for n, row in enumerate(cases, 1)),
        )
        _check_cases(policy)
    except PlaybooksPolicyError:
        raise
    except DocumentError as error:
        raise PlaybooksPolicyError(str(error)) from error
    return policy


def _line(row: object, where: str) -> MatrixLine:
    stated = documents.fields(row, where)
    documents.known(stated, _LINE, where)
    listed = documents.rows(stated.get("rungs"), "rungs", where)
    if not listed:
        raise DocumentError(f"{where}: rungs is empty; name at least one role or person to ask")
    rungs = tuple(_rung(one, f"{where}, rung {n}") for n, one in enumerate(listed, 1))
    for name, least in (("from_minor", rungs[0].from_minor), ("from_days", rungs[0].from_days)):
        if least:
            raise DocumentError(f"{where}, rung 1: {name} must be 0; everything has a first rung")
    for n, (lower, higher) in enumerate(pairwise(rungs), 2):
        if lower.address == higher.address:
            raise DocumentError(f"{where}, rung {n}: {higher.address} is asked on the rung before")
        if RANKS[higher.role] < RANKS[lower.role]:
            raise DocumentError(
                f"{where}, rung {n}: a {higher.role} stands below a {lower.role}; put it first"
            )
    return MatrixLine(
        kind=documents.choice(stated.get("kind"), "kind", KINDS, where),
        rungs=rungs,
        raise_when=read_condition(stated.get("raise_when"), f"{where}, raise_when"),
        quiet_days=documents.number(stated, "quiet_days", where, default=30, largest=3_660),
    )


def _rung(row: object, where: str) -> Rung:
    stated = documents.fields(row, where)
    documents.known(stated, _RUNG, where)
    person = documents.text(stated, "person", where, default="")
    default = MANAGER if person else None
    if "answer_hours" in stated and "answer_days" in stated:
        raise DocumentError(f"{where}: state either answer_hours or answer_days, not both")
    is_on_call = documents.switch(stated, "on_call", where)
    if is_on_call and person:
        raise DocumentError(f"{where}: on_call asks whoever is on call for a role; drop person")
    return Rung(
        role=documents.choice(stated.get("role", default), "role", ROLES, where),
        person=person,
        is_on_call=is_on_call,
        answer_days=documents.number(
            stated, "answer_days", where, default=2, smallest=1, largest=MOST_DAYS
        ),
        answer_hours=_count(stated, "answer_hours", where, default=0),
        from_minor=documents.number(stated, "from_minor", where, default=0),
        from_days=documents.number(stated, "from_days", where, default=0, largest=3_660),
    )


def _hours(value: object) -> DeskHours:
    if value is None:
        return DeskHours()
    where = "playbooks, hours"
    stated = documents.fields(value, where)
    documents.known(stated, _HOURS, where)
    standard = DeskHours()
    opens = documents.number(stated, "opens", where, default=standard.opens, largest=23)
    closes = documents.number(
        stated, "closes", where, default=standard.closes, smallest=1, largest=24
    )
    if closes <= opens:
        raise DocumentError(f"{where}: closes must be later than opens, {opens}; state it as 1-24")
    return DeskHours(
        opens=opens,
        closes=closes,
        hand_off=_count(stated, "hand_off", where, default=standard.hand_off),
        mention=_count(stated, "mention", where, default=standard.mention),
    )


def _count(stated: Mapping[str, object], name: str, where: str, *, default: int) -> int:
    """Return stated business hours, at least 1; the default where none are stated."""
    return documents.number(
        stated, name, where, default=default, smallest=min(default, 1), largest=MOST_HOURS
    )


def _playbook(row: object, where: str) -> Playbook:
    stated = documents.fields(row, where)
    documents.known(stated, _PLAYBOOK, where)
    agenda = documents.names(stated.get("agenda"), "agenda", where)
    name = documents.text(stated, "name", where)
    for text, what, most in ((name, "name", 80), *((point, "agenda", 200) for point in agenda)):
        if len(text) > most:
            raise DocumentError(f"{where}: {what} is longer than {most} characters; shorten it")
    return Playbook(
        name=name,
        about=documents.text(stated, "about", where, default=""),
        put_when=read_condition(stated.get("put_when"), f"{where}, put_when"),
        quiet_days=documents.number(stated, "quiet_days", where, default=90, largest=3_660),
        way=documents.choice(stated.get("way", "call"), "way", WAYS, where),
        every_days=documents.number(
            stated, "every_days", where, default=7, smallest=1, largest=365
        ),
        agenda=agenda,
        sponsor=documents.text(stated, "sponsor", where, default=""),
        proposes_freeze=documents.switch(stated, "freeze", where),
        end_when=read_end(stated.get("end_when"), f"{where}, end_when"),
    )


def _case(row: object, where: str) -> PlaybooksCase:
    stated = documents.fields(row, where)
    documents.known(stated, _CASE, where)
    kind = documents.text(stated, "kind", where, default="")
    if bool(kind) == ("facts" in stated):
        raise DocumentError(f"{where}: state either kind (who is asked) or facts (what follows)")
    return PlaybooksCase(
        name=documents.text(stated, "name", where),
        expect=documents.names(stated.get("expect"), "expect", where),
        kind=documents.choice(kind, "kind", KINDS, where) if kind else "",
        amount_minor=documents.number(stated, "amount_minor", where, default=0),
        age_days=documents.number(stated, "age_days", where, default=0, largest=3_660),
        days=documents.number(stated, "days", where, default=0, largest=3_660),
        hours=documents.number(stated, "hours", where, default=0, largest=3_660),
        facts=read_facts(stated.get("facts"), f"{where}, facts"),
    )


def _check_cases(policy: PlaybooksPolicy) -> None:
    for number, case in enumerate(policy.cases, 1):
        if case.kind and policy.line(case.kind) is None:
            raise DocumentError(
                f"playbooks, case {number}: the matrix has no kind {case.kind}; add it or drop it"
            )


def _refuse_twice(names: list[str], where: str) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise DocumentError(f"{where}: {twice[0]!r} stands twice; keep one")
