"""/team/duties: who is on call for which role, as the escalation protocol asks for it."""

from typing import Any, Literal

from ninja import Router

from dunwell.actions.duties import end_duty, plan_duty
from dunwell.actions.gate import Refused
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Day, Done, Id, Key, answers, existing, own
from dunwell.api.writes import once
from dunwell.models import Duty, User
from dunwell.queries.duties import DutyRow, duty_of, duty_rows

router = Router(tags=["teamwork"])


class DutyIn(Body):
    """Who is on call for a role from a day to a day."""

    role: Literal["sales", "support", "collector", "credit_manager", "finance_director"]
    user_id: Key
    from_on: Day
    until_on: Day


@router.get("/duties", response=answers(list[DutyRow]))
def list_duties(request: ApiRequest) -> list[DutyRow]:
    """List who is on call now and next."""
    request.actor.require("ledger.view")
    return list(duty_rows(request.actor.company, as_of=request.as_of))


@router.post("/duties", response=answers(Created, 201))
@once
def new_duty(request: ApiRequest, body: DutyIn) -> tuple[int, dict[str, Any]]:
    """Put somebody on call for a role."""
    company = request.actor.company
    user = User.objects.filter(memberships__company=company, pk=body.user_id).first()
    if user is None:
        raise Refused(f"There is no colleague {body.user_id} in {company.name}.")
    duty = plan_duty(
        actor=request.actor,
        role=body.role,
        user=user,
        from_on=body.from_on,
        until_on=body.until_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": duty.pk}


@router.get("/duties/{duty_id}", response=answers(DutyRow))
def show_duty(request: ApiRequest, duty_id: Id) -> DutyRow:
    """Show who is on call for a role on which days; 404 once it was taken back."""
    request.actor.require("ledger.view")
    return existing(duty_of(request.actor.company, duty_id, as_of=request.as_of))


@router.post("/duties/{duty_id}/end", response=answers(Done))
@once
def drop_duty(request: ApiRequest, duty_id: Id) -> tuple[int, dict[str, Any]]:
    """Take somebody off call."""
    end_duty(
        actor=request.actor,
        duty=own(Duty, request.actor, duty_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
