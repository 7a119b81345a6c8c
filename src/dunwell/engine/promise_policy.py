"""What a company takes as a promise, and what follows from one that was not kept.

One document, versioned like a strategy. Consequences are data: each names the failures it answers
to, by how many promises on the same items failed in a row and by the sum that failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine import documents
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.documents import DocumentError

KINDS = ("task", "no_promises", "escalate", "limit")
"""A follow-up task; no further promise on the customer's items for `days`; an escalation to
`to_role`; a task to review the credit limit."""

FAILURES = ("partially_kept", "broken")
_FIELDS = {"name", "valid_from", "most_days", "tolerance_days", "confirm", "consequences"}
_RULE = {"name", "kind", "outcomes", "from_failures", "from_minor", "days", "to_role"}
_CASE = {"name", "outcome", "failures", "amount_minor", "expect"}
_LONGEST = 365


class PromisePolicyError(DocumentError):
    """The promises policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsequenceRule:
    """One consequence and the failures it answers to.

    `from_failures` counts the failed promises in a row on these items, this one included;
    `from_minor` is the smallest sum promised, home minor units.
    """

    name: str
    kind: str
    outcomes: tuple[str, ...] = FAILURES
    from_failures: int = 1
    from_minor: int = 0
    days: int = 0
    to_role: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PromiseCase:
    """A failure somebody states, and the consequences they expect, by name."""

    name: str
    outcome: str
    failures: int
    amount_minor: int
    expect: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PromisePolicy:
    """The whole document. `most_days`: how far ahead a promise may lie; beyond it is a plan.

    `confirm`: whether a new promise is confirmed to the customer by mail.
    """

    name: str
    valid_from: date
    most_days: int = 60
    tolerance_days: int = 2
    confirm: bool = False
    consequences: tuple[ConsequenceRule, ...] = ()
    cases: tuple[PromiseCase, ...] = ()


def read_promises_policy(document: Mapping[str, object]) -> PromisePolicy:
    """Build a promises policy from a parsed document of the form {promises: …, cases: […]}.

    Raises PromisePolicyError naming the first wrong field.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"promises", "cases"}, "document")
        body = documents.fields(outer.get("promises"), "promises")
        documents.known(body, _FIELDS, "promises")
        listed = documents.rows(body.get("consequences", []), "consequences", "promises")
        rules = tuple(_rule(row, f"promises, consequence {n}") for n, row in enumerate(listed, 1))
        cases = documents.rows(outer.get("cases") or [], "cases", "promises")
        documents.refuse_twice([rule.name for rule in rules], "promises, consequences")
        return PromisePolicy(
            name=documents.text(body, "name", "promises"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "promises"),
            most_days=documents.number(
                body, "most_days", "promises", default=60, smallest=1, largest=_LONGEST
            ),
            tolerance_days=documents.number(
                body, "tolerance_days", "promises", default=2, largest=30
            ),
            confirm=documents.switch(body, "confirm", "promises"),
            consequences=rules,
            cases=tuple(
                _case(row, rules, f"promises, case {n}") for n, row in enumerate(cases, 1)
            ),
        )
    except PromisePolicyError:
        raise
    except DocumentError as error:
        raise PromisePolicyError(str(error)) from error


def consequences(
    policy: PromisePolicy, *, outcome: str, failures: int, amount_minor: int | None
) -> tuple[ConsequenceRule, ...]:
    """Return what follows from a promise that failed, in the order of the policy.

    `failures` counts the failed promises in a row, this one included. An `amount_minor` (home)
    that is not known counts as large. Of two rules of one kind the later one holds, so that a
    policy can rise from mild to strict. A promise that did not fail has no consequences.
    """
    found: dict[str, ConsequenceRule] = {}
    for rule in policy.consequences:
        is_large = amount_minor is None or amount_minor >= rule.from_minor
        if outcome in rule.outcomes and failures >= rule.from_failures and is_large:
            found.pop(rule.kind, None)
            found[rule.kind] = rule
    return tuple(found.values())


def play_promise_cases(policy: PromisePolicy) -> tuple[CaseAnswer, ...]:
    """Return what the policy answers to each of its own cases, in order."""
    return tuple(
        CaseAnswer(
            case=case,
            found=tuple(
                rule.name
                for rule in consequences(
                    policy,
                    outcome=case.outcome,
                    failures=case.failures,
                    amount_minor=case.amount_minor,
                )
            ),
        )
        for case in policy.cases
    )


def _rule(row: object, where: str) -> ConsequenceRule:
    stated = documents.fields(row, where)
    documents.known(stated, _RULE, where)
    kind = documents.choice(stated.get("kind"), "kind", KINDS, where)
    outcomes = documents.names(stated.get("outcomes", list(FAILURES)), "outcomes", where)
    days = documents.number(stated, "days", where, default=0, largest=_LONGEST)
    to_role = documents.text(stated, "to_role", where, default="")
    if kind == "no_promises" and not days:
        raise DocumentError(f"{where}: state for how many days no promise is taken")
    if (kind == "escalate") != bool(to_role):
        raise DocumentError(f"{where}: to_role goes with kind escalate, and only with it")
    return ConsequenceRule(
        name=documents.text(stated, "name", where),
        kind=kind,
        outcomes=tuple(documents.choice(o, "outcomes", FAILURES, where) for o in outcomes),
        from_failures=documents.number(
            stated, "from_failures", where, default=1, smallest=1, largest=99
        ),
        from_minor=documents.number(stated, "from_minor", where, default=0),
        days=days,
        to_role=to_role,
    )


def _case(row: object, rules: tuple[ConsequenceRule, ...], where: str) -> PromiseCase:
    stated = documents.fields(row, where)
    documents.known(stated, _CASE, where)
    known = [rule.name for rule in rules]
    expect = documents.names(stated.get("expect"), "expect", where)
    return PromiseCase(
        name=documents.text(stated, "name", where),
        outcome=documents.choice(stated.get("outcome"), "outcome", ("kept", *FAILURES), where),
        failures=documents.number(stated, "failures", where, default=1, smallest=1, largest=99),
        amount_minor=documents.number(stated, "amount_minor", where, default=10_000),
        expect=tuple(documents.choice(name, "expect", known, where) for name in expect),
    )
