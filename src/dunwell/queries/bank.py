"""Bank accounts and files as pages and the API show them: how far each reaches, does it tie."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from dunwell.engine.calendars import business_days
from dunwell.models import BankAccount, BankEntry, BankFile, Company, Feed
from dunwell.queries.bank_statements import FoundRow, broken_statements, found_rows
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

Treatment = BankEntry.Treatment

LONGEST_LAG = timedelta(days=750)
"""Days before the present one that are looked at for a lag; what is older counts as this old."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedRow:
    """An account of ours and how far its statements reach, amounts in minor units.

    `lag_days` are business days without data, `gaps` findings that stop the feed. Opening +
    entries - told twice + missing = closing, over the statements that tell balances.
    """

    id: int
    account: str
    name: str
    currency: str
    is_active: bool
    covers_until_on: date | None
    lag_days: int | None
    is_stale: bool
    files: int
    statements: int
    entries: int
    gaps: int
    opening_minor: int | None
    entries_minor: int
    told_twice_minor: int
    missing_minor: int
    closing_minor: int | None
    ties: bool
    last_file_id: int | None
    last_file_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FileRow:
    """A bank file as received; `counts` say what became of it, once it was read.

    `is_sheet`: it may be said how its columns are read.
    """

    id: int
    name: str
    format: str
    status: str
    status_label: str
    by: str
    received_at: datetime
    read_at: datetime | None
    size_bytes: int
    statements: int
    entries: int
    payments: int
    remittances: int
    error: str
    is_sheet: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FileCard:
    """A bank file, what was found in it as a whole, and how many of what it added.

    `counts`: statements and entries (new, and `_known` from before), payments (new, and `_met`:
    recorded by hand before), returned, remittances and gaps as they were read, and its entries
    by treatment as they stand now.
    """

    row: FileRow
    counts: dict[str, int]
    findings: tuple[FoundRow, ...]


def feed_rows(company: Company, *, as_of: date) -> tuple[FeedRow, ...]:
    """Return every account of ours with its feed, accounts in use first, the slowest first."""
    feeds = {feed.name: feed for feed in Feed.objects.filter(company=company, kind=Feed.Kind.BANK)}
    accounts = list(
        BankAccount.objects.filter(company=company).annotate(
            files=Count("statements__file", distinct=True),
            statement_count=Count("statements", distinct=True),
            last_file=Max("statements__file"),
        )
    )
    entries = dict(
        BankEntry.objects.filter(company=company)
        .order_by()
        .values_list("account_id")
        .annotate(n=Count("id"))
    )
    received = dict(
        BankFile.objects.filter(
            pk__in=[account.last_file for account in accounts if account.last_file]
        ).values_list("pk", "received_at")
    )
    gaps = _gaps(company)
    rows = [
        _feed(
            account,
            feeds.get(feed_name(account.account, account.currency)),
            entries=entries.get(account.pk, 0),
            gaps=gaps.get(account.pk, 0),
            last_at=received.get(account.last_file),
            company=company,
            as_of=as_of,
        )
        for account in accounts
    ]
    return tuple(
        sorted(
            rows,
            key=lambda row: (not row.is_active, row.covers_until_on or date.min, row.account),
        )
    )


def feed_name(account: str, currency: str) -> str:
    """Return the name under which the feed of an account is kept."""
    return f"{account or 'Account without a number'} {currency}"


def lag_days(reached: date, *, as_of: date, country: str) -> int:
    """Return the business days after the last covered one and before the present day."""
    first = max(reached, as_of - LONGEST_LAG) + timedelta(days=1)
    return len(business_days(country, first=first, last=as_of - timedelta(days=1)))


def file_rows(company: Company, *, cursor: str = "", limit: int = PAGE_SIZE) -> Page[FileRow]:
    """Return one page of bank files, the newest first; raises CursorError for a foreign cursor."""
    limit = page_limit(limit)
    rows = (
        BankFile.objects.filter(company=company)
        .filter(after(cursor, ("-id",), (int,)))
        .select_related("user")
        .order_by("-id")[: limit + 1]
    )
    return page_of([_file(file) for file in rows], limit=limit, key=lambda row: (row.id,))


def file_card(company: Company, file_id: int) -> FileCard | None:
    """Return one bank file of the company with what became of it, or None."""
    file = BankFile.objects.filter(company=company, pk=file_id).select_related("user").first()
    if file is None:
        return None
    counts = {name: n for name, n in file.counts.items() if name not in Treatment.values}
    return FileCard(
        row=_file(file),
        counts=counts | _treatments(file),
        findings=found_rows(file.findings),
    )


def _treatments(file: BankFile) -> dict[str, int]:
    """Return how many of a file's entries became what; people and later runs decide too."""
    entries = BankEntry.objects.filter(company_id=file.company_id, statement__file=file)
    return dict(entries.order_by().values_list("treatment").annotate(n=Count("id")))


def asking_files(company: Company) -> tuple[tuple[int, str], ...]:
    """Return key and name of the sheets that wait for answers, the oldest first, at most ten."""
    found = BankFile.objects.filter(company=company, status=BankFile.Status.ASKS).order_by("pk")
    return tuple(found.values_list("pk", "name")[:10])


def waiting_files(company: Company) -> int:
    """Return how many files were received and not read yet."""
    return BankFile.objects.filter(company=company, status=BankFile.Status.RECEIVED).count()


def _gaps(company: Company) -> dict[int, int]:
    """Return account -> findings that stop its feed and nobody has explained."""
    found: dict[int, int] = {}
    for row in broken_statements(company):
        stops = sum(one.is_blocking for one in row.findings)
        found[row.account_id] = found.get(row.account_id, 0) + stops
    return found


def _feed(
    account: BankAccount,
    feed: Feed | None,
    *,
    entries: int,
    gaps: int,
    last_at: datetime | None,
    company: Company,
    as_of: date,
) -> FeedRow:
    total: dict[str, Any] = feed.control_totals[0] if feed and feed.control_totals else {}
    reached = feed.covers_until_on if feed else None
    opening, closing = total.get("opening_minor"), total.get("closing_minor")
    sums = {
        name: int(total.get(name) or 0)
        for name in ("entries_minor", "told_twice_minor", "missing_minor")
    }
    explained = sums["entries_minor"] - sums["told_twice_minor"] + sums["missing_minor"]
    extra = vars(account)
    return FeedRow(
        id=account.pk,
        account=account.account,
        name=account.name,
        currency=account.currency,
        is_active=account.is_active,
        covers_until_on=reached,
        lag_days=lag_days(reached, as_of=as_of, country=company.country) if reached else None,
        is_stale=reached is not None and (as_of - reached).days > company.feed_max_age_days,
        files=extra["files"],
        statements=extra["statement_count"],
        entries=entries,
        gaps=gaps,
        opening_minor=opening,
        closing_minor=closing,
        ties=opening is not None
        and opening + explained == closing
        and not sums["missing_minor"]
        and not gaps,
        last_file_id=extra["last_file"],
        last_file_at=last_at,
        **sums,
    )


def _file(file: BankFile) -> FileRow:
    counts: dict[str, int] = file.counts
    return FileRow(
        id=file.pk,
        name=file.name,
        format=file.format,
        status=file.status,
        status_label=str(BankFile.Status(file.status).label),
        by=file.user.username if file.user else "",
        received_at=file.received_at,
        read_at=file.read_at,
        size_bytes=file.size_bytes,
        statements=counts.get("statements", 0),
        entries=counts.get("entries", 0),
        payments=counts.get("payments", 0),
        remittances=counts.get("remittances", 0),
        error=file.error,
        is_sheet=bool(file.header),
    )
