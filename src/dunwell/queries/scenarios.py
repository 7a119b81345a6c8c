"""Scenarios as pages show them: the list, one with its results, and several side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from dunwell.engine.scenarios import (
    Assumptions,
    Base,
    Period,
    ScenarioResult,
    run_scenario,
    working_capital_tied,
)
from dunwell.models import Company, Customer, Scenario
from dunwell.queries.scenario_base import scenario_base

MOST_COMPARED = 4
LISTED = 200
"""Scenarios a list holds; older ones are archived first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScenarioRow:
    """One saved scenario; `customers` are (key, number, name) of those it lets default."""

    id: int
    name: str
    note: str
    assumptions: Assumptions
    customers: tuple[tuple[int, str, str], ...]
    version: int
    author: str
    archived_on: date | None
    changed_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """A scenario's results beside the base: `row` is None for the base itself."""

    row: ScenarioRow | None
    result: ScenarioResult
    tied_minor: int
    less_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """The base and scenarios over it; no columns where the base is unknown."""

    as_of: date | None
    currency: str
    kind: str
    periods: tuple[Period, ...]
    columns: tuple[Column, ...]
    missing_rates: tuple[str, ...]
    base: Base | None


def scenario_rows(
    company: Company, *, ids: Sequence[int] = (), with_archived: bool = False
) -> tuple[ScenarioRow, ...]:
    """Return saved scenarios by name, those of `ids` alone where given; two queries."""
    found = Scenario.objects.filter(company=company)
    if ids:
        found = found.filter(pk__in=ids)
    elif not with_archived:
        found = found.filter(archived_on=None)
    rows = list(found.order_by("archived_on", "name", "id")[:LISTED])
    told = {row.pk: read_assumptions(row.assumptions) for row in rows}
    keys = {key for one in told.values() for key in one.defaults}
    names = {
        key: (key, number, name)
        for key, number, name in Customer.objects.filter(company=company, pk__in=keys).values_list(
            "pk", "number", "name"
        )
    }
    return tuple(
        ScenarioRow(
            id=row.pk,
            name=row.name,
            note=row.note,
            assumptions=told[row.pk],
            customers=tuple(names[key] for key in told[row.pk].defaults if key in names),
            version=row.version,
            author=row.author,
            archived_on=row.archived_on,
            changed_at=row.changed_at,
        )
        for row in rows
    )


def read_assumptions(document: Mapping[str, object]) -> Assumptions:
    """Return what a kept document assumes."""
    told = dict(document)
    told["defaults"] = tuple(told.get("defaults") or ())  # type: ignore[arg-type]
    return Assumptions(**told)  # type: ignore[arg-type]


def compare_scenarios(
    company: Company, rows: Sequence[ScenarioRow], *, as_of: date, kind: str = "week"
) -> Comparison:
    """Return the base and up to four scenarios over the forecast of a day, side by side."""
    chosen = rows[:MOST_COMPARED]
    named = {key for row in chosen for key in row.assumptions.defaults}
    found = scenario_base(company, as_of=as_of, kind=kind, customers=named)
    columns: list[Column] = []
    if found.base is not None:
        plain = run_scenario(found.base, Assumptions())
        columns = [Column(row=None, result=plain, tied_minor=0, less_minor=0)]
        for row in chosen:
            result = run_scenario(found.base, row.assumptions)
            columns.append(
                Column(
                    row=row,
                    result=result,
                    tied_minor=working_capital_tied(plain, result),
                    less_minor=plain.total_minor - result.total_minor,
                )
            )
    return Comparison(
        as_of=found.as_of,
        currency=company.currency,
        kind=kind,
        periods=found.base.periods if found.base else (),
        columns=tuple(columns),
        missing_rates=found.missing_rates,
        base=found.base,
    )
