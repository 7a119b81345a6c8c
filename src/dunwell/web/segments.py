"""Pages about segments: who is in them, what they owe, which others claimed the same customers."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import PolicyVersion
from dunwell.queries.pages import every_row
from dunwell.queries.policies import policy_rows
from dunwell.queries.segments import MemberRow, member_rows, overlap_rows, segment_rows
from dunwell.queries.segments_due import segments_in_force
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Segment"),
    _("Customers"),
    _("Set by hand"),
    _("Currency"),
    _("Owed"),
    _("Overdue"),
    _("Customers without a rate"),
    _("Strategy"),
)
MEMBER_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Segment"),
    _("Rule"),
    _("Set by hand"),
    _("Since"),
    _("Also claimed by"),
    _("Currency"),
    _("Owed"),
    _("Overdue"),
)


@require_GET
def segment_list(request: StaffRequest) -> HttpResponse:
    """List segments with their sums, overlaps, and drafts of the policy."""
    company, as_of = request.actor.company, request.as_of
    drafts = policy_rows(
        company,
        as_of=as_of,
        kind=PolicyVersion.Kind.SEGMENTS,
        status=PolicyVersion.Status.DRAFT,
        limit=5,
    )
    rows = segment_rows(company, as_of=as_of)
    context = {
        "rows": rows,
        "total": {
            "customers": sum(row.customers for row in rows),
            "owed_minor": sum(row.owed_minor for row in rows),
            "overdue_minor": sum(row.overdue_minor for row in rows),
        },
        "without_rate": sum(row.without_rate for row in rows),
        "overlaps": overlap_rows(company),
        "drafts": drafts.rows,
        "is_in_force": segments_in_force(company, as_of=as_of) is not None,
        "currency": company.currency,
    }
    return render(request, "web/segments.html", context)


@require_GET
def segments_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every segment with its sums."""
    code = request.actor.company.currency
    return file_response(
        kind,
        name=f"segments-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.segment,
                row.customers,
                row.by_hand,
                code,
                from_minor(row.owed_minor, code),
                from_minor(row.overdue_minor, code),
                row.without_rate,
                row.strategy,
            )
            for row in segment_rows(request.actor.company, as_of=request.as_of)
        ),
    )


@require_GET
def segment_members(request: StaffRequest) -> HttpResponse:
    """List customers with segment, rule, and the claims that lost."""
    company, only = request.actor.company, _only(request)
    page = page_asked(
        request, lambda cursor: member_rows(company, as_of=request.as_of, cursor=cursor, **only)
    )
    context = {"page": page, "currency": company.currency, **only}
    return render(request, "web/segments_members.html", context)


@require_GET
def members_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer under the page's filter."""
    company = request.actor.company
    found = every_row(partial(member_rows, company, as_of=request.as_of, **_only(request)))
    return file_response(
        kind,
        name=f"segment-members-{request.as_of.isoformat()}",
        columns=[str(name) for name in MEMBER_COLUMNS],
        rows=(_line(row, company.currency) for row in found),
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    asked: Mapping[str, str] = request.GET
    return {
        "segment": asked.get("segment", "")[:40].replace("\0", ""),
        "also": asked.get("also", "")[:40].replace("\0", ""),
        "only_by_hand": asked.get("by_hand") == "1",
        "search": asked.get("q", "")[:80].replace("\0", ""),
    }


def _line(row: MemberRow, code: str) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.segment,
        row.rule,
        int(row.is_by_hand),
        row.since_on,
        ", ".join(claim.segment for claim in row.also),
        code,
        None if row.owed_minor is None else from_minor(row.owed_minor, code),
        None if row.overdue_minor is None else from_minor(row.overdue_minor, code),
    )
