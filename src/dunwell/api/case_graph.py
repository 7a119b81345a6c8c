"""/customers/{id}/case: what stands about a customer for every desk, and what colleagues say."""

from typing import Annotated, Any

from ninja import Router
from pydantic import Field

from dunwell.actions.case_comments import comment_case
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, Created, Id, Key, Plain, Word, answers, own
from dunwell.api.writes import once
from dunwell.models import Customer
from dunwell.queries.case_graph import CaseGraph, case_graph

router = Router(tags=["teamwork"])


class RemarkIn(Body):
    """What is said to colleagues; @name tells one. About the customer, or a record of the case."""

    text: Annotated[Plain, Field(min_length=1, max_length=2000)]
    subject: Word | None = None
    subject_id: Key | None = None


@router.get("/customers/{customer_id}/case", response=answers(CaseGraph))
def show_case_graph(request: ApiRequest, customer_id: Id) -> CaseGraph:
    """Show what stands about a customer as nodes and edges; the items sum to what is open."""
    request.actor.require("ledger.view")
    customer = own(Customer, request.actor, customer_id)
    return case_graph(customer, rights=request.actor.rights, as_of=request.as_of)


@router.post("/customers/{customer_id}/remarks", response=answers(Created, 201))
@once
def new_remark(request: ApiRequest, customer_id: Id, body: RemarkIn) -> tuple[int, dict[str, Any]]:
    """Say something to colleagues about a customer; the customer never reads it."""
    kept = comment_case(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        text=body.text,
        subject=body.subject or "",
        subject_id=body.subject_id,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": kept.comment.pk}
