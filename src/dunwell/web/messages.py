"""Pages about messages: the outbox, one message with its decision, approving and cancelling."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.messages import approve_message, approve_messages, cancel_message
from dunwell.models import Message
from dunwell.queries.messages import message_counts, message_detail, message_rows
from dunwell.queries.pages import CursorError
from dunwell.web.answers import done, form_page, posted, refused
from dunwell.web.staff import StaffRequest


class CancelForm(forms.Form):
    """Why a message is not sent."""

    reason = forms.CharField(label=_("Why is it not sent?"), max_length=300)


@require_GET
def message_list(request: StaffRequest) -> HttpResponse:
    """List the outbox, the newest first; drafts can be chosen and approved together."""
    company = request.actor.company
    status = request.GET.get("status", "")
    chosen = status if status in Message.Status.values else ""
    try:
        page = message_rows(company, status=chosen, cursor=request.GET.get("cursor", ""))
    except CursorError:
        page = message_rows(company, status=chosen)
    counts = message_counts(company)
    context = {
        "page": page,
        "status": chosen,
        "tabs": [(value, label, counts[value]) for value, label in Message.Status.choices],
        "total": sum(counts.values()),
    }
    return render(request, "web/messages.html", context)


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
            form.add_error(None, str(refusal))
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
