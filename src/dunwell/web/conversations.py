"""Conversations: the list, a whole thread with what came of it, whose it is, and how it ends."""

from collections.abc import Callable, Mapping
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.conversations import (
    assign_conversation,
    close_conversation,
    mark_complaint,
    reopen_conversation,
    set_aside_spam,
    take_conversation,
    wait_conversation,
)
from dunwell.actions.gate import Refused
from dunwell.actions.inbox_decisions import identify_conversation
from dunwell.actions.intake import PORTAL
from dunwell.models import Conversation, Customer, User
from dunwell.queries.assistant_hand_overs import hand_overs_of
from dunwell.queries.conversations import (
    IN,
    conversation_detail,
    conversation_rows,
    mergeable,
    people,
)
from dunwell.queries.pages import CursorError
from dunwell.web.answers import done, refused
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Conversation.Status
Move = Callable[..., object]


MOVES: Mapping[str, tuple[Move, Promise | str]] = {
    "take": (take_conversation, _("It is yours.")),
    "close": (close_conversation, _("The conversation is done.")),
    "reopen": (reopen_conversation, _("The conversation is open again.")),
    "wait": (wait_conversation, _("The customer is to answer next.")),
    "spam": (set_aside_spam, _("Set aside as spam.")),
    "complaint": (partial(mark_complaint, is_complaint=True), _("Flagged as a complaint.")),
    "no-complaint": (partial(mark_complaint, is_complaint=False), _("No complaint any more.")),
}
"""What a button does, and what is said then."""


@needs("timeline.words")
@require_GET
def conversation_list(request: StaffRequest) -> HttpResponse:
    """List conversations, the newest first."""
    company, asked = request.actor.company, request.GET
    status = asked.get("status", "")
    status = status if status in Status.values else ""
    customer_id, search = read_key(asked.get("customer", "")), asked.get("q", "")[:80]
    read = partial(
        conversation_rows, company, status=status, customer_id=customer_id, search=search
    )
    try:
        page = read(cursor=asked.get("cursor", ""))
    except CursorError:
        page = read()
    context = {
        "page": page,
        "statuses": Status.choices,
        "status": status,
        "customer_id": customer_id,
        "search": search,
    }
    return render(request, "web/conversations.html", context)


@needs("timeline.words")
@require_GET
def conversation_show(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Show what was said in both directions, and what came of it."""
    company = request.actor.company
    detail = conversation_detail(company, conversation_id)
    if detail is None:
        raise Http404
    others = mergeable(company, detail.row)
    came_by = {entry.channel for entry in detail.entries if entry.direction == IN}
    context = {
        "detail": detail,
        "people": people(company),
        "others": others,
        "hand_overs": hand_overs_of(conversation_id, as_of=request.as_of)
        if PORTAL in came_by
        else (),
    }
    return render(request, "web/conversation.html", context)


@needs("conversation.edit")
@require_POST
def conversation_assign(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Give a conversation to somebody, or back to all."""
    conversation = _conversation(request, conversation_id)
    key = read_key(request.POST.get("assignee", ""))
    person = get_object_or_404(User, pk=key) if key else None
    back = reverse("conversation", args=[conversation.pk])
    try:
        assign_conversation(
            actor=request.actor, conversation=conversation, assignee=person, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Assigned."), back=back)


@needs("conversation.edit")
@require_POST
def conversation_link(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Say whose a conversation is, by the customer's number; without one it is nobody's."""
    conversation = _conversation(request, conversation_id)
    back = reverse("conversation", args=[conversation.pk])
    number = request.POST.get("number", "").strip().replace("\0", "")[:80]
    customer = None
    if number:
        customer = Customer.objects.filter(company=request.actor.company, number=number).first()
        if customer is None:
            told = gettext("There is no customer %(number)s.") % {"number": number}
            return refused(request, Refused(told), back=back)
    try:
        identify_conversation(
            actor=request.actor,
            conversation=conversation,
            customer=customer,
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Linked."), back=back)


@needs("conversation.edit")
@require_POST
def conversation_move(request: StaffRequest, conversation_id: int, move: str) -> HttpResponse:
    """Carry out one of MOVES."""
    if move not in MOVES:
        raise Http404
    conversation = _conversation(request, conversation_id)
    act, said = MOVES[move]
    back = reverse("conversation", args=[conversation.pk])
    try:
        act(actor=request.actor, conversation=conversation, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, str(said), back=back)


def _conversation(request: StaffRequest, conversation_id: int) -> Conversation:
    return get_object_or_404(Conversation, pk=conversation_id, company=request.actor.company)
