"""Taking back what accepting a suggestion did, through the action made for it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from dunwell.actions.conversations import mark_complaint
from dunwell.actions.dispute_moves import withdraw_case
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.holds import release_hold
from dunwell.actions.promises import withdraw_promise
from dunwell.actions.restrictions import lift_restriction
from dunwell.actions.tasks import cancel_task
from dunwell.models import (
    ContactRestriction,
    DisputeCase,
    Hold,
    InboundDecision,
    InboundMessage,
    Promise,
    Task,
)

WHY = "Accepted from a message by mistake."
"""What the audit log says of a record that is taken back."""
UNDOABLE = frozenset(
    {"promise", "dispute", "hold", "plan", "cease", "task", "set_aside", "complaint",
     "copies", "ask_proof"}
)  # fmt: skip
"""What can be taken back; an advice and a contact are changed where they stand."""

Back = Callable[[Actor, int, date, datetime], object]


def take_back(
    actor: Actor,
    inbound: InboundMessage,
    decision: InboundDecision,
    action: str,
    *,
    as_of: date,
    at: datetime,
) -> None:
    """Undo what a decision did; raise Refused where that has to be done on the record's page."""
    if action not in UNDOABLE:
        raise Refused("This cannot be taken back here; change the record on its own page.")
    if action == "complaint":
        mark_complaint(actor=actor, conversation=inbound.conversation, is_complaint=False, at=at)
    elif decision.subject_id is not None:
        _BACK[decision.subject](actor, decision.subject_id, as_of, at)


def _promise(actor: Actor, key: int, as_of: date, at: datetime) -> None:
    promise = Promise.objects.get(pk=key)
    withdraw_promise(actor=actor, promise=promise, reason=WHY, as_of=as_of, at=at)


def _case(actor: Actor, key: int, as_of: date, at: datetime) -> None:
    case = DisputeCase.objects.get(pk=key)
    withdraw_case(actor=actor, case=case, reason=WHY, as_of=as_of, at=at)


def _hold(actor: Actor, key: int, as_of: date, at: datetime) -> None:
    hold = Hold.objects.get(pk=key)
    release_hold(actor=actor, hold=hold, note=WHY, as_of=as_of, at=at)


def _restriction(actor: Actor, key: int, as_of: date, at: datetime) -> None:
    restriction = ContactRestriction.objects.get(pk=key)
    lift_restriction(actor=actor, restriction=restriction, reason=WHY, as_of=as_of, at=at)


def _task(actor: Actor, key: int, _as_of: date, at: datetime) -> None:
    cancel_task(actor=actor, task=Task.objects.get(pk=key), reason=WHY, at=at)


_BACK: Mapping[str, Back] = {
    "promise": _promise,
    "disputecase": _case,
    "hold": _hold,
    "contactrestriction": _restriction,
    "task": _task,
}
