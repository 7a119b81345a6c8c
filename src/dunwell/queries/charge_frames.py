"""The records that charges are worked out from, read by SQL for the items that may change."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from dataclasses import dataclass
from datetime import date

import polars as pl

from dunwell.models import Company
from dunwell.queries.frames import day, read_rows

_SCOPE = """
SELECT i.id FROM dunwell_item i
WHERE i.company_id = %(company)s AND i.kind IN ('invoice', 'opening') AND i.amount_minor > 0
  AND i.due_on <= %(as_of)s AND {which}
"""
_WHICH = """(
    i.id IN (SELECT o.item_id FROM dunwell_openitem o WHERE o.company_id = %(company)s)
 OR i.id IN (SELECT c.item_id FROM dunwell_charge c
             WHERE c.company_id = %(company)s AND c.status = 'accrued')
 OR i.id IN (SELECT a.item_id FROM dunwell_allocation a JOIN dunwell_item j ON j.id = a.item_id
             WHERE a.company_id = %(company)s AND a.recorded_on >= %(recorded_since)s
               AND a.value_on > j.due_on)
 OR i.id IN (SELECT a.item_id FROM dunwell_allocation a
             WHERE a.company_id = %(company)s AND a.recorded_on >= %(recorded_since)s
               AND a.reverses_id IS NOT NULL))
"""
"""What is open, what has something accrued, and what was settled late or opened again lately."""

_BILLED = """i.id IN (SELECT c.item_id FROM dunwell_charge c
                     WHERE c.company_id = %(company)s AND c.status = 'billed')"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeScope:
    """Which items are looked at: one customer's, those with a bill, or all that may have changed.

    `recorded_since`: nothing written before that day has changed them.
    """

    as_of: date
    recorded_since: date
    customer_id: int | None = None
    only_billed: bool = False

    @property
    def condition(self) -> str:
        """Return the SQL condition on the items `i`."""
        if self.only_billed:
            return _BILLED
        return _WHICH if self.customer_id is None else "i.customer_id = %(customer)s"


@dataclass(frozen=True, slots=True)
class ChargeRecords:
    """The frames of one calculation, as read.

    `items` may be reversed (`is_reversed`): then nothing is charged on them any more.
    """

    items: pl.DataFrame
    customers: pl.DataFrame
    allocations: pl.DataFrame
    disputes: pl.DataFrame
    reminders: pl.DataFrame


def charge_records(company: Company, scope: ChargeScope, *, with_reminders: bool) -> ChargeRecords:
    """Return what the charges of a scope follow from; five queries, four without reminders."""
    ids = _SCOPE.format(which=scope.condition)
    parameters: dict[str, int | str] = {
        "company": company.pk,
        "as_of": scope.as_of.isoformat(),
        "recorded_since": scope.recorded_since.isoformat(),
        "customer": scope.customer_id or 0,
    }
    items = read_rows(
        "SELECT i.id, i.customer_id, i.kind, i.currency, i.amount_minor, "
        f"{day('i.issued_on')}, {day('i.due_on')}, r.id IS NOT NULL "
        "FROM dunwell_item i LEFT JOIN dunwell_item r ON r.reverses_id = i.id "
        f"WHERE i.id IN ({ids})",
        parameters,
        {
            "item_id": pl.Int64,
            "customer_id": pl.Int64,
            "kind": pl.String,
            "currency": pl.String,
            "amount_minor": pl.Int64,
            "issued_day": pl.Int32,
            "due_day": pl.Int32,
            "is_reversed": pl.Boolean,
        },
    )
    one = "AND c.id = %(customer)s" if scope.customer_id is not None else ""
    customers = read_rows(
        "SELECT c.id, c.segment, c.country, c.party FROM dunwell_customer c "
        f"WHERE c.company_id = %(company)s {one}",
        parameters,
        {
            "customer_id": pl.Int64,
            "segment": pl.String,
            "country": pl.String,
            "party": pl.String,
        },
    )
    allocations = read_rows(
        f"SELECT a.item_id, a.amount_minor, {day('a.value_on')}, {day('a.applied_on')} "
        f"FROM dunwell_allocation a WHERE a.company_id = %(company)s AND a.item_id IN ({ids})",
        parameters,
        {
            "item_id": pl.Int64,
            "amount_minor": pl.Int64,
            "value_day": pl.Int32,
            "applied_day": pl.Int32,
        },
    )
    disputes = read_rows(
        f"SELECT d.item_id, d.amount_minor, {day('d.opened_on')}, {day('d.closed_on')} "
        f"FROM dunwell_dispute d WHERE d.company_id = %(company)s AND d.item_id IN ({ids})",
        parameters,
        {
            "item_id": pl.Int64,
            "amount_minor": pl.Int64,
            "opened_day": pl.Int32,
            "closed_day": pl.Int32,
        },
    )
    reminders = _reminders(ids, parameters) if with_reminders else pl.DataFrame(schema=_REMINDERS)
    return ChargeRecords(items, customers, allocations, disputes, reminders)


_REMINDERS = {
    "message_id": pl.Int64,
    "item_id": pl.Int64,
    "level": pl.Int32,
    "sent_day": pl.Int32,
    "channel": pl.String,
}


def _reminders(ids: str, parameters: dict[str, int | str]) -> pl.DataFrame:
    """Return the written reminders that went out by the day, a row per item named."""
    return read_rows(
        f"SELECT l.message_id, l.item_id, l.level, {day('m.as_of')}, m.channel "
        "FROM dunwell_message m JOIN dunwell_messageitem l ON l.message_id = m.id "
        "WHERE m.company_id = %(company)s AND m.status IN ('sent', 'delivered', 'bounced') "
        "AND m.as_of <= %(as_of)s "
        "AND m.template <> 'debit_notice' AND m.channel IN ('email', 'letter') "
        f"AND l.item_id IN ({ids})",
        parameters,
        _REMINDERS,
    )
