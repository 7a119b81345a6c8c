"""Bureaus: the waterfall, questions with purpose and consent, reports, and what they cost."""

from functools import partial
from typing import Annotated, Any, Literal

from ninja import File, Query, Router, Schema, UploadedFile
from pydantic import Field

from dunwell.actions.bureau_consents import record_consent, withdraw_consent
from dunwell.actions.bureau_pulls import ask_bureau
from dunwell.actions.bureau_reports import record_report, record_report_file
from dunwell.actions.bureaus import add_bureau, edit_bureau
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    LARGEST_MINOR,
    PAGE,
    AnyCurrency,
    Body,
    Created,
    Currency,
    Cursor,
    Day,
    Done,
    Id,
    Key,
    Limit,
    Plain,
    answers,
    only_file,
    own,
)
from dunwell.api.writes import once
from dunwell.jobs.background import begin
from dunwell.jobs.bureau import pull_reports
from dunwell.models import BureauAccount, BureauConsent, Customer
from dunwell.queries.bureaus import (
    BureauCostRow,
    BureauPullRow,
    BureauRow,
    bureau_rows,
    cost_rows,
    pull_rows,
)
from dunwell.queries.pages import Page

router = Router(tags=["bureaus"])

Minor = Annotated[int, Field(ge=0, le=LARGEST_MINOR, description="Minor units.")]
Ppm = Annotated[int, Field(ge=0, le=1_000_000, description="Parts per million.")]
Short = Annotated[Plain, Field(max_length=80)]
Purpose = Literal["application", "review", "collection", "legal"]
PullState = Literal["", "asked", "claimed", "answered", "unknown", "failed"]


class PullIn(Body):
    """Why a bureau is asked; without a bureau the waterfall is."""

    purpose: Purpose
    bureau_id: Key | None = None


class BureauConsentIn(Body):
    """A consent to ask one bureau, or all where none is named."""

    bureau_id: Key | None = None
    given_on: Day
    until_on: Day | None = None
    evidence: Annotated[Plain, Field(min_length=1, max_length=300)]


class BureauReportIn(Body):
    """What a bureau said, as it came by letter or portal; `pd_ppm` within a year."""

    bureau_id: Key
    reported_on: Day
    external_id: Short = ""
    score: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] | None = None
    pd_ppm: Ppm | None = None
    limit_minor: Minor | None = None
    currency: AnyCurrency = ""
    risk_class: Annotated[Plain, Field(max_length=20)] = ""
    is_insolvent: bool | None = None
    flags: list[Annotated[Plain, Field(max_length=120)]] = Field(
        default_factory=list, max_length=50
    )


class BureauIn(Body):
    """A bureau of the waterfall; a secret is the name of a variable, never the secret itself."""

    name: Annotated[Plain, Field(min_length=1, max_length=80)]
    kind: Literal["file", "http", "hand"]
    address: Annotated[Plain, Field(max_length=300)] = ""
    secret_name: Short = ""
    priority: Annotated[int, Field(ge=1, le=1000)] = 1
    max_age_days: Annotated[int, Field(ge=0, le=3660)] = 180
    cost_minor: Minor = 0
    currency: Currency


class BureauChange(BureauIn):
    """All settings of a bureau, and the version they were read in."""

    version: Annotated[int, Field(ge=1, le=2**31 - 1)]
    is_active: bool = True


class PullFilter(Schema):
    """Which questions to list; `only_costed` leaves those whose cost is in the ledger."""

    status: PullState = ""
    bureau_id: Key | None = None
    customer_id: Key | None = None
    from_on: Day | None = None
    until_on: Day | None = None
    only_costed: bool = False
    currency: AnyCurrency = ""
    cursor: Cursor = ""
    limit: Limit = PAGE


class AskedOut(Schema):
    """The question that waits, or the report that is young enough to be used."""

    pull_id: int | None
    report_id: int | None


class ReportsRead(Schema):
    """How many reports of a feed are new, and the rows about nobody we know."""

    added: int
    unmatched: list[str]


@router.post("/customers/{customer_id}/bureau-pulls", response=answers(AskedOut, 201))
@once
def new_bureau_pull(
    request: ApiRequest, customer_id: Id, body: PullIn
) -> tuple[int, dict[str, Any]]:
    """Ask about a customer; the question waits to be asked, a report that is young enough stands.

    What waits is asked by /bureau-pulls/run, or by the server's own schedule.
    """
    bureau = None if body.bureau_id is None else own(BureauAccount, request.actor, body.bureau_id)
    asked = ask_bureau(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        purpose=body.purpose,
        bureau=bureau,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {
        "pull_id": asked.pull.pk if asked.pull else None,
        "report_id": asked.report.pk if asked.report else None,
    }


@router.post("/customers/{customer_id}/bureau-consents", response=answers(Created, 201))
@once
def new_bureau_consent(
    request: ApiRequest, customer_id: Id, body: BureauConsentIn
) -> tuple[int, dict[str, Any]]:
    """Record a customer's consent to be asked about."""
    bureau = None if body.bureau_id is None else own(BureauAccount, request.actor, body.bureau_id)
    consent = record_consent(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        bureau=bureau,
        given_on=body.given_on,
        until_on=body.until_on,
        evidence=body.evidence,
        as_of=request.as_of,
        at=request.at,
    )
    return 201, {"id": consent.pk}


@router.post("/bureau-consents/{bureau_consent_id}/withdraw", response=answers(Done))
@once
def drop_bureau_consent(request: ApiRequest, bureau_consent_id: Id) -> tuple[int, dict[str, Any]]:
    """Note that a consent was withdrawn."""
    withdraw_consent(
        actor=request.actor,
        consent=own(BureauConsent, request.actor, bureau_consent_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.post("/customers/{customer_id}/bureau-reports", response=answers(Created, 201))
@once
def new_bureau_report(
    request: ApiRequest, customer_id: Id, body: BureauReportIn
) -> tuple[int, dict[str, Any]]:
    """Record a report or an external score that came another way."""
    told = body.dict(exclude={"bureau_id"})
    report = record_report(
        actor=request.actor,
        customer=own(Customer, request.actor, customer_id),
        bureau=own(BureauAccount, request.actor, body.bureau_id),
        as_of=request.as_of,
        at=request.at,
        **told,
    )
    return 201, {"id": report.pk}


@router.get("/bureaus", response=answers(list[BureauRow]))
def list_bureaus(request: ApiRequest) -> list[BureauRow]:
    """List the bureaus in the order they are asked."""
    request.actor.require("ledger.view")
    return list(bureau_rows(request.actor.company))


@router.post("/bureaus", response=answers(Created, 201))
@once
def new_bureau(request: ApiRequest, body: BureauIn) -> tuple[int, dict[str, Any]]:
    """Add a bureau to the waterfall."""
    bureau = add_bureau(actor=request.actor, at=request.at, **body.dict())
    return 201, {"id": bureau.pk}


@router.patch("/bureaus/{bureau_id}", response=answers(Done))
@once
def change_bureau(
    request: ApiRequest, bureau_id: Id, body: BureauChange
) -> tuple[int, dict[str, Any]]:
    """Change a bureau; 409 when somebody changed it since `version`."""
    bureau = own(BureauAccount, request.actor, bureau_id)
    edit_bureau(actor=request.actor, bureau=bureau, at=request.at, **body.dict())
    return 200, {"changed": 1}


@router.post("/bureaus/{bureau_id}/report-files", response=answers(ReportsRead, 201))
@once
def upload_bureau_reports(
    request: ApiRequest, bureau_id: Id, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Read reports about our customers from one feed (CSV or JSON), all or none."""
    added, unmatched = record_report_file(
        actor=request.actor,
        bureau=own(BureauAccount, request.actor, bureau_id),
        as_of=request.as_of,
        at=request.at,
        **only_file(files),
    )
    return 201, {"added": added, "unmatched": unmatched}


@router.get("/bureau-pulls", response=answers(Page[BureauPullRow]))
def list_bureau_pulls(request: ApiRequest, only: Query[PullFilter]) -> Page[BureauPullRow]:
    """List questions to bureaus, the newest first; `from_on` and `until_on` bound their end."""
    request.actor.require("ledger.view")
    return pull_rows(request.actor.company, **only.dict())


@router.post("/bureau-pulls/run", response=answers(Done))
def run_bureau_pulls(request: ApiRequest) -> Done:
    """Begin to ask what waits, in the background. Asking again asks nothing twice: no key."""
    request.actor.require("bureau.pull")
    company = request.actor.company
    begun = begin(partial(pull_reports, company.pk), key=f"bureaus {company.pk}")
    return Done(changed=int(begun))


@router.get("/bureau-costs", response=answers(list[BureauCostRow]))
def list_bureau_costs(request: ApiRequest) -> list[BureauCostRow]:
    """List what answers of bureaus cost, by month, bureau and currency."""
    request.actor.require("ledger.view")
    return list(cost_rows(request.actor.company, as_of=request.as_of))
