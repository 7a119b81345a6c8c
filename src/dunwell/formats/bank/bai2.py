"""BAI2 cash management reports: groups of accounts with balances, entries and control totals."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from dunwell.formats.bank.bai2_entries import EntryContext, integer, read_entry, summary_items
from dunwell.formats.bank.bai2_records import Record, field_of, records
from dunwell.formats.bank.fields import compact_day, known_currency
from dunwell.formats.bank.identities import identified_statements
from dunwell.formats.bank.statement import (
    BankFile,
    Entry,
    Statement,
    StatementError,
    StatementFinding,
)
from dunwell.formats.bank.text import bank_text, head

DEFAULT_CURRENCY = "USD"
"""What the standard says where neither account nor group names a currency."""
GROUP_STATUS = {"2": "deletion", "3": "correction", "4": "test"}
WITHIN_THE_DAY = frozenset({"1", "3"})
"""As-of-date modifiers of interim reports."""
OPENING, CLOSING = "010", "015"
TOTALS = {"100": 1, "400": -1}
"""Summary codes of all credits and all debits, with the sign of the entries they sum."""


@dataclass(slots=True)
class _Account:
    """An account while its records are read; `control` is the sum the standard counts."""

    record: Record
    currency: str
    entries: list[Entry] = field(default_factory=list)
    summary: dict[str, int] = field(default_factory=dict)
    control: int = 0
    count: int = 0


@dataclass(slots=True)
class _Group:
    record: Record
    day: date
    currency: str
    status: str
    is_interim: bool
    control: int = 0
    count: int = 0
    accounts: int = 0


def is_bai2(content: bytes, name: str) -> bool:  # noqa: ARG001  the registry's signature
    """Return whether the file begins with a BAI2 file header."""
    first = head(content).lstrip().split("\n", 1)[0]
    return first.startswith("01,") and first.count(",") >= 7  # noqa: PLR2004  fields of a header


def read_bai2(content: bytes, name: str) -> BankFile:
    """Return a BAI2 file, one statement per account and group.

    Control totals that do not agree are findings. Raises StatementError naming the line.
    """
    found = list(records(bank_text(content, name=name), name))
    reader = _Reader(name, found[0] if found else None)
    for record in found:
        reader.take(record)
    reader.finish()
    if not reader.statements:
        raise StatementError(name, "whole file", "the BAI2 file holds no account. Fetch it again")
    return BankFile(
        format="bai2",
        statements=identified_statements(reader.statements, is_numbered=True),
        findings=tuple(reader.findings),
    )


class _Reader:
    """Takes records in order and keeps the open group and account."""

    def __init__(self, name: str, header: Record | None) -> None:
        self.name = name
        self.statements: list[Statement] = []
        self.findings: list[StatementFinding] = []
        self._id = field_of(header, 5) if header else ""
        self._group: _Group | None = None
        self._account: _Account | None = None
        self._account_findings: list[StatementFinding] = []
        self._ordinals: Counter[tuple[str, date]] = Counter()
        self._control, self._groups, self._is_closed = 0, 0, False

    def take(self, record: Record) -> None:
        """Take the next record."""
        steps = {
            "02": self._open_group,
            "03": self._open_account,
            "16": self._entry,
            "49": self._close_account,
            "98": self._close_group,
            "99": self._close_file,
        }
        if step := steps.get(record.code):
            step(record)

    def finish(self) -> None:
        """Close what the file left open, and say that it was cut off."""
        if self._account:
            self._statement()
        if not self._is_closed:
            self.findings.append(
                StatementFinding(
                    code="cut_off",
                    place="",
                    reason="the file has no trailer (99), so its end may be missing. Fetch it "
                    "from the bank again",
                    severity="error",
                )
            )

    def _open_group(self, record: Record) -> None:
        if self._account:
            self._statement()
        place = record.place
        status = field_of(record, 3)
        currency = field_of(record, 6)
        self._group = _Group(
            record=record,
            day=compact_day(field_of(record, 4), file=self.name, place=place),
            currency=known_currency(currency, file=self.name, place=place) if currency else "",
            status=status,
            is_interim=field_of(record, 7) in WITHIN_THE_DAY,
            count=record.physical,
        )
        if status in GROUP_STATUS:
            self.findings.append(
                StatementFinding(
                    code=f"group_{GROUP_STATUS[status]}",
                    place=place,
                    reason=f"the bank marks this group as a {GROUP_STATUS[status]}",
                    severity="error" if status != "3" else "warning",
                )
            )

    def _open_account(self, record: Record) -> None:
        group = self._group
        if group is None:
            raise StatementError(
                self.name, record.place, "an account (03) stands outside of a group (02)"
            )
        if self._account:
            self._statement()
        told = field_of(record, 2)
        currency = (
            known_currency(told, file=self.name, place=record.place)
            if told
            else group.currency or DEFAULT_CURRENCY
        )
        account = _Account(record=record, currency=currency, count=record.physical)
        for code, amount in summary_items(record, self.name):
            account.summary.setdefault(code, amount)
            account.control += amount
        self._account = account

    def _entry(self, record: Record) -> None:
        if self._account is None or self._group is None:
            raise StatementError(
                self.name, record.place, "an entry (16) stands outside of an account (03)"
            )
        context = EntryContext(
            file=self.name,
            currency=self._account.currency,
            day=self._group.day,
            is_money=self._group.status not in {"2", "4"},
        )
        entry, control = read_entry(record, context)
        self._account.control += control
        self._account.count += record.physical
        self._account.entries.append(entry)

    def _close_account(self, record: Record) -> None:
        account = self._account
        if account is None:
            raise StatementError(self.name, record.place, "a trailer (49) closes no account (03)")
        account.count += record.physical
        told = self._amount(record)
        self._agree(record, "account", told, account.control, 2, account.count)
        if self._group:
            self._group.control += told
            self._group.accounts += 1
        self._statement()

    def _close_group(self, record: Record) -> None:
        group = self._group
        if group is None:
            raise StatementError(self.name, record.place, "a trailer (98) closes no group (02)")
        if self._account:
            self._statement()
        told = self._amount(record)
        self._agree(record, "group", told, group.control, 3, group.count + record.physical)
        self._control += told
        self._groups += 1
        self._group = None

    def _close_file(self, record: Record) -> None:
        if self._account:
            self._statement()
        told = self._amount(record)
        self._agree(record, "file", told, self._control, None, 0)
        self._is_closed = True

    def _amount(self, record: Record) -> int:
        return integer(field_of(record, 1), file=self.name, place=record.place)

    def _agree(
        self, record: Record, level: str, told: int, counted: int, at: int | None, lines: int
    ) -> None:
        """Note a control total that differs from the sum of what it controls."""
        found = self.findings if level != "account" else self._account_findings
        if told != counted:
            found.append(
                StatementFinding(
                    code="control_total",
                    place=record.place,
                    reason=f"the {level}'s control total is {told} minor units, its amounts sum "
                    f"to {counted}. Ask the bank for the file again",
                )
            )
        count = field_of(record, at) if at is not None else ""
        if level == "account" and count.isdigit() and int(count) != lines:
            found.append(
                StatementFinding(
                    code="record_count",
                    place=record.place,
                    reason=f"the {level} tells {int(count)} records and holds {lines}",
                    severity="info",
                )
            )

    def _statement(self) -> None:
        """Close the open account as a statement."""
        account, group = self._account, self._group
        if account is None or group is None:
            return
        number = field_of(account.record, 1)
        self._ordinals[number, group.day] += 1
        ordinal = self._ordinals[number, group.day]
        self.statements.append(
            Statement(
                id=self._id,
                account=number,
                currency=account.currency,
                opening_minor=account.summary.get(OPENING),
                closing_minor=account.summary.get(CLOSING),
                opening_on=group.day,
                closing_on=group.day,
                sequence=str(ordinal) if ordinal > 1 else "",
                identity=f"account {ordinal} of the day",
                kind="interim" if group.is_interim else "statement",
                entries=tuple(account.entries),
                findings=(*self._account_findings, *_totals(account)),
            )
        )
        group.count += account.count
        self._account, self._account_findings = None, []


def _totals(account: _Account) -> Iterator[StatementFinding]:
    """Yield where the sum of credits (100) or debits (400) differs from the entries listed."""
    for code, sign in TOTALS.items():
        told = account.summary.get(code)
        amounts = [e.amount_minor * sign for e in account.entries if e.amount_minor * sign > 0]
        if told and amounts and abs(told) != sum(amounts):
            yield StatementFinding(
                code="summary_total",
                place=account.record.place,
                reason=f"the summary tells {abs(told)} minor units of "
                f"{'credits' if sign > 0 else 'debits'}, the entries sum to {sum(amounts)}",
            )
