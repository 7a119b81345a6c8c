"""The page about customers in collection without somebody to write to."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Contact
from dunwell.queries.contact_gaps import ROLES, ContactGap, contact_gap_counts, contact_gaps
from dunwell.queries.pages import every_row
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

GAPS = {
    "none": _("Nobody known"),
    "unusable": _("The address gets nothing"),
    "phone": _("By phone alone"),
}
COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Role"),
    _("What there is"),
    _("Collector"),
    _("Currency"),
    _("Overdue"),
)


@require_GET
def contact_gap_list(request: StaffRequest) -> HttpResponse:
    """List customers whom no mail reaches in a role, the most urgent first."""
    company, role = request.actor.company, _role(request)
    page = page_asked(request, lambda cursor: contact_gaps(company, role=role, cursor=cursor))
    counts = contact_gap_counts(company)
    context = {
        "page": page,
        "role": role,
        "rows": [(row, GAPS[row.gap]) for row in page.rows],
        "roles": [(value, label, counts[value]) for value, label in Contact.Role.choices],
    }
    return render(request, "web/contact_gaps.html", context)


@require_GET
def contact_gaps_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every customer under the page's filter."""
    found = every_row(partial(contact_gaps, request.actor.company, role=_role(request)))
    return file_response(
        kind,
        name=f"missing-contacts-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


def _role(request: StaffRequest) -> str:
    role = request.GET.get("role", "")
    return role if role in ROLES else str(Contact.Role.PAYABLES)


def _row(row: ContactGap) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        str(Contact.Role(row.role).label),
        str(GAPS[row.gap]),
        row.collector,
        row.currency,
        from_minor(row.due_minor, row.currency),
    )
