"""/imports: ledger exports in; checked, corrected, and merged once."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Annotated, Any, Literal

from ninja import File, Router, UploadedFile
from pydantic import Field

from dunwell.actions.gate import Refused
from dunwell.actions.imports import save_profile, set_profile, start_import
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.api.auth import ApiRequest
from dunwell.api.fields import (
    PAGE,
    Body,
    Created,
    Cursor,
    Document,
    Id,
    Limit,
    Plain,
    Problem,
    Word,
    answers,
    own,
)
from dunwell.api.writes import once
from dunwell.jobs.background import begin
from dunwell.jobs.imports import check_batch, run_batch
from dunwell.models import ImportBatch
from dunwell.queries.import_batches import (
    BatchRow,
    FindingCount,
    FindingRow,
    ProfileRow,
    batch_rows,
    finding_counts,
    finding_rows,
    profile_rows,
)
from dunwell.queries.pages import Page

AT_ONCE_BYTES = 2 * 1024 * 1024
"""Imports up to this size are merged before the answer; larger ones in the background."""

router = Router(tags=["imports"])


@dataclass(frozen=True, kw_only=True, slots=True)
class TieRow:
    """What is open of the documents of one currency, in the files and here, minor units."""

    currency: str
    items: int
    told_minor: int
    ours_minor: int
    differences: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportCard:
    """One import: what its files were read as, what is to be decided, and how it came out.

    `totals` are control totals per currency in minor units; `progress_ppm` is how far a
    running import is, in parts per million. `tie` says per currency what the files tell as open
    (`told_minor`), what is open here of the same documents, and how many differ; null where the
    files tell nothing of it.
    """

    id: int
    name: str
    status: str
    sha256: str
    size_bytes: int
    started_at: datetime
    finished_at: datetime | None
    progress_ppm: int
    error: str
    profile: dict[str, Any]
    detected: list[dict[str, Any]]
    decisions: list[dict[str, Any]]
    totals: list[dict[str, Any]]
    tie: list[TieRow] | None
    counts: dict[str, int]
    findings: tuple[FindingCount, ...]


class ImportProfileIn(Body):
    """How the files are to be read: texts such as date_order, and roles with their columns."""

    profile: Document


class ProfileSaved(Body):
    """A profile to be offered again under a name."""

    name: Annotated[Plain, Field(min_length=1, max_length=120)]
    profile: Document


@router.get("/imports", response=answers(Page[BatchRow]))
def list_imports(request: ApiRequest, cursor: Cursor = "", limit: Limit = PAGE) -> Page[BatchRow]:
    """List imports, newest first."""
    request.actor.require("ledger.view")
    return batch_rows(request.actor.company, cursor=cursor, limit=limit)


@router.post("/imports", response={**answers(Created, 201), 413: Problem})
@once
def upload_files(
    request: ApiRequest, files: File[list[UploadedFile]]
) -> tuple[int, dict[str, Any]]:
    """Upload the files of one ledger export (CSV, TSV, XLSX, Parquet); check them next."""
    batch = receive_upload(
        actor=request.actor,
        files=[_upload(file) for file in files],
        at=request.at,
    )
    return 201, {"id": batch.pk}


@router.get("/imports/{batch_id}", response=answers(ImportCard))
def show_import(request: ApiRequest, batch_id: Id) -> ImportCard:
    """Show an import: what was detected, open decisions, control totals, kinds of findings."""
    request.actor.require("ledger.view")
    return _card(own(ImportBatch, request.actor, batch_id))


@router.get("/imports/{batch_id}/findings", response=answers(Page[FindingRow]))
def list_findings(
    request: ApiRequest,
    batch_id: Id,
    code: Word = "",
    action: Literal["", "refused", "changed", "kept"] = "",
    cursor: Cursor = "",
    limit: Limit = PAGE,
) -> Page[FindingRow]:
    """List what was found in the files, row by row, and what happened to the row."""
    request.actor.require("ledger.view")
    batch = own(ImportBatch, request.actor, batch_id)
    return finding_rows(batch, code=code, action=action, cursor=cursor, limit=limit)


@router.post("/imports/{batch_id}/check", response=answers(ImportCard))
def check_import(request: ApiRequest, batch_id: Id) -> ImportCard:
    """Read the uploaded files and say what was found. Reading again finds the same: no key."""
    request.actor.require("items.import")
    batch = own(ImportBatch, request.actor, batch_id)
    if batch.status not in {ImportBatch.Status.UPLOADED, ImportBatch.Status.CHECKED}:
        raise Refused(f"Import {batch.name} is {batch.get_status_display().lower()}.")
    return _card(check_batch(batch_id=batch.pk, at=request.at))


@router.put("/imports/{batch_id}/profile", response=answers(ImportCard))
def map_import(request: ApiRequest, batch_id: Id, body: ImportProfileIn) -> ImportCard:
    """Set how the files are read, and check them again. The same profile twice: no key."""
    batch = own(ImportBatch, request.actor, batch_id)
    set_profile(actor=request.actor, batch=batch, document=body.profile, at=request.at)
    return _card(check_batch(batch_id=batch.pk, at=request.at))


@router.post("/imports/{batch_id}/run", response=answers(ImportCard))
def run_import(request: ApiRequest, batch_id: Id) -> ImportCard:
    """Merge a checked import into the ledger. It is merged once, however often asked: no key.

    A large one goes on in the background; show it again to see how far it is.
    """
    request.actor.require("items.import")
    batch = own(ImportBatch, request.actor, batch_id)
    if batch.status not in {ImportBatch.Status.RUNNING, ImportBatch.Status.DONE}:
        batch = start_import(actor=request.actor, batch=batch, at=request.at)
    work = partial(run_batch, batch_id=batch.pk, as_of=request.as_of, at=request.at)
    if batch.size_bytes <= AT_ONCE_BYTES:
        return _card(work())
    begin(work, key=f"import-run-{batch.pk}")
    return _card(own(ImportBatch, request.actor, batch_id))


@router.get("/profiles", response=answers(list[ProfileRow]))
def list_profiles(request: ApiRequest) -> list[ProfileRow]:
    """List saved profiles."""
    request.actor.require("ledger.view")
    return list(profile_rows(request.actor.company))


@router.put("/profiles", response=answers(Created))
@once
def keep_profile(request: ApiRequest, body: ProfileSaved) -> tuple[int, dict[str, Any]]:
    """Keep a profile under a name; one of that name is replaced."""
    profile = save_profile(
        actor=request.actor, name=body.name, document=body.profile, at=request.at
    )
    return 200, {"id": profile.pk}


def _upload(file: UploadedFile) -> Upload:
    return Upload(name=file.name or "file", data=file.read())


def _card(batch: ImportBatch) -> ImportCard:
    return ImportCard(
        id=batch.pk,
        name=batch.name,
        status=batch.status,
        sha256=batch.sha256,
        size_bytes=batch.size_bytes,
        started_at=batch.started_at,
        finished_at=batch.finished_at,
        progress_ppm=batch.progress_ppm,
        error=batch.error,
        profile=batch.profile,
        detected=batch.detected,
        decisions=batch.decisions,
        totals=batch.totals,
        tie=None if batch.tie is None else [TieRow(**row) for row in batch.tie],
        counts=batch.counts,
        findings=finding_counts(batch),
    )
