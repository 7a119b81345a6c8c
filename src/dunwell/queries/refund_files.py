"""Payment files of refunds: what a bank takes as pain.001, and what has to be paid otherwise."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from schwifty import IBAN

from dunwell.engine.calendars import TARGET, next_business_day
from dunwell.formats.pain001 import CURRENCY, Payer, Transfer, write_pain001
from dunwell.models import BankAccount, Company
from dunwell.queries.refunds import RefundRow, payable_refunds


@dataclass(frozen=True, kw_only=True, slots=True)
class Payout:
    """The refunds to be paid out: by a SEPA file, and those that no such file can carry."""

    sepa: tuple[RefundRow, ...]
    others: tuple[RefundRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PayingAccount:
    """An account of ours that a SEPA file can debit."""

    id: int
    name: str
    account: str
    bic: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TransferFile:
    """A payment file: its name and bytes, and how many refunds of how many cents it holds."""

    name: str
    data: bytes
    refunds: int
    amount_minor: int


def payout(company: Company) -> Payout:
    """Return the approved refunds that can be paid out now, by the way they are paid.

    SEPA carries euro to an IBAN; other currencies and accounts are paid by hand.
    """
    rows = payable_refunds(company)
    sepa = tuple(row for row in rows if row.currency == CURRENCY and is_iban(row.account))
    return Payout(sepa=sepa, others=tuple(row for row in rows if row not in sepa))


def paying_accounts(company: Company) -> tuple[PayingAccount, ...]:
    """Return the accounts of ours a SEPA file can debit, by name."""
    found = BankAccount.objects.filter(company=company, is_active=True, currency=CURRENCY)
    return tuple(
        PayingAccount(id=row.pk, name=row.name, account=row.account, bic=row.bic)
        for row in found.order_by("name", "id")
        if is_iban(row.account)
    )


def transfer_file(
    company: Company, *, account: PayingAccount, as_of: date, at: datetime
) -> TransferFile:
    """Return the SEPA file of all refunds that can be paid out, debiting one account of ours.

    Executed on `as_of`, or on the next day on which TARGET is open. The message id follows from
    the refunds in it: a bank that gets the same file twice can tell. Raises TransferFileError
    when there is none, or something in one of them cannot be written.
    """
    rows = payout(company).sepa
    told = ",".join((account.account, *(row.number for row in rows)))
    digest = hashlib.sha256(told.encode()).hexdigest()[:12]
    data = write_pain001(
        payer=Payer(name=company.name, iban=_plain(account.account), bic=account.bic),
        transfers=[
            Transfer(
                end_to_end=row.number,
                amount_minor=row.amount_minor,
                name=row.payee,
                iban=_plain(row.account),
                bic=row.bic,
                text=f"{row.number} refund of {row.source}",
            )
            for row in rows
        ],
        execute_on=next_business_day(as_of, country=TARGET),
        message_id=f"REFUNDS{as_of:%Y%m%d}{digest}",
        made_at=at,
    )
    return TransferFile(
        name=f"refunds-{as_of.isoformat()}-{digest[:6]}.xml",
        data=data,
        refunds=len(rows),
        amount_minor=sum(row.amount_minor for row in rows),
    )


def is_iban(text: str) -> bool:
    """Return whether an account is an IBAN with right check digits."""
    return bool(IBAN(text, allow_invalid=True).is_valid)


def _plain(text: str) -> str:
    return "".join(text.split())
