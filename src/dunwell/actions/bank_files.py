"""Bank files: kept byte for byte, read once, recorded in one transaction or not at all."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from dunwell.actions.banking.advices import add_advices
from dunwell.actions.banking.booking import book_entries
from dunwell.actions.banking.coverage import refresh_coverage
from dunwell.actions.banking.entries import add_entries
from dunwell.actions.banking.reading import Reading, as_found
from dunwell.actions.banking.repeats import link_repeats
from dunwell.actions.banking.returns import settle_outgoing
from dunwell.actions.banking.statements import NewStatement, accounts_of, add_statements
from dunwell.actions.bulk import look_at_tables
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import MOST_FILES, Upload, keep_upload
from dunwell.formats.bank.statement import BankFile as ReadFile
from dunwell.formats.redaction import redacted
from dunwell.formats.remittance.entries import advices_of
from dunwell.models import BankEntry, BankFile, Company

Status = BankFile.Status
LARGE = 100_000
"""Entries from which the database is told to look at its tables again."""


@transaction.atomic
def receive_bank_file(*, actor: Actor, file: Upload, at: datetime) -> BankFile:
    """Keep a bank file byte for byte; the same bytes again are the same file, nothing new.

    Raises Refused for an empty file and for more bytes than allowed.
    """
    actor.require("bank.import")
    _check_size([file])
    return _received(actor, file, at)


@transaction.atomic
def receive_bank_files(*, actor: Actor, files: Sequence[Upload], at: datetime) -> list[BankFile]:
    """Keep several bank files, all or none; raises Refused as `receive_bank_file` does."""
    actor.require("bank.import")
    if not files:
        raise Refused("No file was sent. Choose at least one bank file.")
    if len(files) > MOST_FILES:
        raise Refused(f"{len(files)} files are too many at once; send at most {MOST_FILES}.")
    _check_size(files)
    return [_received(actor, file, at) for file in files]


@transaction.atomic
def refuse_bank_file(
    *,
    actor: Actor,
    file: BankFile,
    reason: str,
    file_format: str = "",
    header: str = "",
    at: datetime,
) -> BankFile:
    """Note that a file cannot be read: file, place, reason. One that was read stays as it is.

    `header` is the layout of a sheet: it may be said how to read one.
    """
    actor.require("bank.import")
    moved = (
        BankFile.objects.filter(company=actor.company, pk=file.pk)
        .exclude(status=Status.READ)
        .update(status=Status.REFUSED, error=reason[:1000], format=file_format[:60], header=header)
    )
    if moved:
        record_event(
            actor, "bank_file.refused", file, at=at, name=redacted(file.name),
            reason=redacted(reason)[:1000],
        )  # fmt: skip
    return _reread(actor, file)


@transaction.atomic
def record_bank_file(
    *, actor: Actor, file: BankFile, read: ReadFile, as_of: date, at: datetime
) -> BankFile:
    """Write what a bank file says: accounts, statements, entries, payments, returns, feeds.

    A file that was recorded stays as it is; statements and entries told before add nothing. The
    number of queries does not grow with the entries, but for each payment that came back.
    """
    actor.require("bank.import")
    # one file at a time in a company; the second waits here and then sees what the first told
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    file = _reread(actor, file)
    if file.status == Status.READ:
        return file
    reading = Reading(actor=actor, company=company, file=file, as_of=as_of, at=at)
    told = [one for one in read.statements if one.kind != "remittance"]
    accounts = accounts_of(reading, told)
    statements = add_statements(reading, told, accounts)
    repeats = add_entries(reading, statements)
    booked = book_entries(company=company, as_of=as_of, at=at)
    link_repeats(company=company, repeats=repeats)
    returned = settle_outgoing(reading)
    remittances = _advices(reading, read)
    missing = refresh_coverage(
        company=company, accounts=list(accounts.values()), as_of=as_of, at=at
    )
    counts = {
        "statements": len(statements),
        "statements_known": len(told) - len(statements),
        **_counts(statements),
        "payments": booked.added,
        "payments_met": booked.met,
        "returned": returned,
        "remittances": remittances,
        "gaps": missing,
    }
    _analyze(counts["entries"])
    BankFile.objects.filter(pk=file.pk).update(
        status=Status.READ,
        format=read.format[:60],
        findings=as_found(read.findings),
        counts=counts,
        error="",
        read_at=at,
    )
    record_event(actor, "bank_file.read", file, at=at, name=redacted(file.name), counts=counts)
    return _reread(actor, file)


def _received(actor: Actor, file: Upload, at: datetime) -> BankFile:
    # the bytes are safe before anybody is told that the file was received; those of a known file
    # come back with it when they were lost
    sha256 = keep_upload(file.data, by=actor, at=at)
    known = BankFile.objects.filter(company=actor.company, sha256=sha256).first()
    if known is not None:
        return known
    received, is_new = BankFile.objects.get_or_create(
        company=actor.company,
        sha256=sha256,
        defaults={
            "user_id": actor.user_id,
            "name": Path(file.name).name[:200],
            "size_bytes": len(file.data),
            "received_at": at,
        },
    )
    if is_new:
        record_event(
            actor,
            "bank_file.received",
            received,
            at=at,
            name=redacted(received.name),
            sha256=sha256,
        )
    return received


def _check_size(files: Sequence[Upload]) -> None:
    size = sum(len(file.data) for file in files)
    if size > settings.IMPORT_LIMIT_BYTES:
        most = settings.IMPORT_LIMIT_BYTES // 1024 // 1024
        raise Refused(f"The files have {size // 1024 // 1024} MB together; {most} MB are allowed.")
    for file in files:
        if not file.data:
            raise Refused(f"{file.name} is empty. Fetch it from the bank again.")


def _advices(reading: Reading, read: ReadFile) -> int:
    """Keep what payers say in messages of kind remittance; return how many advices are new.

    What a bank's own message says of its entries stands at the entries (`remitted`).
    """
    messages = tuple(one for one in read.statements if one.kind == "remittance")
    if not messages:
        return 0
    advices = advices_of(ReadFile(format=read.format, statements=messages))
    added = add_advices(
        actor_id=reading.actor.user_id,
        company=reading.company,
        name=reading.file.name,
        sha256=reading.file.sha256,
        file_format=read.format,
        advices=advices,
        at=reading.at,
    )
    return len(added)


def _counts(statements: Sequence[NewStatement]) -> dict[str, int]:
    """Return how many entries are new and known, and what became of the new ones."""
    keys = [new.record.pk for new in statements]
    by_treatment: dict[str, Any] = dict(
        BankEntry.objects.filter(statement__in=keys)
        .order_by()
        .values_list("treatment")
        .annotate(n=Count("id"))
    )
    added = sum(by_treatment.values())
    told = sum(len(new.told.entries) for new in statements)
    return {"entries": added, "entries_known": told - added, **by_treatment}


def _analyze(entries: int) -> None:
    if entries >= LARGE:
        look_at_tables("dunwell_bankentry", "dunwell_payment", "dunwell_entryline")


def _reread(actor: Actor, file: BankFile) -> BankFile:
    found = BankFile.objects.filter(company=actor.company, pk=file.pk).first()
    if found is None:
        raise Refused(f"Bank file {file.name} does not belong to {actor.company.name}.")
    return found
