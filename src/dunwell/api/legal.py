"""/legal: court claims and insolvencies, their deadlines, costs and dividends."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.legal import (
    admit_matter,
    change_matter,
    close_matter,
    enforce_matter,
    file_matter,
    open_matter,
)
from dunwell.actions.legal_money import record_dividend, record_legal_cost
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
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
    SignedMinor,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.proof_of_claim import proof_of_claim_pdf
from dunwell.models import Agency, Customer, Item, LegalMatter, Payment
from dunwell.queries.legal import LegalDetail, LegalRow, legal_detail, legal_rows
from dunwell.queries.legal_claims import proof_of_claim
from dunwell.queries.pages import Page

router = Router(tags=["legal"])

Status = Literal["", "running", "open", "filed", "admitted", "enforcing", "closed"]
Quota = Annotated[int, Field(ge=0, le=1_000_000, description="Parts per million.")]
Court = Annotated[Plain, Field(max_length=120)]
Reference = Annotated[Plain, Field(max_length=80)]
Told = Annotated[Plain, Field(min_length=1, max_length=300)]


class MatterIn(Body):
    """What is claimed of whom; interest is worked out up to `opened_on`."""

    customer_id: Key
    kind: Literal["claim", "insolvency"]
    item_ids: list[Key] = Field(min_length=1, max_length=1000)
    opened_on: Day
    file_by_on: Day | None = None
    lawyer_id: Key | None = None
    court: Court = ""
    reference: Reference = ""
    quota_ppm: Quota | None = None


class MatterChange(Body):
    """All that may change; `version` is the one the caller has seen."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    file_by_on: Day | None = None
    lawyer_id: Key | None = None
    court: Court = ""
    reference: Reference = ""
    quota_ppm: Quota | None = None


class FiledIn(Body):
    """When it was filed, and under which number."""

    filed_on: Day
    reference: Reference = ""


class AdmittedIn(Body):
    """The quota that is expected now."""

    quota_ppm: Quota | None = None


class ClosedIn(Body):
    """How it ended; after an insolvency holds stand unless the customer is chased again."""

    result: Told
    is_chased_again: bool = False


class CostIn(Body):
    """A cost in the matter's currency; below 0 takes one back."""

    amount_minor: SignedMinor
    on: Day
    note: Told


class DividendIn(Body):
    """The payment that is the dividend."""

    payment_id: Key


@router.get("", response=answers(Page[LegalRow]))
def list_matters(
    request: ApiRequest,
    status: Status = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[LegalRow]:
    """List legal matters, the newest first; `running` shows all that are not closed."""
    request.actor.require("ledger.view")
    return legal_rows(
        request.actor.company,
        as_of=request.as_of,
        status=status,
        customer_id=customer_id,
        cursor=cursor,
        limit=limit,
    )


@router.get("/{matter_id}", response=answers(LegalDetail))
def show_matter(request: ApiRequest, matter_id: Id) -> LegalDetail:
    """Show one matter with its items, costs and dividends."""
    request.actor.require("ledger.view")
    return existing(legal_detail(request.actor.company, matter_id, as_of=request.as_of))


@router.get(
    "/{matter_id}/claim.pdf", response=answers(None), openapi_extra=of_file("application/pdf")
)
def show_proof_of_claim(request: ApiRequest, matter_id: Id) -> HttpResponse:
    """Return the proof of claim of an insolvency as a PDF."""
    request.actor.require("ledger.view")
    claim = existing(proof_of_claim(request.actor.company, matter_id))
    return HttpResponse(proof_of_claim_pdf(claim), content_type="application/pdf")


@router.post("", response=answers(Created, 201))
@once
def new_matter(request: ApiRequest, body: MatterIn) -> tuple[int, dict[str, Any]]:
    """Open a matter: its items are held, of an insolvency all chasing of the customer stops."""
    actor = request.actor
    customer = own(Customer, actor, body.customer_id)
    items = list(Item.objects.filter(customer=customer, pk__in=body.item_ids).order_by("pk"))
    if missing := sorted(set(body.item_ids) - {item.pk for item in items}):
        raise Refused(f"The customer has no item {missing[0]}.")
    matter = open_matter(
        actor=actor,
        customer=customer,
        kind=body.kind,
        items=items,
        opened_on=body.opened_on,
        file_by_on=body.file_by_on,
        lawyer=_lawyer(request, body.lawyer_id),
        court=body.court,
        reference=body.reference,
        quota_ppm=body.quota_ppm,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": matter.pk}


@router.patch("/{matter_id}", response=answers(Done))
@once
def revise_matter(
    request: ApiRequest, matter_id: Id, body: MatterChange
) -> tuple[int, dict[str, Any]]:
    """Change deadline, lawyer, court, file number and quota; 409 when it was changed meanwhile."""
    change_matter(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        version=body.version,
        file_by_on=body.file_by_on,
        lawyer=_lawyer(request, body.lawyer_id),
        court=body.court,
        reference=body.reference,
        quota_ppm=body.quota_ppm,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{matter_id}/file", response=answers(Done))
@once
def note_matter_filed(
    request: ApiRequest, matter_id: Id, body: FiledIn
) -> tuple[int, dict[str, Any]]:
    """Record that the claim was filed."""
    file_matter(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        filed_on=body.filed_on,
        reference=body.reference,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{matter_id}/admit", response=answers(Done))
@once
def note_matter_admitted(
    request: ApiRequest, matter_id: Id, body: AdmittedIn
) -> tuple[int, dict[str, Any]]:
    """Record that the claim was admitted or adjudged."""
    admit_matter(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        quota_ppm=body.quota_ppm,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{matter_id}/enforce", response=answers(Done))
@once
def note_matter_enforced(request: ApiRequest, matter_id: Id) -> tuple[int, dict[str, Any]]:
    """Record that the claim is being enforced."""
    enforce_matter(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{matter_id}/close", response=answers(Done))
@once
def end_matter(request: ApiRequest, matter_id: Id, body: ClosedIn) -> tuple[int, dict[str, Any]]:
    """Close a matter with its result."""
    close_matter(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        result=body.result,
        is_chased_again=body.is_chased_again,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{matter_id}/costs", response=answers(Created, 201))
@once
def new_legal_cost(request: ApiRequest, matter_id: Id, body: CostIn) -> tuple[int, dict[str, Any]]:
    """Record what the matter cost."""
    entry = record_legal_cost(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        amount_minor=body.amount_minor,
        on=body.on,
        note=body.note,
        at=request.at,
    )
    return 201, {"id": entry.pk}


@router.post("/{matter_id}/dividends", response=answers(Created, 201))
@once
def new_dividend(
    request: ApiRequest, matter_id: Id, body: DividendIn
) -> tuple[int, dict[str, Any]]:
    """Put a payment on the items of the matter, each by its share of what is open."""
    entry = record_dividend(
        actor=request.actor,
        matter=own(LegalMatter, request.actor, matter_id),
        payment=own(Payment, request.actor, body.payment_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": entry.pk}


def _lawyer(request: ApiRequest, key: int | None) -> Agency | None:
    return None if key is None else own(Agency, request.actor, key)
