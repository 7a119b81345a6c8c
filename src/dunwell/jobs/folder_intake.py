"""Folders into which ledgers, bank files and e-invoices are dropped: emptied, each file once.

What is known by its bytes is not taken again, and a file is moved last. So a call that died
anywhere is finished by the next one, and a file that lies there twice counts once.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings

from dunwell.actions.bank_files import receive_bank_file
from dunwell.actions.einvoice_imports import take_einvoices
from dunwell.actions.gate import Refused, system
from dunwell.actions.imports import set_profile, start_import
from dunwell.actions.uploads import Upload, hash_of_files, receive_upload
from dunwell.jobs.bank_files import read_file
from dunwell.jobs.claims import claimed
from dunwell.jobs.dropped_files import (
    DONE,
    REFUSED,
    DropFolder,
    DroppedFile,
    MovedOnError,
    opened,
)
from dunwell.jobs.einvoice_intake import take_in
from dunwell.jobs.imports import run_batch
from dunwell.models import BankFile, Company, EInvoiceFile, ImportBatch

INTAKE = "dunwell take in"
"""Name of the claim on a folder."""

AGAIN = "Correct what it says, and drop the file again."
log = logging.getLogger(__name__)


class Kind(StrEnum):
    """What the files of a folder are; folders are emptied in this order, and named like it."""

    LEDGER = "ledger"
    INVOICES = "invoices"
    BANK = "bank"


class Outcome(StrEnum):
    """What became of a file: all but the last two are moved away."""

    TAKEN = "taken"
    KNOWN = "known"
    WAITS = "waits for a person"
    REFUSED = "refused"
    FAILED = "failed"
    LATER = "left for the next call"


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """How files are taken: for whom, when, and what they do not say themselves.

    `profile` is how ledgers are read, `currency` that of accounts whose bank files tell none.
    """

    company: Company
    as_of: date
    at: datetime
    quiet_seconds: int = 10
    profile: Mapping[str, Any] = field(default_factory=dict)
    currency: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class TakenFile:
    """One file: its place from the folder, what became of it, why, and where it lies now."""

    place: str
    outcome: Outcome
    told: str = ""
    moved_to: str = ""


class FileRefusedError(Exception):
    """A file cannot be taken: a code, the reason, and what to do."""

    def __init__(self, code: str, reason: str, remedy: str = AGAIN) -> None:
        """Take the code, the reason and the remedy."""
        super().__init__(reason)
        self.code, self.reason, self.remedy = code, reason, remedy


Told = tuple[Outcome, str]


def take_folder(folder: Path, *, intake: Intake, kind: Kind | None = None) -> Iterator[TakenFile]:
    """Take every whole file of a folder and yield what became of it, one by one.

    With `kind` all files of the folder are of that kind; else its sub-folders say which, and
    what lies beside them is refused. Calls for one folder take turns. Raises Refused for a folder
    that is not listed in DUNWELL_CONNECTION_FOLDERS.
    """
    with opened(folder, settings.CONNECTION_FOLDERS) as (path, root):
        if kind is not None:
            yield from _emptied(root, path, "", kind, intake)
            return
        for one in Kind:
            try:
                with root.inner(one.value) as inner:
                    if inner is not None:
                        yield from _emptied(inner, path / one, f"{one.value}/", one, intake)
            except Refused as refusal:
                yield TakenFile(place=one.value, outcome=Outcome.FAILED, told=str(refusal))
        yield from _emptied(root, path, "", None, intake)


def _emptied(
    place: DropFolder, path: Path, prefix: str, kind: Kind | None, intake: Intake
) -> Iterator[TakenFile]:
    """Take the files of one place, while no other call is at it."""
    key = int.from_bytes(hashlib.sha256(str(path).encode(errors="replace")).digest()[:4]) >> 1
    with claimed(INTAKE, key, wait=True):
        for file in place.files():
            # a link in place of a sub-folder was told already, and is the operator's to change
            if kind is None and file.name in set(Kind):
                continue
            yield _dealt_with(place, file, prefix, kind, intake)


def _dealt_with(
    place: DropFolder, file: DroppedFile, prefix: str, kind: Kind | None, intake: Intake
) -> TakenFile:
    where = prefix + file.shown
    try:
        try:
            outcome, told = _taken(place, file, kind, intake)
        except FileRefusedError as refusal:
            text = _reason(where, refusal, intake.at)
            moved = place.move(file, [REFUSED], reason=text)
            outcome, told = Outcome.REFUSED, f"{refusal.reason} {refusal.remedy}"
        else:
            if outcome == Outcome.LATER:
                return TakenFile(place=where, outcome=outcome, told=told)
            moved = place.move(file, [DONE, intake.as_of.isoformat()])
    except MovedOnError:
        return TakenFile(
            place=where, outcome=Outcome.LATER, told="It was changed or moved meanwhile."
        )
    except Exception as error:  # one file must not keep those after it from being taken
        log.exception("dropped file cannot be taken", extra={"company": intake.company.pk})
        told = f"{type(error).__name__}; it stays where it is. The log says more."
        return TakenFile(place=where, outcome=Outcome.FAILED, told=told)
    return TakenFile(place=where, outcome=outcome, told=told, moved_to=prefix + moved)


def _taken(place: DropFolder, file: DroppedFile, kind: Kind | None, intake: Intake) -> Told:
    """Take one file, unless it must wait; raises FileRefusedError and MovedOnError."""
    if file.is_link:
        raise FileRefusedError("link", "It is a link.", "Drop the file itself.")
    if not file.is_regular:
        raise FileRefusedError("no_file", "It is no plain file.", "Drop files alone.")
    if intake.at.timestamp() - file.written_at < intake.quiet_seconds:
        return Outcome.LATER, "It may still be written."
    if kind is None:
        names = ", ".join(f"{one.value}/" for one in Kind)
        raise FileRefusedError("no_kind", "Nothing says what it is.", f"Drop it in {names}.")
    check_size(file.size)
    try:
        data = place.read(file)
    except PermissionError as error:
        raise FileRefusedError(
            "no_permission", "The desk may not read it.", "Let its user read the file."
        ) from error
    return take_bytes(kind, intake, Upload(name=file.shown, data=data))


def check_size(size: int) -> None:
    """Raise FileRefusedError for a file of so many bytes that is not read: empty, or too large."""
    most = settings.IMPORT_LIMIT_BYTES
    if size > most:
        raise FileRefusedError(
            "too_large",
            f"It has {size:,} bytes; {most:,} are allowed.",
            "Export a shorter period, or let your operator raise DUNWELL_IMPORT_LIMIT_MB.",
        )
    if not size:
        raise FileRefusedError("empty", "It is empty.", "Export it again.")


def take_bytes(kind: Kind, intake: Intake, upload: Upload) -> Told:
    """Take a whole file of a kind, wherever it came from; raises FileRefusedError.

    What is known by its bytes is not taken again.
    """
    try:
        return TAKE[kind](intake, upload)
    except Refused as refusal:
        raise FileRefusedError("not_taken", str(refusal)) from refusal


def _reason(where: str, refusal: FileRefusedError, at: datetime) -> str:
    return (
        f"File: {where}\nCode: {refusal.code}\nReason: {refusal.reason}\n"
        f"What to do: {refusal.remedy}\nWhen: {at.isoformat(timespec='seconds')}\n"
    )


def _ledger(intake: Intake, upload: Upload) -> Told:
    """Import a ledger or audit file; one that began and was never finished is finished."""
    actor = system(intake.company)
    sha256 = hash_of_files([hashlib.sha256(upload.data).hexdigest()])
    same = list(ImportBatch.objects.filter(company=intake.company, sha256=sha256).order_by("pk"))
    status = ImportBatch.Status
    if done := [batch for batch in same if batch.status == status.DONE]:
        return Outcome.KNOWN, f"as import {done[0].pk}"
    begun = [batch for batch in same if batch.status == status.RUNNING] or [
        batch
        for batch in same
        # what a person has uploaded and not confirmed stays theirs to decide
        if batch.user_id is None
        and batch.status in {status.UPLOADED, status.CHECKED}
        and not batch.decisions
    ]
    batch = begun[0] if begun else receive_upload(actor=actor, files=[upload], at=intake.at)
    if batch.status != status.RUNNING:
        if intake.profile:
            set_profile(actor=actor, batch=batch, document=dict(intake.profile), at=intake.at)
        start_import(actor=actor, batch=batch, at=intake.at)
    batch = run_batch(batch_id=batch.pk, as_of=intake.as_of, at=intake.at)
    if batch.status == status.RUNNING:
        return Outcome.LATER, "Another process is importing it."
    if batch.status != status.DONE:
        raise FileRefusedError("not_imported", batch.error)
    return Outcome.TAKEN, f"import {batch.pk}{_counted(batch.counts, LEDGER_COUNTS)}"


def _bank(intake: Intake, upload: Upload) -> Told:
    """Read a bank file; settling and matching are run again for one that is known."""
    file = receive_bank_file(actor=system(intake.company), file=upload, at=intake.at)
    was_read = file.status == BankFile.Status.READ
    file = read_file(file_id=file.pk, as_of=intake.as_of, at=intake.at, currency=intake.currency)
    if file.status == BankFile.Status.REFUSED:
        raise FileRefusedError("not_read", file.error)
    if file.status != BankFile.Status.READ:
        return Outcome.WAITS, f"bank file {file.pk} leaves a question open; its page asks it"
    outcome = Outcome.KNOWN if was_read else Outcome.TAKEN
    counts = {} if was_read else file.counts
    return outcome, f"bank file {file.pk}{_counted(counts, BANK_COUNTS)}"


def _invoices(intake: Intake, upload: Upload) -> Told:
    """Take an e-invoice, or a zip of them, into the ledger; what needs a word waits for it."""
    actor, status = system(intake.company), EInvoiceFile.Status
    sha256 = hashlib.sha256(upload.data).hexdigest()
    known = EInvoiceFile.objects.filter(company=intake.company, sha256=sha256).first()
    if known is not None and known.status == status.TAKEN:
        return Outcome.KNOWN, f"as e-invoice {known.pk}"
    if known is not None and known.status == status.WAITING:
        rows = [known]
    else:
        rows = list(take_in(actor=actor, files=[upload], as_of=intake.as_of, at=intake.at))
    troubles = [f"{one.name}: {one.reason}" for one in rows if one.status == status.REFUSED]
    waiting = [one.pk for one in rows if one.status == status.WAITING]
    took = (
        take_einvoices(actor=actor, files=waiting, as_of=intake.as_of, at=intake.at)
        if waiting
        else ()
    )
    counted = f"{sum(one.item_id is not None for one in took)} of {len(rows)} e-invoices"
    if troubles:
        raise FileRefusedError("not_taken", f"{counted} taken. {' '.join(troubles)}")
    if waits := [f"{one.name}: {one.trouble}" for one in took if one.item_id is None]:
        return Outcome.WAITS, f"{counted} taken. {' '.join(waits)}"
    if not took:
        return Outcome.KNOWN, f"{len(rows)} e-invoices"
    return Outcome.TAKEN, counted


def _counted(counts: Mapping[str, Any], names: tuple[str, ...]) -> str:
    """Return the counts that are not 0, each after a comma."""
    return "".join(
        f", {name.replace('_', ' ')} {counts[name]}" for name in names if counts.get(name)
    )


LEDGER_COUNTS = (
    *("items_imported", "items_known", "items_refused", "payments_added"),
    *("allocations_added", "rows_refused", "findings"),
)
BANK_COUNTS = ("statements", "entries", "payments", "returned", "remittances", "gaps")
TAKE = {Kind.LEDGER: _ledger, Kind.INVOICES: _invoices, Kind.BANK: _bank}
