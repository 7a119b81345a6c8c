"""Bureaus, the questions put to them, and what these cost by month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from dunwell.engine.contact_rules.policy import read_contact_policy
from dunwell.models import BureauAccount, BureauPull, BureauReport, Company, Customer
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.policy_documents import document_in_force

LEDGER_MONTHS = 24
COSTED = (BureauPull.Status.ANSWERED,)


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauRow:
    """One bureau of the waterfall; `cost_minor` a report costs in `currency`."""

    id: int
    name: str
    kind: str
    kind_label: str
    address: str
    secret_name: str
    priority: int
    max_age_days: int
    cost_minor: int
    currency: str
    is_active: bool
    version: int
    reports: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauPullRow:
    """One question to a bureau; it cost `cost_minor` of `currency` once it was answered."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    bureau_id: int
    bureau: str
    status: str
    status_label: str
    purpose: str
    purpose_label: str
    has_consent: bool
    goes_on: bool
    follows_id: int | None
    cost_minor: int
    currency: str
    attempts: int
    error: str
    asked_on: date
    ended_on: date | None
    report_id: int | None
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauCostRow:
    """What a bureau's answers of a month cost; the pulls of the month come to it."""

    month: date
    bureau_id: int
    bureau: str
    currency: str
    pulls: int
    cost_minor: int

    @property
    def last_on(self) -> date:
        """Return the last day of the month."""
        return (self.month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def bureau_rows(company: Company) -> tuple[BureauRow, ...]:
    """Return the bureaus in the order they are asked, those switched off too."""
    found = BureauAccount.objects.filter(company=company).annotate(told=Count("reports"))
    return tuple(
        BureauRow(
            id=row.pk,
            name=row.name,
            kind=row.kind,
            kind_label=str(BureauAccount.Kind(row.kind).label),
            address=row.address,
            secret_name=row.secret_name,
            priority=row.priority,
            max_age_days=row.max_age_days,
            cost_minor=row.cost_minor,
            currency=row.currency,
            is_active=row.is_active,
            version=row.version,
            reports=row.told,
        )
        for row in found.order_by("priority", "pk")
    )


def waterfall(company: Company) -> list[BureauAccount]:
    """Return the bureaus that are asked, in their order; those by hand are not."""
    found = BureauAccount.objects.filter(company=company, is_active=True)
    return list(found.exclude(kind=BureauAccount.Kind.HAND).order_by("priority", "pk"))


def fresh_report(
    customer: Customer, bureaus: Sequence[BureauAccount], *, as_of: date
) -> BureauReport | None:
    """Return a report of one of the bureaus that is young enough, by their order; else None."""
    found = BureauReport.objects.filter(
        customer=customer, bureau__in=bureaus, reported_on__lte=as_of
    ).order_by("reported_on", "pk")
    newest = {report.bureau_id: report for report in found}
    for bureau in bureaus:
        report = newest.get(bureau.pk)
        if report and (as_of - report.reported_on).days <= bureau.max_age_days:
            return report
    return None


def needs_consent(company: Company, customer: Customer, *, as_of: date) -> bool:
    """Return whether a customer is asked about with its consent alone: a natural person.

    What nobody has said counts as the company's contact policy says of unknown customers.
    """
    if customer.party:
        return bool(customer.party == Customer.Party.PERSON)
    document = document_in_force(company, "contact", as_of=as_of).document
    return not read_contact_policy(document).is_business


def pull_rows(
    company: Company,
    *,
    status: str = "",
    bureau_id: int | None = None,
    customer_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
    only_costed: bool = False,
    currency: str = "",
    asked_by: date | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[BureauPullRow]:
    """Return one page of questions, the newest first.

    `from_on` and `until_on` bound the day they ended, both inclusive; `only_costed` leaves those
    that were answered, which sum to the ledger of costs; `asked_by` is the last day of asking.
    """
    found = BureauPull.objects.filter(company=company)
    if status:
        found = found.filter(status=status)
    if bureau_id:
        found = found.filter(bureau=bureau_id)
    if customer_id:
        found = found.filter(customer=customer_id)
    if from_on:
        found = found.filter(ended_on__gte=from_on)
    if until_on:
        found = found.filter(ended_on__lte=until_on)
    if asked_by:
        found = found.filter(asked_on__lte=asked_by)
    if only_costed:
        found = found.filter(status__in=COSTED)
    if currency:
        found = found.filter(currency=currency)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-pk",), (int,)))
        .select_related("customer", "bureau", "report")
        .order_by("-pk")[: limit + 1]
    )
    return page_of([_pull(row) for row in rows], limit=limit, key=lambda row: (row.id,))


def cost_rows(company: Company, *, as_of: date) -> tuple[BureauCostRow, ...]:
    """Return what answers cost by month, bureau and currency, the newest month first; one query.

    Of the last LEDGER_MONTHS months.
    """
    months = as_of.year * 12 + as_of.month - LEDGER_MONTHS
    first = date(months // 12, months % 12 + 1, 1)
    found = (
        BureauPull.objects.filter(
            company=company, status__in=COSTED, ended_on__gte=first, ended_on__lte=as_of
        )
        .annotate(month=TruncMonth("ended_on"))
        .order_by("-month", "bureau__name", "currency")
        .values_list("month", "bureau_id", "bureau__name", "currency")
        .annotate(pulls=Count("pk"), cost=Sum("cost_minor"))
    )
    return tuple(
        BureauCostRow(
            month=month,
            bureau_id=bureau_id,
            bureau=bureau,
            currency=currency,
            pulls=pulls,
            cost_minor=int(cost),
        )
        for month, bureau_id, bureau, currency, pulls, cost in found
    )


def _pull(row: BureauPull) -> BureauPullRow:
    report = getattr(row, "report", None)
    return BureauPullRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        bureau_id=row.bureau_id,
        bureau=row.bureau.name,
        status=row.status,
        status_label=str(BureauPull.Status(row.status).label),
        purpose=row.purpose,
        purpose_label=str(BureauPull.Purpose(row.purpose).label),
        has_consent=row.consent_id is not None,
        goes_on=row.goes_on,
        follows_id=row.follows_id,
        cost_minor=row.cost_minor,
        currency=row.currency,
        attempts=row.attempts,
        error=row.error,
        asked_on=row.asked_on,
        ended_on=row.ended_on,
        report_id=report.pk if report else None,
        by=row.by,
    )
