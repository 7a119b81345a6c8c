"""Files of a remote folder: fetched one by one, taken like dropped files, then moved there.

Nothing is kept on this machine: a file is read whole, taken, marked, and moved last. So a call
that died anywhere is finished by the next one, and what is in the books is known by its bytes.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self, TypeVar

from dunwell import clock
from dunwell.actions.connection_files import (
    SETTLE,
    look_at_files,
    mark_file,
    mark_moved,
    note_file,
)
from dunwell.actions.gate import Actor
from dunwell.actions.uploads import Upload, hash_of_files
from dunwell.connectors.sftp_folder import Look, MovedOnError, SftpFolder, SftpSession
from dunwell.formats.connection_rows import OutsideError, OutsideFault
from dunwell.formats.remote_files import DONE, REFUSED, RemoteFile
from dunwell.jobs.claims import claimed
from dunwell.jobs.folder_intake import (
    FileRefusedError,
    Intake,
    Kind,
    Outcome,
    check_size,
    take_bytes,
)
from dunwell.models import Connection, ConnectionFile, ConnectionSync, ImportBatch, ImportProfile

WORK = "dunwell take files"
ATTEMPTS = 3
"""So often one file is asked for when the line breaks, each time from its beginning."""

CODES = {
    Outcome.TAKEN: ConnectionFile.Outcome.TAKEN,
    Outcome.KNOWN: ConnectionFile.Outcome.KNOWN,
    Outcome.WAITS: ConnectionFile.Outcome.WAITS,
    Outcome.REFUSED: ConnectionFile.Outcome.REFUSED,
}
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass(kw_only=True, slots=True)
class _Round:
    """One round through a folder: for whom, the sync as it stands, and the rules."""

    actor: Actor
    sync: ConnectionSync
    intake: Intake
    folder: SftpFolder

    def hold(self, fresh: ConnectionSync) -> None:
        """Keep that the sync is still ours, for whoever has to end it when this breaks off."""
        self.sync.claimed_at = fresh.claimed_at


def take_files(
    *,
    actor: Actor,
    sync: ConnectionSync,
    connection: Connection,
    folder: SftpFolder,
    as_of: date,
) -> timedelta | None:
    """Take every whole file of a remote folder; return when to look again, None for as usual.

    A file that was seen for the first time waits for the next look, which is due soon. Raises
    OutsideError when the folder does not answer, Refused when another worker took over.
    """
    told = connection.settings
    intake = Intake(
        company=connection.company,
        as_of=as_of,
        at=clock.now(),
        profile=_profile(connection),
        currency=told.get("currency", "").upper(),
    )
    work = _Round(actor=actor, sync=sync, intake=intake, folder=folder)
    with _alone(connection), _Line(folder) as line:
        found = line.asked(lambda there: there.look())
        due = _looked(work, found)
        by_identity = {one.identity: one for one in found.files}
        for row in due:
            file = by_identity[(row.place, row.size, row.written)]
            if not row.outcome and not _dealt_with(work, line, file, row):
                continue
            if told.get("afterwards", "move") == "move":
                _moved(work, line, file, row)
        is_waiting = len(due) < len(found.files) and not folder.rules.marker
        return SETTLE if is_waiting else None


def preview_files(*, actor: Actor, connection: Connection, folder: SftpFolder) -> list[str]:
    """Return a line for each file that lies there and what a sync would do; writes nothing."""
    actor.require("connection.sync")
    rows = ConnectionFile.objects.filter(connection=connection, moved_to="")
    known = {(one.place, one.size, one.written): one for one in rows}
    with folder.session() as there:
        found = there.look()
    lines = [f"{name}: passed over. {why}" for name, why in found.strange]
    for one in found.files:
        row = known.get(one.identity)
        if row is not None and row.outcome:
            state = f"{row.outcome} before"
        elif folder.rules.marker and one.place not in found.whole:
            state = "waits for its marker"
        else:
            state = "would be taken, once two looks find it unchanged"
            if one.place in found.whole:
                state = "would be taken"
        lines.append(f"{one.place} ({one.size:,} bytes): {state}")
    return lines


class _Line:
    """The line to a folder; opened with the first question, and anew after it broke."""

    def __init__(self, folder: SftpFolder) -> None:
        self._folder, self._open = folder, ExitStack()
        self._there: SftpSession | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def asked(self, question: Callable[[SftpSession], T]) -> T:
        """Return the answer; asked again from the beginning when the line breaks."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                if self._there is None:
                    self._there = self._open.enter_context(self._folder.session())
                return question(self._there)
            except OutsideError as error:
                self._hang_up()
                if not error.is_transient or attempt == ATTEMPTS:
                    raise
        raise AssertionError

    def _hang_up(self) -> None:
        self._there = None
        self._open.close()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Keep others out while a slow worker, whose sync was taken over, is still at it."""
    with claimed(WORK, connection.pk) as is_ours:
        if not is_ours:
            raise OutsideError(
                OutsideFault.UNREACHABLE,
                "Another process is still taking files from there; they are looked for again.",
            )
        yield


def _looked(work: _Round, found: Look) -> list[ConnectionFile]:
    for name, why in found.strange:
        work.hold(note_file(
            actor=work.actor, sync=work.sync, place=name, code="passed_over", told=why,
            at=clock.now(),
        ))  # fmt: skip
    return look_at_files(
        actor=work.actor, sync=work.sync, files=found.files, whole=found.whole,
        is_marked=bool(work.folder.rules.marker), at=clock.now(),
    )  # fmt: skip


def _dealt_with(work: _Round, line: _Line, file: RemoteFile, row: ConnectionFile) -> bool:
    """Fetch, take and mark one file; return whether it is done with and may be moved."""
    sha256, code, told = "", Outcome.FAILED, ""
    kind = Kind(dict(work.folder.rules.folders)[file.folder])
    try:
        check_size(file.size)
        data = line.asked(lambda there: there.read(file))
        sha256 = hashlib.sha256(data).hexdigest()
        code, told = take_bytes(kind, work.intake, Upload(name=file.name, data=data))
    except FileRefusedError as refusal:
        code, told = Outcome.REFUSED, f"{refusal.reason} {refusal.remedy}"
    except MovedOnError:
        code, told = Outcome.LATER, "It was changed or moved meanwhile."
    except OutsideError as error:
        if error.is_transient:
            raise
        # one file that may not be read must not keep those after it from being taken
        told = str(error)
    except Exception as error:
        log.exception("remote file cannot be taken", extra={"company": work.intake.company.pk})
        told = f"{type(error).__name__}; it stays where it is. The log says more."
    kept = CODES.get(code)
    if kept is None:
        work.hold(note_file(
            actor=work.actor, sync=work.sync, place=row.place,
            code="failed" if code == Outcome.FAILED else "later", told=told, at=clock.now(),
        ))  # fmt: skip
        return False
    row.outcome, row.told = kept, told[:500]
    work.hold(mark_file(
        actor=work.actor, sync=work.sync, file=row, outcome=kept, told=told, sha256=sha256,
        batch=_batch(work, sha256) if (kind, code) == (Kind.LEDGER, Outcome.TAKEN) else None,
        at=clock.now(),
    ))  # fmt: skip
    return True


def _moved(work: _Round, line: _Line, file: RemoteFile, row: ConnectionFile) -> None:
    """Move a file that was dealt with; one that may not be moved stays, and the sync says so."""
    into, reason = [DONE, work.intake.as_of.isoformat()], ""
    if row.outcome == ConnectionFile.Outcome.REFUSED:
        into = [REFUSED]
        when = work.intake.at.isoformat(timespec="seconds")
        reason = f"File: {row.place}\nReason: {row.told}\nWhen: {when}\n"
    try:
        moved_to = line.asked(lambda there: there.move(file, into, reason=reason))
    except MovedOnError:
        # moved by a call that died before it could say so, or by somebody there
        return
    except OutsideError as error:
        if error.is_transient:
            raise
        work.hold(note_file(
            actor=work.actor, sync=work.sync, place=row.place, code="not_moved", told=str(error),
            at=clock.now(),
        ))  # fmt: skip
        return
    mark_moved(actor=work.actor, sync=work.sync, file=row, moved_to=moved_to)


def _batch(work: _Round, sha256: str) -> ImportBatch | None:
    of = ImportBatch.objects.filter(company=work.intake.company, sha256=hash_of_files([sha256]))
    return of.order_by("pk").last()


def _profile(connection: Connection) -> dict[str, Any]:
    name = connection.settings.get("profile", "")
    if not name:
        return {}
    found = ImportProfile.objects.filter(company=connection.company, name=name).first()
    if found is None:
        raise OutsideError(
            OutsideFault.REFUSED,
            f"There is no import profile named {name}; save one in an import, or name another.",
        )
    return dict(found.document)
