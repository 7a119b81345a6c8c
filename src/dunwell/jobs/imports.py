"""Imports in the background: read an upload's files, check them, merge them; safe to run again."""

import logging
from datetime import date, datetime

from django.conf import settings

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.imports import (
    import_ledger,
    note_progress,
    record_check,
    refuse_import,
)
from dunwell.actions.uploads import upload_path
from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.ledger import Ledger, read_ledger
from dunwell.formats.profile import read_profile
from dunwell.jobs.claims import claimed
from dunwell.models import ImportBatch

log = logging.getLogger(__name__)
Status = ImportBatch.Status
IMPORT = "dunwell import"
"""Name of the claim on a batch."""
READ = 500_000
"""Progress, in parts per million, once the files are read; the merge is one transaction."""


def check_batch(*, batch_id: int, at: datetime) -> ImportBatch:
    """Read a batch's files and note what was found, or why they cannot be read."""
    batch = ImportBatch.objects.select_related("company", "user").get(pk=batch_id)
    actor = _actor(batch)
    ledger = _read(actor, batch, at=at)
    if ledger is None:
        return ImportBatch.objects.get(pk=batch_id)
    return record_check(actor=actor, batch=batch, ledger=ledger, at=at)


def run_batch(*, batch_id: int, as_of: date, at: datetime) -> ImportBatch:
    """Merge a confirmed batch; a batch whose process died is taken up and finished once.

    One process works on a batch at a time: the lock ends with its process, however it ends.
    A batch that is done, not confirmed, or being worked on is returned as it is.
    """
    with claimed(IMPORT, batch_id) as is_ours:
        batch = ImportBatch.objects.select_related("company", "user").get(pk=batch_id)
        if not is_ours or batch.status != Status.RUNNING:
            return batch
        actor = _actor(batch)
        note_progress(actor=actor, batch=batch, progress_ppm=READ // 10)
        ledger = _read(actor, batch, at=at)
        if ledger is None:
            return ImportBatch.objects.get(pk=batch_id)
        note_progress(actor=actor, batch=batch, progress_ppm=READ)
        try:
            return import_ledger(actor=actor, ledger=ledger, batch=batch, as_of=as_of, at=at)
        except Refused as refusal:
            return refuse_import(actor=actor, batch=batch, reason=str(refusal), at=at)


def running_batches() -> list[int]:
    """Return the confirmed batches that are not finished, oldest first."""
    rows = ImportBatch.objects.filter(status=Status.RUNNING).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def _actor(batch: ImportBatch) -> Actor:
    """Return who uploaded the batch; the right was checked when the import was confirmed."""
    return Actor(
        company=batch.company,
        name=batch.user.username if batch.user else "system",
        user_id=batch.user_id,
        rights=frozenset({"items.import"}),
    )


def _read(actor: Actor, batch: ImportBatch, *, at: datetime) -> Ledger | None:
    """Return the batch's ledger; None when it cannot be read, which is noted on the batch."""
    try:
        profile = read_profile(batch.profile)
        # paths, not bytes: an audit file of many megabytes is read record by record
        files = [
            (file["name"], upload_path(file["sha256"]).resolve(strict=True))
            for file in batch.files
        ]
        return read_ledger(
            files,
            profile,
            default_currency=profile.default_currency,
            limit_bytes=settings.IMPORT_LIMIT_BYTES,
        )
    except FileNotFoundError:
        reason = "The uploaded files are no longer in the data folder. Upload them again."
    except (TableError, LedgerError) as error:
        reason = str(error)
    log.warning("import cannot be read", extra={"batch": batch.pk})
    refuse_import(actor=actor, batch=batch, reason=reason, at=at)
    return None
