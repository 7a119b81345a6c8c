"""/portal/messages/: what the customer's people and the desk write to each other, and feedback."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, lent
from dunwell.actions.portal_messages import mark_seen, send_portal_message
from dunwell.actions.surveys import answer_survey
from dunwell.formats.survey_words import QUESTIONS, survey_language
from dunwell.jobs.fetch_mail import begin_looking_after
from dunwell.jobs.portal_uploads import scan_uploads
from dunwell.models import Conversation, Item, PortalSeat, Survey
from dunwell.portal.arrangements_forms import (
    MessageForm,
    ReplyForm,
    download,
    kept,
    page,
    picked,
    too_large,
    uploads,
)
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.surveys import ENDS, SurveyForm
from dunwell.queries.portal_messages import (
    IN,
    brought_file,
    enclosed_file,
    talk_detail,
    talk_rows,
)
from dunwell.queries.portal_seen import CONVERSATION
from dunwell.queries.portal_surveys import waiting_survey, waiting_surveys
from dunwell.templatetags.sentences import spoken


@in_portal()
@require_GET
def message_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the conversations, unread answers marked, and questions about our work that wait."""
    context = {
        "rows": talk_rows(who.customer, who.seat),
        "surveys": waiting_surveys(who.customer, who.seat, as_of=clock.today(who.company.zone)),
    }
    return page(request, who, "messages", context)


@csrf_exempt
@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def message_new(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Write to the desk, about invoices or anything; `?complaint=1` makes it a complaint."""
    return too_large(request) or _new(request, who)


@csrf_protect
def _new(request: HttpRequest, who: Debtor) -> HttpResponse:
    told = request.POST if request.method == "POST" else request.GET
    items = list(Item.objects.filter(pk__in=picked(request), customer=who.customer)[:50])
    is_complaint = told.get("complaint") == "1"
    form = MessageForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = _send(who, form.cleaned_data, items=items, is_complaint=is_complaint)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Thank you. We answer here and by mail."))
            return redirect("portal-message", key)
    context = {"form": form, "items": items, "is_complaint": is_complaint}
    return page(request, who, "message_new", context, form)


@csrf_exempt
@in_portal()
@require_http_methods(["GET", "POST"])
def message_show(request: HttpRequest, who: Debtor, conversation_id: int) -> HttpResponse:
    """Show a conversation, and take an answer in it; ours count as seen from now on."""
    return too_large(request) or _show(request, who, conversation_id)


@csrf_protect
def _show(request: HttpRequest, who: Debtor, conversation_id: int) -> HttpResponse:
    detail = talk_detail(who.customer, conversation_id, who.seat)
    if detail is None:
        raise Http404
    form = ReplyForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        talk = get_object_or_404(Conversation, pk=conversation_id, customer=who.customer)
        try:
            key = _send(who, form.cleaned_data, conversation=talk)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Sent. Thank you."))
            return redirect("portal-message", key)
    if who.seat is not None and request.method == "GET":
        _seen(who.actor, who.seat, conversation_id)
    context = {"detail": detail, "row": detail.row, "form": form}
    return page(request, who, "message", context, form)


@in_portal()
@require_GET
def message_file(_request: HttpRequest, who: Debtor, kind: str, file_id: int) -> HttpResponse:
    """Return a file that went with a message, either way."""
    found: Any = (brought_file if kind == IN else enclosed_file)(who.customer, file_id)
    data = kept(found.sha256) if found else None
    if found is None or data is None:
        raise Http404
    return download(found.name, data, found.media_type)


@in_portal("portal.ask", most=60)
@require_http_methods(["GET", "POST"])
def feedback(request: HttpRequest, who: Debtor, survey_id: int) -> HttpResponse:
    """Show a question about our work that waits for this person, and take its answer."""
    today = clock.today(who.company.zone)
    survey = waiting_survey(who.customer, who.seat, survey_id, as_of=today)
    if survey is None:
        raise Http404
    form = SurveyForm(survey.kind, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(who, survey, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, gettext("Thank you for telling us."))
            return redirect("portal-messages")
    tongue = survey_language(translation.get_language() or "en")
    context = {
        "form": form,
        "question": QUESTIONS[tongue][survey.kind],
        "language": tongue,
        "ends": ENDS[survey.kind],
    }
    return page(request, who, "feedback", context, form)


def _send(
    who: Debtor,
    told: dict[str, Any],
    *,
    conversation: Conversation | None = None,
    items: list[Item] | None = None,
    is_complaint: bool = False,
) -> int:
    """Take a message in and begin to read it; return its conversation."""
    if who.seat is None:
        raise Http404
    now = clock.now()
    inbound = send_portal_message(
        actor=who.actor,
        seat=who.seat,
        subject=told.get("subject", ""),
        text=told["text"],
        files=scan_uploads(uploads(told["papers"])),
        conversation=conversation,
        items=items or (),
        is_complaint=is_complaint,
        key=told["key"],
        at=now,
    )
    begin_looking_after(who.company.pk, at=now)
    return inbound.conversation_id


def _seen(actor: Actor, seat: PortalSeat, conversation_id: int) -> None:
    mark_seen(
        actor=actor,
        seat=seat,
        subject=CONVERSATION,
        subject_id=conversation_id,
        at=clock.now(),
    )


def _answer(who: Debtor, survey: Survey, told: dict[str, Any]) -> None:
    answer_survey(
        actor=lent(who.actor, "survey.answer"),
        survey=survey,
        as_of=clock.today(who.company.zone),
        at=clock.now(),
        **told,
    )
