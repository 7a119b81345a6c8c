"""/company: the company's own settings."""

from typing import Annotated, Any, Literal

from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.companies import edit_company
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import LARGEST_MINOR, Body, Done, Plain, answers
from dunwell.api.writes import once
from dunwell.models import Company

router = Router(tags=["company"])


class CompanyOut(Schema):
    """The company: its books' currency and zone, and what it may set itself."""

    id: int
    name: str
    zone: str
    country: str
    currency: str
    language: str
    reply_to: str
    pay_to: str
    sending: str
    feed_max_age_days: int
    large_item_minor: int
    is_demo: bool


class CompanyChanges(Body):
    """The fields to change; what is left out stays."""

    language: Literal["en", "de"] | None = None
    reply_to: Annotated[Plain, Field(max_length=254)] | None = None
    pay_to: Annotated[Plain, Field(max_length=300)] | None = None
    sending: Literal["test", "live"] | None = None
    feed_max_age_days: int | None = Field(default=None, ge=0, le=60)
    large_item_minor: int | None = Field(default=None, ge=0, le=LARGEST_MINOR)


@router.get("", response=answers(CompanyOut))
def show_company(request: ApiRequest) -> Company:
    """Show the company's settings."""
    request.actor.require("ledger.view")
    return request.actor.company


@router.patch("", response=answers(Done))
@once
def change_company(request: ApiRequest, body: CompanyChanges) -> tuple[int, dict[str, Any]]:
    """Change the company's settings."""
    changes = body.dict(exclude_none=True)
    edit_company(actor=request.actor, changes=changes, at=request.at)
    return 200, {"changed": len(changes)}
