"""Bank files in the background: read, recorded, settled and matched; safe to run again."""

import logging
from datetime import date, datetime
from functools import partial

from dunwell.actions.bank_files import record_bank_file, refuse_bank_file
from dunwell.actions.bank_layouts import ask_bank_file
from dunwell.actions.debit_settlements import settle_debit_entries
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.provider_payouts import settle_payout_entries
from dunwell.actions.refund_entries import settle_refund_entries
from dunwell.actions.remittances import link_remittances
from dunwell.actions.uploads import upload_path
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.sheet_preview import sheet_header
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import BankFile as ReadFile
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.bank.unstated import NO_CURRENCY, in_currency
from dunwell.formats.decisions import Decision
from dunwell.jobs.matching import match_open
from dunwell.models import BankAccount, BankFile, Company
from dunwell.queries.bank_layouts import has_numbered_account, layout_document, sheet_profile

NO_ACCOUNT = "the file tells no account, and the company has several. Say which one it is of."
SHEET = "table"
"""The format of sheets that are of no known service."""

log = logging.getLogger(__name__)
Status = BankFile.Status


def read_file(*, file_id: int, as_of: date, at: datetime, currency: str = "") -> BankFile:
    """Read and record one bank file, then settle and match what is open; one read before stays so.

    `currency` is that of accounts whose files tell none. A sheet that leaves a question open waits
    for answers; a file that cannot be read is refused with its sentence: file, place, reason.
    """
    file = BankFile.objects.select_related("company", "user").get(pk=file_id)
    read = _recorded(file, as_of=as_of, at=at, currency=currency)
    if read.status == Status.READ:
        _settle(file.company, as_of=as_of, at=at)
    return read


def read_received(*, company_id: int, as_of: date, at: datetime) -> int:
    """Read and record every file of a company that waits, then settle once; return how many."""
    company = Company.objects.get(pk=company_id)
    waiting = BankFile.objects.filter(company=company, status=Status.RECEIVED)
    files = list(waiting.select_related("company", "user").order_by("pk"))
    for file in files:
        _recorded(file, as_of=as_of, at=at)
    # also when nothing waited: the process that read the last file may have died before this
    _settle(company, as_of=as_of, at=at)
    return len(files)


def _recorded(file: BankFile, *, as_of: date, at: datetime, currency: str = "") -> BankFile:
    """Return the file as it stands after reading: read, waiting, or refused with the reason."""
    if file.status == Status.READ:
        return file
    actor = _actor(file)
    header = ""
    try:
        content = upload_path(file.sha256).read_bytes()
        header = sheet_header(content, file.name)
        read = read_bank_file(content, file.name, profiles=partial(_profile, file, header))
        _check_told(file, read, currency)
        read = _in_currency(file, read, currency)
        return record_bank_file(actor=actor, file=file, read=read, as_of=as_of, at=at)
    except FileNotFoundError:
        reason = "The uploaded file is no longer in the data folder. Upload it again."
    except UndecidedError as error:
        if header and error.file == file.name:
            return ask_bank_file(
                actor=actor, file=file, decisions=error.decisions, header=header, at=at
            )
        reason = f"{error} Send this sheet by itself, not in the zip, to answer."
    except (StatementError, Refused) as error:
        reason = str(error)
    log.warning("bank file cannot be read", extra={"file": file.pk})
    return refuse_bank_file(actor=actor, file=file, reason=reason, header=header, at=at)


def _profile(file: BankFile, header: str, content: bytes, name: str) -> SheetProfile:
    """Return how a sheet is read: as answered for this file, else as kept for its layout.

    `header` is that of the file itself; a sheet in a zip has its own.
    """
    if name != file.name:
        return sheet_profile(layout_document(file.company, sheet_header(content, name)))
    return sheet_profile(file.profile or layout_document(file.company, header))


def _check_told(file: BankFile, read: ReadFile, currency: str) -> None:
    """Raise UndecidedError for a sheet that tells no currency or account nobody knows."""
    if read.format != SHEET:
        return
    asked = []
    if not currency and any(
        one.currency == UNKNOWN_CURRENCY and not _known_currency(file, {one.account})
        for one in read.statements
    ):
        asked.append(_question(file, "currency", NO_CURRENCY))
    if any(not one.account for one in read.statements) and has_numbered_account(file.company):
        asked.append(_question(file, "account", NO_ACCOUNT))
    if asked:
        raise UndecidedError(file.name, asked)


def _question(file: BankFile, code: str, question: str) -> Decision:
    return Decision(file=file.name, part="", code=code, columns=(), question=question)


def _known_currency(file: BankFile, accounts: set[str]) -> str:
    """Return the one currency the accounts are known to have, or an empty text."""
    known = set(
        BankAccount.objects.filter(company=file.company, account__in=accounts - {""})
        .exclude(currency=UNKNOWN_CURRENCY)
        .values_list("currency", flat=True)
    )
    return known.pop() if len(known) == 1 and "" not in accounts else ""


def _in_currency(file: BankFile, read: ReadFile, currency: str) -> ReadFile:
    """Return the file with every currency known: as told now, or as the account is known.

    Raises StatementError where neither says it.
    """
    unknown = {one.account for one in read.statements if one.currency in {"", UNKNOWN_CURRENCY}}
    if not unknown:
        return read
    currency = currency or _known_currency(file, unknown)
    if not currency:
        raise StatementError(file.name, "whole file", NO_CURRENCY)
    return in_currency(read, currency, name=file.name)


def settle_told(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Put what banks and payers told to use before anything is matched; return how many.

    Advices are linked, then direct debits, refunds and payouts of providers settled. Each step
    changes nothing when it is run again.
    """
    linked = link_remittances(actor=actor, at=at)
    debits = settle_debit_entries(actor=actor, as_of=as_of, at=at)
    refunds = settle_refund_entries(actor=actor, as_of=as_of, at=at)
    payouts = settle_payout_entries(actor=actor, as_of=as_of, at=at)
    return linked + debits.collected + debits.returned + refunds + payouts


def _settle(company: Company, *, as_of: date, at: datetime) -> None:
    """Put what banks told to use, then match the rest."""
    settle_told(actor=system(company), as_of=as_of, at=at)
    match_open(company_id=company.pk, as_of=as_of, at=at)


def _actor(file: BankFile) -> Actor:
    """Return who uploaded the file; the right was checked when it was received."""
    return Actor(
        company=file.company,
        name=file.user.username if file.user else "system",
        user_id=file.user_id,
        rights=frozenset({"bank.import"}),
    )
