"""/reports: packs kept as they were made, and what makes them by itself; /views: saved pages."""

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Router, Schema
from pydantic import Field

from dunwell.actions.reports import add_schedule, end_schedule
from dunwell.actions.saved_views import remove_view, save_view
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Day,
    Done,
    Id,
    Limit,
    Plain,
    answers,
    existing,
    of_file,
    own,
)
from dunwell.api.writes import once
from dunwell.formats.review_pack import PACK_MEDIA
from dunwell.jobs.reports import make_report
from dunwell.models import ReportSchedule
from dunwell.queries.pages import Page
from dunwell.queries.report_sections import SECTIONS
from dunwell.queries.reports import (
    MadeReportDetail,
    MadeReportRow,
    ViewRow,
    report_detail,
    report_file,
    report_rows,
    schedules,
    view_rows,
)

router = Router(tags=["reports"])

Name = Annotated[Plain, Field(min_length=1, max_length=80)]
Section = Annotated[Plain, Field(max_length=20)]
Address = Annotated[Plain, Field(max_length=254)]


class ReportIn(Body):
    """A pack to make now; without sections it has every one."""

    name: Name
    sections: Annotated[list[Section], Field(max_length=40)] = list(SECTIONS)
    language: Literal["en", "de"] = "en"
    recipients: Annotated[list[Address], Field(max_length=50)] = []


class ReportScheduleIn(ReportIn):
    """A report to make again and again."""

    kind: Literal["digest", "pack", "team"]
    every: Literal["day", "week", "month"]
    from_on: Day


class ReportScheduleRow(Schema):
    """What makes a report by itself."""

    id: int
    name: str
    kind: str
    every: str
    sections: list[str]
    recipients: list[str]
    language: str
    author: str


class SavedViewIn(Body):
    """A page with its filter, under a name."""

    name: Name
    address: Annotated[Plain, Field(min_length=1, max_length=1200)]
    is_shared: bool = False


class SavedViewNameIn(Body):
    """Which of one's own views."""

    name: Name


@router.get("/reports", response=answers(Page[MadeReportRow]))
def list_reports(
    request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE
) -> Page[MadeReportRow]:
    """List what was made, the newest first."""
    request.actor.require("ledger.view")
    return report_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/reports", response=answers(Created, 201))
@once
def new_report(request: ApiRequest, body: ReportIn) -> tuple[int, dict[str, Any]]:
    """Make a pack of today, and mail it to readers where some are named."""
    report = make_report(actor=request.actor, as_of=request.as_of, **body.model_dump())
    return 201, {"id": report.pk}


@router.get("/reports/schedules", response=answers(list[ReportScheduleRow]))
def list_report_schedules(request: ApiRequest) -> list[ReportSchedule]:
    """List what makes reports by itself."""
    request.actor.require("ledger.view")
    return list(schedules(request.actor.company))


@router.post("/reports/schedules", response=answers(Created, 201))
@once
def new_report_schedule(request: ApiRequest, body: ReportScheduleIn) -> tuple[int, dict[str, Any]]:
    """Let a report be made by the day's cycle, and mailed to its readers."""
    schedule = add_schedule(actor=request.actor, at=request.at, **body.model_dump())
    return 201, {"id": schedule.pk}


@router.post("/reports/schedules/{report_schedule_id}/end", response=answers(Done))
@once
def end_report_schedule(request: ApiRequest, report_schedule_id: Id) -> tuple[int, dict[str, Any]]:
    """Make a report no longer by itself."""
    end_schedule(
        actor=request.actor,
        schedule=own(ReportSchedule, request.actor, report_schedule_id),
        as_of=request.as_of,
        at=request.at,
    )
    return 200, {"changed": 1}


@router.get("/reports/{made_report_id}", response=answers(MadeReportDetail))
def show_report(request: ApiRequest, made_report_id: Id) -> MadeReportDetail:
    """Show one report as it was made, with its readers."""
    request.actor.require("ledger.view")
    return existing(report_detail(request.actor.company, made_report_id))


@router.get(
    "/reports/{made_report_id}/file",
    response=answers(None),
    openapi_extra=of_file(*PACK_MEDIA.values()),
)
def download_report(
    request: ApiRequest, made_report_id: Id, kind: Literal["pdf", "xlsx"] = "pdf"
) -> HttpResponse:
    """Return a file of a report, as it was kept."""
    request.actor.require("ledger.view")
    found = existing(report_file(request.actor.company, made_report_id, kind))
    response = HttpResponse(found[0], content_type=PACK_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="{found[1]}"'
    return response


@router.get("/views", response=answers(list[ViewRow]))
def list_saved_views(request: ApiRequest) -> list[ViewRow]:
    """List one's own views and those that others share."""
    request.actor.require("ledger.view")
    return list(view_rows(request.actor.company, user_id=request.actor.user_id or 0))


@router.post("/views", response=answers(Created, 201))
@once
def new_saved_view(request: ApiRequest, body: SavedViewIn) -> tuple[int, dict[str, Any]]:
    """Keep a page of ours with its filter; the same name again replaces it."""
    view = save_view(actor=request.actor, at=request.at, **body.model_dump())
    return 201, {"id": view.pk}


@router.post("/views/remove", response=answers(Done))
@once
def remove_saved_view(request: ApiRequest, body: SavedViewNameIn) -> tuple[int, dict[str, Any]]:
    """Remove a view of one's own; nothing happens where there is none of the name."""
    removed = remove_view(actor=request.actor, name=body.name, at=request.at)
    return 200, {"changed": int(removed)}
