"""Official rates with their sources, what is missing of them, and the rules that use them."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.charges.late_rules import LateRule
from dunwell.engine.charges.reference_rates import (
    DAILY,
    ReferenceTable,
    fixing_day,
    half_year_start,
    next_half_year,
)
from dunwell.models import Company, ReferenceRate
from dunwell.queries.charge_law import company_tables, late_rules

HALF_YEARS_BACK = 2
"""So many half-years before the present one are looked at for missing rates."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceRateRow:
    """A yearly rate in ppm from a day on; `is_own`: the company entered it."""

    from_on: date
    rate_ppm: int
    source: str
    is_own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedRate:
    """A rate that waits for a second person; nothing accrues by it."""

    id: int
    name: str
    from_on: date
    rate_ppm: int
    source: str
    author: str


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownHalfYear:
    """A half-year whose rate is not known, and the day whose value decides it."""

    from_on: date
    fixed_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class RateTable:
    """One official rate: its values from the newest back, and what of it is missing."""

    name: str
    title: str
    source: str
    evidence: str
    known_until: date | None
    rules: tuple[str, ...]
    rows: tuple[ReferenceRateRow, ...]
    missing: tuple[UnknownHalfYear, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleRow:
    """A rule of law as it is kept: for whom, since when, what, and where it stands."""

    id: str
    title: str
    countries: tuple[str, ...]
    parties: tuple[str, ...]
    is_in_force: bool
    effective_from: date | None
    effective_until: date | None
    reference: str
    margin_ppm: int
    rate_ppm: int
    year: str
    has_monthly_rests: bool
    has_compensation: bool
    source: str
    evidence: str


def rate_tables(company: Company, *, as_of: date) -> tuple[RateTable, ...]:
    """Return every official rate a rule uses, as the company knows it; one query."""
    tables = company_tables(company)
    return tuple(_table(table, as_of=as_of) for table in tables.values())


def proposed_rates(company: Company) -> tuple[ProposedRate, ...]:
    """Return the rates that wait for approval, oldest first."""
    found = ReferenceRate.objects.filter(company=company, approver="").order_by("id")
    return tuple(
        ProposedRate(
            id=row.pk,
            name=row.name,
            from_on=row.from_on,
            rate_ppm=row.rate_ppm,
            source=row.source,
            author=row.author,
        )
        for row in found
    )


def rule_rows() -> tuple[RuleRow, ...]:
    """Return the shipped rules of law in the order in which they are tried."""
    return tuple(_rule(rule) for rule in late_rules())


def _table(table: ReferenceTable, *, as_of: date) -> RateTable:
    users = [rule for rule in late_rules() if rule.interest.reference == table.name]
    fixings = {rule.interest.fixing for rule in users}
    fixing = next(iter(sorted(fixings)), DAILY)
    return RateTable(
        name=table.name,
        title=table.title,
        source=table.source,
        evidence=table.evidence,
        known_until=table.known_until,
        rules=tuple(rule.id for rule in users),
        rows=tuple(
            ReferenceRateRow(
                from_on=value.from_on,
                rate_ppm=value.rate_ppm,
                source=value.source or table.source,
                is_own=value.is_own,
            )
            for value in reversed(table.values)
        ),
        missing=tuple(_missing(table, fixing, as_of=as_of)),
    )


def _missing(table: ReferenceTable, fixing: str, *, as_of: date) -> list[UnknownHalfYear]:
    """Return the half-years up to the present one without a rate, the latest first."""
    start, found = half_year_start(as_of), []
    for _ in range(HALF_YEARS_BACK + 1):
        fixed_on = fixing_day(start, fixing)
        if fixing == DAILY:
            is_known = table.known_until is not None and start < next_half_year(table.known_until)
        else:
            is_known = table.value_on(fixed_on) is not None
        if not is_known:
            found.append(UnknownHalfYear(from_on=start, fixed_on=fixed_on))
        start = half_year_start(date.fromordinal(start.toordinal() - 1))
    return found


def _rule(rule: LateRule) -> RuleRow:
    return RuleRow(
        id=rule.id,
        title=rule.title,
        countries=rule.countries,
        parties=rule.parties,
        is_in_force=rule.is_in_force,
        effective_from=rule.effective_from,
        effective_until=rule.effective_until,
        reference=rule.interest.reference,
        margin_ppm=rule.interest.margin_ppm,
        rate_ppm=rule.interest.rate_ppm,
        year=rule.year,
        has_monthly_rests=rule.has_monthly_rests,
        has_compensation=rule.compensation is not None,
        source=rule.source,
        evidence=rule.evidence,
    )
