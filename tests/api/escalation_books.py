"""Escalations and watches in every state that a call needs one in."""

from dunwell.actions.approvals import decide_approval
from dunwell.actions.escalations import raise_escalation
from dunwell.actions.exposure_freezes import propose_freeze
from dunwell.actions.gate import Actor
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.watches import WatchTerms, start_watch
from dunwell.models import ApprovalRequest, Watch
from tests.conftest import add_customer


def keep_escalations(company, tag="", *, today, at):
    """Add an escalation to collectors, watches, and a standing freeze; return their keys."""
    on = {"as_of": today, "at": at}

    def acting(name):
        role = "credit_manager"
        return Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])

    escalated = add_customer(company, f"ESC{tag}")
    escalation = raise_escalation(
        actor=acting("raiser"), customer=escalated, kind="other", reason="no answer", **on
    )
    escalation.to_role = "collector"
    escalation.save(update_fields=["to_role"])
    watches = {}
    for name in ("watch_id", "frozen_watch_id", "proposed_watch_id"):
        watches[name] = start_watch(
            actor=acting("raiser"), customer=add_customer(company, f"{name}{tag}"),
            playbook="High risk", reason="rumours", terms=WatchTerms(), **on,
        )  # fmt: skip
    Watch.objects.filter(pk=watches["proposed_watch_id"].pk).update(status="proposed")
    freeze = propose_freeze(
        actor=acting("raiser"), watch=watches["frozen_watch_id"], reason="insolvency", **on
    )
    request = ApprovalRequest.objects.get(subject="exposurefreeze", subject_id=freeze.pk)
    decide_approval(actor=acting("decider"), request=request, approve=True, **on)
    return {
        **{name: watch.pk for name, watch in watches.items()},
        "escalation_id": escalation.pk,
        "freeze_id": freeze.pk,
        "unwatched_customer_id": add_customer(company, f"UNWATCHED{tag}").pk,
    }
