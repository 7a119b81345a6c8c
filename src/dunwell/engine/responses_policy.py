"""What follows from a customer's answer to an invoice, and when one counts as never received.

One document, versioned like a strategy. Codes are those of the Peppol Invoice Response (list
UNCL4343 restricted by BIS 63: AB, IP, UQ, CA, RE, AP, PD; docs.peppol.eu/poacc/upgrade-3) and of
the French life cycle (200 to 213, AFNOR XP Z12-012).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine import documents
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.delivery_ladder import PROOFS
from dunwell.engine.dispute_codes import e_invoice_reason
from dunwell.engine.documents import DocumentError

EFFECTS = ("dispute", "announce", "check_paid", "task")
"""A dispute case is opened or joined; the day of payment is announced, which stops reminders
until then and moves what is expected; the ledger is asked whether the money is there; a person
looks at it."""

RUNGS_OF_CODES: Mapping[str, str] = {
    "AB": "delivered",
    "IP": "received",
    "UQ": "queried",
    "CA": "accepted",
    "RE": "rejected",
    "AP": "approved",
    "PD": "scheduled",
    "200": "handed_over",
    "201": "handed_over",
    "202": "delivered",
    "203": "delivered",
    "204": "received",
    "205": "approved",
    "206": "queried",
    "207": "queried",
    "208": "queried",
    "209": "accepted",
    "210": "rejected",
    "211": "scheduled",
    "212": "paid",
    "213": "bounced",
}
"""The rung of the ladder a code stands for. BIS 63: AB the message was received, IP it is being
processed, UQ it is not processed until we answer, CA accepted under conditions, RE refused for
good, AP approved and to be paid, PD payment was initiated. A French platform's 213 is a refusal by
the platform: the customer never saw the invoice."""

MLR_RUNGS: Mapping[str, str] = {"AB": "handed_over", "AP": "handed_over", "RE": "bounced"}
"""Of a message level response: it is the access point that speaks, not the customer."""

CODES = tuple(RUNGS_OF_CODES)
ALARM = "alarm"
_FIELDS = {"name", "valid_from", "effects", "reasons", "arrival_days", "alarm"}
_ALARM = {
    *("is_on", "days_before_due", "min_wait_days", "min_open_minor", "proofs", "business_days"),
    "only_ours",
}
_CASE = {"name", "code", "reason", "days_before_due", "proof", "expect"}


class ResponsesPolicyError(DocumentError):
    """The policy cannot be used; the message says what, where, and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmTerms:
    """When an invoice nothing proves to have arrived is told of.

    From `days_before_due` before the due day (business days where `business_days`), not before
    `min_wait_days` calendar days after it was issued, from `min_open_minor` of its currency on.
    """

    is_on: bool = True
    days_before_due: int = 7
    min_wait_days: int = 3
    min_open_minor: int = 0
    proofs: tuple[str, ...] = PROOFS
    business_days: bool = True
    only_ours: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponseCase:
    """An answer, or an invoice without proof, and what follows: effects with the reason, alarm."""

    name: str
    expect: tuple[str, ...]
    code: str = ""
    reason: str = ""
    days_before_due: int | None = None
    proof: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResponsesPolicy:
    """The whole document; `arrival_days` from a payment that was initiated to the money here."""

    name: str
    valid_from: date
    effects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    arrival_days: int = 2
    alarm: AlarmTerms = field(default_factory=AlarmTerms)
    cases: tuple[ResponseCase, ...] = ()

    def effects_of(self, code: str) -> tuple[str, ...]:
        """Return what follows from a code, in the order of EFFECTS; empty for none."""
        named = self.effects.get(code, ())
        return tuple(effect for effect in EFFECTS if effect in named)

    def reason_of(self, reason_codes: tuple[str, ...], code: str) -> str:
        """Return the dispute reason of the first reason code that says one, else of the code."""
        for told in (*reason_codes, code):
            mapped = self.reasons.get(told.upper()) or e_invoice_reason(told)
            if mapped not in {told, "other"}:
                return mapped
        return "other"


def read_responses_policy(document: Mapping[str, object]) -> ResponsesPolicy:
    """Build the policy from a parsed document of the form {responses: …, cases: […]}.

    Raises ResponsesPolicyError naming the first wrong field.
    """
    try:
        outer = documents.fields(document, "document")
        documents.known(outer, {"responses", "cases"}, "document")
        body = documents.fields(outer.get("responses"), "responses")
        documents.known(body, _FIELDS, "responses")
        cases = documents.rows(outer.get("cases") or [], "cases", "responses")
        return ResponsesPolicy(
            name=documents.text(body, "name", "responses"),
            valid_from=documents.day(body.get("valid_from"), "valid_from", "responses"),
            effects=_effects(body.get("effects", {})),
            reasons=_reasons(body.get("reasons", {})),
            arrival_days=documents.number(
                body, "arrival_days", "responses", default=2, largest=60
            ),
            alarm=_alarm(body.get("alarm", {})),
            cases=tuple(_case(row, f"responses, case {n}") for n, row in enumerate(cases, 1)),
        )
    except ResponsesPolicyError:
        raise
    except DocumentError as error:
        raise ResponsesPolicyError(str(error)) from error


def play_response_cases(policy: ResponsesPolicy) -> tuple[CaseAnswer, ...]:
    """Return what the policy answers to each of its own cases."""
    return tuple(CaseAnswer(case=case, found=_found(policy, case)) for case in policy.cases)


def _found(policy: ResponsesPolicy, case: ResponseCase) -> tuple[str, ...]:
    if case.code:
        reasons = (case.reason,) if case.reason else ()
        return tuple(
            f"{effect} {policy.reason_of(reasons, case.code)}" if effect == "dispute" else effect
            for effect in policy.effects_of(case.code)
        )
    terms, days = policy.alarm, case.days_before_due
    is_told = terms.is_on and days is not None and days <= terms.days_before_due
    return (ALARM,) if is_told and case.proof not in (*terms.proofs, "paid") else ()


def _effects(stated: object) -> Mapping[str, tuple[str, ...]]:
    fields = documents.fields(stated, "responses, effects")
    documents.known(fields, CODES, "responses, effects")
    found = {}
    for code, value in fields.items():
        where = f"responses, effects, {code}"
        named = documents.names(value, "effects", where)
        for effect in named:
            documents.choice(effect, "effect", EFFECTS, where)
        found[code] = named
    return found


def _reasons(stated: object) -> Mapping[str, str]:
    fields = documents.fields(stated, "responses, reasons")
    return {
        str(code).upper(): documents.text(fields, code, "responses, reasons") for code in fields
    }


def _alarm(stated: object) -> AlarmTerms:
    where = "responses, alarm"
    fields = documents.fields(stated, where)
    documents.known(fields, _ALARM, where)
    proofs = documents.names(fields.get("proofs", list(PROOFS)), "proofs", where)
    for proof in proofs:
        documents.choice(proof, "proof", PROOFS, where)
    return AlarmTerms(
        is_on=documents.switch(fields, "is_on", where, default=True),
        days_before_due=documents.number(fields, "days_before_due", where, default=7, largest=120),
        min_wait_days=documents.number(fields, "min_wait_days", where, default=3, largest=120),
        min_open_minor=documents.number(fields, "min_open_minor", where, default=0),
        proofs=proofs,
        business_days=documents.switch(fields, "business_days", where, default=True),
        only_ours=documents.switch(fields, "only_ours", where, default=True),
    )


def _case(stated: object, where: str) -> ResponseCase:
    fields = documents.fields(stated, where)
    documents.known(fields, _CASE, where)
    days = fields.get("days_before_due")
    code = str(fields.get("code", ""))
    if code:
        documents.choice(code, "code", CODES, where)
    return ResponseCase(
        name=documents.text(fields, "name", where),
        code=code,
        reason=documents.text(fields, "reason", where, default=""),
        days_before_due=None
        if days is None
        else documents.number(fields, "days_before_due", where, smallest=-10_000),
        proof=documents.text(fields, "proof", where, default=""),
        expect=documents.names(fields.get("expect", []), "expect", where),
    )
