"""Financial statements: as facts for many customers, and over the years for one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from dunwell.engine.credit_fact_names import Value
from dunwell.engine.financial_history import (
    change_ppm,
    leading_statement,
    statement_facts,
    weight_ppm,
    year_before,
)
from dunwell.engine.financial_ratios import ALTMAN, RATIOS, AltmanScore, altman, ratios
from dunwell.engine.financial_statements import (
    DERIVED,
    LINES,
    Spread,
    Statement,
    spread,
)
from dunwell.models import Company, FinancialStatement, StatementLine

LAYOUT = {**LINES, **DERIVED}
"""Every line a page shows, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialFigureRow:
    """A figure of a statement: minor units, whether it was worked out, and where it was read."""

    line: str
    amount_minor: int | None
    currency: str
    is_derived: bool
    place: str
    change_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialFindingRow:
    """What is wrong or missing: a code of `FINDINGS`, its lines, and how far apart they are."""

    code: str
    lines: tuple[str, ...]
    off_minor: int
    currency: str
    is_error: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FinancialStatementRow:
    """One statement as it counts on a day, spread, with ratios, Z scores and findings.

    `leads`: facts rest on it; `weight_ppm` is how much it still counts by its age.
    """

    id: int
    kind: str
    source: str
    period_from: date
    period_to: date
    available_on: date
    currency: str
    scale: int
    is_audited: bool
    version: int
    reason: str
    file_name: str
    by: str
    age_days: int
    weight_ppm: int
    leads: bool
    cells: tuple[FinancialFigureRow, ...]
    ratios: dict[str, int | None]
    altman: tuple[AltmanScore, ...]
    findings: tuple[FinancialFindingRow, ...]
    is_sound: bool


def statement_facts_of(
    company: Company, *, as_of: date, customer_ids: Collection[int] | None = None
) -> dict[int, dict[str, Value]]:
    """Return the facts fs_* of every customer with a statement, amounts in its currency.

    Two queries however many customers.
    """
    found = FinancialStatement.objects.filter(company=company, available_on__lte=as_of)
    if customer_ids is not None:
        found = found.filter(customer__in=customer_ids)
    statements = _in_force(found.order_by("version", "pk"))
    lines = _lines([one.pk for one in statements])
    by_customer: dict[int, list[Statement]] = {}
    for one in statements:
        told = _statement(one, lines.get(one.pk, {}))
        by_customer.setdefault(one.customer_id, []).append(told)
    return {key: statement_facts(told, as_of=as_of) for key, told in by_customer.items()}


def statement_rows(
    company: Company, customer_id: int, *, as_of: date
) -> tuple[FinancialStatementRow, ...]:
    """Return a customer's statements as they stand on a day, the newest period first."""
    found = FinancialStatement.objects.filter(
        company=company, customer=customer_id, available_on__lte=as_of
    )
    records = _in_force(found.order_by("version", "pk"))
    told = _figures([record.pk for record in records])
    pairs = [
        (record, _statement(record, {n: line.amount_minor for n, line in told[record.pk].items()}))
        for record in sorted(records, key=lambda one: (one.period_to, one.kind), reverse=True)
    ]
    every = [statement for _, statement in pairs]
    leading = leading_statement(every, as_of=as_of)
    return tuple(
        _row(record, statement, told[record.pk], every, leads=statement is leading, as_of=as_of)
        for record, statement in pairs
    )


def statement_versions(company: Company, statement_id: int) -> tuple[FinancialStatement, ...]:
    """Return every version of the statement of a period, the newest first; empty for none."""
    one = FinancialStatement.objects.filter(company=company, pk=statement_id).first()
    if one is None:
        return ()
    found = FinancialStatement.objects.filter(
        customer=one.customer_id, kind=one.kind, period_to=one.period_to
    )
    return tuple(found.order_by("-version"))


def told_lines(statement: FinancialStatement) -> dict[str, int]:
    """Return the figures of one statement as told, in minor units."""
    found = StatementLine.objects.filter(statement=statement)
    told = dict(found.values_list("name", "amount_minor"))
    return {name: told[name] for name in LINES if name in told}


def _in_force(found: Iterable[FinancialStatement]) -> list[FinancialStatement]:
    """Return the last version of each customer's periods; they come in order of version."""
    newest: dict[tuple[int, str, date], FinancialStatement] = {}
    for one in found:
        newest[one.customer_id, one.kind, one.period_to] = one
    return list(newest.values())


def _lines(keys: Collection[int]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    rows = StatementLine.objects.filter(statement__in=keys)
    for key, name, amount in rows.values_list("statement_id", "name", "amount_minor"):
        found.setdefault(key, {})[name] = amount
    return found


def _figures(keys: Collection[int]) -> dict[int, dict[str, StatementLine]]:
    found: dict[int, dict[str, StatementLine]] = {key: {} for key in keys}
    for line in StatementLine.objects.filter(statement__in=keys):
        found[line.statement_id][line.name] = line
    return found


def _statement(record: FinancialStatement, lines: dict[str, int]) -> Statement:
    return Statement(
        period_from=record.period_from,
        period_to=record.period_to,
        available_on=record.available_on,
        currency=record.currency,
        lines=lines,
        kind=record.kind,
        is_audited=record.is_audited,
        scale=record.scale,
    )


def _row(
    record: FinancialStatement,
    statement: Statement,
    lines: dict[str, StatementLine],
    every: list[Statement],
    *,
    leads: bool,
    as_of: date,
) -> FinancialStatementRow:
    spreaded, age = spread(statement), (as_of - record.period_to).days
    before = year_before(statement, every)
    return FinancialStatementRow(
        id=record.pk,
        kind=record.kind,
        source=record.source,
        period_from=record.period_from,
        period_to=record.period_to,
        available_on=record.available_on,
        currency=record.currency,
        scale=record.scale,
        is_audited=record.is_audited,
        version=record.version,
        reason=record.reason,
        file_name=record.file_name,
        by=record.by,
        age_days=age,
        weight_ppm=weight_ppm(age),
        leads=leads,
        cells=_cells(spreaded, lines, spread(before) if before else None),
        ratios={name: ratios(spreaded)[name] for name in RATIOS},
        altman=tuple(altman(spreaded, model) for model in ALTMAN),
        findings=tuple(
            FinancialFindingRow(
                code=finding.code,
                lines=finding.lines,
                off_minor=finding.off_minor,
                currency=record.currency,
                is_error=finding.is_error,
            )
            for finding in spreaded.findings
        ),
        is_sound=spreaded.is_sound,
    )


def _cells(
    spreaded: Spread, lines: dict[str, StatementLine], before: Spread | None
) -> tuple[FinancialFigureRow, ...]:
    return tuple(
        FinancialFigureRow(
            line=name,
            amount_minor=spreaded.figures.get(name),
            currency=spreaded.statement.currency,
            is_derived=name in spreaded.derived,
            place=lines[name].place if name in lines else "",
            change_ppm=None if before is None else change_ppm(before, spreaded, name),
        )
        for name in LAYOUT
    )
