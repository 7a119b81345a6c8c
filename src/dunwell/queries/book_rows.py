"""The book of credit customer by customer, with everything its measures ask of each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db import connection

from dunwell.engine.appetite_measures import CURRENCY_SHARE, GROUP_SHARE, NEW_SHARE
from dunwell.engine.concentration import CreditRow
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.exposure import Exposure
from dunwell.engine.hierarchies import PARENT, Graph
from dunwell.engine.limits import LimitInForce
from dunwell.models import Company, Customer
from dunwell.queries.credit_ratings import Rating
from dunwell.queries.exposures import exposure_currencies
from dunwell.queries.hierarchies import company_links
from dunwell.queries.kept_book import NEW_DAYS

_NEW = """
SELECT c.id FROM dunwell_customer c WHERE c.company_id = %s AND NOT EXISTS (
    SELECT 1 FROM dunwell_item i WHERE i.customer_id = c.id AND i.issued_on < %s)
"""


BookCustomer = tuple[int, str, str, str, str, str, int | None]
"""Id, number, name, country, segment, sector and collector of a customer."""


def book_customers(company: Company) -> list[BookCustomer]:
    """Return every customer of a company by id; one query."""
    found = Customer.objects.filter(company=company).order_by("id")
    return list(
        found.values_list("id", "number", "name", "country", "segment", "sector", "collector_id")
    )


def group_roots(company: Company, *, as_of: date) -> dict[int, int]:
    """Return the customer each group hangs under, by the id of each that lies below; two queries.

    Who has no parent is left out: it is its own root.
    """
    links = company_links(company, kinds=(PARENT,), since=as_of)
    graph = Graph(links, on=as_of)
    return {link.customer_id: graph.root(link.customer_id) for link in links if link.holds(as_of)}


def new_customers(company: Company, *, as_of: date) -> set[int]:
    """Return the customers none of whose items is NEW_DAYS old; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_NEW, [company.pk, as_of - timedelta(days=NEW_DAYS)])
        return {key for (key,) in cursor.fetchall()}


def book_rows(
    company: Company,
    policy: CreditPolicy,
    *,
    customers: Sequence[BookCustomer],
    exposed: dict[int, Exposure],
    rated: dict[int, Rating],
    limits: dict[int, LimitInForce],
    as_of: date,
    is_whole: bool = False,
) -> tuple[CreditRow, ...]:
    """Return every customer with exposure, limit, class and places, by id.

    Groups, currencies and who is new are read where the appetite asks for them, or `is_whole`.
    """
    measures = {one.measure for one in policy.appetite}
    roots, fresh = {}, set()
    currencies: dict[int, tuple[tuple[str, int], ...]] = {}
    if is_whole or GROUP_SHARE in measures:
        roots = group_roots(company, as_of=as_of)
    if is_whole or CURRENCY_SHARE in measures:
        currencies = exposure_currencies(company, exposed, as_of=as_of)
    if is_whole or NEW_SHARE in measures:
        fresh = new_customers(company, as_of=as_of)
    loss_rates = _LossRates(policy)
    rows = []
    for key, _number, _name, country, segment, sector, collector_id in customers:
        exposure, limit = exposed[key], limits.get(key)
        risk_class, pd_ppm, lgd_ppm = loss_rates.of(rated.get(key))
        rows.append(
            CreditRow(
                key,
                exposure.exposure_minor,
                limit.limit_minor if limit is not None else None,
                pd_ppm,
                lgd_ppm,
                risk_class,
                country,
                segment,
                sector,
                collector_id or 0,
                roots.get(key, 0),
                currencies.get(key, ()),
                exposure.covered_minor,
                key in fresh,
            )
        )
    return tuple(rows)


class _LossRates:
    """What a customer loses by its rating: the class's chance where no score gives one."""

    def __init__(self, policy: CreditPolicy) -> None:
        self._classes: dict[str, Any] = {one.name: one for one in policy.classes.table}
        self._unscored = policy.classes.unscored

    def of(self, rating: Rating | None) -> tuple[str, int, int]:
        """Return class, probability of default and loss given default."""
        name = self._unscored if rating is None else rating.risk_class
        one = self._classes.get(name, self._classes[self._unscored])
        is_stated = rating is not None and rating.pd_ppm is not None
        pd_ppm = rating.pd_ppm if rating is not None and is_stated else one.pd_ppm
        return name, int(pd_ppm or 0), one.lgd_ppm
