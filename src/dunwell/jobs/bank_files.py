"""Bank files in the background: read, recorded, settled and matched; safe to run again."""

import logging
from datetime import date, datetime

from dunwell.actions.bank_files import record_bank_file, refuse_bank_file
from dunwell.actions.debit_settlements import settle_debit_entries
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.refund_entries import settle_refund_entries
from dunwell.actions.remittances import link_remittances
from dunwell.actions.uploads import upload_path
from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.reader import read_bank_file
from dunwell.formats.bank.statement import BankFile as ReadFile
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.unstated import NO_CURRENCY, in_currency
from dunwell.jobs.matching import match_open
from dunwell.models import BankAccount, BankFile, Company

log = logging.getLogger(__name__)
Status = BankFile.Status


def read_file(*, file_id: int, as_of: date, at: datetime, currency: str = "") -> BankFile:
    """Read and record one bank file, then settle and match what is open; one read before stays so.

    `currency` is that of accounts whose files tell none. A file that cannot be read is refused
    with its sentence: file, place, reason.
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
    """Return the file as it stands after reading: read, or refused with the reason."""
    if file.status == Status.READ:
        return file
    actor = _actor(file)
    try:
        content = upload_path(file.sha256).read_bytes()
        read = _in_currency(file, read_bank_file(content, file.name), currency)
        return record_bank_file(actor=actor, file=file, read=read, as_of=as_of, at=at)
    except FileNotFoundError:
        reason = "The uploaded file is no longer in the data folder. Upload it again."
    except (StatementError, Refused) as error:
        reason = str(error)
    log.warning("bank file cannot be read", extra={"file": file.pk})
    return refuse_bank_file(actor=actor, file=file, reason=reason, at=at)


def _in_currency(file: BankFile, read: ReadFile, currency: str) -> ReadFile:
    """Return the file with every currency known: as told now, or as the account is known.

    Raises StatementError where neither says it.
    """
    unknown = {one.account for one in read.statements if one.currency in {"", UNKNOWN_CURRENCY}}
    if not unknown:
        return read
    if not currency:
        known = set(
            BankAccount.objects.filter(company=file.company, account__in=unknown - {""})
            .exclude(currency=UNKNOWN_CURRENCY)
            .values_list("currency", flat=True)
        )
        currency = known.pop() if len(known) == 1 and "" not in unknown else ""
    if not currency:
        raise StatementError(file.name, "whole file", NO_CURRENCY)
    return in_currency(read, currency, name=file.name)


def settle_told(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Put what banks and payers told to use before anything is matched; return how many.

    Advices are linked, then direct debits and refunds settled. Each step changes nothing when it
    is run again.
    """
    linked = link_remittances(actor=actor, at=at)
    debits = settle_debit_entries(actor=actor, as_of=as_of, at=at)
    refunds = settle_refund_entries(actor=actor, as_of=as_of, at=at)
    return linked + debits.collected + debits.returned + refunds


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
