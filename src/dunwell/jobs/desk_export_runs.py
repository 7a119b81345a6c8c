"""Full exports that a page or a program asked for: made in the background into one zip.

A run is kept as a small file beside its zip in the data folder. One whose process died is begun
again by whoever looks at it next; archives go after some days, their lines stay a while.
"""

import json
import logging
import secrets
import shutil
import threading
import zipfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from dunwell import clock
from dunwell.actions.desk_exports import note_export_fetched, note_export_removed
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.export_manifests import ExportError, ExportManifest
from dunwell.formats.record_files import FORMS, Form
from dunwell.jobs.background import begin
from dunwell.jobs.backup_manifests import hash_of_file
from dunwell.jobs.desk_exports import export_desk
from dunwell.jobs.file_locks import claimed_file
from dunwell.jobs.file_notes import write_note
from dunwell.models import Company
from dunwell.models.sealed import KeyringError, SealError

RUNNING, DONE, FAILED, REMOVED, EXPIRED = "running", "done", "failed", "removed", "expired"
KEPT_DAYS, KEPT_DAYS_OPENED = 7, 1
"""Days that an archive is kept, and one in which sealed fields lie open."""
MOST_KEPT = 3
"""Archives that a company has at a time; the oldest goes when a new one is ready."""
MOST_LINES = 30
"""Runs that are shown; older ones without an archive are forgotten, the audit log keeps them."""
MOST_TRIES = 3
"""Times that a run is begun whose process died at it."""
RIGHTS = frozenset({"desk.export", "desk.export_opened"})
TAKES_ROOM = {RUNNING, DONE}
NO_ARCHIVE = "This export has no archive, or none any more. Make a new one."

log = logging.getLogger(__name__)
_one_by_one = threading.Lock()
"""A full export reads every table: one at a time, another company's waits for it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportRun:
    """One full export of a company: what was asked for, how far it is, and what came of it.

    `broken` are the ids of checks of the books that failed in it; `head` is the hash at which its
    chain of events ends. `sha256` and `size_bytes` are of the archive.
    """

    id: str
    form: Form
    is_opened: bool
    by: str
    user_id: int | None
    begun_at: datetime
    status: str = RUNNING
    tries: int = 0
    done_ppm: int = 0
    error: str = ""
    ended_at: datetime | None = None
    kept_until: datetime | None = None
    size_bytes: int = 0
    sha256: str = ""
    rows: int = 0
    tables: int = 0
    files: int = 0
    events: int = 0
    head: str = ""
    broken: tuple[str, ...] = ()

    @property
    def percent(self) -> int:
        """Return how far it is, 0 to 100."""
        return self.done_ppm // 10_000


def begin_export(
    *, actor: Actor, form: str, is_opened: bool, at: datetime
) -> tuple[ExportRun, bool]:
    """Begin a full export of the actor's company in the background; return it and True.

    One that runs already is returned with False. Raises Forbidden without desk.export, and
    desk.export_opened for open fields; Refused for another form.
    """
    actor.require("desk.export")
    if is_opened:
        actor.require("desk.export_opened")
    chosen = next((one for one in FORMS if one == form), None)
    if chosen is None:
        raise Refused(f"There is no form {form}; use {', '.join(FORMS)}.")
    company = actor.company
    # before a lock makes it for everybody
    _folder(company).mkdir(parents=True, exist_ok=True, mode=0o700)
    with claimed_file(_folder(company) / "begin.lock") as is_ours:
        if not is_ours:
            raise Refused("An export is being begun this moment. Look at the list.")
        drop_expired(company, at=at)
        if running := next((run for run in _runs(company) if run.status == RUNNING), None):
            return running, False
        run = ExportRun(
            id=secrets.token_hex(16),
            form=chosen,
            is_opened=is_opened,
            by=actor.name,
            user_id=actor.user_id,
            begun_at=at,
        )
        _note(company, run)
    _begin(company, run)
    return read_export(company, run.id) or run, True


def run_export(*, company_id: int, run_id: str) -> None:
    """Make the archive of a run; one that is over, or another process is at, stays as it is."""
    company = Company.objects.get(pk=company_id)
    with _one_by_one, claimed_file(_path(company, run_id, "lock")) as is_ours:
        run = read_export(company, run_id)
        if not is_ours or run is None or run.status != RUNNING:
            return
        _clear(company, run_id)
        if run.tries >= MOST_TRIES:
            error = f"The server died {MOST_TRIES} times while it made this export."
            _note(company, _failed(run, error))
            return
        run = replace(run, tries=run.tries + 1)
        _note(company, run)
        try:
            _note(company, _made(company, run))
            drop_expired(company, at=clock.now())
        except (ExportError, Refused, KeyringError, SealError) as error:
            _note(company, _failed(run, str(error)))
        except OSError as error:
            log.exception("a full export failed")
            words = error.strerror or "no reason is given"
            _note(company, _failed(run, f"The archive cannot be written: {words}."))
        except Exception:
            _note(company, _failed(run, "What happened is in the server's log."))
            raise
        finally:
            _clear(company, run_id)


def export_runs(company: Company, *, at: datetime) -> list[ExportRun]:
    """Return the company's full exports, the newest first; begin anew one whose process died."""
    drop_expired(company, at=at)
    for run in _runs(company):
        if run.status == RUNNING:
            _begin(company, run)
    return _runs(company)


def read_export(company: Company, run_id: str) -> ExportRun | None:
    """Return a run of the company by its id, None where there is none."""
    if not (run_id.isascii() and run_id.isalnum()):
        return None
    try:
        told = json.loads(_path(company, run_id, "json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    for name in ("begun_at", "ended_at", "kept_until"):
        told[name] = told[name] and datetime.fromisoformat(told[name])
    return ExportRun(**{**told, "broken": tuple(told["broken"])})


def fetch_export(*, actor: Actor, run_id: str, at: datetime) -> tuple[ExportRun, BinaryIO]:
    """Return a finished run and its archive, open, and record that it was taken.

    Raises Forbidden without the rights, Refused where there is none or it is gone.
    """
    actor.require("desk.export")
    run = read_export(actor.company, run_id)
    if run is None or run.status != DONE or _is_over(run, at):
        raise Refused(NO_ARCHIVE)
    try:
        archive = _path(actor.company, run_id, "zip").open("rb")
    except FileNotFoundError as error:
        raise Refused(NO_ARCHIVE) from error
    try:
        note_export_fetched(actor=actor, sha256=run.sha256, is_opened=run.is_opened, at=at)
    except BaseException:
        archive.close()
        raise
    return run, archive


def remove_export(*, actor: Actor, run_id: str, at: datetime) -> ExportRun:
    """Delete the archive of a run, record who did, and return the run; one without stays as it is.

    Raises Forbidden without desk.export, Refused for a run that runs, or is none.
    """
    actor.require("desk.export")
    run = read_export(actor.company, run_id)
    if run is None or run.status == RUNNING:
        raise Refused(NO_ARCHIVE)
    if run.status != DONE:
        return run
    note_export_removed(actor=actor, sha256=run.sha256, at=at)
    return _dropped(actor.company, run, REMOVED)


def drop_expired(company: Company, *, at: datetime) -> int:
    """Delete archives whose days are over and the oldest of too many; return how many went."""
    gone = kept = 0
    for number, run in enumerate(_runs(company)):
        kept += run.status == DONE
        if run.status == DONE and (_is_over(run, at) or kept > MOST_KEPT):
            _dropped(company, run, EXPIRED)
            gone += 1
        elif number >= MOST_LINES and run.status not in TAKES_ROOM:
            for end in ("json", "lock"):
                _path(company, run.id, end).unlink(missing_ok=True)
    return gone


def _is_over(run: ExportRun, at: datetime) -> bool:
    return run.kept_until is not None and run.kept_until <= at


def _begin(company: Company, run: ExportRun) -> None:
    work = partial(run_export, company_id=company.pk, run_id=run.id)
    begin(work, key=f"full export {company.pk}")


def _made(company: Company, run: ExportRun) -> ExportRun:
    """Write the archive of a run and return the run as it is then."""
    actor = Actor(company=company, name=run.by, user_id=run.user_id, rights=RIGHTS)
    folder = _path(company, run.id, "folder")
    manifest = export_desk(
        folder,
        actors=[actor],
        is_whole=False,
        form=run.form,
        is_opened=run.is_opened,
        at=clock.now(),
        tell=lambda _, done_ppm: _note(company, replace(run, done_ppm=done_ppm)),
    )
    partial_zip = _path(company, run.id, "zip.part")
    _pack(folder, partial_zip, form=run.form)
    sha256, size = hash_of_file(partial_zip), partial_zip.stat().st_size
    partial_zip.replace(_path(company, run.id, "zip"))
    at = clock.now()
    days = KEPT_DAYS_OPENED if run.is_opened else KEPT_DAYS
    return replace(
        _with_outcome(run, manifest),
        status=DONE,
        done_ppm=1_000_000,
        ended_at=at,
        kept_until=at + timedelta(days=days),
        size_bytes=size,
        sha256=sha256,
    )


def _with_outcome(run: ExportRun, manifest: ExportManifest) -> ExportRun:
    (told,) = manifest.companies
    return replace(
        run,
        rows=sum(table.rows for table in manifest.tables.values()),
        tables=len(manifest.tables),
        files=len(manifest.files),
        events=told.seq,
        head=told.head,
        broken=told.broken,
    )


def _pack(folder: Path, target: Path, *, form: Form) -> None:
    """Write all of a folder into a zip, piece by piece; what is packed already is not again."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            is_packed = form == "parquet" and path.suffix == ".parquet"
            way = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.write(path, path.relative_to(folder).as_posix(), compress_type=way)
            path.unlink()  # or the disk would hold all of it twice


def _failed(run: ExportRun, error: str) -> ExportRun:
    return replace(run, status=FAILED, error=error, ended_at=clock.now())


def _dropped(company: Company, run: ExportRun, status: str) -> ExportRun:
    _path(company, run.id, "zip").unlink(missing_ok=True)
    dropped = replace(run, status=status)
    _note(company, dropped)
    return dropped


def _clear(company: Company, run_id: str) -> None:
    """Delete what is neither the archive nor the note of a run."""
    for path in _folder(company).glob(f"{run_id}.*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix == ".part":
            path.unlink(missing_ok=True)


def _runs(company: Company) -> list[ExportRun]:
    found = [read_export(company, path.stem) for path in _folder(company).glob("*.json")]
    runs = [run for run in found if run is not None]
    return sorted(runs, key=lambda run: (run.begun_at, run.id), reverse=True)


def _folder(company: Company) -> Path:
    return Path(settings.DATA_DIR) / "exports" / str(company.pk)


def _path(company: Company, run_id: str, end: str) -> Path:
    return _folder(company) / f"{run_id}.{end}"


def _note(company: Company, run: ExportRun) -> None:
    """Write how far a run is."""
    write_note(_path(company, run.id, "json"), run)
