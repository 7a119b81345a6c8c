"""The audit log: every event under a filter, and whether the chain is unbroken."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dunwell.models import Company, Event
from dunwell.queries.events import EventRow, chain_check, event_rows
from dunwell.queries.pages import CursorError, Page
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

SUBJECTS = tuple(
    sorted(
        (
            "adjustment", "allocation", "apitoken", "company", "contact", "customer", "dispute",
            "feed", "hold", "importbatch", "importprofile", "item", "message", "note", "payment",
            "policyversion", "promise", "snooze", "task", "user",
        )
    )
)  # fmt: skip
"""What events may be about."""


@require_GET
def audit_list(request: StaffRequest) -> HttpResponse:
    """List events, the newest first; with `check` the whole chain is walked."""
    company = request.actor.company
    filters = {
        "verb": request.GET.get("verb", "").strip()[:60].replace("\0", ""),
        "actor": request.GET.get("actor", "").strip()[:150].replace("\0", ""),
        "subject": request.GET.get("subject", ""),
    }
    if filters["subject"] not in SUBJECTS:
        filters["subject"] = ""
    subject_id = read_key(request.GET.get("id", ""))
    context = {
        "page": _page(company, request.GET.get("cursor", ""), filters, subject_id),
        "filters": filters,
        "subject_id": subject_id,
        "subjects": SUBJECTS,
        "actors": Event.objects.filter(company=company)
        .order_by("actor")
        .values_list("actor", flat=True)
        .distinct(),
        "chain": chain_check(company) if request.GET.get("check") else None,
    }
    return render(request, "web/audit.html", context)


def _page(
    company: Company, cursor: str, filters: dict[str, str], subject_id: int | None
) -> Page[EventRow]:
    rows = partial(
        event_rows,
        company,
        verb=filters["verb"],
        actor=filters["actor"],
        subject=filters["subject"],
        subject_id=subject_id,
    )
    try:
        return rows(cursor=cursor)
    except CursorError:
        return rows()
