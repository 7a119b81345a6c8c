"""Bank sheets that leave a question open: asked, answered once by a person, kept for the next."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.uploads import upload_path
from dunwell.formats.bank.sheet_columns import MANY
from dunwell.formats.bank.sheet_preview import SheetPreview, preview_sheet
from dunwell.formats.bank.sheet_profile import SheetProfile, read_sheet_profile
from dunwell.formats.decisions import Decision
from dunwell.formats.findings import LedgerError
from dunwell.models import BankFile, BankLayout
from dunwell.queries.bank_layouts import has_numbered_account

Status = BankFile.Status
LONGEST_ACCOUNT = 64


@transaction.atomic
def ask_bank_file(
    *, actor: Actor, file: BankFile, decisions: Sequence[Decision], header: str, at: datetime
) -> BankFile:
    """Let a sheet wait for answers; nothing of it is recorded until then.

    One that was read stays as it is.
    """
    actor.require("bank.import")
    first = decisions[0]
    more = f" ({len(decisions) - 1} more questions)" if len(decisions) > 1 else ""
    question = f"{file.name}: {first.part or 'whole file'}: {first.question}{more}"[:1000]
    moved = (
        BankFile.objects.filter(company=actor.company, pk=file.pk)
        .exclude(status=Status.READ)
        .update(status=Status.ASKS, error=question, header=header)
    )
    if moved:
        codes = [one.code for one in decisions]
        record_event(
            actor, "bank_file.asked", file, at=at, name=file.name, questions=codes, text=question
        )
    return BankFile.objects.get(company=actor.company, pk=file.pk)


@transaction.atomic
def answer_bank_file(
    *,
    actor: Actor,
    file: BankFile,
    version: int,
    document: Mapping[str, Any],
    keeps_account: bool = True,
    at: datetime,
) -> BankFile:
    """Say how a sheet is read and keep that for the next of its layout; it is read by a job then.

    `version` is that of the page: raises Refused, naming who was first, where somebody answered
    meanwhile, for answers that leave a question open, and for cells that cannot be read so
    (file, place, reason). Without `keeps_account` the account is asked again for each file.
    Files of the same layout that wait are taken up too.
    """
    actor.require("bank.import")
    profile, document = _profile(document)
    file = _locked(actor, file, version)
    preview = _read_so(file, profile)
    _check_told(actor, file, preview, profile)
    BankFile.objects.filter(pk=file.pk).update(
        status=Status.RECEIVED,
        profile=document,
        header=preview.header,
        version=version + 1,
        answered_by=actor.name,
        error="",
    )
    record_event(actor, "bank_file.answered", file, at=at, name=file.name, profile=document)
    kept = dict(document)
    if not keeps_account:
        kept.pop("account", None)
    _keep(actor, file, kept, header=preview.header, at=at)
    BankFile.objects.filter(
        company=actor.company, status=Status.ASKS, header=preview.header
    ).update(status=Status.RECEIVED, error="")
    return BankFile.objects.get(pk=file.pk)


@transaction.atomic
def forget_bank_layout(*, actor: Actor, layout: BankLayout, at: datetime) -> None:
    """Forget how sheets of a layout are read: the next one asks again. What was read stays."""
    actor.require("bank.import")
    found = BankLayout.objects.filter(company=actor.company, pk=layout.pk).first()
    if found is None:
        raise Refused(f"The layout {layout.name} does not exist any more.")
    key = found.pk
    record_event(
        actor, "bank_layout.forgotten", found, at=at, name=found.name, profile=found.document
    )
    BankLayout.objects.filter(pk=key).delete()


def _profile(document: Mapping[str, Any]) -> tuple[SheetProfile, dict[str, Any]]:
    """Return the answers as a profile, and as a document without what is empty."""
    told = {name: value for name, value in document.items() if value}
    try:
        profile = read_sheet_profile(told)
    except LedgerError as error:
        raise Refused(str(error)) from error
    if len(profile.account) > LONGEST_ACCOUNT:
        raise Refused(f"The account has more than {LONGEST_ACCOUNT} characters; shorten it.")
    taken: dict[str, str] = {}
    for column, field in profile.columns.items():
        if field and field not in MANY and field in taken:
            raise Refused(
                f"Columns {taken[field]!r} and {column!r} are both taken for {field}. Leave one "
                "of them out."
            )
        taken[field] = column
    return profile, told


def _locked(actor: Actor, file: BankFile, version: int) -> BankFile:
    found = (
        BankFile.objects.select_for_update(no_key=True)
        .filter(company=actor.company, pk=file.pk)
        .first()
    )
    if found is None:
        raise Refused(f"Bank file {file.name} does not belong to {actor.company.name}.")
    if found.version != version:
        raise Refused(
            f"{found.answered_by} has answered for {found.name} meanwhile. Load the page again "
            "to see how it was read."
        )
    if found.status == Status.READ:
        raise Refused(f"{found.name} was read already; its entries stay as they are.")
    if found.status == Status.RECEIVED:
        raise Refused(f"{found.name} is being read. Load the page again in a moment.")
    return found


def _read_so(file: BankFile, profile: SheetProfile) -> SheetPreview:
    try:
        content = upload_path(file.sha256).read_bytes()
    except FileNotFoundError as error:
        raise Refused(
            "The uploaded file is no longer in the data folder. Upload it again."
        ) from error
    return preview_sheet(content, file.name, profile=profile)


def _check_told(
    actor: Actor, file: BankFile, preview: SheetPreview, profile: SheetProfile
) -> None:
    """Raise Refused for the first thing that still stands in the way."""
    if preview.trouble:
        raise Refused(preview.trouble)
    if preview.decisions:
        raise Refused(f"{file.name}: {preview.decisions[0].question}")
    if preview.has_no_currency and not profile.currency:
        raise Refused(f"{file.name}: the file tells no currency. Choose that of the account.")
    if preview.has_no_account and not profile.account and has_numbered_account(actor.company):
        raise Refused(f"{file.name}: the file tells no account. Say which one it is of.")


def _keep(
    actor: Actor, file: BankFile, document: dict[str, Any], *, header: str, at: datetime
) -> None:
    known = BankLayout.objects.filter(company=actor.company, header=header).first()
    if known is not None and known.document == document:
        return
    layout, _ = BankLayout.objects.update_or_create(
        company=actor.company,
        header=header,
        defaults={
            "name": file.name if known is None else known.name,
            "document": document,
            "saved_by": actor.name,
            "saved_at": at,
        },
    )
    record_event(actor, "bank_layout.kept", layout, at=at, name=layout.name, profile=document)
