"""Cash policies as dated documents: drafting, publishing by a second person, discarding."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.policy_versions import discard_version, draft_version, publish_version
from dunwell.engine.cash_policy import CashPolicy, CashPolicyError, read_cash_policy
from dunwell.engine.cash_rehearsal import play_cash_cases
from dunwell.formats.policies import PolicyError, PolicyText, line_of, read_policy
from dunwell.models import PolicyVersion

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
    return draft_version(
        actor,
        kind=CASH,
        verb="cash_policy.drafted",
        name=cash.name,
        policy=policy,
        valid_from=cash.valid_from,
        at=at,
    )


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

    def check(text: str) -> Mapping[str, Any]:
        _checked(text)
        return {}

    publish_version(
        actor, version, kind=CASH, verb="cash_policy.published", check=check, as_of=as_of, at=at
    )


@transaction.atomic
def discard_cash_policy(*, actor: Actor, version: PolicyVersion, at: datetime) -> None:
    """Drop a draft; raise Refused for a version that is published or discarded."""
    actor.require("cash_policy.edit")
    discard_version(actor, version, kind=CASH, verb="cash_policy.discarded", at=at)


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
