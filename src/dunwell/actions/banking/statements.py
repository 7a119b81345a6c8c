"""Accounts and statements of a bank file: those met for the first time are added."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.actions.banking.reading import Reading, as_found
from dunwell.formats.bank.identities import statement_content, statement_identity
from dunwell.formats.bank.statement import Entry, Statement, StatementFinding
from dunwell.models import BankAccount, BankStatement

AccountKey = tuple[str, str]
"""Number and currency of an account."""
NO_NUMBER = "Account without a number"
CONTRADICTION = "other_content"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewStatement:
    """A statement as read beside its record; `contradicts`: another of its identity is known."""

    record: BankStatement
    told: Statement
    contradicts: bool


def accounts_of(
    reading: Reading, statements: Iterable[Statement]
) -> Mapping[AccountKey, BankAccount]:
    """Return the accounts of the statements; those met for the first time are added."""
    wanted = sorted({(one.account[:64], one.currency) for one in statements})
    known = {
        (one.account, one.currency): one
        for one in BankAccount.objects.filter(
            company=reading.company, account__in={number for number, _ in wanted}
        )
    }
    added = BankAccount.objects.bulk_create(
        BankAccount(
            company=reading.company,
            account=number,
            currency=currency,
            name=number or NO_NUMBER,
            recorded_at=reading.at,
        )
        for number, currency in wanted
        if (number, currency) not in known
    )
    return known | {(one.account, one.currency): one for one in added}


def add_statements(
    reading: Reading,
    statements: Sequence[Statement],
    accounts: Mapping[AccountKey, BankAccount],
) -> list[NewStatement]:
    """Add the statements not told before and return them; the same one again adds nothing.

    One whose identity is known with other content is kept beside it, with a finding on both.
    """
    named = [(statement_identity(one), statement_content(one), one) for one in statements]
    known: dict[str, list[BankStatement]] = {}
    for record in BankStatement.objects.filter(
        company=reading.company, identity__in={identity for identity, _, _ in named}
    ).order_by("pk"):
        known.setdefault(record.identity, []).append(record)
    contents = {(one.identity, one.content) for records in known.values() for one in records}
    fresh = []
    for identity, content, told in named:
        if (identity, content) in contents:
            continue
        contents.add((identity, content))
        record = _record(reading, identity, content, told, accounts)
        fresh.append(NewStatement(record=record, told=told, contradicts=bool(known.get(identity))))
    for new in fresh:
        if new.contradicts:
            new.record.findings.append(_contradiction(known[new.record.identity][0], new.told))
    added = BankStatement.objects.bulk_create([new.record for new in fresh], batch_size=1_000)
    return [
        NewStatement(record=record, told=new.told, contradicts=new.contradicts)
        for record, new in zip(added, fresh, strict=True)
    ]


def _record(
    reading: Reading,
    identity: str,
    content: str,
    told: Statement,
    accounts: Mapping[AccountKey, BankAccount],
) -> BankStatement:
    booked = [entry for entry in told.entries if entry.status == "booked"]
    first, last = _days(booked)
    return BankStatement(
        company=reading.company,
        file=reading.file,
        account=accounts[told.account[:64], told.currency],
        kind=told.kind,
        number=told.id[:120],
        sequence=told.sequence[:40],
        identity=identity,
        content=content,
        opening_minor=told.opening_minor,
        closing_minor=told.closing_minor,
        opening_on=told.opening_on or first,
        closing_on=told.closing_on or last,
        entries_count=len(told.entries),
        entries_minor=sum(e.amount_minor for e in booked if e.currency == told.currency),
        findings=as_found(told.findings),
        recorded_at=reading.at,
    )


def _days(entries: Sequence[Entry]) -> tuple[date | None, date | None]:
    """Return the first and the last booking day, for files that tell no days of their own."""
    days = [entry.booked_on for entry in entries]
    return (min(days), max(days)) if days else (None, None)


def _contradiction(first: BankStatement, told: Statement) -> dict[str, str]:
    found = StatementFinding(
        code=CONTRADICTION,
        place=f"statement {told.sequence or told.id} {told.account}",
        reason=f"statement {first.sequence or first.number} of the same account and days was told "
        "before with other balances or entries. Both are kept; what is new in this one waits for "
        "a person. Ask the bank which one is right",
        severity="error",
    )
    return as_found([found])[0]
