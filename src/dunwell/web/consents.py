"""The page of all consents, and the file that proves them."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.contact_rules.rules import CHANNELS
from dunwell.formats.exports import Value
from dunwell.queries.consents import ConsentProof, consent_proofs
from dunwell.queries.pages import every_row
from dunwell.templatetags.contact_rules import any_channel, purpose_label
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Person"),
    _("Channel"),
    _("For"),
    _("Given on"),
    _("Withdrawn on"),
    _("Where it can be seen"),
    _("Recorded by"),
    _("Recorded (UTC)"),
)


@require_GET
def consent_list(request: StaffRequest) -> HttpResponse:
    """List consents, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: consent_proofs(company, cursor=cursor, **only))
    return render(request, "web/consents.html", {"page": page, "channels": CHANNELS, **only})


@require_GET
def consents_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every consent under the page's filter."""
    found = every_row(partial(consent_proofs, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"consents-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


def _only(request: StaffRequest) -> dict[str, Any]:
    channel = request.GET.get("channel", "")
    return {
        "channel": channel if channel in CHANNELS else "",
        "only_standing": request.GET.get("standing") == "1",
        "customer_id": read_key(request.GET.get("customer", "")),
    }


def _row(row: ConsentProof) -> tuple[Value, ...]:
    return (
        row.customer_number,
        row.customer_name,
        row.contact,
        any_channel(row.channel),
        purpose_label(row.purpose),
        row.given_on,
        row.withdrawn_on,
        row.source,
        row.recorded_by,
        row.recorded_at.isoformat(timespec="seconds"),
    )
