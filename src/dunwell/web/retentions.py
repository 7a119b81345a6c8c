"""Pages about parts of invoices that are held back: until acceptance, for years, by schedule."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.retentions import drop_retention, hold_retention, release_retention
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Item, Retention
from dunwell.queries.provision_policies import provisions_policy
from dunwell.queries.retentions import (
    RetentionRow,
    retention_list,
    retention_page,
    retention_totals,
)
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Kind"),
    _("Where it stands"),
    _("Currency"),
    _("Held back"),
    _("Open"),
    _("Worth today"),
    _("Due"),
    _("Days until due"),
    _("Event"),
)


class RetentionForm(forms.Form):
    """What part of an invoice is due later, when, and on what event."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Retention.Kind.choices)
    due_on = day_field(label=_("Due on"))
    event = forms.CharField(
        label=_("What makes it due"),
        max_length=200,
        help_text=_("Acceptance, end of the defects period, a milestone of the contract."),
    )

    def __init__(self, item: Item, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount in the item's currency."""
        super().__init__(*args, **kwargs)
        self.fields["amount_minor"] = MoneyField(
            item.currency, label=_("Amount in %(currency)s") % {"currency": item.currency}
        )
        self.order_fields(["kind", "amount_minor", "due_on", "event"])


class ReleaseForm(forms.Form):
    """What shows that the event has happened."""

    evidence = forms.CharField(label=_("Evidence"), max_length=300)


@require_GET
def retention_show_list(request: StaffRequest) -> HttpResponse:
    """Show what is held back, by how long it still is, and what it is worth today."""
    company, status = request.actor.company, _status(request)
    rows = retention_list(company, as_of=request.as_of, status=status)
    page = page_asked(request, lambda cursor: retention_page(rows, cursor=cursor))
    context = {
        "tab": "retentions",
        "page": page,
        "status": status,
        "statuses": [(one.value, one.label) for one in Retention.Status],
        "totals": retention_totals(rows),
        "discount_ppm": provisions_policy(company, as_of=request.as_of).policy.discount_ppm,
        "number": request.GET.get("number", ""),
        "found": _found(request),
    }
    return render(request, "web/retentions.html", context)


@require_GET
def retentions_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every part under the page's filter."""
    rows = retention_list(request.actor.company, as_of=request.as_of, status=_status(request))
    return file_response(
        kind,
        name=f"retentions-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in rows),
    )


@needs("retention.edit")
@require_http_methods(["GET", "POST"])
def retention_add(request: StaffRequest, item_id: int) -> HttpResponse:
    """Note that a part of an invoice is due later."""
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)

    def act(**told: Any) -> Retention:
        return hold_retention(actor=request.actor, item=item, at=clock.now(), **told)

    return told_page(
        request,
        RetentionForm(item, posted(request)),
        act,
        said=gettext("Noted: this part is not late before its day."),
        back=reverse("retentions"),
        context={
            "heading": gettext("Hold a part of %(number)s back") % {"number": item.number},
            "lead": gettext("What is paid of the invoice goes to its other parts first."),
            "button": gettext("Note it"),
            "action": reverse("retention-add", args=[item.pk]),
            "crumb": gettext("Retentions"),
        },
    )


@needs("retention.edit")
@require_http_methods(["GET", "POST"])
def retention_release(request: StaffRequest, retention_id: int) -> HttpResponse:
    """Note that what makes a part due has happened."""
    found = _retention(request, retention_id)

    def act(**told: Any) -> Retention:
        return release_retention(
            actor=request.actor, retention=found, as_of=request.as_of, at=clock.now(), **told
        )

    return told_page(
        request,
        ReleaseForm(posted(request)),
        act,
        said=gettext("Released: it is due with its invoice now."),
        back=reverse("retentions"),
        context={
            "heading": gettext("Release the part"),
            "lead": found.event,
            "button": gettext("Release it"),
            "action": reverse("retention-release", args=[found.pk]),
            "crumb": gettext("Retentions"),
        },
    )


@needs("retention.edit")
@require_http_methods(["GET", "POST"])
def retention_drop(request: StaffRequest, retention_id: int) -> HttpResponse:
    """Take back a part noted in error."""
    found = _retention(request, retention_id)
    context = {
        "heading": gettext("Drop the part"),
        "lead": gettext("It is due with its invoice, as if it had never been noted."),
        "button": gettext("Drop it"),
        "action": reverse("retention-drop", args=[found.pk]),
        "crumb": gettext("Retentions"),
    }
    return reason_page(
        request,
        lambda reason: drop_retention(
            actor=request.actor, retention=found, reason=reason, at=clock.now()
        ),
        said=gettext("Dropped."),
        back=reverse("retentions"),
        context=context,
    )


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", "held")
    return status if status in Retention.Status.values else ""


def _found(request: StaffRequest) -> list[Item]:
    """Return the open invoices of a number that somebody looks for."""
    number = request.GET.get("number", "").strip()
    if not number:
        return []
    found = Item.objects.filter(
        company=request.actor.company, number=number, amount_minor__gt=0, open_now__isnull=False
    )
    return list(found.select_related("customer").order_by("pk")[:10])


def _retention(request: StaffRequest, retention_id: int) -> Retention:
    return get_object_or_404(Retention, pk=retention_id, company=request.actor.company)


def _cells(row: RetentionRow) -> tuple[Value, ...]:
    return (
        row.number,
        row.customer_name,
        row.kind_label,
        row.status_label,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        from_minor(row.open_minor, row.currency),
        from_minor(row.worth_minor, row.currency),
        row.due_on,
        row.days,
        row.event,
    )
