"""/my-day and /calls: one's own day, and whom to call next."""

from ninja import Router

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import answers
from dunwell.queries.calls import CallQueue, call_queue
from dunwell.queries.my_day import MyDay, my_day

router = Router(tags=["worklist"])


@router.get("/my-day", response=answers(MyDay))
def show_my_day(request: ApiRequest) -> MyDay:
    """Show what there is to reach today, what waits, and what is done so far."""
    request.actor.require("ledger.view")
    actor = request.actor
    return my_day(
        actor.company,
        user_id=actor.user_id,
        person=actor.name,
        roles=actor.roles,
        as_of=request.as_of,
    )


@router.get("/calls", response=answers(CallQueue))
def list_calls(request: ApiRequest) -> CallQueue:
    """List the calls of one's day in their order, and who may not be called now and why.

    `verdict.next_at` is when a call is allowed again; a result is recorded as a note of the
    kind `call`, which takes the customer off the list.
    """
    request.actor.require("ledger.view")
    actor = request.actor
    return call_queue(
        actor.company,
        user_id=actor.user_id,
        person=actor.name,
        as_of=request.as_of,
        at=request.at,
    )
