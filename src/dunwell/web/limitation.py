"""Pages about limitation: claims by time left, and what happened to them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.limitation import (
    end_limitation_event,
    record_limitation_event,
    take_back_limitation_event,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Item, LimitationEvent
from dunwell.queries.limitation import (
    LimitationRow,
    LimitationTotal,
    event_rows,
    limitation_book,
    limitation_page,
    limitation_rows,
    limitation_totals,
)
from dunwell.queries.limitation_frames import BUCKETS, limitation_frame
from dunwell.queries.pages import Page, every_row
from dunwell.templatetags.legal import bucket_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Country"),
    _("Due"),
    _("Currency"),
    _("Open"),
    _("Written off"),
    _("Time left"),
    _("Last day"),
    _("Last day, latest reading"),
    _("Days left"),
    _("Rule"),
    _("Source"),
)


class EventForm(forms.Form):
    """What happened, when, and what proves it."""

    kind = forms.ChoiceField(label=_("What happened?"), choices=LimitationEvent.Kind.choices)
    item = forms.ChoiceField(label=_("To which claim?"), required=False)
    on = day_field(label=_("On, or from"))
    until_on = day_field(
        label=_("Until"),
        required=False,
        help_text=_("Only for a suit, negotiations and an insolvency; empty while it runs."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        max_length=300,
        help_text=_("What proves it: a letter with its date, a file number."),
    )


class EndForm(forms.Form):
    """The last day of what ran."""

    until_on = day_field(label=_("Last day"))


@require_GET
def limitation_list(request: StaffRequest) -> HttpResponse:
    """List claims by time left, next to lapse first, with what each bucket sums to."""
    bucket = request.GET.get("bucket", "")
    bucket = bucket if bucket in BUCKETS else ""
    customer_id = read_key(request.GET.get("customer", ""))
    read, totals = _claims(request, customer_id, bucket)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "tab": "limitation",
        "page": page,
        "bucket": bucket,
        "totals": totals,
        "customer_id": customer_id,
    }
    return render(request, "web/limitation.html", context)


@require_GET
def limitation_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every claim under the page's filter."""
    bucket = request.GET.get("bucket", "")
    customer_id = read_key(request.GET.get("customer", ""))
    read, _totals = _claims(request, customer_id, bucket if bucket in BUCKETS else "")
    return file_response(
        kind,
        name=f"limitation-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in every_row(read)),
    )


def _claims(
    request: StaffRequest, customer_id: int | None, bucket: str
) -> tuple[Callable[..., Page[LimitationRow]], tuple[LimitationTotal, ...]]:
    """Return how a page of claims is read, and the sums of those of all buckets."""
    company, as_of = request.actor.company, request.as_of
    asked: dict[str, Any] = {"as_of": as_of, "bucket": bucket}
    if customer_id is None:
        book = limitation_book(company, as_of=as_of)
        return partial(limitation_page, company, book, **asked), book.totals
    found = limitation_frame(company, as_of=as_of, customer_id=customer_id)
    return partial(limitation_rows, company, found, **asked), limitation_totals(found)


@require_GET
def event_list(request: StaffRequest) -> HttpResponse:
    """List what was recorded by hand, the newest first."""
    company, customer_id = request.actor.company, read_key(request.GET.get("customer", ""))
    page = page_asked(
        request, lambda cursor: event_rows(company, customer_id=customer_id, cursor=cursor)
    )
    context = {"tab": "limitation", "page": page, "spans": ("suit", "negotiating", "insolvency")}
    return render(request, "web/limitation_events.html", context)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def event_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record what begins limitation anew or stops it."""
    customer = customer_or_404(request, customer_id)
    found = Item.objects.filter(customer=customer, open_now__open_minor__gt=0).order_by("due_on")
    items = {str(item.pk): item for item in found[:500]}
    asked = read_key(request.GET.get("item", "")) or read_key(request.POST.get("item", ""))
    if asked is not None and str(asked) not in items:
        items[str(asked)] = get_object_or_404(Item, pk=asked, customer=customer)
    form = EventForm(posted(request), initial={"on": request.as_of, "item": str(asked or "")})
    form.fields["item"] = forms.ChoiceField(
        label=_("To which claim?"),
        choices=[("", _("All of the customer")), *((k, i.number) for k, i in items.items())],
        required=False,
    )
    back = f"{reverse('limitation')}?customer={customer.pk}"
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        item = items.get(data.pop("item"))
        try:
            record_limitation_event(
                actor=request.actor,
                customer=customer,
                item=item,
                as_of=request.as_of,
                at=clock.now(),
                **data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Recorded; the last day is worked out anew."), back=back)
    context = {
        "heading": gettext("What happened to a claim"),
        "lead": customer.name,
        "button": gettext("Record"),
        "action": reverse("limitation-add", args=[customer.pk]),
        "crumb": customer.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def event_end(request: StaffRequest, event_id: int) -> HttpResponse:
    """Record the last day of what ran until now."""
    event = _event(request, event_id)
    back = reverse("limitation-events")
    form = EndForm(posted(request), initial={"until_on": request.as_of})
    if request.method == "POST" and form.is_valid():
        try:
            end_limitation_event(
                actor=request.actor,
                event=event,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Recorded; the last day is worked out anew."), back=back)
    context = {
        "heading": gettext("It has ended"),
        "lead": f"{event.get_kind_display()}: {event.evidence}",
        "button": gettext("Record"),
        "action": reverse("limitation-end", args=[event.pk]),
        "crumb": event.customer.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("legal.edit")
@require_http_methods(["GET", "POST"])
def event_take_back(request: StaffRequest, event_id: int) -> HttpResponse:
    """Take a wrong event back."""
    event = _event(request, event_id)
    context = {
        "heading": gettext("Take the event back"),
        "lead": f"{event.get_kind_display()}: {event.evidence}",
        "button": gettext("Take back"),
        "action": reverse("limitation-take-back", args=[event.pk]),
        "crumb": event.customer.name,
    }
    return reason_page(
        request,
        lambda reason: take_back_limitation_event(
            actor=request.actor,
            event=event,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Taken back; it counts no more."),
        back=reverse("limitation-events"),
        context=context,
    )


def _event(request: StaffRequest, event_id: int) -> LimitationEvent:
    return get_object_or_404(
        LimitationEvent.objects.select_related("customer"),
        pk=event_id,
        company=request.actor.company,
    )


def _row(row: LimitationRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        row.customer_name,
        row.country,
        row.due_on,
        code,
        from_minor(row.open_minor, code),
        from_minor(row.written_off_minor, code),
        bucket_label(row.bucket),
        row.last_on,
        row.latest_on,
        row.days_left,
        row.rule,
        row.source,
    )
