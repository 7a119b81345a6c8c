"""Whether customers are asked how they were treated: after what, how often, and with whose leave.

One document, versioned like a strategy.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.documents import DocumentError

OCCASIONS = ("case", "conversation", "payment")
"""After what a customer is asked; of several on one day the first one counts."""

SCALES: Mapping[str, tuple[int, int]] = {"csat": (1, 5), "nps": (0, 10), "effort": (1, 7)}
"""Lowest and highest answer of each kind of question."""

ASKED = "asked"
"""What a case expects of a customer that is asked."""

MILLION = 1_000_000
_FIELDS = {
    *("name", "valid_from", "every_days", "open_days", "needs_consent", "occasions"),
    *("fatigue_days", "fatigue_contacts", "complaints_ppm"),
}
_CASE = {"name", "occasion", "days_since", "has_agreed", "expect"}


class FeedbackPolicyError(DocumentError):
    """The feedback policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """What is asked after an occasion, and whether it is at all."""

    kind: str
    is_on: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackCase:
    """A customer somebody states, and whether it is asked; None: never asked before."""

    name: str
    occasion: str
    days_since: int | None
    has_agreed: bool
    expect: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedbackPolicy:
    """The whole document; days are calendar days, `complaints_ppm` complaints per million sent."""

    name: str
    valid_from: date
    every_days: int = 90
    open_days: int = 30
    needs_consent: bool = True
    occasions: Mapping[str, Occasion] = field(default_factory=dict)
    fatigue_days: int = 14
    fatigue_contacts: int = 4
    complaints_ppm: int = 1_000
    cases: tuple[FeedbackCase, ...] = ()

    def asks(self, occasion: str, *, days_since: int | None, has_agreed: bool) -> bool:
        """Return whether a customer is asked after an occasion.

        `days_since` its last question (None: there was none).
        """
        chosen = self.occasions.get(occasion)
        if chosen is None or not chosen.is_on or (self.needs_consent and not has_agreed):
            return False
        return days_since is None or days_since >= self.every_days


def read_feedback_policy(document: Mapping[str, object]) -> FeedbackPolicy:
    """Build a feedback policy from a parsed document of the form {feedback: …, cases: […]}.

    Raises FeedbackPolicyError naming the first wrong field.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"feedback", "cases"}, "document")
        body = documents.fields(outer.get("feedback"), "feedback")
        documents.known(body, _FIELDS, "feedback")
        stated = documents.fields(body.get("occasions", {}), "feedback, occasions")
        documents.known(stated, OCCASIONS, "feedback, occasions")
        cases = documents.rows(outer.get("cases") or [], "cases", "feedback")
        return FeedbackPolicy(
            name=documents.text(body, "name", "feedback"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "feedback"),
            every_days=_days(body, "every_days", 90),
            open_days=_days(body, "open_days", 30),
            needs_consent=documents.switch(body, "needs_consent", "feedback", default=True),
            occasions={
                name: _occasion(name, stated[name]) for name in OCCASIONS if name in stated
            },
            fatigue_days=_days(body, "fatigue_days", 14),
            fatigue_contacts=documents.number(
                body, "fatigue_contacts", "feedback", default=4, smallest=1, largest=100
            ),
            complaints_ppm=documents.number(
                body, "complaints_ppm", "feedback", default=1_000, largest=MILLION
            ),
            cases=tuple(_case(row, f"feedback, case {n}") for n, row in enumerate(cases, 1)),
        )
    except FeedbackPolicyError:
        raise
    except DocumentError as error:
        raise FeedbackPolicyError(str(error)) from error


def play_feedback_cases(policy: FeedbackPolicy) -> tuple[CaseAnswer, ...]:
    """Return what the policy answers to each of its own cases: asked, or nothing."""
    return tuple(
        CaseAnswer(
            case=case,
            found=(ASKED,)
            if policy.asks(case.occasion, days_since=case.days_since, has_agreed=case.has_agreed)
            else (),
        )
        for case in policy.cases
    )


def _days(body: Mapping[str, object], name: str, default: int) -> int:
    return documents.number(body, name, "feedback", default=default, smallest=1, largest=730)


def _occasion(name: str, stated: object) -> Occasion:
    where = f"feedback, {name}"
    fields = documents.fields(stated, where)
    documents.known(fields, {"kind", "is_on"}, where)
    return Occasion(
        kind=documents.choice(fields.get("kind"), "kind", tuple(SCALES), where),
        is_on=documents.switch(fields, "is_on", where),
    )


def _case(stated: object, where: str) -> FeedbackCase:
    fields = documents.fields(stated, where)
    documents.known(fields, _CASE, where)
    since = fields.get("days_since")
    return FeedbackCase(
        name=documents.text(fields, "name", where),
        occasion=documents.choice(fields.get("occasion"), "occasion", OCCASIONS, where),
        days_since=None if since is None else documents.number(fields, "days_since", where),
        has_agreed=documents.switch(fields, "has_agreed", where),
        expect=_expected(fields, where),
    )


def _expected(fields: Mapping[str, object], where: str) -> tuple[str, ...]:
    told = documents.names(fields.get("expect", []), "expect", where)
    for name in told:
        documents.choice(name, "expect", (ASKED,), where)
    return told
