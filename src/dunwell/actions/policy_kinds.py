"""Every kind of policy document of which a company has one: how it is read and tried.

A kind is added by a line. Strategies (one per name) and the cash policy have pages of their own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.actions.gate import Refused
from dunwell.engine.authority_policy import play_authority_cases
from dunwell.engine.credit_policy import read_credit_policy
from dunwell.engine.credit_rehearsal import play_credit_cases
from dunwell.engine.dispute_policy import read_dispute_policy
from dunwell.engine.dispute_rehearsal import play_dispute_cases
from dunwell.engine.documents import DocumentError
from dunwell.engine.early_payment import play_early_payment_cases
from dunwell.engine.early_payment_policy import read_early_payment_policy
from dunwell.engine.escalation_clock import play_playbook_cases
from dunwell.engine.feedback_policy import play_feedback_cases, read_feedback_policy
from dunwell.engine.plans_policy import read_plans_policy
from dunwell.engine.plans_rehearsal import play_plan_cases
from dunwell.engine.playbooks_policy import read_playbooks_policy
from dunwell.engine.promise_policy import play_promise_cases, read_promises_policy
from dunwell.engine.provisions_policy import play_provision_cases, read_provisions_policy
from dunwell.engine.responses_policy import play_response_cases, read_responses_policy
from dunwell.engine.segments_cases import play_segment_cases
from dunwell.engine.segments_policy import read_segments_policy
from dunwell.formats.policies import PolicyError, PolicyText, line_of, read_policy
from dunwell.models import Company, PolicyVersion
from dunwell.queries.authority import read_certified_authority
from dunwell.queries.charge_law import play_lawful_cases, read_lawful_policy
from dunwell.queries.contact_rules import play_bound_cases, read_bound_policy
from dunwell.queries.dispute_policies import check_owners
from dunwell.queries.playbooks import check_people

Kind = PolicyVersion.Kind


class Policy(Protocol):
    """What every policy that was read has."""

    @property
    def name(self) -> str:
        """Return the name its versions are counted under."""

    @property
    def valid_from(self) -> date:
        """Return the first day it applies to."""


class CaseResult(Protocol):
    """A case that travels with a policy, and whether it came out."""

    @property
    def is_passed(self) -> bool:
        """Return whether the answer is the expected one."""

    def message(self) -> str:
        """Return the case's name with what was expected and what came out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyKind:
    """`about`: what it decides, in a sentence. `read` raises DocumentError with field and place.

    `play_cases` returns the answers to the policy's own cases, in order. `check` raises
    DocumentError where the policy names what the company does not have.
    """

    about: Promise | str
    read: Callable[[Mapping[str, object]], Policy]
    play_cases: Callable[[Any], Sequence[CaseResult]]
    check: Callable[[Company, Any], None] | None = None


KINDS: Mapping[str, PolicyKind] = {
    Kind.CHARGES: PolicyKind(
        about=_("What late payment costs: interest, compensation and reminder fees, for whom."),
        read=read_lawful_policy,
        play_cases=play_lawful_cases,
    ),
    Kind.CONTACT: PolicyKind(
        about=_("Whom we sell to, for whom we collect, and our own limits on contacts."),
        read=read_bound_policy,
        play_cases=play_bound_cases,
    ),
    Kind.SEGMENTS: PolicyKind(
        about=_("Which groups customers fall into, by rules over what they owe and how they pay."),
        read=read_segments_policy,
        play_cases=play_segment_cases,
    ),
    Kind.AUTHORITY: PolicyKind(
        about=_("Who may grant which concession alone, who has to be asked, what nobody may do."),
        read=read_certified_authority,
        play_cases=play_authority_cases,
    ),
    Kind.FEEDBACK: PolicyKind(
        about=_("Whether customers are asked how they were treated, after what and how often."),
        read=read_feedback_policy,
        play_cases=play_feedback_cases,
    ),
    Kind.RESPONSES: PolicyKind(
        about=_("What follows from answers to invoices, and when one counts as never received."),
        read=read_responses_policy,
        play_cases=play_response_cases,
    ),
    Kind.CREDIT: PolicyKind(
        about=_("Who gets credit, how much and on which terms, and what stops an order."),
        read=read_credit_policy,
        play_cases=play_credit_cases,
    ),
    Kind.PROMISES: PolicyKind(
        about=_("What is taken as a promise, and what follows from one that was not kept."),
        read=read_promises_policy,
        play_cases=play_promise_cases,
    ),
    Kind.PLAYBOOKS: PolicyKind(
        about=_("Who is asked when the usual step is not enough, and how risks are watched."),
        read=read_playbooks_policy,
        play_cases=play_playbook_cases,
        check=check_people,
    ),
    Kind.PLANS: PolicyKind(
        about=_("Which payment plans are offered, what they cost, and when one has failed."),
        read=read_plans_policy,
        play_cases=play_plan_cases,
    ),
    Kind.EARLY_PAY: PolicyKind(
        about=_("Who is offered less for earlier money, how much, and how much of it in a month."),
        read=read_early_payment_policy,
        play_cases=play_early_payment_cases,
    ),
    Kind.PROVISIONS: PolicyKind(
        about=_("How expected losses are measured, and what money and credit cost and earn."),
        read=read_provisions_policy,
        play_cases=play_provision_cases,
    ),
    Kind.DISPUTES: PolicyKind(
        about=_("Why customers dispute, what has to be shown, who clears it up and by when."),
        read=read_dispute_policy,
        play_cases=play_dispute_cases,
        check=check_owners,
    ),
}


def read_checked(company: Company, kind: str, document: Mapping[str, object]) -> Policy:
    """Return the policy of a document; raise DocumentError, also for whom it names in vain."""
    about = KINDS[kind]
    policy = about.read(document)
    if about.check is not None:
        about.check(company, policy)
    return policy


def checked(*, company: Company, kind: str, text: str) -> tuple[PolicyText, Policy]:
    """Return a document and its policy, every case of its own passed.

    Raises Refused for an unknown kind, and with the line for what is wrong in the text.
    """
    if kind not in KINDS:
        raise Refused(f"There is no policy {kind}; use {', '.join(KINDS)}.")
    try:
        document = read_policy(text)
    except PolicyError as error:
        raise Refused(str(error)) from error
    try:
        policy = read_checked(company, kind, document.document)
    except DocumentError as error:
        raise Refused(f"line {line_of(document, str(error))}: {error}") from error
    for number, result in enumerate(KINDS[kind].play_cases(policy), 1):
        if not result.is_passed:
            line = line_of(document, f"case {number}: expect")
            raise Refused(f"line {line}: case {number} fails: {result.message()}")
    return document, policy
