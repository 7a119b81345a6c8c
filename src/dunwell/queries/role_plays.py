"""Practised calls as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, RolePlay, RolePlayTurn
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePlayRow:
    """One practised call; points 0 to 100, None while it runs or where it was given up."""

    id: int
    user: str
    persona: str
    language: str
    status: str
    outcome: str
    compliance_points: int | None
    empathy_points: int | None
    negotiation_points: int | None
    outcome_points: int | None
    total_points: int | None
    is_passed: bool
    began_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class CallFindingRow:
    """What a rule found in a line: points below 0 were lost; a cap of 100 is none."""

    line: int
    dimension: str
    rule: str
    points: int
    quote: str
    cap: int
    source: str
    contact_rule: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePlayTurnRow:
    """What one side said, and what was found in it."""

    number: int
    speaker: str
    text: str
    findings: tuple[CallFindingRow, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePlayDetail:
    """A practised call with its lines; `missing` is what a good call has and this one had not."""

    row: RolePlayRow
    version: int
    turns: tuple[RolePlayTurnRow, ...]
    missing: tuple[CallFindingRow, ...]


def role_play_rows(
    company: Company, *, user_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[RolePlayRow]:
    """Return one page of practised calls, the newest first; one query. Raises CursorError."""
    limit = page_limit(limit)
    found = RolePlay.objects.filter(company=company).filter(after(cursor, ("-id",), (int,)))
    if user_id is not None:
        found = found.filter(user=user_id)
    rows = [_row(one) for one in found.select_related("user").order_by("-id")[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def role_play_detail(company: Company, role_play_id: int) -> RolePlayDetail | None:
    """Return one practised call, None where there is none; two queries."""
    found = (
        RolePlay.objects.filter(company=company, pk=role_play_id).select_related("user").first()
    )
    if found is None:
        return None
    findings = [CallFindingRow(**one) for one in found.document.get("findings", [])]
    turns = RolePlayTurn.objects.filter(role_play=found).order_by("number")
    return RolePlayDetail(
        row=_row(found),
        version=found.version,
        turns=tuple(
            RolePlayTurnRow(
                number=one.number,
                speaker=one.speaker,
                text=one.text,
                findings=tuple(each for each in findings if each.line == one.number),
            )
            for one in turns
        ),
        missing=tuple(one for one in findings if one.line == 0),
    )


def _row(one: RolePlay) -> RolePlayRow:
    return RolePlayRow(
        id=one.pk,
        user=one.user.username,
        persona=one.persona,
        language=one.language,
        status=one.status,
        outcome=one.outcome,
        compliance_points=one.compliance_points,
        empathy_points=one.empathy_points,
        negotiation_points=one.negotiation_points,
        outcome_points=one.outcome_points,
        total_points=one.total_points,
        is_passed=one.is_passed,
        began_on=one.began_on,
    )
