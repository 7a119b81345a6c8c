"""Money and credit nobody uses: unapplied cash and open credits older than the policy says.

Many laws want such money handed over or told to an authority after a time; the clock runs from
the value date of the payment, or the issue date of the credit.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection

from dunwell.models import Company
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.kept_sums import of_large
from dunwell.queries.pages import PAGE_SIZE, Page, page_limit, page_of, read_cursor

_FOUND = """
SELECT 'payment' AS kind, p.id AS id, p.number AS number, p.customer_id AS customer_id,
       p.payer AS payer, p.currency AS currency,
       p.amount_minor - COALESCE(u.used, 0) AS left_minor, p.value_on AS since_on
FROM dunwell_payment p
LEFT JOIN (SELECT payment_id, CAST(SUM(COALESCE(paid_minor, amount_minor)) AS bigint) AS used
           FROM dunwell_allocation WHERE company_id = %s AND payment_id IS NOT NULL
           GROUP BY payment_id) u ON u.payment_id = p.id
WHERE p.company_id = %s AND p.value_on <= %s AND p.reverses_id IS NULL
  AND p.amount_minor > COALESCE(u.used, 0)
  AND NOT EXISTS (SELECT 1 FROM dunwell_payment r WHERE r.reverses_id = p.id)
UNION ALL
SELECT 'credit', i.id, i.number, i.customer_id, '', i.currency, -o.open_minor, i.issued_on
FROM dunwell_openitem o JOIN dunwell_item i ON i.id = o.item_id
WHERE o.company_id = %s AND o.open_minor < 0 AND i.issued_on <= %s
"""
_PAGE = f"""
SELECT f.kind, f.id, f.number, f.customer_id, c.number, c.name, f.payer, f.currency,
       f.left_minor, f.since_on
FROM ({_FOUND}) f LEFT JOIN dunwell_customer c ON c.id = f.customer_id
WHERE {{after}} ORDER BY f.since_on, f.kind, f.id LIMIT %s
"""  # noqa: S608  put together from the text above
_TOTALS = f"""
SELECT f.currency, COUNT(*), CAST(SUM(f.left_minor) AS bigint) FROM ({_FOUND}) f
GROUP BY f.currency ORDER BY f.currency
"""  # noqa: S608  put together from the text above


@dataclass(frozen=True, kw_only=True, slots=True)
class UnclaimedRow:
    """A payment (`kind` payment) or credit item (credit) with something left, in minor units."""

    kind: str
    id: int
    number: str
    customer_id: int | None
    customer_number: str
    customer_name: str
    payer: str
    currency: str
    left_minor: int
    since_on: date
    age_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnclaimedTotal:
    """What is unclaimed in one currency, in minor units."""

    currency: str
    count: int
    left_minor: int


@of_large
def unclaimed(
    company: Company, *, as_of: date, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[UnclaimedRow]:
    """Return one page of what nobody used for the days of the cash policy, the oldest first.

    What is left is that of now; its age counts to `as_of`.
    """
    limit = page_limit(limit)
    where, place = "TRUE", []
    if cursor:
        since_on, kind, key = read_cursor(cursor, (date, str, int))
        where, place = "(f.since_on, f.kind, f.id) > (%s, %s, %s)", [since_on, kind, key]
    with connection.cursor() as db:
        db.execute(_PAGE.format(after=where), [*_parameters(company, as_of), *place, limit + 1])
        found = db.fetchall()
    rows = [
        UnclaimedRow(
            kind=kind,
            id=key,
            number=number,
            customer_id=customer_id,
            customer_number=customer_number or "",
            customer_name=customer_name or "",
            payer=payer,
            currency=currency,
            left_minor=int(left_minor),
            since_on=_day(since_on),
            age_days=(as_of - _day(since_on)).days,
        )
        for (
            kind,
            key,
            number,
            customer_id,
            customer_number,
            customer_name,
            payer,
            currency,
            left_minor,
            since_on,
        ) in found
    ]
    return page_of(rows, limit=limit, key=lambda row: (row.since_on, row.kind, row.id))


@of_large
def unclaimed_totals(company: Company, *, as_of: date) -> tuple[UnclaimedTotal, ...]:
    """Return the sums of everything unclaimed, one per currency."""
    with connection.cursor() as db:
        db.execute(_TOTALS, _parameters(company, as_of))
        found = db.fetchall()
    return tuple(
        UnclaimedTotal(currency=code, count=count, left_minor=int(minor))
        for code, count, minor in found
    )


def _parameters(company: Company, as_of: date) -> list[int | date]:
    days = cash_policy_in_force(company, as_of=as_of).unclaimed_days
    last = as_of - timedelta(days=days)
    return [company.pk, company.pk, last, company.pk, last]


def _day(value: date | str) -> date:
    """Return a day as both databases give it."""
    return value if isinstance(value, date) else date.fromisoformat(value)
