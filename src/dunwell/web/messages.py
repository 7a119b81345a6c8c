"""Pages about messages: the outbox, one message with its decision, approving and cancelling."""

from functools import partial

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.message_retries import retry_message, retry_messages
from dunwell.actions.messages import approve_message, approve_messages, cancel_message
from dunwell.formats.exports import Value
from dunwell.models import Message
from dunwell.queries.messages import (
    HANDED_OVER,
    MessageFilter,
    MessageRow,
    message_counts,
    message_detail,
    message_rows,
)
from dunwell.queries.pages import every_row
from dunwell.queries.site_addresses import count_unaddressed
from dunwell.templatetags.channels import provider_label
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.keys import read_span_day
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

CHANNELS = ("email", "sms", "whatsapp", "call", "letter", "portal")
LONGEST_WORD = 80
COLUMNS = (
    _("Message"),
    _("Day"),
    _("Customer number"),
    _("Customer"),
    _("Channel"),
    _("Template"),
    _("To"),
    _("Subject"),
    _("Status"),
    _("Sent"),
    _("Delivered"),
    _("Came back"),
    _("Carrier"),
    _("Currency"),
    _("Cost in millionths"),
    _("Attempts"),
    _("Reason"),
)


class CancelForm(forms.Form):
    """Why a message is not sent."""

    reason = forms.CharField(label=_("Why is it not sent?"), max_length=300)


@require_GET
def message_list(request: StaffRequest) -> HttpResponse:
    """List the outbox, the newest first, by status, channel, carrier, day and reason.

    Drafts can be chosen and approved together; what was given up can be tried again together.
    """
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: message_rows(company, only=only, cursor=cursor))
    counts = message_counts(company)
    context = {
        "page": page,
        "only": only,
        "status": only.status,
        "is_narrowed": only != MessageFilter(status=only.status),
        "channels": CHANNELS,
        "tabs": [(value, label, counts[value]) for value, label in Message.Status.choices],
        "total": sum(counts.values()),
        "unaddressed": count_unaddressed(company),
    }
    return render(request, "web/messages.html", context)


@require_GET
def messages_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every message under the page's filter."""
    found = every_row(partial(message_rows, request.actor.company, only=_only(request)))
    return file_response(
        kind,
        name=f"messages-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@require_POST
def message_retry(request: StaffRequest, message_id: int) -> HttpResponse:
    """Try a message again that was given up."""
    message = get_object_or_404(Message, pk=message_id, company=request.actor.company)
    back = reverse("message", args=[message.pk])
    try:
        retry_message(actor=request.actor, message=message, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("It is handed over with the next delivery."), back=back)


@require_POST
def messages_retry(request: StaffRequest) -> HttpResponse:
    """Try messages again that were given up: the chosen ones, or all of the filter."""
    ids = {int(key) for key in request.POST.getlist("message") if key.isdigit()}
    only = _only(request)
    narrowed = {} if ids else {"channel": only.channel, "error": only.error}
    back = f"{reverse('messages')}?status={Message.Status.DEAD}"
    if not ids and request.POST.get("all") != "1":
        return refused(request, Refused(gettext("Choose at least one message.")), back=back)
    try:
        count = retry_messages(actor=request.actor, ids=ids, at=clock.now(), **narrowed)
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext(
        "%(n)d message is handed over with the next delivery.",
        "%(n)d messages are handed over with the next delivery.",
        count,
    ) % {"n": count}
    return done(request, text, back=back)


@require_GET
def message_show(request: StaffRequest, message_id: int) -> HttpResponse:
    """Show one message: its words, its items, and why it may be sent."""
    detail = message_detail(request.actor.company, message_id)
    if detail is None:
        raise Http404
    part = "#message" if request.htmx else ""
    context = {"detail": detail, "message": detail.row}
    return render(request, f"web/message.html{part}", context)


@require_POST
def message_approve(request: StaffRequest, message_id: int) -> HttpResponse:
    """Let one message that waits for approval be sent."""
    message = get_object_or_404(Message, pk=message_id, company=request.actor.company)
    back = reverse("message", args=[message.pk])
    try:
        approve_message(actor=request.actor, message=message, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(
        request, gettext("Message approved; it is sent with the next delivery."), back=back
    )


@require_POST
def messages_approve(request: StaffRequest) -> HttpResponse:
    """Approve the chosen drafts, all or none."""
    ids = {int(key) for key in request.POST.getlist("message") if key.isdigit()}
    back = f"{reverse('messages')}?status={Message.Status.DRAFT}"
    try:
        count = approve_messages(actor=request.actor, ids=ids, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = ngettext("%(n)d message approved.", "%(n)d messages approved.", count) % {"n": count}
    return done(request, text, back=back)


@require_http_methods(["GET", "POST"])
def message_cancel(request: StaffRequest, message_id: int) -> HttpResponse:
    """Stop a message that is not sent yet."""
    message = get_object_or_404(
        Message.objects.select_related("customer"), pk=message_id, company=request.actor.company
    )
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancel_message(
                actor=request.actor,
                message=message,
                reason=form.cleaned_data["reason"],
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request, gettext("Message cancelled."), back=reverse("message", args=[message.pk])
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": message.customer,
            "heading": gettext("Cancel message"),
            "button": gettext("Cancel message"),
            "action": reverse("message-cancel", args=[message.pk]),
        },
    )


def _only(request: StaffRequest) -> MessageFilter:
    """Return the filter of the address, or of the form that was sent."""
    asked = request.POST if request.method == "POST" else request.GET
    status = asked.get("status", "")

    def word(name: str) -> str:
        return asked.get(name, "")[:LONGEST_WORD].replace("\0", "")

    return MessageFilter(
        status=status if status in (*Message.Status.values, HANDED_OVER) else "",
        channel=word("channel"),
        provider=word("provider"),
        template=word("template"),
        error=word("error"),
        cost_currency=word("currency"),
        strategy=word("strategy"),
        only_complained=asked.get("complained") == "1",
        from_on=read_span_day(asked.get("from", "")),
        until_on=read_span_day(asked.get("until", "")),
    )


def _row(row: MessageRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.as_of,
        row.customer_number,
        row.customer_name,
        channel_label(row.channel),
        row.template,
        row.to,
        row.subject,
        translated(row.status_label),
        row.sent_at.isoformat() if row.sent_at else "",
        row.delivered_at.isoformat() if row.delivered_at else "",
        row.bounced_at.isoformat() if row.bounced_at else "",
        provider_label(row.provider),
        row.cost_currency,
        row.cost_micros,
        row.attempts,
        row.error,
    )
