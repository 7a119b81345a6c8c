"""/mandates: what customers signed for direct debit."""

from typing import Annotated, Any, Literal

from ninja import Router
from pydantic import Field

from dunwell.actions.mandates import (
    add_mandate,
    end_mandate,
    resume_mandate,
    sign_mandate,
    suspend_mandate,
)
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
    ReasonIn,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.models import Customer, Mandate
from dunwell.queries.accounts_shown import shown_page
from dunwell.queries.mandates import MandateRow, mandate_rows
from dunwell.queries.pages import Page

router = Router(tags=["direct debit"])


class MandateIn(Body):
    """A mandate that is not signed yet; the BIC is looked up where it is left out."""

    customer_id: Key
    reference: Annotated[Plain, Field(min_length=1, max_length=35)]
    iban: Annotated[Plain, Field(min_length=5, max_length=42)]
    bic: Annotated[Plain, Field(max_length=11)] = ""
    debtor: Annotated[Plain, Field(max_length=70)] = ""
    scheme: Literal["CORE", "B2B"] = "CORE"
    is_recurring: bool = True


class SignatureIn(Body):
    """The day of the signature."""

    signed_on: Day


@router.get("", response=answers(Page[MandateRow]))
def list_mandates(
    request: ApiRequest,
    status: Literal["", "draft", "active", "suspended", "ended"] = "",
    customer_id: Key | None = None,
    search: Word = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[MandateRow]:
    """List mandates, the newest first; `search` is a reference or a customer."""
    request.actor.require("ledger.view")
    page = mandate_rows(
        request.actor.company,
        as_of=request.as_of,
        status=status,
        customer_id=customer_id,
        search=search,
        cursor=cursor,
        limit=limit,
    )
    return shown_page(page, request.actor.rights)


@router.post("", response=answers(Created, 201))
@once
def new_mandate(request: ApiRequest, body: MandateIn) -> tuple[int, dict[str, Any]]:
    """Add a mandate of a customer; it is used once its signature is noted."""
    mandate = add_mandate(
        actor=request.actor,
        customer=own(Customer, request.actor, body.customer_id),
        at=request.at,
        **body.dict(exclude={"customer_id"}),
    )
    return 201, {"id": mandate.pk}


@router.post("/{mandate_id}/sign", response=answers(Done))
@once
def note_signature(
    request: ApiRequest, mandate_id: Id, body: SignatureIn
) -> tuple[int, dict[str, Any]]:
    """Note the day of the signature; the mandate is active from now on."""
    sign_mandate(
        actor=request.actor,
        mandate=own(Mandate, request.actor, mandate_id),
        signed_on=body.signed_on,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{mandate_id}/suspend", response=answers(Done))
@once
def pause_mandate(
    request: ApiRequest, mandate_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Collect nothing under a mandate until it is resumed."""
    suspend_mandate(
        actor=request.actor,
        mandate=own(Mandate, request.actor, mandate_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{mandate_id}/resume", response=answers(Done))
@once
def go_on_with_mandate(request: ApiRequest, mandate_id: Id) -> tuple[int, dict[str, Any]]:
    """Use a suspended mandate again."""
    resume_mandate(
        actor=request.actor, mandate=own(Mandate, request.actor, mandate_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/{mandate_id}/end", response=answers(Done))
@once
def stop_mandate(
    request: ApiRequest, mandate_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a mandate for good."""
    end_mandate(
        actor=request.actor,
        mandate=own(Mandate, request.actor, mandate_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
