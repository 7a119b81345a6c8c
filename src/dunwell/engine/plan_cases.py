"""The cases that travel with a plans policy: what somebody states, and what they expect.

Three kinds: a plan that is asked for ("six months are allowed"), what a customer can pay
("250 a month: four instalments"), and what came of instalments ("two missed are a default").
This file only reads and checks cases; `engine.plans_rehearsal` plays them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError
from dunwell.engine.plan_schedule import FREQUENCIES, MOST_INSTALMENTS

ALLOWED = "allowed"
ASK_ANSWERS = (
    *(ALLOWED, "covered", "frequency", "number", "months", "instalment", "deposit"),
    *("concession", "first_on"),
)
"""What is asked for is allowed, or the rule of the policy that forbids it."""

STATE_ANSWERS = ("running", "default")
_ASK = {
    *("name", "covered_minor", "frequency", "number", "deposit_minor", "concession_minor"),
    *("first_in_days", "expect"),
}
_AFFORD = {"name", "covered_minor", "frequency", "payable_minor", "expect_number"}
_STATE = {"name", "missed", "days_late", "expect"}


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanCase:
    """Facts, and what should follow; amounts in minor units, `kind` is ask, afford or state.

    `expect_number` is the shortest plan a customer can afford, 0 where there is none.
    """

    name: str
    kind: str
    expect: str = ""
    covered_minor: int = 0
    frequency: str = ""
    number: int = 0
    deposit_minor: int = 0
    concession_minor: int = 0
    first_in_days: int = 0
    payable_minor: int = 0
    expect_number: int = 0
    missed: int = 0
    days_late: int = 0


def read_plan_cases(rows: object) -> tuple[PlanCase, ...]:
    """Return the cases of a document, in order; raise DocumentError naming case and field."""
    listed = documents.rows([] if rows is None else rows, "cases", "plans")
    return tuple(_case(row, f"plans, case {n}") for n, row in enumerate(listed, 1))


def _case(row: object, where: str) -> PlanCase:
    stated = documents.fields(row, where)
    if "payable_minor" in stated:
        return _afford(stated, where)
    if "covered_minor" in stated:
        return _ask(stated, where)
    if "missed" in stated or "days_late" in stated:
        return _state(stated, where)
    raise DocumentError(
        f"{where}: say covered_minor with frequency and number or payable_minor, or missed "
        "with days_late"
    )


def _ask(stated: Mapping[str, object], where: str) -> PlanCase:
    documents.known(stated, _ASK, where)
    return PlanCase(
        name=documents.text(stated, "name", where),
        kind="ask",
        expect=documents.choice(stated.get("expect"), "expect", ASK_ANSWERS, where),
        covered_minor=documents.number(stated, "covered_minor", where, smallest=1),
        frequency=_frequency(stated, where),
        number=documents.number(stated, "number", where, smallest=1, largest=MOST_INSTALMENTS),
        deposit_minor=documents.number(stated, "deposit_minor", where, default=0),
        concession_minor=documents.number(stated, "concession_minor", where, default=0),
        first_in_days=documents.number(stated, "first_in_days", where, default=0, largest=366),
    )


def _afford(stated: Mapping[str, object], where: str) -> PlanCase:
    documents.known(stated, _AFFORD, where)
    return PlanCase(
        name=documents.text(stated, "name", where),
        kind="afford",
        covered_minor=documents.number(stated, "covered_minor", where, smallest=1),
        frequency=_frequency(stated, where),
        payable_minor=documents.number(stated, "payable_minor", where, smallest=1),
        expect_number=documents.number(stated, "expect_number", where, largest=MOST_INSTALMENTS),
    )


def _state(stated: Mapping[str, object], where: str) -> PlanCase:
    documents.known(stated, _STATE, where)
    return PlanCase(
        name=documents.text(stated, "name", where),
        kind="state",
        expect=documents.choice(stated.get("expect"), "expect", STATE_ANSWERS, where),
        missed=documents.number(stated, "missed", where, default=0, largest=MOST_INSTALMENTS),
        days_late=documents.number(stated, "days_late", where, default=0, largest=3_660),
    )


def _frequency(stated: Mapping[str, object], where: str) -> str:
    return documents.choice(stated.get("frequency"), "frequency", FREQUENCIES, where)
