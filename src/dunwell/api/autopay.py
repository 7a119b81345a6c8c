"""/autopay: standing orders of customers, their charges, and the ways to pay they use."""

from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Router

from dunwell.actions.autopay import end_autopay, pause_autopay, resume_autopay
from dunwell.actions.autopay_charges import drop_charge
from dunwell.actions.saved_methods import remove_method
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Cursor, Done, Id, Key, Limit, ReasonIn, answers, own
from dunwell.api.writes import once
from dunwell.models import Autopay, AutopayCharge, SavedMethod
from dunwell.queries.autopay import (
    AutopayChargeRow,
    AutopayRow,
    autopay_charge_rows,
    autopay_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["automatic payment"])


@router.get("", response=answers(Page[AutopayRow]))
def list_autopay(
    request: ApiRequest,
    status: Literal["", "active", "paused", "ended"] = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AutopayRow]:
    """List standing orders, the newest first."""
    request.actor.require("ledger.view")
    return autopay_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.get("/charges", response=answers(Page[AutopayChargeRow]))
def list_autopay_charges(
    request: ApiRequest,
    status: Literal["", "planned", "taken", "paid", "declined", "dropped"] = "",
    customer_id: Key | None = None,
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[AutopayChargeRow]:
    """List what standing orders charge and have charged, the newest first."""
    request.actor.require("ledger.view")
    return autopay_charge_rows(
        request.actor.company, status=status, customer_id=customer_id, cursor=cursor, limit=limit
    )


@router.post("/charges/{charge_id}/drop", response=answers(Done))
@once
def leave_out_charge(request: ApiRequest, charge_id: Id) -> tuple[int, dict[str, Any]]:
    """Leave out one announced charge."""
    rows = AutopayCharge.objects.select_related("autopay")
    charge = get_object_or_404(rows, autopay__company=request.actor.company, pk=charge_id)
    drop_charge(actor=request.actor, charge=charge, at=request.at)
    return 200, {"changed": 1}


@router.post("/methods/{saved_method_id}/remove", response=answers(Done))
@once
def remove_saved_method(request: ApiRequest, saved_method_id: Id) -> tuple[int, dict[str, Any]]:
    """Remove a saved way to pay; its standing orders end and the provider forgets it."""
    remove_method(
        actor=request.actor, method=own(SavedMethod, request.actor, saved_method_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/{autopay_id}/pause", response=answers(Done))
@once
def pause_standing_order(
    request: ApiRequest, autopay_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """Charge nothing by a standing order until it is resumed."""
    pause_autopay(
        actor=request.actor,
        autopay=own(Autopay, request.actor, autopay_id),
        reason=body.reason,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/{autopay_id}/resume", response=answers(Done))
@once
def resume_standing_order(request: ApiRequest, autopay_id: Id) -> tuple[int, dict[str, Any]]:
    """Charge by a paused standing order again."""
    resume_autopay(
        actor=request.actor, autopay=own(Autopay, request.actor, autopay_id), at=request.at
    )
    return 200, {"changed": 1}


@router.post("/{autopay_id}/end", response=answers(Done))
@once
def end_standing_order(
    request: ApiRequest, autopay_id: Id, body: ReasonIn
) -> tuple[int, dict[str, Any]]:
    """End a standing order for good."""
    end_autopay(
        actor=request.actor,
        autopay=own(Autopay, request.actor, autopay_id),
        reason=body.reason,
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}
