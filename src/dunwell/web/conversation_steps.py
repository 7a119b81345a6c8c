"""What is done within a conversation: invoices named, threads put together and taken apart."""

from collections.abc import Callable
from functools import partial

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.conversations import (
    link_items,
    merge_conversations,
    split_message,
    unlink_item,
)
from dunwell.actions.gate import Refused
from dunwell.models import Conversation, InboundMessage, Item
from dunwell.queries.conversations import ConversationRow, conversation_rows
from dunwell.queries.pages import every_row
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

MOST_NAMED = 50
COLUMNS = (
    _("Subject"),
    _("Customer"),
    _("Status"),
    _("About"),
    _("Assigned to"),
    _("Complaint"),
    _("Reopened"),
    _("Opened"),
    _("Last came in"),
    _("Last went out"),
    _("Done"),
)


@needs("conversation.edit")
@require_POST
def conversation_item_add(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Name invoices a conversation is about, by their numbers."""
    talk = _conversation(request, conversation_id)
    told = request.POST.get("numbers", "")[:2_000].replace(",", " ").replace("\0", "").split()
    numbers = list(dict.fromkeys(told))[:MOST_NAMED]

    def act() -> Conversation:
        found = Item.objects.filter(company=request.actor.company, number__in=numbers)
        if talk.customer_id is not None:
            found = found.filter(customer=talk.customer_id)
        items = list(found)
        missing = sorted(set(numbers) - {item.number for item in items})
        if missing or not items:
            number = {"number": ", ".join(missing) or "?"}
            raise Refused(gettext("There is no item %(number)s of this customer.") % number)
        return link_items(actor=request.actor, conversation=talk, items=items, at=clock.now())

    return _done(request, talk, act, gettext("Named."))


@needs("conversation.edit")
@require_POST
def conversation_item_remove(
    request: StaffRequest, conversation_id: int, item_id: int
) -> HttpResponse:
    """Take an invoice off a conversation."""
    talk = _conversation(request, conversation_id)
    item = get_object_or_404(Item, pk=item_id, company=request.actor.company)
    act = partial(unlink_item, actor=request.actor, conversation=talk, item=item, at=clock.now())
    return _done(request, talk, act, gettext("Taken off."))


@needs("conversation.edit")
@require_POST
def conversation_merge(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Move all of another conversation into this one."""
    talk = _conversation(request, conversation_id)
    key = read_key(request.POST.get("other", ""))

    def act() -> Conversation:
        other = Conversation.objects.filter(company=request.actor.company, pk=key or 0).first()
        if other is None:
            raise Refused(gettext("Choose the conversation that goes into this one."))
        return merge_conversations(actor=request.actor, into=talk, other=other, at=clock.now())

    return _done(request, talk, act, gettext("Put together."))


@needs("conversation.edit")
@require_POST
def conversation_split(
    request: StaffRequest, conversation_id: int, inbound_id: int
) -> HttpResponse:
    """Give a message a conversation of its own."""
    talk = _conversation(request, conversation_id)
    inbound = get_object_or_404(InboundMessage, pk=inbound_id, conversation=talk)
    act = partial(split_message, actor=request.actor, inbound=inbound, at=clock.now())
    return _done(request, talk, act, gettext("It has a conversation of its own."))


@needs("timeline.words")
@require_GET
def conversations_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every conversation under the page's filter as a file."""
    asked = request.GET
    status = asked.get("status", "")
    read = partial(
        conversation_rows,
        request.actor.company,
        status=status if status in Conversation.Status.values else "",
        customer_id=read_key(asked.get("customer", "")),
        search=asked.get("q", "")[:80],
    )
    return file_response(
        kind,
        name=f"conversations-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(row) for row in every_row(read)),
    )


def _cells(row: ConversationRow) -> tuple[str | int, ...]:
    moments = (row.opened_at, row.last_in_at, row.last_out_at, row.done_at)
    return (
        row.subject,
        row.customer_name,
        row.status_label,
        row.label,
        row.assignee,
        int(row.is_complaint),
        row.reopened,
        *("" if one is None else one.isoformat(timespec="minutes") for one in moments),
    )


def _done(
    request: StaffRequest, talk: Conversation, act: Callable[[], Conversation], said: str
) -> HttpResponse:
    """Carry a step out and lead to the conversation that it left, or say why not."""
    try:
        found = act()
    except Refused as refusal:
        return refused(request, refusal, back=reverse("conversation", args=[talk.pk]))
    return done(request, said, back=reverse("conversation", args=[found.pk]))


def _conversation(request: StaffRequest, conversation_id: int) -> Conversation:
    return get_object_or_404(Conversation, pk=conversation_id, company=request.actor.company)
