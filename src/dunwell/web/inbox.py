"""The shared inbox: the list, one message with what is suggested, and its keys."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.conversations import close_conversation, take_conversation
from dunwell.actions.gate import Refused
from dunwell.actions.inbox_acts import APPLY_RIGHTS
from dunwell.actions.inbox_decisions import (
    accept_suggestion,
    correct_reading,
    dismiss_suggestion,
    set_aside_messages,
    suggest_again,
    undo_decision,
)
from dunwell.actions.inbox_undo import UNDOABLE
from dunwell.actions.intake import PORTAL
from dunwell.engine.intents import LABELS
from dunwell.engine.reply_suggestions import Suggestion, suggestion_of
from dunwell.formats.exports import Value
from dunwell.models import InboundDecision, InboundMessage, InboundReading
from dunwell.queries.assistant_hand_overs import hand_overs_of
from dunwell.queries.inbound_details import message_detail
from dunwell.queries.inbox import (
    SURETY,
    WHOSE,
    InboxChoice,
    InboxRow,
    inbox_counts,
    inbox_rows,
)
from dunwell.queries.pages import Page, every_row
from dunwell.templatetags.inbox import intent_name
from dunwell.web.answers import done, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest
from dunwell.web.suggestion_forms import EDITABLE, SuggestionForm

Status = InboundMessage.Status
COLUMNS = (
    _("Received"),
    _("Customer"),
    _("Sender"),
    _("Subject"),
    _("About"),
    _("Sure"),
    _("Status"),
    _("Assigned to"),
    _("Language"),
)
FILTERS = ("status", "whose", "label", "surety", "language", "customer", "late", "q")


@needs("timeline.words")
@require_GET
def inbox(request: StaffRequest) -> HttpResponse:
    """Show the messages that wait, and one of them with what may be done about it."""
    company = request.actor.company
    choice, at = _choice(request), clock.now()
    page = page_asked(request, lambda cursor: inbox_rows(company, choice, at=at, cursor=cursor))
    asked = read_key(request.GET.get("message", ""))
    key = asked or (page.rows[0].id if page.rows else None)
    message = message_detail(company, key) if key else None
    before, following = _neighbours(page, key)
    context = {
        "page": page,
        "choice": choice,
        "counts": inbox_counts(company, user_id=request.actor.user_id, at=at),
        "statuses": Status.choices,
        "labels": [(label, intent_name(label)) for label in LABELS],
        "message": message,
        "hand_overs": hand_overs_of(message.conversation_id, as_of=request.as_of)
        if message is not None and message.channel == PORTAL
        else (),
        "is_chosen": asked is not None,
        "before": before,
        "following": following,
        "editable": EDITABLE,
        "undoable": UNDOABLE,
        "allowed": [
            action for action, right in APPLY_RIGHTS.items() if right in request.actor.rights
        ],
        "here": _here(request, following or before),
    }
    return render(request, "web/inbox.html", context)


@needs("timeline.words")
@require_GET
def inbox_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every message under the page's filter."""
    read = partial(inbox_rows, request.actor.company, _choice(request), at=clock.now())
    return file_response(
        kind,
        name=f"inbox-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in every_row(read)),
    )


@needs("inbox.decide")
@require_POST
def inbox_accept(request: StaffRequest, inbound_id: int, place: int) -> HttpResponse:
    """Do what is suggested; where a page follows, such as the composer, it opens."""
    inbound, reading = _read_message(request, inbound_id)
    try:
        accept_suggestion(
            actor=request.actor, reading=reading, place=place, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    suggestion = suggestion_of(reading.suggestions[place])
    return done(request, gettext("Done."), back=_back(inbound), then=follow(inbound, suggestion))


@needs("inbox.decide")
@require_http_methods(["GET", "POST"])
def inbox_edit(request: StaffRequest, inbound_id: int, place: int) -> HttpResponse:
    """Change what is suggested, then do it."""
    inbound, reading = _read_message(request, inbound_id)
    if place >= len(reading.suggestions):
        raise Http404
    suggestion = suggestion_of(reading.suggestions[place])
    form = SuggestionForm(suggestion, request.POST if request.method == "POST" else None)

    def act(**_fields: object) -> None:
        # the form itself gives them as the action wants
        accept_suggestion(
            actor=request.actor,
            reading=reading,
            place=place,
            fields=form.wanted(),
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Change, then do it"),
        "lead": gettext("An item without an amount is left out."),
        "button": gettext("Do it"),
        "action": f"{reverse('inbox-edit', args=[inbound.pk, place])}?reading={reading.pk}",
        "crumb": gettext("Inbox"),
    }
    return told_page(
        request, form, act, said=gettext("Done."), back=_back(inbound), context=context
    )


@needs("inbox.decide")
@require_POST
def inbox_dismiss(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Say that a suggestion, or none of them, is to be done."""
    inbound, reading = _read_message(request, inbound_id)
    place = read_key(request.POST.get("place", ""))
    try:
        dismiss_suggestion(actor=request.actor, reading=reading, place=place, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    return done(request, gettext("Dismissed."), back=_back(inbound))


@needs("inbox.decide")
@require_POST
def inbox_correct(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Say what a message is about; other suggestions follow."""
    inbound = _message(request, inbound_id)
    label = request.POST.get("label", "")
    try:
        correct_reading(
            actor=request.actor, inbound=inbound, label=label, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    said = gettext("It is about: %(label)s.") % {"label": intent_name(label)}
    return done(request, said, back=_back(inbound))


@needs("inbox.decide")
@require_POST
def inbox_again(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Suggest anew with what is known by now."""
    inbound = _message(request, inbound_id)
    try:
        suggest_again(actor=request.actor, inbound=inbound, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    return done(request, gettext("Suggested with what is known now."), back=_back(inbound))


@needs("inbox.decide")
@require_POST
def inbox_undo(request: StaffRequest, inbound_id: int, decision_id: int) -> HttpResponse:
    """Take back what accepting did."""
    inbound = _message(request, inbound_id)
    decision = get_object_or_404(InboundDecision, pk=decision_id, inbound=inbound)
    try:
        undo_decision(actor=request.actor, decision=decision, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    return done(request, gettext("Taken back."), back=_back(inbound))


@needs("inbox.decide")
@require_POST
def inbox_aside(request: StaffRequest) -> HttpResponse:
    """Set the chosen messages aside."""
    keys = [key for text in request.POST.getlist("chosen") if (key := read_key(text))]
    messages = list(
        InboundMessage.objects.filter(company=request.actor.company, pk__in=keys).order_by("pk")
    )
    back = reverse("inbox")
    if not messages:
        return refused(request, Refused(gettext("Choose at least one message.")), back=back)
    try:
        n = set_aside_messages(actor=request.actor, inbound=messages, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    said = ngettext("%(n)d message is set aside.", "%(n)d messages are set aside.", n) % {"n": n}
    return done(request, said, back=back)


@needs("conversation.edit")
@require_POST
def inbox_take(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Take the conversation of a message oneself."""
    inbound = _message(request, inbound_id)
    try:
        take_conversation(actor=request.actor, conversation=inbound.conversation, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    return done(request, gettext("It is yours."), back=_back(inbound))


@needs("conversation.edit")
@require_POST
def inbox_done(request: StaffRequest, inbound_id: int) -> HttpResponse:
    """Note that nothing more is to be done about the conversation of a message."""
    inbound = _message(request, inbound_id)
    try:
        close_conversation(actor=request.actor, conversation=inbound.conversation, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=_back(inbound))
    return done(request, gettext("The conversation is done."), back=reverse("inbox"))


def follow(inbound: InboundMessage, suggestion: Suggestion) -> str:
    """Return the page that goes on with what was accepted, empty where nothing follows."""
    fields = suggestion.fields
    if suggestion.action == "plan":
        query = urlencode({"item": fields.get("item_ids") or []}, doseq=True)
        return f"{reverse('plan-add', args=[inbound.customer_id])}?{query}"
    if suggestion.action in {"copies", "ask_proof"}:
        asked = {
            "conversation": inbound.conversation_id,
            "answers": inbound.pk,
            "item": fields.get("item_ids")
            or [one["item_id"] for one in fields.get("items") or ()],
        }
        query = urlencode(asked, doseq=True)
        return f"{reverse('compose', args=[inbound.customer_id])}?{query}"
    return ""


def _message(request: StaffRequest, inbound_id: int) -> InboundMessage:
    return get_object_or_404(
        InboundMessage.objects.select_related("conversation"),
        pk=inbound_id,
        company=request.actor.company,
    )


def _read_message(request: StaffRequest, inbound_id: int) -> tuple[InboundMessage, InboundReading]:
    """Return a message with the reading the page showed."""
    inbound = _message(request, inbound_id)
    key = read_key(request.POST.get("reading", "") or request.GET.get("reading", ""))
    return inbound, get_object_or_404(InboundReading, pk=key, inbound=inbound)


def _back(inbound: InboundMessage) -> str:
    return f"{reverse('inbox')}?message={inbound.pk}&status={inbound.status}"


def _choice(request: StaffRequest) -> InboxChoice:
    """Return the filter of the address; wrong values show what is new."""
    asked = request.GET
    status, label = asked.get("status", "new"), asked.get("label", "")
    whose, surety = asked.get("whose", ""), asked.get("surety", "")
    return InboxChoice(
        status=status if status in {*Status.values, "all"} else str(Status.NEW),
        whose=whose if whose in WHOSE else "",
        user_id=request.actor.user_id,
        label=label if label in LABELS else "",
        surety=surety if surety in SURETY else "",
        language=asked.get("language", "")[:5].replace("\0", ""),
        customer_id=read_key(asked.get("customer", "")),
        is_late=asked.get("late", "") == "1",
        search=asked.get("q", "")[:80],
    )


def _neighbours(page: Page[InboxRow], key: int | None) -> tuple[int | None, int | None]:
    """Return the messages before and after one in the list."""
    keys = [row.id for row in page.rows]
    if key not in keys:
        return None, (keys[0] if keys else None)
    place = keys.index(key)
    before = keys[place - 1] if place else None
    return before, (keys[place + 1] if place + 1 < len(keys) else None)


def _here(request: StaffRequest, message: int | None) -> str:
    """Return the address of the list under its filter, at the message that comes next."""
    kept: dict[str, Any] = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    if message:
        kept["message"] = message
    return f"{reverse('inbox')}?{urlencode(kept)}"


def _cells(row: InboxRow) -> tuple[Value, ...]:
    return (
        row.received_at.isoformat(),
        row.customer_name,
        row.sender,
        row.subject,
        intent_name(row.label),
        "1" if row.is_sure else "0",
        str(Status(row.status).label),
        row.assignee,
        row.language,
    )
