"""The credit file of one customer: every fact with its source and age, on one day."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.credit_fact_names import FACTS, POINTS, Value, fact_named, group_of
from dunwell.models import Company, CreditDataPoint, Customer
from dunwell.queries.bureau_reports import (
    BureauConsentRow,
    BureauView,
    bureau_view,
    consent_rows,
)
from dunwell.queries.credit_facts import credit_facts
from dunwell.queries.financial_statements import FinancialStatementRow, statement_rows


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPointRow:
    """A point of the checklist, or one of the company's own, as it counts on the day.

    `as_of` is the day it was true; empty, as `source` and `by`, where nobody has told it.
    """

    name: str
    label: str
    kind: str
    unit: str
    value: Value
    source: str
    as_of: date | None
    age_days: int | None
    by: str
    is_listed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditFactRow:
    """One fact of the catalogue with its value on the day; None is not known."""

    name: str
    group: str
    kind: str
    unit: str
    label: str
    value: Value


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditFile:
    """What is known of a customer's credit; amounts of facts are minor units of `currency`."""

    customer_id: int
    customer_number: str
    customer_name: str
    party: str
    as_of: date
    currency: str
    facts: tuple[CreditFactRow, ...]
    points: tuple[CreditPointRow, ...]
    bureaus: BureauView
    consents: tuple[BureauConsentRow, ...]
    statements: tuple[FinancialStatementRow, ...]

    @property
    def known_points(self) -> int:
        """Return how many points of the checklist somebody has told."""
        return sum(row.is_listed and row.value is not None for row in self.points)

    @property
    def listed_points(self) -> int:
        """Return how many points the checklist has."""
        return sum(row.is_listed for row in self.points)

    @property
    def known(self) -> dict[str, Value]:
        """Return every fact by its name, the company's own points by `point_` and theirs."""
        return {
            **{row.name: row.value for row in self.facts},
            **{f"point_{row.name}": row.value for row in self.points},
        }


def credit_file(company: Company, customer_id: int, *, as_of: date) -> CreditFile | None:
    """Return the credit file of a customer of the company on a day, None without one."""
    customer = Customer.objects.filter(company=company, pk=customer_id).first()
    if customer is None:
        return None
    facts = credit_facts(company, as_of=as_of, customer_ids=[customer.pk])[customer.pk]
    return CreditFile(
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        party=customer.party,
        as_of=as_of,
        currency=company.currency,
        facts=tuple(
            CreditFactRow(
                name=name,
                group=group_of(name),
                kind=fact.kind,
                unit=fact.unit,
                label=fact.label,
                value=facts[name],
            )
            for name, fact in FACTS.items()
        ),
        points=point_rows(company, customer.pk, as_of=as_of),
        bureaus=bureau_view(company, customer.pk, as_of=as_of),
        consents=consent_rows(company, customer.pk, as_of=as_of),
        statements=statement_rows(company, customer.pk, as_of=as_of),
    )


def point_rows(company: Company, customer_id: int, *, as_of: date) -> tuple[CreditPointRow, ...]:
    """Return the checklist and the company's own points with their latest values; one query."""
    found = CreditDataPoint.objects.filter(company=company, customer=customer_id, as_of__lte=as_of)
    latest = {point.name: point for point in found.order_by("as_of", "pk")}
    listed = [name.removeprefix("point_") for name in POINTS]
    own = sorted(set(latest) - set(listed))
    return tuple(_point(name, latest.get(name), as_of=as_of) for name in (*listed, *own))


def _point(name: str, point: CreditDataPoint | None, *, as_of: date) -> CreditPointRow:
    fact = fact_named(f"point_{name}")
    return CreditPointRow(
        name=name,
        label=fact.label if fact else name,
        kind=fact.kind if fact else "",
        unit=fact.unit if fact else "",
        value=point.value if point else None,
        source=point.source if point else "",
        as_of=point.as_of if point else None,
        age_days=(as_of - point.as_of).days if point else None,
        by=point.by if point else "",
        is_listed=f"point_{name}" in POINTS,
    )
