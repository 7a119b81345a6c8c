"""Journals for the general ledger: every entry line once, valued at home, and balanced.

An item's lines are worth its amount at the rate of its issue day, a payment's at the rate of
its value day, an allocation's what it takes of both (`engine.realised_fx`). The difference is
a further line on exchange differences in the company's currency alone; across currencies the
two exchange lines of the allocation carry it. So a journal balances in every currency and at
home. Values are frozen here; the next journal goes on from them, whatever rates say by then.
"""

import hashlib
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import polars as pl
from django.db import connection, transaction

from dunwell.actions.bulk import staged
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.formats.journal import journal_csv
from dunwell.models import Company, Journal
from dunwell.queries.frames import read_rows
from dunwell.queries.journals import exported_lines, unjournaled
from dunwell.queries.realised_fx import MissingRate, Unposted, unposted

Status = Journal.Status

LONGEST_RECEIPT = 120
MOST_MISSING = 5
"""So many missing rates are named in a refusal."""

# Lines of foreign postings: those of foreign items and payments, and every line of an
# allocation that touches a foreign currency.
_FOREIGN = """
SELECT e.id, e.source, e.source_id, e.account, e.currency, e.amount_minor, i.currency
FROM dunwell_entryline e
LEFT JOIN dunwell_allocation a ON e.source = 'allocation' AND a.id = e.source_id
LEFT JOIN dunwell_item i ON i.id = a.item_id
WHERE e.company_id = %(company)s AND e.posted_on <= %(until)s
  AND (e.currency <> %(home)s OR a.paid_minor IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM dunwell_journalline r WHERE r.line_id = e.id)
"""
_FOREIGN_TYPES = {
    "line_id": pl.Int64, "source": pl.String, "source_id": pl.Int64, "account": pl.String,
    "currency": pl.String, "amount_minor": pl.Int64, "item_currency": pl.String,
}  # fmt: skip
_LINE = (
    "journal_id, place, line_id, allocation_id, account, customer_id, currency, amount_minor, "
    "home_minor, posted_on"
)
# A foreign line that another transaction adds meanwhile is not staged and waits for the next.
_TAKE = """
INSERT INTO dunwell_journalline ({columns})
SELECT CAST(%(journal)s AS bigint), ROW_NUMBER() OVER (ORDER BY e.posted_on, e.id), e.id,
       CAST(NULL AS bigint), e.account, e.customer_id, e.currency, e.amount_minor,
       COALESCE(s.home_minor, e.amount_minor), e.posted_on
FROM dunwell_entryline e
LEFT JOIN {stage} s ON s.line_id = e.id
LEFT JOIN dunwell_allocation a ON e.source = 'allocation' AND a.id = e.source_id
WHERE e.company_id = %(company)s AND e.posted_on <= %(until)s
  AND (s.line_id IS NOT NULL OR (e.currency = %(home)s AND a.paid_minor IS NULL))
  AND NOT EXISTS (SELECT 1 FROM dunwell_journalline r WHERE r.line_id = e.id)
"""
# Across currencies the exchange lines carry the difference already.
_REALISE = """
INSERT INTO dunwell_journalline ({columns})
SELECT CAST(%(journal)s AS bigint), %(taken)s + ROW_NUMBER() OVER (ORDER BY a.applied_on, a.id),
       CAST(NULL AS bigint), a.id, 'fx', i.customer_id, %(home)s, 0, -s.gain_minor, a.applied_on
FROM {stage} s JOIN dunwell_allocation a ON a.id = s.allocation_id
JOIN dunwell_item i ON i.id = a.item_id
WHERE a.paid_minor IS NULL AND s.gain_minor <> 0
"""
_TOTALS = """
SELECT r.currency, COUNT(*), SUM(CASE WHEN r.amount_minor > 0 THEN r.amount_minor ELSE 0 END),
       SUM(CASE WHEN r.amount_minor < 0 THEN -r.amount_minor ELSE 0 END),
       SUM(CASE WHEN r.home_minor > 0 THEN r.home_minor ELSE 0 END),
       SUM(CASE WHEN r.home_minor < 0 THEN -r.home_minor ELSE 0 END)
FROM dunwell_journalline r WHERE r.journal_id = %s GROUP BY r.currency ORDER BY r.currency
"""
_TOTAL_NAMES = (
    "lines", "debit_minor", "credit_minor", "home_debit_minor", "home_credit_minor",
)  # fmt: skip


@transaction.atomic
def make_journal(*, actor: Actor, until_on: date, as_of: date, at: datetime) -> Journal:
    """Take every entry line booked up to a day that no journal has yet into a new journal.

    The same day again with nothing new returns the journal made for it. Raises Refused when
    there is nothing to take, for a day that is still to come, and, naming currency and day,
    when an exchange rate is missing: nothing is guessed.
    """
    actor.require("journal.export")
    if until_on > as_of:
        raise Refused(f"{until_on} lies in the future; a journal takes what is booked by today.")
    # one journal at a time, and numbers without a gap
    company = Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    last = Journal.objects.filter(company=company).order_by("-number").first()
    if not unjournaled(company, until_on=until_on).lines:
        same = Journal.objects.filter(company=company, until_on=until_on).order_by("-number")
        if (before := same.first()) is not None:
            return before
        raise Refused(
            f"Everything booked up to {until_on} is in a journal already."
            if last
            else f"Nothing is booked up to {until_on}."
        )
    found = unposted(company, until_on=until_on)
    if found.missing:
        raise Refused(_without_rates(found.missing))
    journal = Journal.objects.create(
        company=company,
        number=last.number + 1 if last else 1,
        until_on=until_on,
        lines=0,
        sha256="",
        made_by=actor.name,
        made_at=at,
    )
    lines = _take(journal, found)
    totals = _totals(journal)
    journal.lines, journal.totals = lines, totals
    journal.sha256 = hashlib.sha256(journal_csv(exported_lines(journal))).hexdigest()
    journal.save(update_fields=["lines", "totals", "sha256"])
    record_event(
        actor,
        "journal.made",
        journal,
        at=at,
        number=journal.number,
        until_on=until_on.isoformat(),
        lines=lines,
        sha256=journal.sha256,
    )
    return journal


@transaction.atomic
def acknowledge_journal(*, actor: Actor, journal: Journal, receipt: str, at: datetime) -> Journal:
    """Note that the general ledger took a journal over; the same receipt again changes nothing.

    Raises Refused without a receipt, for another company's journal, and for one taken over
    under another receipt.
    """
    actor.require("journal.export")
    told = receipt.strip()
    if not told or len(told) > LONGEST_RECEIPT:
        raise Refused(
            "Name the general ledger's document number as the receipt, of at most "
            f"{LONGEST_RECEIPT} characters."
        )
    moved = Journal.objects.filter(
        company=actor.company, pk=journal.pk, status=Status.MADE
    ).update(
        status=Status.ACKNOWLEDGED, acknowledged_by=actor.name, acknowledged_at=at, receipt=told
    )
    found = Journal.objects.filter(company=actor.company, pk=journal.pk).first()
    if found is None:
        raise Refused(f"Journal {journal.number} does not belong to {actor.company.name}.")
    if moved:
        record_event(
            actor, "journal.acknowledged", found, at=at, number=found.number, receipt=told
        )
    elif found.receipt != told:
        raise Refused(
            f"Journal {found.number} was taken over as {found.receipt} already, by "
            f"{found.acknowledged_by}."
        )
    return found


def _take(journal: Journal, found: Unposted) -> int:
    """Write the journal's lines; return how many."""
    company = journal.company
    asked: dict[str, Any] = {
        "company": company.pk,
        "home": company.currency,
        "until": journal.until_on.isoformat(),
        "journal": journal.pk,
    }
    foreign = read_rows(_FOREIGN, asked, _FOREIGN_TYPES)
    values = pl.DataFrame(
        _values(foreign, found), schema={"line_id": pl.Int64, "home_minor": pl.Int64}, orient="row"
    )
    gains = pl.DataFrame(
        [(row.allocation_id, row.gain_minor) for row in found.allocations],
        schema={"allocation_id": pl.Int64, "gain_minor": pl.Int64},
        orient="row",
    )
    with connection.cursor() as cursor:
        with staged("journal_values", values, key="line_id") as stage:
            cursor.execute(_TAKE.format(columns=_LINE, stage=stage), asked)
            taken = int(cursor.rowcount)
        with staged("journal_gains", gains) as stage:
            cursor.execute(_REALISE.format(columns=_LINE, stage=stage), {**asked, "taken": taken})
            return taken + int(cursor.rowcount)


def _values(foreign: pl.DataFrame, found: Unposted) -> Iterator[tuple[int, int]]:
    """Yield the value at home of every line of a foreign posting that is known whole."""
    parts = {row.allocation_id: row for row in found.allocations}
    for line in foreign.iter_rows(named=True):
        key, sign = line["source_id"], 1 if line["amount_minor"] > 0 else -1
        if line["source"] == "allocation":
            if (row := parts.get(key)) is None:
                continue
            is_source = line["account"] in {"unapplied", "netting"} or (
                line["account"] == "fx" and line["currency"] != line["item_currency"]
            )
            home = row.source_home_minor if is_source else row.item_home_minor
            # the receivable side and the payment's exchange line carry the other sign
            is_against = (line["account"] == "receivable") or (
                line["account"] == "fx" and line["currency"] != line["item_currency"]
            )
            if home is not None:
                yield line["line_id"], -home if is_against else home
            continue
        worth = (found.items if line["source"] == "item" else found.payments).get(key)
        if worth is not None and worth.home_minor is not None:
            yield line["line_id"], sign * abs(worth.home_minor)


def _totals(journal: Journal) -> list[dict[str, Any]]:
    """Return the journal's sums by currency; raise Refused when it would not balance."""
    with connection.cursor() as cursor:
        cursor.execute(_TOTALS, [journal.pk])
        rows: list[tuple[str, int, int, int, int, int]] = cursor.fetchall()
    totals = [
        {"currency": code, **dict(zip(_TOTAL_NAMES, map(int, sums), strict=True))}
        for code, *sums in rows
    ]
    off = [code for code, _, debit, credit, *_ in rows if debit != credit]
    home = sum(debit - credit for *_, debit, credit in rows)
    if off or home:
        raise Refused(
            f"The journal does not balance ({', '.join(off) or journal.company.currency}): a "
            "posting is not whole. Run Verify, which names the rows, and try again."
        )
    return totals


def _without_rates(missing: tuple[MissingRate, ...]) -> str:
    named = [f"{rate.currency} on {rate.on}" for rate in missing[:MOST_MISSING]]
    more = len(missing) - len(named)
    rest = f" and {more} more" if more else ""
    return (
        f"An exchange rate is missing: {', '.join(named)}{rest}. Add a rate from that day or "
        "before under Settings, Exchange rates; values are not guessed."
    )
