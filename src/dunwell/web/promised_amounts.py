"""Pages about promises of an amount, paid on the oldest items; and a promise for a calendar."""

from datetime import UTC, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.models import Promise
from dunwell.queries.promise_policies import promises_policy
from dunwell.queries.promised_amounts import free_to_promise, unpaid_amounts
from dunwell.queries.promises import keep_record, promise_words
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field, working_day
from dunwell.web.staff import StaffRequest

WAIT_DAYS = 7
"""A promise is suggested for the working day a week ahead, or earlier where policy says so."""


class AmountForm(forms.Form):
    """How much the customer will pay, and when."""

    due_on = day_field(label=_("Promised for"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)
    supersede = forms.BooleanField(label=_("Replace the amount promised before"), required=False)

    def __init__(self, currency: str, *args: object, **kwargs: object) -> None:
        """Ask for the amount in one currency."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["amount"] = MoneyField(currency, label=_("Amount"))


@require_http_methods(["GET", "POST"])
def promised_amount_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record that a customer will pay an amount; offered is what is overdue and not spoken for."""
    customer = customer_or_404(request, customer_id)
    as_of = request.as_of
    free = free_to_promise(customer, as_of=as_of)
    asked = request.POST.get("currency") or request.GET.get("currency", "")
    currency = asked if asked in free else next(iter(free), "")
    standing = unpaid_amounts(customer.company, [customer.pk], as_of=as_of)
    last_on = as_of + timedelta(days=promises_policy(customer.company, as_of=as_of).most_days)
    due_on = min(working_day(as_of + timedelta(days=WAIT_DAYS)), last_on)
    initial = {"due_on": due_on, "amount": free.get(currency, 0)}
    form = AmountForm(currency, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            record_promised_amount(
                actor=request.actor,
                customer=customer,
                currency=currency,
                amount_minor=form.cleaned_data["amount"],
                due_on=form.cleaned_data["due_on"],
                note=form.cleaned_data["note"],
                supersede=form.cleaned_data["supersede"],
                as_of=as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("Promise of %(name)s for %(day)s recorded.") % {
                "name": customer.name,
                "day": day_text(form.cleaned_data["due_on"]),
            }
            return done(request, text, back=reverse("customer", args=[customer.pk]))
    context = {
        "customer": customer,
        "currency": currency,
        "currencies": sorted(free),
        "most_minor": free.get(currency, 0),
        "standing_minor": standing.get((customer.pk, currency), 0),
        "last_on": last_on,
        "record": keep_record(customer),
    }
    return form_page(request, "web/promise_amount.html", form, context)


@require_GET
def promise_calendar_file(request: StaffRequest, promise_id: int) -> HttpResponse:
    """Return one promise as a calendar entry (RFC 5545), to send to the customer or to keep."""
    promise = get_object_or_404(
        Promise.objects.select_related("customer"), pk=promise_id, company=request.actor.company
    )
    company = request.actor.company
    after_on = promise.due_on + timedelta(days=1)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dunwell//Promises//EN",
        "BEGIN:VEVENT",
        f"UID:promise-{company.pk}-{promise.pk}@dunwell",
        f"DTSTAMP:{promise.recorded_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{promise.due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{after_on:%Y%m%d}",
        f"SUMMARY:{_escaped(gettext('Payment to %(name)s') % {'name': company.name})}",
        f"DESCRIPTION:{_escaped(promise_words(promise))}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    response = HttpResponse(
        "".join(f"{part}\r\n" for line in lines for part in _folded(line)),
        content_type="text/calendar; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="promise-{promise.pk}.ics"'
    return response


def _escaped(text: str) -> str:
    """Return the text as RFC 5545 3.3.11 wants it."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\n").replace("\n", "\\n")


def _folded(line: str) -> list[str]:
    """Return the line in pieces of at most 75 bytes, continued by a space (RFC 5545 3.1)."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > 75:  # noqa: PLR2004  the limit of the format
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
