"""The page about money nobody uses: unapplied cash and open credits older than the policy says."""

from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.pages import every_row
from dunwell.queries.unclaimed import unclaimed, unclaimed_totals
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Kind"),
    _("Number"),
    _("Customer number"),
    _("Customer"),
    _("Payer"),
    _("Since"),
    _("Days"),
    _("Currency"),
    _("Amount"),
)


@require_GET
def unclaimed_list(request: StaffRequest) -> HttpResponse:
    """List what nobody used for so long, the oldest first, with its sums."""
    company, as_of = request.actor.company, request.as_of
    page = page_asked(request, lambda cursor: unclaimed(company, as_of=as_of, cursor=cursor))
    context = {
        "page": page,
        "totals": unclaimed_totals(company, as_of=as_of),
        "days": cash_policy_in_force(company, as_of=as_of).unclaimed_days,
    }
    return render(request, "web/unclaimed.html", context)


@require_GET
def unclaimed_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return everything unclaimed as a file."""
    names = {"payment": gettext("Payment"), "credit": gettext("Credit note")}
    rows = (
        (
            names[row.kind],
            row.number,
            row.customer_number,
            row.customer_name,
            row.payer,
            row.since_on,
            row.age_days,
            row.currency,
            from_minor(row.left_minor, row.currency),
        )
        for row in every_row(partial(unclaimed, request.actor.company, as_of=request.as_of))
    )
    return file_response(
        kind,
        name=f"unclaimed-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )
