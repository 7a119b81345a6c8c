"""/team/what-if: what a larger or smaller team would reach; reads only."""

from typing import Annotated

from ninja import Router
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import answers
from dunwell.engine.headcount import Staffing
from dunwell.queries.headcount import MOST_PEOPLE, WhatIf, usual_staffing, what_if

router = Router(tags=["worklist"])

Minutes = Annotated[int, Field(ge=1, le=240, description="Minutes; usual if left out.")]


@router.get("/what-if", response=answers(WhatIf))
def show_what_if(
    request: ApiRequest,
    people: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = None,
    minutes: Annotated[int, Field(ge=1, le=600)] | None = None,
    hours: Annotated[int, Field(ge=0, le=24)] | None = None,
    call: Minutes | None = None,
    letter: Minutes | None = None,
    email: Minutes | None = None,
) -> WhatIf:
    """Show the cash a team reaches a day, who waits, one person more, and a fair mix.

    What is left out is as it is today.
    """
    request.actor.require("ledger.view")
    company, as_of = request.actor.company, request.as_of
    usual = usual_staffing(company, as_of=as_of)
    told = {"call": call, "letter": letter, "email": email}
    staffing = Staffing(
        people=usual.people if people is None else people,
        minutes=minutes or usual.minutes,
        hours=usual.hours if hours is None else hours,
        efforts={**usual.efforts, **{name: n for name, n in told.items() if n is not None}},
    )
    return what_if(company, staffing, as_of=as_of)
