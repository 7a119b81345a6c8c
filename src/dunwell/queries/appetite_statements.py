"""Appetite statements as pages, paper and API show them, and what the form needs to know."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.engine.appetite_form import AppetiteLine, CompanyFigures
from dunwell.models import AppetiteStatement, Company, PolicyVersion
from dunwell.queries.credit_policies import credit_policy_in_force
from dunwell.queries.exposure_frames import exposed_frame
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

WEAK = "high"
"""Classes of this risk are the weak ones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StatedLine:
    """One limit of a statement: ppm where `is_share`, else minor units of the company's currency.

    `steps` is the arithmetic: what, value, and unit (`minor`, `ppm`, `times`).
    """

    question: str
    name: str
    measure: str
    most: int
    is_share: bool
    then: str
    of: tuple[str, ...]
    excluding: tuple[str, ...]
    steps: tuple[tuple[str, int, str], ...]
    worth_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AppetiteStatementRow:
    """One statement and the version of the policy it drafted."""

    id: int
    as_of: date
    by: str
    currency: str
    exposure_minor: int
    answers: dict[str, Any]
    lines: tuple[StatedLine, ...]
    version_id: int
    version: int
    status: str
    status_label: str
    valid_from: date


def company_figures(company: Company, *, as_of: date) -> CompanyFigures:
    """Return what the arithmetic of the form needs of a company; six queries."""
    policy = credit_policy_in_force(company, as_of=as_of).policy
    found = exposed_frame(company, as_of=as_of).rows
    weak = tuple(one.name for one in policy.classes.table if one.risk == WEAK)
    return CompanyFigures(
        country=company.country,
        currency=company.currency,
        exposure_minor=int(found["exposure_minor"].sum()),
        weak_classes=weak or (policy.classes.table[-1].name,),
    )


def line_document(line: AppetiteLine) -> dict[str, Any]:
    """Return a limit with its arithmetic as a statement keeps it."""
    return {
        "question": line.question,
        "row": dict(line.row),
        "steps": [list(step) for step in line.steps],
        "worth_minor": line.worth_minor,
    }


def stated_line(document: dict[str, Any]) -> StatedLine:
    """Return a kept line as it is shown."""
    row = document["row"]
    is_share = "most_ppm" in row
    return StatedLine(
        question=document["question"],
        name=row["name"],
        measure=row["measure"],
        most=row["most_ppm"] if is_share else row["most_minor"],
        is_share=is_share,
        then=row["then"],
        of=tuple(row.get("classes", ())),
        excluding=tuple(row.get("excluding", ())),
        steps=tuple((what, value, unit) for what, value, unit in document["steps"]),
        worth_minor=document["worth_minor"],
    )


def statement_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[AppetiteStatementRow]:
    """Return one page of statements, the newest first; one query."""
    limit = page_limit(limit)
    found = AppetiteStatement.objects.filter(company=company).select_related("policy_version")
    rows = found.filter(after(cursor, ("-id",), (int,))).order_by("-id")[: limit + 1]
    return page_of([_row(one) for one in rows], limit=limit, key=lambda row: (row.id,))


def statement_detail(company: Company, statement_id: int) -> AppetiteStatementRow | None:
    """Return one statement of the company, or None."""
    found = AppetiteStatement.objects.filter(company=company, pk=statement_id)
    one = found.select_related("policy_version").first()
    return None if one is None else _row(one)


def _row(one: AppetiteStatement) -> AppetiteStatementRow:
    version: PolicyVersion = one.policy_version
    return AppetiteStatementRow(
        id=one.pk,
        as_of=one.as_of,
        by=one.by,
        currency=one.currency,
        exposure_minor=one.figures.get("exposure_minor", 0),
        answers=one.answers,
        lines=tuple(stated_line(line) for line in one.lines),
        version_id=version.pk,
        version=version.version,
        status=version.status,
        status_label=str(PolicyVersion.Status(version.status).label),
        valid_from=version.valid_from,
    )
