"""What the reports of several bureaus come to for one customer: which leads, how far they differ.

The latest report of each bureau counts. A report leads while it is younger than its bureau lets
it be, in the order of the waterfall; when all are older, that order decides as well, and the fact
says that it is stale. An insolvency counts whoever reports it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """One report; `priority` and `max_age_days` are its bureau's, `limit_minor` in our currency.

    `sequence` tells later reports of one day from earlier ones.
    """

    bureau: str
    priority: int
    max_age_days: int
    reported_on: date
    sequence: int = 0
    score: int | None = None
    pd_ppm: int | None = None
    limit_minor: int | None = None
    risk_class: str = ""
    is_insolvent: bool | None = None


def is_stale(report: Report, *, as_of: date) -> bool:
    """Return whether a report is older than its bureau's reports may be."""
    return (as_of - report.reported_on).days > report.max_age_days


def latest_reports(reports: Iterable[Report], *, as_of: date) -> list[Report]:
    """Return the newest report of each bureau on a day, the one that leads first."""
    newest: dict[str, Report] = {}
    for report in reports:
        before = newest.get(report.bureau)
        if report.reported_on > as_of:
            continue
        if before is None or _age(before) < _age(report):
            newest[report.bureau] = report
    return sorted(
        newest.values(),
        key=lambda report: (is_stale(report, as_of=as_of), report.priority, report.bureau),
    )


def disagreement_ppm(reports: Sequence[Report]) -> int | None:
    """Return the widest gap between probabilities of default, None where fewer than two are told.

    Scores are on scales of their own and are not compared.
    """
    told = [report.pd_ppm for report in reports if report.pd_ppm is not None]
    return max(told) - min(told) if len(told) > 1 else None


def bureau_facts(reports: Iterable[Report], *, as_of: date) -> dict[str, int | str | bool | None]:
    """Return the facts bureau_* of `credit_fact_names.FACTS`; empty without a report."""
    latest = latest_reports(reports, as_of=as_of)
    if not latest:
        return {}
    leading = latest[0]
    told = [report.is_insolvent for report in latest if report.is_insolvent is not None]
    return {
        "bureau_name": leading.bureau,
        "bureau_score": leading.score,
        "bureau_pd_ppm": leading.pd_ppm,
        "bureau_limit_minor": leading.limit_minor,
        "bureau_class": leading.risk_class or None,
        "bureau_is_insolvent": any(told) if told else None,
        "bureau_age_days": (as_of - leading.reported_on).days,
        "bureau_is_stale": is_stale(leading, as_of=as_of),
        "bureau_reports": len(latest),
        "bureau_disagreement_ppm": disagreement_ppm(latest),
    }


def _age(report: Report) -> tuple[date, int]:
    return report.reported_on, report.sequence
