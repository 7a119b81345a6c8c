"""What bureaus have reported: side by side for one customer, and as facts for many."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from dunwell.engine.bureau_facts import (
    Report,
    bureau_facts,
    disagreement_ppm,
    is_stale,
    latest_reports,
)
from dunwell.engine.credit_fact_names import Value
from dunwell.engine.fx import PPM
from dunwell.engine.money import part
from dunwell.models import BureauConsent, BureauReport, Company

_COLUMNS = (
    *("pk", "customer_id", "bureau__name", "bureau__priority", "bureau__max_age_days"),
    *("reported_on", "score", "pd_ppm", "limit_minor", "currency", "risk_class", "is_insolvent"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauReportRow:
    """One report as a page and the API show it; the limit in minor units of `currency`.

    `is_latest`: the newest of its bureau, so that it counts; `leads`: the one facts rest on.
    """

    id: int
    bureau_id: int
    bureau: str
    source: str
    external_id: str
    score: int | None
    pd_ppm: int | None
    limit_minor: int | None
    currency: str
    risk_class: str
    is_insolvent: bool | None
    flags: tuple[str, ...]
    reported_on: date
    recorded_on: date
    age_days: int
    is_stale: bool
    is_latest: bool
    leads: bool
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauView:
    """All reports of a customer, the newest first, and how far apart the latest of them are."""

    reports: tuple[BureauReportRow, ...]
    disagreement_ppm: int | None
    classes: tuple[str, ...]
    is_insolvent: bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BureauConsentRow:
    """A consent of a customer; `bureau` is empty where it is to all."""

    id: int
    bureau: str
    given_on: date
    until_on: date | None
    withdrawn_on: date | None
    evidence: str
    by: str
    holds: bool


def bureau_facts_of(
    company: Company,
    *,
    rates: Mapping[str, int],
    as_of: date,
    customer_ids: Collection[int] | None = None,
) -> dict[int, dict[str, Value]]:
    """Return the facts bureau_* of every customer with a report; one query.

    `rates` in ppm by currency, as `engine.fx` has them.
    """
    found = BureauReport.objects.filter(company=company, reported_on__lte=as_of)
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    reports: dict[int, list[Report]] = {}
    for row in found.order_by("pk").values_list(*_COLUMNS):
        key, whose, bureau, priority, max_age, reported_on, score, pd_ppm, limit, *rest = row
        currency, risk_class, is_insolvent = rest
        report = Report(
            bureau=bureau,
            priority=priority,
            max_age_days=max_age,
            reported_on=reported_on,
            sequence=key,
            score=score,
            pd_ppm=pd_ppm,
            limit_minor=_at_home(limit, currency, company, rates),
            risk_class=risk_class,
            is_insolvent=is_insolvent,
        )
        reports.setdefault(whose, []).append(report)
    return {key: bureau_facts(told, as_of=as_of) for key, told in reports.items()}


def bureau_view(company: Company, customer_id: int, *, as_of: date) -> BureauView:
    """Return a customer's reports side by side; one query."""
    found = list(
        BureauReport.objects.filter(company=company, customer=customer_id, reported_on__lte=as_of)
        .select_related("bureau")
        .order_by("-reported_on", "-pk")
    )
    reports = {
        row.pk: Report(
            bureau=row.bureau.name,
            priority=row.bureau.priority,
            max_age_days=row.bureau.max_age_days,
            reported_on=row.reported_on,
            sequence=row.pk,
            pd_ppm=row.pd_ppm,
            risk_class=row.risk_class,
            is_insolvent=row.is_insolvent,
        )
        for row in found
    }
    latest = latest_reports(reports.values(), as_of=as_of)
    counted = {report.sequence for report in latest}
    told = [report.is_insolvent for report in latest if report.is_insolvent is not None]
    return BureauView(
        reports=tuple(
            _row(
                row,
                is_latest=row.pk in counted,
                leads=bool(latest) and latest[0].sequence == row.pk,
                stale=is_stale(reports[row.pk], as_of=as_of),
                as_of=as_of,
            )
            for row in found
        ),
        disagreement_ppm=disagreement_ppm(latest),
        classes=tuple(dict.fromkeys(report.risk_class for report in latest if report.risk_class)),
        is_insolvent=any(told) if told else None,
    )


def consent_rows(
    company: Company, customer_id: int, *, as_of: date
) -> tuple[BureauConsentRow, ...]:
    """Return a customer's consents given by a day, the newest first."""
    found = BureauConsent.objects.filter(
        company=company, customer=customer_id, given_on__lte=as_of
    )
    return tuple(
        BureauConsentRow(
            id=row.pk,
            bureau=row.bureau.name if row.bureau else "",
            given_on=row.given_on,
            until_on=row.until_on,
            withdrawn_on=row.withdrawn_on,
            evidence=row.evidence,
            by=row.by,
            holds=consent_holds(row, as_of=as_of),
        )
        for row in found.select_related("bureau").order_by("-given_on", "-pk")
    )


def consent_holds(consent: BureauConsent, *, as_of: date) -> bool:
    """Return whether a consent is good on a day: given, not run out, not withdrawn."""
    return (
        consent.given_on <= as_of
        and (consent.until_on is None or consent.until_on >= as_of)
        and (consent.withdrawn_on is None or consent.withdrawn_on > as_of)
    )


def _at_home(
    amount_minor: int | None, currency: str, company: Company, rates: Mapping[str, int]
) -> int | None:
    if amount_minor is None or currency == company.currency:
        return amount_minor
    rate = rates.get(currency)
    return None if rate is None else part(amount_minor, rate, PPM)


def _row(
    row: BureauReport, *, is_latest: bool, leads: bool, stale: bool, as_of: date
) -> BureauReportRow:
    return BureauReportRow(
        id=row.pk,
        bureau_id=row.bureau_id,
        bureau=row.bureau.name,
        source=row.source,
        external_id=row.external_id,
        score=row.score,
        pd_ppm=row.pd_ppm,
        limit_minor=row.limit_minor,
        currency=row.currency,
        risk_class=row.risk_class,
        is_insolvent=row.is_insolvent,
        flags=tuple(row.flags),
        reported_on=row.reported_on,
        recorded_on=row.recorded_on,
        age_days=(as_of - row.reported_on).days,
        is_stale=stale,
        is_latest=is_latest,
        leads=leads,
        by=row.by,
    )
