"""What selling on credit cost and brought: per customer, segment, country or terms."""

# every value is a parameter; what is put together here are our own pieces of SQL

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Count, QuerySet, Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.credit_yield import (
    CreditYear,
    CreditYield,
    RatePeriod,
    credit_yield,
    periods,
    yield_ppm,
)
from dunwell.engine.money import part
from dunwell.engine.provisions_policy import ProvisionsPolicy
from dunwell.models import Adjustment, Company, ContactAttempt, Customer, Item, ProvisionRun
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.frames import day
from dunwell.queries.kept_sums import of_large
from dunwell.queries.provision_measures import read_content
from dunwell.queries.provision_policies import provisions_policy
from dunwell.queries.provisions import latest_provision

PPM = 1_000_000
YEAR = 365
BY: Mapping[str, Callable[["YieldCustomer"], str]] = {
    "segment": lambda one: one.segment,
    "terms": lambda one: one.terms,
    "country": lambda one: one.country,
}
"""By what customers are grouped."""
GIVEN = (Adjustment.Kind.DISCOUNT, Adjustment.Kind.CONCESSION, Adjustment.Kind.REBATE)

# An amount times the days it was owed within a span is linear in items and what settles them.
_OWED = """
SELECT customer_id, currency, SUM(amount_minor * days) FROM (
    SELECT i.customer_id, i.currency, i.amount_minor,
           %(until)s - CASE WHEN {issued} > %(since)s THEN {issued} ELSE %(since)s END AS days
    FROM dunwell_item i WHERE i.company_id = %(company)s AND i.issued_on < %(until_on)s
    UNION ALL
    SELECT i.customer_id, i.currency, -a.amount_minor,
           %(until)s - CASE WHEN {applied} > %(since)s THEN {applied} ELSE %(since)s END
    FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
    WHERE a.company_id = %(company)s AND a.applied_on < %(until_on)s
) owed GROUP BY customer_id, currency
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class YieldCustomer:
    """A customer and what credit to it cost and brought, in the company's currency."""

    customer_id: int
    number: str
    name: str
    segment: str
    country: str
    terms: str
    found: CreditYield


@dataclass(frozen=True, kw_only=True, slots=True)
class YieldRow:
    """A group or one customer (`customer_id`); `yield_ppm` None: nothing was owed."""

    key: str
    customer_id: int | None
    customers: int
    found: CreditYield
    result_minor: int
    yield_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditYields:
    """What credit brought over a half-open span; the rows sum to the total.

    `missing` are currencies without a rate: they are left out and said so.
    """

    since: date
    until: date
    currency: str
    rates: tuple[RatePeriod, ...]
    margins: tuple[tuple[str, int], ...]
    provision_on: date | None
    rows: tuple[YieldRow, ...]
    total: YieldRow
    missing: tuple[str, ...]

    @property
    def days(self) -> int:
        """Return how many days the span has."""
        return (self.until - self.since).days

    @property
    def last_on(self) -> date:
        """Return the last day that counts."""
        return self.until - timedelta(days=1)


def credit_yields(
    company: Company, *, as_of: date, by: str = "segment", group: str = ""
) -> CreditYields:
    """Return a year of credit until today by group, or the customers of one group.

    Nine queries and one for each change of the cost of money. What is lost is the allowance of
    the newest posted provision.
    """
    if group:
        return _yields(company, as_of=as_of, by=by, group=group)
    return _yields_by_group(company, as_of=as_of, by=by)


@of_large
def _yields_by_group(company: Company, *, as_of: date, by: str) -> CreditYields:
    return _yields(company, as_of=as_of, by=by, group="")


def _yields(company: Company, *, as_of: date, by: str, group: str) -> CreditYields:
    until, since = as_of + timedelta(days=1), as_of + timedelta(days=1 - YEAR)
    policy = provisions_policy(company, as_of=as_of).policy
    spans = _spans(policy, since=since, until=until)
    book = _Book(company, spans, since=since, until=until)
    provision = latest_provision(company)
    customers = book.customers(policy, _losses(provision.run_id if provision else None))
    label = BY.get(by, BY["segment"])
    days = YEAR
    if group:
        chosen = [one for one in customers if (label(one) or "-") == group]
        rows = [_row(one.name, [one], days, customer_id=one.customer_id) for one in chosen]
    else:
        chosen = customers
        groups: dict[str, list[YieldCustomer]] = defaultdict(list)
        for one in customers:
            groups[label(one) or "-"].append(one)
        rows = [_row(key, found, days) for key, found in groups.items()]
    return CreditYields(
        since=since,
        until=until,
        currency=company.currency,
        rates=spans,
        margins=tuple((one.segment, one.margin_ppm) for one in policy.margins),
        provision_on=provision.as_of if provision else None,
        rows=tuple(sorted(rows, key=lambda row: (row.result_minor, row.key))),
        total=_row("", chosen, days),
        missing=book.missing,
    )


class _Book:
    """What customers bought, owed and were given over a span, at today's exchange rates."""

    def __init__(
        self, company: Company, spans: Sequence[RatePeriod], *, since: date, until: date
    ) -> None:
        self.company, self.since, self.until, self.spans = company, since, until, spans
        ends = [*(span.from_on for span in spans[1:]), until]
        owed = [self._owed(span.from_on, end) for span, end in zip(spans, ends, strict=True)]
        sold = self._sums(
            Item.objects.filter(
                company=company,
                kind__in=(Item.Kind.INVOICE, Item.Kind.CREDIT_NOTE),
                issued_on__gte=since,
                issued_on__lt=until,
            ).values_list("customer", "currency"),
        )
        given = self._sums(
            Adjustment.objects.filter(
                company=company,
                kind__in=GIVEN,
                effective_on__gte=since,
                effective_on__lt=until,
            ).values_list("item__customer", "item__currency"),
        )
        codes = {code for found in (*owed, sold, given) for _, code in found}
        rates = rates_on(company, codes, as_of=until - timedelta(days=1))
        self._ppm = {company.currency: PPM, **{code: one.rate_ppm for code, one in rates.items()}}
        self.missing = tuple(sorted(codes - set(self._ppm)))
        self._owed_by = [self._home(found) for found in owed]
        self._sold, self._given = self._home(sold), self._home(given)

    def customers(
        self, policy: ProvisionsPolicy, losses: Mapping[int, int]
    ) -> list[YieldCustomer]:
        """Return every customer with sales or a balance, by key."""
        contacts = dict(
            ContactAttempt.objects.filter(
                company=self.company, at__date__gte=self.since, at__date__lt=self.until
            )
            .order_by("customer")
            .values_list("customer")
            .annotate(n=Count("id"))
        )
        keys = {*self._sold, *(key for found in self._owed_by for key in found)}
        rows = Customer.objects.filter(company=self.company).values_list(
            "pk", "number", "name", "segment", "country", "terms"
        )
        found = []
        for key, number, name, segment, country, terms in rows.order_by("pk"):
            if key not in keys:
                continue
            year = CreditYear(
                sales_minor=self._sold.get(key, 0),
                minor_days=tuple(max(owed.get(key, 0), 0) for owed in self._owed_by),
                loss_minor=losses.get(key, 0),
                discount_minor=self._given.get(key, 0),
                contacts=contacts.get(key, 0),
            )
            result = credit_yield(
                year,
                rates_ppm=[span.rate_ppm for span in self.spans],
                margin_ppm=policy.margin_ppm(segment) or 0,
                contact_minor=policy.contact_minor,
                days=YEAR,
            )
            found.append(
                YieldCustomer(
                    customer_id=key,
                    number=number,
                    name=name,
                    segment=segment,
                    country=country,
                    terms=terms,
                    found=result,
                )
            )
        return found

    def _owed(self, since: date, until: date) -> dict[tuple[int, str], int]:
        query = _OWED.format(issued=day("i.issued_on"), applied=day("a.applied_on"))
        with connection.cursor() as cursor:
            cursor.execute(
                query,
                {
                    "company": self.company.pk,
                    "since": day_number(since),
                    "until": day_number(until),
                    "until_on": until,
                },
            )
            return {(key, code): int(minor) for key, code, minor in cursor}

    def _sums(self, rows: QuerySet[Any, tuple[int, str]]) -> dict[tuple[int, str], int]:
        grouped = rows.order_by().annotate(minor=Sum("amount_minor"))
        return {(key, code): minor for key, code, minor in grouped}

    def _home(self, found: Mapping[tuple[int, str], int]) -> dict[int, int]:
        home: dict[int, int] = defaultdict(int)
        for (key, code), minor in found.items():
            if code in self._ppm:
                home[key] += part(minor, self._ppm[code], PPM)
        return home


def _spans(policy: ProvisionsPolicy, *, since: date, until: date) -> tuple[RatePeriod, ...]:
    rates = [RatePeriod(from_on=one.from_on, rate_ppm=one.rate_ppm) for one in policy.carry]
    rates = rates or [RatePeriod(from_on=since, rate_ppm=0)]
    return periods(rates, since=since, until=until)


def _losses(run_id: int | None) -> dict[int, int]:
    """Return the allowance by customer of a run."""
    if run_id is None:
        return {}
    content = read_content(ProvisionRun.objects.only("content").get(pk=run_id).content)
    sums = content.group_by("customer_id").agg(pl.col("home_allowance_minor").sum())
    return dict(sums.iter_rows())


def _row(
    key: str, customers: Sequence[YieldCustomer], days: int, *, customer_id: int | None = None
) -> YieldRow:
    names = CreditYield.__slots__
    found = CreditYield(
        **{name: sum(getattr(one.found, name) for one in customers) for name in names}
    )
    return YieldRow(
        key=key,
        customer_id=customer_id,
        customers=len(customers),
        found=found,
        result_minor=found.result_minor,
        yield_ppm=yield_ppm(found, days=days),
    )
