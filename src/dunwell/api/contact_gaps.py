"""/contact-gaps: customers in collection without somebody to write to."""

from typing import Literal

from ninja import Router

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Limit, answers
from dunwell.queries.contact_gaps import ContactGap, contact_gaps
from dunwell.queries.pages import Page

router = Router(tags=["contacts"])


@router.get("", response=answers(Page[ContactGap]))
def list_contact_gaps(
    request: ApiRequest,
    role: Literal["payables", "approver", "dispute", "legal", "executive"] = "payables",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ContactGap]:
    """List customers on the worklist whom no mail reaches in a role, the most urgent first.

    `due_minor` is in `currency`; `gap` is none, unusable or phone.
    """
    request.actor.require("ledger.view")
    return contact_gaps(request.actor.company, role=role, cursor=cursor, limit=limit)
