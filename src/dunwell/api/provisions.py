"""/provisions: expected losses drawn, reviewed, posted and taken back; what they rest on."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.loss_assessments import ask_assessment, decide_assessment, end_assessment
from dunwell.actions.provisions import (
    draw_provision,
    drop_provision,
    post_provision,
    reverse_provision,
    review_provision,
)
from dunwell.actions.retentions import drop_retention, hold_retention, release_retention
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_KEY,
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    ReasonIn,
    Text,
    answers,
    existing,
    own,
)
from dunwell.api.writes import once
from dunwell.engine.provisions import Hindsight
from dunwell.models import Customer, Item, LossAssessment, ProvisionRun, Retention
from dunwell.queries.credit_yields import CreditYields, credit_yields
from dunwell.queries.loss_assessments import LossAssessmentRow, assessment_rows
from dunwell.queries.pages import Page
from dunwell.queries.provision_hindsight import hindsight
from dunwell.queries.provisions import (
    ProvisionDetail,
    ProvisionItemRow,
    ProvisionRunRow,
    run_detail,
    run_items,
    run_rows,
)
from dunwell.queries.retentions import RetentionRow, retention_list, retention_page

router = Router(tags=["provisions"])

Words = Annotated[Plain, Field(min_length=1, max_length=300)]
Share = Annotated[int, Field(ge=0, le=1_000_000)]
Minor = Annotated[int, Field(ge=0, le=9_000_000_000_000_000)]


class DrawProvisionIn(Body):
    """The month end a provision is measured at."""

    on: Day


class ExpectedIn(Body):
    """Money still expected on a day, in minor units."""

    on: Day
    amount_minor: Minor


class LossAssessmentIn(Body):
    """What is lost of a customer, or of one item: a share of it, or all but the money expected."""

    customer_id: Key
    item_id: Key | None = None
    loss_ppm: Share | None = None
    expected: Annotated[list[ExpectedIn], Field(max_length=60)] = []
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    discount_ppm: Share = 0
    reason: Words
    evidence: Words
    from_on: Day


class DecisionOfLossIn(Body):
    """Whether an assessment is approved."""

    is_approved: bool


class RetentionIn(Body):
    """A part of an item that is due later, and on what event."""

    item_id: Key
    kind: Annotated[str, Field(pattern="^(completion|defects|schedule)$")]
    amount_minor: Minor
    due_on: Day
    event: Annotated[Plain, Field(min_length=1, max_length=200)]


class RetentionEvidenceIn(Body):
    """What shows that the event has happened."""

    evidence: Words


@router.get("", response=answers(Page[ProvisionRunRow]))
def list_provisions(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[ProvisionRunRow]:
    """List provisions, the newest first; dropped ones are left out."""
    request.actor.require("ledger.view")
    return run_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("", response=answers(Created, 201))
@once
def new_provision(request: ApiRequest, body: DrawProvisionIn) -> tuple[int, dict[str, Any]]:
    """Measure the allowance at a month end and keep it as a draft."""
    run = draw_provision(actor=request.actor, on=body.on, as_of=request.as_of, at=request.at)
    return 201, {"id": run.pk}


@router.get("/yield", response=answers(CreditYields))
def credit_yield_of_year(
    request: ApiRequest, by: Literal["segment", "terms", "country"] = "segment", group: Text = ""
) -> CreditYields:
    """Return a year of credit by segment, terms or country, or the customers of one group."""
    request.actor.require("ledger.view")
    return credit_yields(request.actor.company, as_of=request.as_of, by=by, group=group)


@router.get("/assessments", response=answers(Page[LossAssessmentRow]))
def list_loss_assessments(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[LossAssessmentRow]:
    """List losses assessed one by one, the newest first."""
    request.actor.require("ledger.view")
    return assessment_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/assessments", response=answers(Created, 201))
@once
def new_loss_assessment(request: ApiRequest, body: LossAssessmentIn) -> tuple[int, dict[str, Any]]:
    """State what is expected to be lost; a second person approves it."""
    item = own(Item, request.actor, body.item_id) if body.item_id is not None else None
    found = ask_assessment(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        item=item,
        loss_ppm=body.loss_ppm,
        flows=[(one.on, one.amount_minor) for one in body.expected],
        currency=body.currency or request.actor.company.currency,
        discount_ppm=body.discount_ppm,
        reason=body.reason,
        evidence=body.evidence,
        from_on=body.from_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": found.pk}


@router.post("/assessments/{loss_assessment_id}/decide", response=answers(Done))
@once
def decide_loss_assessment(
    request: ApiRequest, loss_assessment_id: Id, body: DecisionOfLossIn
) -> tuple[int, dict[str, Any]]:
    """Approve or refuse an assessment."""
    found = own(LossAssessment, request.actor, loss_assessment_id)
    decide_assessment(
        actor=request.actor, assessment=found, is_approved=body.is_approved, at=request.at
    )
    return 200, {"changed": 1}


@router.post("/assessments/{loss_assessment_id}/end", response=answers(Done))
@once
def end_loss_assessment(
    request: ApiRequest, loss_assessment_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End an assessment from today on."""
    found = own(LossAssessment, request.actor, loss_assessment_id)
    end_assessment(
        actor=request.actor,
        assessment=found,
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/retentions", response=answers(Page[RetentionRow]))
def list_retentions(
    request: ApiRequest,
    status: Literal["", "held", "released", "dropped"] = "held",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[RetentionRow]:
    """List parts of items that are due later, by their days; an empty status lists all."""
    request.actor.require("ledger.view")
    rows = retention_list(request.actor.company, as_of=request.as_of, status=status)
    return retention_page(rows, cursor=cursor, limit=limit)


@router.post("/retentions", response=answers(Created, 201))
@once
def new_retention(request: ApiRequest, body: RetentionIn) -> tuple[int, dict[str, Any]]:
    """Note that a part of an item is due later."""
    found = hold_retention(
        actor=request.actor,
        item=own(Item, request.actor, body.item_id),
        kind=body.kind,
        amount_minor=body.amount_minor,
        due_on=body.due_on,
        event=body.event,
        at=request.at,
    )
    return 201, {"id": found.pk}


@router.post("/retentions/{retention_id}/release", response=answers(Done))
@once
def release_held_retention(
    request: ApiRequest, retention_id: Id, body: RetentionEvidenceIn
) -> tuple[int, dict[str, Any]]:
    """Note that what makes a part due has happened."""
    found = own(Retention, request.actor, retention_id)
    release_retention(
        actor=request.actor,
        retention=found,
        evidence=body.evidence,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/retentions/{retention_id}/drop", response=answers(Done))
@once
def drop_held_retention(
    request: ApiRequest, retention_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take back a part noted in error."""
    found = own(Retention, request.actor, retention_id)
    drop_retention(actor=request.actor, retention=found, reason=body.reason, at=request.at)
    return 200, {"changed": 1}


@router.get("/{provision_id}", response=answers(ProvisionDetail))
def provision_detail(request: ApiRequest, provision_id: Id) -> ProvisionDetail:
    """Return a provision with its lines, roll-forward, postings and rates."""
    request.actor.require("ledger.view")
    own(ProvisionRun, request.actor, provision_id)
    return existing(run_detail(request.actor.company, provision_id))


@router.get("/{provision_id}/items", response=answers(Page[ProvisionItemRow]))
def provision_item_rows(
    request: ApiRequest,
    provision_id: Id,
    line: Annotated[int, Field(ge=0, le=LARGEST_KEY)] | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[ProvisionItemRow]:
    """List the items of a provision or of one of its lines; they sum to it."""
    request.actor.require("ledger.view")
    own(ProvisionRun, request.actor, provision_id)
    return run_items(request.actor.company, provision_id, place=line, cursor=cursor, limit=limit)


@router.get("/{provision_id}/hindsight", response=answers(list[Hindsight]))
def provision_in_hindsight(request: ApiRequest, provision_id: Id) -> list[Hindsight]:
    """Return what became of what a provision was measured on."""
    request.actor.require("ledger.view")
    own(ProvisionRun, request.actor, provision_id)
    return list(hindsight(request.actor.company, provision_id, as_of=request.as_of))


@router.post("/{provision_id}/review", response=answers(Done))
@once
def review_drawn_provision(request: ApiRequest, provision_id: Id) -> tuple[int, dict[str, Any]]:
    """Mark a draft as reviewed; whoever drew it may not."""
    run = own(ProvisionRun, request.actor, provision_id)
    review_provision(actor=request.actor, run=run, at=request.at)
    return 200, {"changed": 1}


@router.post("/{provision_id}/post", response=answers(Done))
@once
def post_reviewed_provision(request: ApiRequest, provision_id: Id) -> tuple[int, dict[str, Any]]:
    """Book a reviewed provision."""
    run = own(ProvisionRun, request.actor, provision_id)
    post_provision(actor=request.actor, run=run, as_of=request.as_of, at=request.at)
    return 200, {"changed": 1}


@router.post("/{provision_id}/drop", response=answers(Done))
@once
def drop_drawn_provision(
    request: ApiRequest, provision_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Drop a provision that is not posted."""
    run = own(ProvisionRun, request.actor, provision_id)
    drop_provision(actor=request.actor, run=run, reason=body.reason, at=request.at)
    return 200, {"changed": 1}


@router.post("/{provision_id}/reverse", response=answers(Done))
@once
def reverse_posted_provision(
    request: ApiRequest, provision_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Take the newest posted provision back."""
    run = own(ProvisionRun, request.actor, provision_id)
    reverse_provision(
        actor=request.actor, run=run, reason=body.reason, as_of=request.as_of, at=request.at
    )
    return 200, {"changed": 1}
