"""Cash policies as dated documents: drafting, publishing by a second person, discarding."""

from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.four_eyes import own_approval
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policy_versions import check_move, check_start, keep_draft, move_version
from dunwell.engine.cash_policy import CashPolicy, CashPolicyError, read_cash_policy
from dunwell.engine.cash_rehearsal import play_cash_cases
from dunwell.formats.policies import PolicyError, PolicyText, line_of, read_policy
from dunwell.models import Company, PolicyVersion

Status, CASH = PolicyVersion.Status, PolicyVersion.Kind.CASH


@transaction.atomic
def draft_cash_policy(*, actor: Actor, text: str, at: datetime) -> PolicyVersion:
    """Store a YAML text as the next version of the cash policy, to be published later.

    The text of the latest draft again returns that draft. Raises Refused with the line and
    the reason when the text cannot be read, a field is wrong, or one of its own cases does
    not come out.
    """
    actor.require("cash_policy.edit")
    policy, cash = _checked(text)
    version, is_new = keep_draft(
        company=actor.company,
        kind=CASH,
        name=cash.name,
        policy=policy,
        valid_from=cash.valid_from,
        author=actor.name,
        at=at,
    )
    if not is_new:
        return version
    record_event(
        actor, "cash_policy.drafted", version, at=at, name=cash.name, version=version.version
    )
    return version


@transaction.atomic
def publish_cash_policy(
    *, actor: Actor, version: PolicyVersion, as_of: date, at: datetime
) -> None:
    """Put a draft in force from its own `valid_from` on; a version is never edited afterwards.

    Its cases are played once more. The author may not approve, except in a demo company or
    where nobody else works; the event then says so. Raises Refused for that, for a version
    that is no draft, and for a day that has passed.
    """
    actor.require("cash_policy.publish")
    check_move(version, Status.PUBLISHED, company=actor.company, kind=CASH)
    override = own_approval(
        actor,
        author=version.author,
        refusal="You wrote this version; somebody else has to publish it.",
    )
    check_start(version, as_of=as_of)
    _checked(version.text)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    move_version(version, Status.PUBLISHED, approver=actor.name, published_at=at)
    record_event(
        actor,
        "cash_policy.published",
        version,
        at=at,
        name=version.name,
        version=version.version,
        valid_from=version.valid_from.isoformat(),
        author=version.author,
        override=override,
    )


@transaction.atomic
def discard_cash_policy(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("cash_policy.edit")
    check_move(version, Status.DISCARDED, company=actor.company, kind=CASH)
    move_version(version, Status.DISCARDED)
    record_event(
        actor,
        "cash_policy.discarded",
        version,
        at=at,
        name=version.name,
        version=version.version,
    )


def _checked(text: str) -> tuple[PolicyText, CashPolicy]:
    """Return the document and its policy; refuse with the line what is wrong in it."""
    try:
        policy = read_policy(text)
    except PolicyError as error:
        raise Refused(str(error)) from error
    try:
        cash = read_cash_policy(policy.document)
    except CashPolicyError as error:
        raise Refused(f"line {line_of(policy, str(error))}: {error}") from error
    for number, result in enumerate(play_cash_cases(cash), 1):
        if not result.is_passed:
            line = line_of(policy, f"case {number}: expect")
            raise Refused(f"line {line}: case {number} fails: {result.message()}")
    return policy, cash
