"""/desk-exports: all of a company in one archive, made in the background."""

from datetime import datetime
from typing import Any, Literal

from django.http import FileResponse
from django.http.response import HttpResponseBase
from ninja import Router, Schema, Status

from dunwell.api.auth import ApiRequest
from dunwell.api.fields import Body, answers, existing, of_file
from dunwell.jobs.desk_export_runs import (
    ExportRun,
    begin_export,
    export_runs,
    fetch_export,
    read_export,
    remove_export,
)

router = Router(tags=["full export"])


class DeskExportIn(Body):
    """Form of the tables, and whether sealed fields are written in plain text."""

    form: Literal["parquet", "csv", "json"] = "parquet"
    is_opened: bool = False


class DeskExportOut(Schema):
    """A full export: running, done, failed, removed or expired.

    `sha256` and `size_bytes` are of the archive; `broken` are the ids of checks of the books that
    failed in it; `events` and `head` are the end of its chain of events.
    """

    id: str
    form: str
    is_opened: bool
    status: str
    done_ppm: int
    error: str
    by: str
    begun_at: datetime
    ended_at: datetime | None
    kept_until: datetime | None
    size_bytes: int
    sha256: str
    rows: int
    tables: int
    files: int
    events: int
    head: str
    broken: list[str]


class DeskExportBegun(Schema):
    """The export, and whether it was begun now; false where one runs already."""

    is_begun: bool
    export: DeskExportOut


@router.get("", response=answers(list[DeskExportOut]))
def list_desk_exports(request: ApiRequest) -> list[ExportRun]:
    """List the full exports of the company, the newest first."""
    request.actor.require("desk.export")
    return export_runs(request.actor.company, at=request.at)


@router.post("", response=answers(DeskExportBegun, 202))
def begin_desk_export(request: ApiRequest, body: DeskExportIn) -> Status[dict[str, Any]]:
    """Begin a full export in the background. Asked again while one runs it is that one: no key.

    When its status is done, its file can be fetched for some days.
    """
    run, is_begun = begin_export(
        actor=request.actor, form=body.form, is_opened=body.is_opened, at=request.at
    )
    return Status(202, {"is_begun": is_begun, "export": run})


@router.get("/{desk_export_id}", response=answers(DeskExportOut))
def show_desk_export(request: ApiRequest, desk_export_id: str) -> ExportRun:
    """Return one full export, as it stands."""
    request.actor.require("desk.export")
    return _or_404(request, desk_export_id)


@router.get(
    "/{desk_export_id}/file",
    response=answers(None),
    openapi_extra=of_file("application/zip", told="The archive, as it lies on the disk."),
)
def fetch_desk_export(request: ApiRequest, desk_export_id: str) -> HttpResponseBase:
    """Return the archive; recorded as an event. Open fields need desk.export_opened."""
    request.actor.require("desk.export")
    _or_404(request, desk_export_id)
    run, archive = fetch_export(actor=request.actor, run_id=desk_export_id, at=request.at)
    name = f"dunwell-export-{run.begun_at:%Y-%m-%d-%H%M}-{run.form}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


@router.post("/{desk_export_id}/remove", response=answers(DeskExportOut))
def remove_desk_export(request: ApiRequest, desk_export_id: str) -> ExportRun:
    """Delete the archive; recorded as an event. Removed again it stays removed: no key."""
    request.actor.require("desk.export")
    _or_404(request, desk_export_id)
    return remove_export(actor=request.actor, run_id=desk_export_id, at=request.at)


def _or_404(request: ApiRequest, desk_export_id: str) -> ExportRun:
    return existing(read_export(request.actor.company, desk_export_id))
