"""Pages about escalations: what waits for me, the clock, and what came of each."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.escalations import (
    acknowledge_escalation,
    raise_escalation,
    resolve_escalation,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Escalation
from dunwell.queries.escalations import (
    MINE,
    OPEN,
    SCOPES,
    EscalationRow,
    Reader,
    escalation_counts,
    escalation_detail,
    escalation_rows,
    reader_of,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.approvals import role_label
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LABELS = {
    "mine": _("For me"),
    "open": _("All open"),
    "overdue": _("Not answered in time"),
    "resolved": _("Resolved"),
    "all": _("All"),
}
COLUMNS = (
    _("Kind"),
    _("Customer number"),
    _("Customer"),
    _("Status"),
    _("Currency"),
    _("Overdue when raised"),
    _("Rung"),
    _("Put to"),
    _("Reason"),
    _("Raised by"),
    _("Raised on"),
    _("To be answered by"),
    _("Acknowledged by"),
    _("Acknowledged on"),
    _("Resolved by"),
    _("Resolved on"),
    _("Result"),
)
RUNGS = (1, 2, 3, 4, 5)
"""Rungs with a filter of their own."""


class RaiseForm(forms.Form):
    """What is put higher, and why."""

    kind = forms.ChoiceField(label=_("What is it about?"), choices=Escalation.Kind.choices)
    reason = forms.CharField(
        label=_("Why? Whoever is asked reads it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AcknowledgeForm(forms.Form):
    """What the person who takes it on will do, if it is to be said."""

    note = forms.CharField(label=_("What you will do"), max_length=300, required=False)


class ResolveForm(forms.Form):
    """What came of it."""

    result = forms.CharField(
        label=_("What came of it?"), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
def escalation_list(request: StaffRequest) -> HttpResponse:
    """List escalations, those whose day to answer passed first at the top."""
    reader, only = reader_for(request), _only(request)
    page = page_asked(request, lambda cursor: escalation_rows(reader, cursor=cursor, **only))
    counts = escalation_counts(reader)
    context = {
        "page": page,
        "scope": only["scope"],
        "kind": only["kind"],
        "rung": only["rung"],
        "kinds": Escalation.Kind.choices,
        "rungs": RUNGS,
        "customer_id": only["customer_id"],
        "scopes": [
            (value, label, getattr(counts, value, None)) for value, label in LABELS.items()
        ],
    }
    return render(request, "web/escalations.html", context)


@require_GET
def escalations_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every escalation under the page's filter."""
    found = every_row(partial(escalation_rows, reader_for(request), **_only(request)))
    return file_response(
        kind,
        name=f"escalations-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_GET
def escalation_show(request: StaffRequest, escalation_id: int) -> HttpResponse:
    """Show one escalation: whom it is put to, its clock, its history."""
    detail = escalation_detail(reader_for(request), escalation_id)
    if detail is None:
        raise Http404
    return render(request, "web/escalation.html", {"detail": detail, "row": detail.row})


@needs("escalation.raise")
@require_http_methods(["GET", "POST"])
def escalation_raise(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a matter about a customer higher."""
    customer = customer_or_404(request, customer_id)
    form = RaiseForm(posted(request))
    back = reverse("customer", args=[customer.pk])
    act = partial(
        raise_escalation,
        actor=request.actor,
        customer=customer,
        as_of=request.as_of,
        at=clock.now(),
    )
    context = {
        "heading": gettext("Escalate"),
        "lead": gettext(
            "Whoever is asked has some office hours or days to answer; then it rises to the next."
        ),
        "button": gettext("Escalate"),
        "action": reverse("escalation-raise", args=[customer.pk]),
        "crumb": customer.name,
    }
    said = gettext("Escalated; the clock runs.")
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("escalation.answer")
@require_http_methods(["GET", "POST"])
def escalation_acknowledge(request: StaffRequest, escalation_id: int) -> HttpResponse:
    """Take an escalation on; its clock stops."""
    escalation = _escalation(request, escalation_id)
    form = AcknowledgeForm(posted(request))
    act = partial(
        acknowledge_escalation,
        actor=request.actor,
        escalation=escalation,
        as_of=request.as_of,
        at=clock.now(),
    )
    heading, button = gettext("Acknowledge the escalation"), gettext("Acknowledge")
    context = _context(escalation, "escalation-acknowledge", heading, button)
    said, back = gettext("It is yours now; the clock has stopped."), _address(escalation)
    return told_page(request, form, act, said=said, back=back, context=context)


@needs("escalation.answer")
@require_http_methods(["GET", "POST"])
def escalation_resolve(request: StaffRequest, escalation_id: int) -> HttpResponse:
    """End an escalation with what came of it."""
    escalation = _escalation(request, escalation_id)
    form = ResolveForm(posted(request))
    act = partial(
        resolve_escalation,
        actor=request.actor,
        escalation=escalation,
        as_of=request.as_of,
        at=clock.now(),
    )
    heading, button = gettext("Resolve the escalation"), gettext("Resolve")
    context = _context(escalation, "escalation-resolve", heading, button)
    said, back = gettext("Resolved."), _address(escalation)
    return told_page(request, form, act, said=said, back=back, context=context)


def reader_for(request: StaffRequest) -> Reader:
    """Return what the person who asks sees escalations with."""
    actor = request.actor
    return reader_of(
        actor.company,
        name=actor.name,
        user_id=actor.user_id,
        roles=actor.roles,
        as_of=request.as_of,
        at=clock.now(),
    )


def _escalation(request: StaffRequest, escalation_id: int) -> Escalation:
    found = Escalation.objects.select_related("customer", "to_user")
    return get_object_or_404(found, pk=escalation_id, company=request.actor.company)


def _address(escalation: Escalation) -> str:
    return reverse("escalation", args=[escalation.pk])


def _context(escalation: Escalation, page: str, heading: str, button: str) -> dict[str, Any]:
    kind = translated(str(Escalation.Kind(escalation.kind).label))
    return {
        "heading": heading,
        "lead": f"{escalation.customer.name}, {kind}: {escalation.reason}",
        "button": button,
        "action": reverse(page, args=[escalation.pk]),
        "crumb": gettext("Escalation"),
        "back": _address(escalation),
    }


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address; at first what waits for the person, if it may answer."""
    asked = request.GET
    default = MINE if "escalation.answer" in request.actor.rights else OPEN
    scope, kind, rung = asked.get("scope", ""), asked.get("kind", ""), asked.get("rung", "")
    return {
        "scope": scope if scope in SCOPES else default,
        "kind": kind if kind in Escalation.Kind.values else "",
        "rung": int(rung) if rung in {str(n) for n in RUNGS} else None,
        "customer_id": read_key(asked.get("customer", "")),
    }


def _row(row: EscalationRow) -> tuple[Value, ...]:
    return (
        translated(row.kind_label),
        row.customer_number,
        row.customer_name,
        translated(row.status_label),
        row.currency,
        from_minor(row.amount_minor, row.currency),
        row.rung,
        row.to_person or str(role_label(row.to_role)),
        row.reason,
        row.raised_by,
        row.raised_on,
        row.answer_by_on,
        row.acknowledged_by,
        row.acknowledged_on,
        row.resolved_by,
        row.resolved_on,
        row.resolution,
    )
