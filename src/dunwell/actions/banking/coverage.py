"""Continuity of accounts: gaps as findings of statements, and how far each bank feed reaches."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from django.db.models import Count

from dunwell.actions.banking.reading import Finding, as_found
from dunwell.formats.bank.continuity import (
    GAP,
    StatementEnds,
    covered_until,
    gaps,
    in_order,
    is_download,
    overlap_days,
)
from dunwell.models import BankAccount, BankEntry, BankStatement, Company, Feed
from dunwell.queries.bank import feed_name

SUMS = "balance_gap"
"""Code of the finding of a statement whose sums do not add up."""
BLOCKING = frozenset({GAP, SUMS})
"""Findings that say money may be missing: the feed of the account ends before them."""
COLUMNS = (
    "id",
    "account_id",
    "identity",
    "number",
    "sequence",
    "opening_minor",
    "closing_minor",
    "opening_on",
    "closing_on",
    "entries_minor",
    "findings",
    "file__format",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stored:
    """A statement as stored, without entries: its ends, its sum and its findings."""

    ends: StatementEnds
    entries_minor: int
    findings: list[Finding]
    is_changed: bool = False

    @property
    def has_gap(self) -> bool:
        """Return whether a statement is missing before it and nobody has explained that."""
        return any(one["code"] == GAP and not is_accepted(one) for one in self.findings)


def refresh_coverage(
    *, company: Company, accounts: Collection[BankAccount], as_of: date, at: datetime
) -> int:
    """Bring gap findings and feeds of the accounts up to date; return how many gaps there are.

    A feed covers every day up to the last one without a gap before it, also backwards, when a
    file shows that something is missing. Accounts no longer used have no feed. The caller holds
    the company's lock.
    """
    by_account = {key: _with_gaps(found) for key, found in _stored(accounts).items()}
    _write_findings(by_account)
    rows = dict(
        BankEntry.objects.filter(account__in=accounts, status="booked")
        .order_by()
        .values_list("account_id")
        .annotate(n=Count("id"))
    )
    feeds = []
    for account in accounts:
        statements = by_account.get(account.pk, [])
        reached = covered_until(one.ends for one in statements)
        if reached is None or not account.is_active:
            continue
        feeds.append(
            Feed(
                company=company,
                kind=Feed.Kind.BANK,
                name=feed_name(account.account, account.currency),
                covers_until_on=min(reached, as_of),
                rows=rows.get(account.pk, 0),
                control_totals=[control_total(account.currency, statements)],
                received_at=at,
            )
        )
    Feed.objects.bulk_create(
        feeds,
        update_conflicts=True,
        unique_fields=["company", "kind", "name"],
        update_fields=["covers_until_on", "rows", "control_totals", "received_at"],
    )
    return sum(one.has_gap for statements in by_account.values() for one in statements)


def control_total(currency: str, statements: Sequence[Stored]) -> dict[str, str | int | None]:
    """Return opening + entries - told twice = closing over the proved statements, minor units.

    Told twice is what overlapping statements share: where one ended less where the next begins.
    `missing_minor` is what gaps, and statements that do not add up, leave unexplained. Without
    proved statements the balances are empty and the sum is that of all statements.
    """
    ordered = in_order(one.ends for one in statements)
    sums = {one.ends.key: one.entries_minor for one in statements}
    proved = [one for one in ordered if one.is_proved]
    twice = 0
    broken = {one.ends.key for one in statements if any(f["code"] == SUMS for f in one.findings)}
    missing = sum(
        (one.closing_minor or 0) - (one.opening_minor or 0) - sums[one.key]
        for one in proved
        if one.key in broken
    )
    for before, after in pairwise(proved):
        step = (before.closing_minor or 0) - (after.opening_minor or 0)
        if overlap_days(before, after):
            twice += step
        else:
            missing -= step
    return {
        "currency": currency,
        "opening_minor": proved[0].opening_minor if proved else None,
        "entries_minor": sum(sums[one.key] for one in (proved or ordered)),
        "told_twice_minor": twice,
        "missing_minor": missing,
        "closing_minor": proved[-1].closing_minor if proved else None,
    }


def is_accepted(finding: Finding) -> bool:
    """Return whether a person has said that a finding is explained."""
    return "accepted_by" in finding


def _stored(accounts: Iterable[BankAccount]) -> Mapping[int, list[Stored]]:
    """Return the end-of-day statements of the accounts, without their entries."""
    known = {account.pk: account for account in accounts}
    rows = BankStatement.objects.filter(account__in=known, kind="statement").values(*COLUMNS)
    found: dict[int, list[Stored]] = {}
    for row in rows.order_by("pk"):
        account = known[row["account_id"]]
        findings: list[Finding] = row["findings"]
        ends = StatementEnds(
            key=row["id"],
            identity=row["identity"],
            label=f"statement {row['sequence'] or row['number']} {account.account}".strip(),
            number=row["number"],
            sequence=row["sequence"],
            currency=account.currency,
            opening_minor=row["opening_minor"],
            closing_minor=row["closing_minor"],
            opening_on=row["opening_on"],
            closing_on=row["closing_on"],
            is_period=is_download(row["file__format"]),
            is_broken=any(one["code"] == SUMS and not is_accepted(one) for one in findings),
        )
        stored = Stored(ends=ends, entries_minor=row["entries_minor"], findings=findings)
        found.setdefault(row["account_id"], []).append(stored)
    return found


def _with_gaps(statements: Sequence[Stored]) -> list[Stored]:
    """Return the statements with the gap findings they have now; an accepted one stays so."""
    missing = gaps(one.ends for one in statements)
    found = []
    for one in statements:
        told = [finding for finding in one.findings if finding["code"] == GAP]
        wanted = as_found([missing[one.ends.key]]) if one.ends.key in missing else []
        if [_unaccepted(finding) for finding in told] == wanted:
            accepted = replace(one.ends, is_accepted=any(map(is_accepted, told)))
            found.append(replace(one, ends=accepted))
            continue
        others = [finding for finding in one.findings if finding["code"] != GAP]
        found.append(replace(one, findings=[*others, *wanted], is_changed=True))
    return found


def _write_findings(by_account: Mapping[int, list[Stored]]) -> None:
    changed = [
        BankStatement(pk=one.ends.key, findings=one.findings)
        for statements in by_account.values()
        for one in statements
        if one.is_changed
    ]
    if changed:
        BankStatement.objects.bulk_update(changed, ["findings"], batch_size=500)


def _unaccepted(finding: Finding) -> Finding:
    return {name: text for name, text in finding.items() if not name.startswith("accepted_")}
