"""/mail-domain: what the name servers say of the domains we send from."""

from datetime import datetime
from typing import Annotated, Any

from ninja import Router, Schema, Status
from pydantic import Field

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import PAGE, Body, Cursor, Limit, Plain, answers
from dunwell.jobs.domain_checks import start_domain_check
from dunwell.queries.domain_checks import DomainCheckRow, domain_check_rows
from dunwell.queries.pages import Page
from dunwell.templatetags.domain_checks import finding_words

router = Router(tags=["mail domain"])


class DomainCheckIn(Body):
    """Names of DKIM keys to look for; without any the common ones are tried."""

    selectors: list[Annotated[Plain, Field(max_length=63)]] = Field(
        default_factory=list, max_length=60
    )


class DomainCheckBegun(Schema):
    """Whether a check was begun; false where one runs already."""

    is_begun: bool


class DomainFindingOut(Schema):
    """A finding: good, warn or bad; `put` is the text record for `name` that mends it."""

    about: str
    code: str
    level: str
    text: str
    name: str
    found: str
    put: str


class DomainCheckOut(Schema):
    """One look at a domain."""

    id: int
    domain: str
    is_good: bool
    selectors: list[str]
    findings: list[DomainFindingOut]
    by: str
    checked_at: datetime


@router.get("/checks", response=answers(Page[DomainCheckOut]))
def list_domain_checks(
    request: ApiRequest,
    domain: Annotated[Plain, Field(max_length=253)] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[Any]:
    """List what was found of the domains we send from, the newest check first."""
    request.actor.require("ledger.view")
    page = domain_check_rows(request.actor.company, domain=domain, cursor=cursor, limit=limit)
    return Page(rows=tuple(_out(row) for row in page.rows), next=page.next)


@router.post("/checks", response=answers(DomainCheckBegun, 202))
def begin_domain_check(request: ApiRequest, body: DomainCheckIn) -> Status[DomainCheckBegun]:
    """Begin to ask the name servers, in the background. Asked twice one check runs: no key.

    What was found is in the list.
    """
    is_begun = start_domain_check(request.actor, body.selectors)
    return Status(202, DomainCheckBegun(is_begun=is_begun))


def _out(row: DomainCheckRow) -> DomainCheckOut:
    return DomainCheckOut(
        id=row.id,
        domain=row.domain,
        is_good=row.is_good,
        selectors=list(row.selectors),
        findings=[
            DomainFindingOut(
                about=one.about,
                code=one.code,
                level=one.level,
                text=finding_words(one),
                name=one.name,
                found=one.found,
                put=one.put,
            )
            for one in row.findings
        ],
        by=row.by,
        checked_at=row.checked_at,
    )
