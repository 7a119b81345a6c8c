"""Deciding on credit applications: scored, recommended, decided by another, or put to authority.

Where the policy approves or declines by itself, the published policy is the second eye. Otherwise
one person recommends and another decides; beyond that person's authority an approval is asked for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.application_checks import is_listed, open_questions
from dunwell.actions.application_moves import (
    LONGEST_REASON,
    Status,
    change,
    locked_application,
    move,
    tell,
)
from dunwell.actions.application_outcomes import Grant, approve, decline, grant_of
from dunwell.actions.application_references import is_gathered
from dunwell.actions.approvals import handles, request_approval
from dunwell.actions.authority import Authority, authorise
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.texts import fitting
from dunwell.engine.adverse_action import check_reasons
from dunwell.engine.application_proposals import ApplicationProposal
from dunwell.engine.authority import may_approve
from dunwell.models import ApplicationCondition, ApprovalRequest, CreditApplication, Role
from dunwell.queries.application_rules import duties_of
from dunwell.queries.authority import authority_in_force

APPROVE, DECLINE, SEND_BACK = "approve", "decline", "send_back"
MONTH_DAYS = 30
MOST_REASONS = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Recommendation:
    """What somebody thinks should be decided; amounts in the company's minor units."""

    outcome: str
    limit_minor: int = 0
    terms_days: int = 0
    conditions: tuple[Mapping[str, object], ...] = ()
    reasons: tuple[str, ...] = ()
    note: str = ""


@transaction.atomic
def score_application(
    *,
    actor: Actor,
    application: CreditApplication,
    proposal: ApplicationProposal,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Keep what the policy proposes; it decides alone where it may, else a person reviews.

    It never decides alone on somebody a person confirmed on a sanction list, or with too few
    reasons, and never declines a natural person whom the law lets ask for a person (GDPR 22).
    Raises Refused while references are waited for.
    """
    actor.require("application.edit")
    application = locked_application(actor, application)
    if application.status == Status.GATHERING and not is_gathered(application, as_of=as_of):
        raise Refused("References are still waited for; give them up to score without them.")
    move(application, Status.SCORED, proposal=proposal.document())
    tell(
        actor, "scored", application, at=at, outcome=proposal.outcome,
        risk_class=proposal.risk_class, limit_minor=proposal.limit_minor,
        policy_version=proposal.policy_version,
    )  # fmt: skip
    outcome = _alone(application, proposal, as_of=as_of)
    by = f"policy {proposal.policy_version or 'standard'}"
    if outcome == APPROVE:
        grant = Grant(
            limit_minor=proposal.limit_minor,
            terms_days=proposal.terms_days,
            conditions=tuple(_condition(one) for one in proposal.conditions),
        )
        approve(actor, application, grant, by=by, is_automatic=True, as_of=as_of, at=at)
    elif outcome == DECLINE:
        reasons = _against(proposal)
        decline(actor, application, reasons, by=by, is_automatic=True, as_of=as_of, at=at)
    else:
        move(application, Status.IN_REVIEW)
    return application


@transaction.atomic
def recommend_application(
    *,
    actor: Actor,
    application: CreditApplication,
    recommendation: Recommendation,
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Say what should be decided; somebody else decides. A refusal needs two to four reasons."""
    actor.require("application.edit")
    application = locked_application(actor, application)
    _check(application, recommendation)
    note = fitting(text=recommendation.note, most=1_000, what="note")
    move(
        application,
        Status.RECOMMENDED,
        recommended_by=actor.name,
        recommendation={
            "outcome": recommendation.outcome,
            "limit_minor": recommendation.limit_minor,
            "currency": application.company.currency,
            "terms_days": recommendation.terms_days,
            "conditions": [dict(one) for one in recommendation.conditions],
            "reasons": list(recommendation.reasons),
            "note": note,
            "by": actor.name,
            "roles": sorted(actor.roles),
            "on": as_of.isoformat(),
        },
    )
    tell(
        actor, "recommended", application, at=at, outcome=recommendation.outcome,
        limit_minor=recommendation.limit_minor, terms_days=recommendation.terms_days, note=note,
    )  # fmt: skip
    return application


@transaction.atomic
def decide_application(
    *,
    actor: Actor,
    application: CreditApplication,
    outcome: str,
    reason: str = "",
    as_of: date,
    at: datetime,
) -> CreditApplication:
    """Decide as was recommended (approve or decline), or send it back with a reason.

    Another person than who recommended it or entered it. A limit or terms beyond the actor's
    authority wait for somebody with more. Raises Refused for one's own, one that is not
    recommended, another outcome than the recommended one, and for a sanction hit.
    """
    actor.require("application.decide")
    application = locked_application(actor, application)
    told = fitting(text=reason, most=LONGEST_REASON, what="reason")
    if application.status != Status.RECOMMENDED:
        label = Status(application.status).label.lower()
        raise Refused(f"{application.number} is marked: {label}; it is not recommended now.")
    override = _not_own(actor, application)
    wanted = application.recommendation.get("outcome")
    if outcome == SEND_BACK:
        if not told:
            raise Refused("Say what should be looked at again.")
        move(application, Status.IN_REVIEW)
        tell(actor, "sent_back", application, at=at, reason=told)
        return application
    if outcome != wanted:
        raise Refused(f"Recommended is to {wanted}; send it back if that is wrong.")
    if outcome == DECLINE:
        reasons = [str(one) for one in application.recommendation["reasons"]]
        decline(actor, application, reasons, by=actor.name, note=told, as_of=as_of, at=at)
        return application
    grant = grant_of(application)
    _check_listed(application)
    authority, is_covered = _authority(
        actor, application, grant, is_second=not override, as_of=as_of
    )
    if is_covered:
        change(application, authority=authority.document())
        approve(
            actor, application, grant, by=actor.name, note=told, override=override,
            as_of=as_of, at=at,
        )  # fmt: skip
        return application
    move(application, Status.PENDING_APPROVAL, authority=authority.document())
    request_approval(
        actor=actor,
        subject=application,
        act=authority.ask.act,
        authority=authority,
        reason=told or f"{application.number}: {application.name}"[:LONGEST_REASON],
        as_of=as_of,
        at=at,
    )
    return application


@handles("creditapplication")
def _decided(
    *,
    actor: Actor,
    request: ApprovalRequest,
    is_approved: bool,
    reason: str,
    as_of: date,
    at: datetime,
) -> None:
    """Approve what waited, or send it back to review; never by who recommended or entered it."""
    application = locked_application(actor, CreditApplication.objects.get(pk=request.subject_id))
    if application.status != Status.PENDING_APPROVAL:
        raise Refused(f"{application.number} no longer waits for approval.")
    if not is_approved:
        move(application, Status.IN_REVIEW)
        tell(actor, "sent_back", application, at=at, reason=reason)
        return
    override = _not_own(actor, application)
    _check_listed(application)
    grant = grant_of(application)
    approve(
        actor, application, grant, by=actor.name, note=reason, override=override,
        as_of=as_of, at=at,
    )  # fmt: skip


def _alone(application: CreditApplication, proposal: ApplicationProposal, *, as_of: date) -> str:
    """Return approve or decline where the policy decides without a person, else nothing."""
    if is_listed(application) or open_questions(application):
        return ""
    confirmed = application.checks.filter(is_current=True, decision="confirmed").exists()
    if proposal.outcome == APPROVE:
        asked = application.asked_minor or 0
        is_whole = proposal.limit_minor >= asked and not proposal.missing
        is_free = is_whole and not confirmed
        return APPROVE if is_free and _is_within(application, proposal, as_of=as_of) else ""
    if proposal.outcome == DECLINE:
        owed = duties_of(application, as_of=as_of)
        needs_person = owed.explains and application.is_natural_person
        is_reasoned = not check_reasons(_against(proposal))
        lacks_agency = owed.names_agency and not application.agency.get("name")
        return DECLINE if is_reasoned and not needs_person and not lacks_agency else ""
    return ""


def _is_within(
    application: CreditApplication, proposal: ApplicationProposal, *, as_of: date
) -> bool:
    """Return whether the published policy may grant the limit: it has an analyst's authority."""
    policy = replace(system(application.company), roles=frozenset({Role.CREDIT_ANALYST.value}))
    try:
        return authorise(
            actor=policy,
            customer=application.customer,
            act="limit",
            currency=application.company.currency,
            amount_minor=proposal.limit_minor,
            proposed_risk=proposal.risk,
            as_of=as_of,
        ).is_allowed
    except Refused:
        return False


def _condition(told: str) -> dict[str, object]:
    """Return a condition of the policy; what is no kind of ours is shown as a document."""
    if told in ApplicationCondition.Kind.values:
        return {"kind": told, "text": ""}
    return {"kind": ApplicationCondition.Kind.DOCUMENT.value, "text": told.replace("_", " ")}


def _against(proposal: ApplicationProposal) -> list[str]:
    return list(proposal.reason_texts)[:MOST_REASONS]


def _check(application: CreditApplication, told: Recommendation) -> None:
    if told.outcome not in (APPROVE, DECLINE):
        raise Refused("Recommend to approve or to decline.")
    if told.outcome == DECLINE:
        if wrong := check_reasons(told.reasons):
            raise Refused(wrong)
        return
    if told.limit_minor <= 0 or not 0 <= told.terms_days <= 365:  # noqa: PLR2004  a year
        raise Refused("Give a limit above 0 and terms of at most a year.")
    _check_listed(application)


def _check_listed(application: CreditApplication) -> None:
    if is_listed(application):
        raise Refused(
            f"Somebody named in {application.number} was confirmed on a sanction list; it can "
            "only be declined."
        )
    if waiting := open_questions(application):
        raise Refused(f"Judge this first: {'; '.join(waiting)}.")


def _not_own(actor: Actor, application: CreditApplication) -> str:
    """Refuse who recommended or entered it; return why the author may where nobody else works."""
    override = own_approval(
        actor,
        author=application.recommended_by,
        refusal="You recommended this; somebody else has to decide it.",
    )
    return override or own_approval(
        actor,
        author=application.entered_by if application.source == "staff" else "",
        refusal="You entered this application; somebody else has to decide it.",
    )


def _authority(
    actor: Actor, application: CreditApplication, grant: Grant, *, is_second: bool, as_of: date
) -> tuple[Authority, bool]:
    """Return what the authority policy says to limit and terms, the stricter of both.

    And whether the actor may decide: alone, or as the second person what he may approve of others.
    """
    risk = str(application.proposal.get("risk", ""))
    policy = authority_in_force(actor.company, as_of=as_of).policy

    def asked(act: str, months: int) -> Authority:
        return authorise(
            actor=actor,
            customer=application.customer,
            act=act,
            currency=application.company.currency,
            amount_minor=grant.limit_minor,
            months=months,
            proposed_risk=risk,
            as_of=as_of,
        )

    def is_covered(one: Authority) -> bool:
        return one.is_allowed or (is_second and may_approve(one.ask, policy, roles=actor.roles))

    def strictness(one: Authority) -> tuple[bool, int]:
        rung = policy.ladder.index(one.needs_role) if one.needs_role in policy.ladder else -1
        return not is_covered(one), rung

    found = [asked("limit", 0), asked("terms", -(-grant.terms_days // MONTH_DAYS))]
    return max(found, key=strictness), all(is_covered(one) for one in found)
