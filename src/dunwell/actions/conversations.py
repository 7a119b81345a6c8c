"""Conversations on the desk: whose they are, what they are about, whether they wait or are done.

Every action does nothing the second time. `seen` is `conversation_seen` of what a page showed:
where somebody else was faster the action is refused, and nobody undoes what nobody has seen.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, check_status, open_customer, own, staff
from dunwell.actions.intake import attempt_of_inbound
from dunwell.models import (
    Conversation,
    ConversationItem,
    Customer,
    InboundMessage,
    Item,
    Message,
    User,
)

MOST_ITEMS = 200
Status, Came = Conversation.Status, InboundMessage.Status


def conversation_seen(conversation: Conversation) -> str:
    """Return what tells whether a conversation is as it was shown."""
    parts = (conversation.status, conversation.assignee_id, conversation.customer_id)
    return ".".join(str(part or "-") for part in parts)


@transaction.atomic
def assign_conversation(
    *,
    actor: Actor,
    conversation: Conversation,
    assignee: User | None,
    seen: str = "",
    at: datetime,
) -> Conversation:
    """Give a conversation to somebody who works here, or back to all.

    Raises Stale when it has changed since `seen`, Refused for somebody who does not work here.
    """
    actor.require("conversation.edit")
    found = _locked(actor, conversation, seen=seen)
    if assignee is not None:
        staff(assignee, actor.company)
    if found.assignee_id == (None if assignee is None else assignee.pk):
        return found
    _change(found, assignee=assignee)
    _tell(actor, "conversation.assigned", found, at=at, assignee=found.assignee_id)
    return found


@transaction.atomic
def take_conversation(*, actor: Actor, conversation: Conversation, at: datetime) -> Conversation:
    """Take a conversation oneself; Refused where somebody else has it or no person asks."""
    actor.require("conversation.edit")
    found = _locked(actor, conversation)
    if actor.user_id is None:
        raise Refused("A program cannot take a conversation; assign it to somebody.")
    if found.assignee_id == actor.user_id:
        return found
    if found.assignee is not None:
        raise Stale(f"{found.assignee.username} has this conversation already.")
    _change(found, assignee_id=actor.user_id)
    _tell(actor, "conversation.assigned", found, at=at, assignee=actor.user_id)
    return found


@transaction.atomic
def link_customer(
    *,
    actor: Actor,
    conversation: Conversation,
    customer: Customer | None,
    seen: str = "",
    at: datetime,
) -> Conversation:
    """Say whose a conversation is, or with None that it is nobody's we know.

    Messages follow where they are not answers to a message of somebody else; the items of
    another customer are no longer named. Raises Stale when it has changed since `seen`.
    """
    actor.require("conversation.edit")
    if customer is not None:
        open_customer(actor, customer)
    found = _locked(actor, conversation, seen=seen)
    before = found.customer_id
    if before == (None if customer is None else customer.pk):
        return found
    _change(found, customer=customer)
    ConversationItem.objects.filter(conversation=found).exclude(item__customer=customer).delete()
    for inbound in found.inbound.filter(answers=None).select_related("contact"):
        inbound.customer = customer
        contact = inbound.contact
        if contact is not None and (customer is None or contact.customer_id != customer.pk):
            inbound.contact = None
        inbound.save(update_fields=["customer", "contact"])
        attempt_of_inbound(inbound, by=actor.name)
    _tell(actor, "conversation.linked", found, at=at, before=before)
    return found


@transaction.atomic
def link_items(
    *, actor: Actor, conversation: Conversation, items: Sequence[Item], at: datetime
) -> Conversation:
    """Add items a conversation is about; it becomes their customer's where it was nobody's.

    Raises Refused for items of another company, of several customers or of another one.
    """
    actor.require("conversation.edit")
    found = _locked(actor, conversation)
    for item in items:
        own(actor, item, "item")
    owners = {item.customer_id for item in items}
    if found.customer_id is not None:
        owners.add(found.customer_id)
    if len(owners) > 1:
        raise Refused("These items are of another customer than the conversation.")
    there = set(found.lines.values_list("item_id", flat=True))
    new = sorted({item.pk for item in items} - there)
    if not new:
        return found
    if len(there) + len(new) > MOST_ITEMS:
        raise Refused(f"A conversation is about at most {MOST_ITEMS} items.")
    if found.customer_id is None:
        _change(found, customer_id=owners.pop())
    ConversationItem.objects.bulk_create(
        ConversationItem(conversation=found, item_id=key) for key in new
    )
    _tell(actor, "conversation.items_linked", found, at=at, items=new)
    return found


@transaction.atomic
def unlink_item(
    *, actor: Actor, conversation: Conversation, item: Item, at: datetime
) -> Conversation:
    """Take an item off a conversation; one that is not there changes nothing."""
    actor.require("conversation.edit")
    found = _locked(actor, conversation)
    deleted, _ = ConversationItem.objects.filter(conversation=found, item=item).delete()
    if deleted:
        _tell(actor, "conversation.item_unlinked", found, at=at, items=[item.pk])
    return found


@transaction.atomic
def close_conversation(
    *, actor: Actor, conversation: Conversation, seen: str = "", at: datetime
) -> Conversation:
    """Note that nothing more is to be done; what was to be read counts as handled.

    Raises Stale when it has changed since `seen`.
    """
    actor.require("conversation.edit")
    found = _locked(actor, conversation, seen=seen)
    if found.status == Status.DONE:
        return found
    _moved(found, Status.DONE, done_at=at, done_by=actor.name)
    _handled(actor, found, Came.HANDLED, at=at)
    _tell(actor, "conversation.closed", found, at=at)
    return found


@transaction.atomic
def reopen_conversation(
    *, actor: Actor, conversation: Conversation, seen: str = "", at: datetime
) -> Conversation:
    """Take a conversation up again; Refused for one that was merged into another."""
    actor.require("conversation.edit")
    found = _locked(actor, conversation, seen=seen)
    if found.status == Status.OPEN:
        return found
    was_done = found.status == Status.DONE
    _moved(found, Status.OPEN, done_at=None, done_by="", reopened=found.reopened + int(was_done))
    _tell(actor, "conversation.reopened", found, at=at)
    return found


@transaction.atomic
def wait_conversation(
    *, actor: Actor, conversation: Conversation, seen: str = "", at: datetime
) -> Conversation:
    """Note that the customer is to answer next; what was to be read counts as handled."""
    actor.require("conversation.edit")
    found = _locked(actor, conversation, seen=seen)
    if found.status == Status.WAITING:
        return found
    _moved(found, Status.WAITING)
    _handled(actor, found, Came.HANDLED, at=at)
    _tell(actor, "conversation.waiting", found, at=at)
    return found


@transaction.atomic
def merge_conversations(
    *, actor: Actor, into: Conversation, other: Conversation, at: datetime
) -> Conversation:
    """Move all of another conversation into one; answers to it come there from now on.

    Raises Refused for conversations of two customers, and for a conversation with itself.
    """
    actor.require("conversation.edit")
    if into.pk == other.pk:
        raise Refused("A conversation cannot be merged with itself.")
    # always in the order of their keys, so that two who merge crosswise do not wait for each other
    first, second = sorted((into, other), key=lambda one: one.pk)
    rows = {one.pk: _locked(actor, one, is_merged_fine=True) for one in (first, second)}
    kept, gone = rows[into.pk], rows[other.pk]
    if gone.merged_into_id == kept.pk:
        return kept
    if kept.merged_into_id is not None or gone.merged_into_id is not None:
        raise Stale("One of the conversations was merged meanwhile; load the page again.")
    if None not in (kept.customer_id, gone.customer_id) and kept.customer_id != gone.customer_id:
        raise Refused("The conversations are of two customers; say first whose they are.")
    InboundMessage.objects.filter(conversation=gone).update(conversation=kept)
    Message.objects.filter(conversation=gone).update(conversation=kept)
    there = set(kept.lines.values_list("item_id", flat=True))
    gone.lines.exclude(item__in=there).update(conversation=kept)
    gone.lines.all().delete()
    is_open = Status.OPEN in (kept.status, gone.status)
    _change(
        kept,
        customer_id=kept.customer_id or gone.customer_id,
        status=Status.OPEN if is_open else kept.status,
        done_at=None if is_open else kept.done_at,
        done_by="" if is_open else kept.done_by,
        is_complaint=kept.is_complaint or gone.is_complaint,
        opened_at=min(kept.opened_at, gone.opened_at),
        last_in_at=_latest(kept.last_in_at, gone.last_in_at),
        last_out_at=_latest(kept.last_out_at, gone.last_out_at),
        answered_at=_earliest(kept.answered_at, gone.answered_at),
    )
    _change(gone, merged_into=kept, status=Status.DONE, done_at=at, done_by=actor.name)
    _tell(actor, "conversation.merged", kept, at=at, merged=gone.pk)
    return kept


@transaction.atomic
def split_message(*, actor: Actor, inbound: InboundMessage, at: datetime) -> Conversation:
    """Give a message a conversation of its own, open, with the same customer and no items.

    A message that is alone already stays where it is.
    """
    actor.require("conversation.edit")
    own(actor, inbound, "message")
    found = _locked(actor, inbound.conversation)
    current = InboundMessage.objects.select_for_update(no_key=True).get(pk=inbound.pk)
    if current.conversation_id != found.pk:
        raise Stale("The message was moved meanwhile; load the page again.")
    others = found.inbound.exclude(pk=current.pk).exists()
    if not others and not found.messages.exists():
        return found
    new = Conversation.objects.create(
        company=actor.company,
        customer=current.customer,
        subject=(current.subject or found.subject)[:300],
        opened_at=current.received_at,
        last_in_at=current.received_at,
        assignee=found.assignee,
    )
    InboundMessage.objects.filter(pk=current.pk).update(conversation=new)
    left = found.inbound.order_by("-received_at").values_list("received_at", flat=True).first()
    _change(found, last_in_at=left)
    _tell(actor, "conversation.split", new, at=at, split_from=found.pk, message=current.pk)
    return new


@transaction.atomic
def mark_complaint(
    *, actor: Actor, conversation: Conversation, is_complaint: bool, at: datetime
) -> Conversation:
    """Note that the customer complains about us, or that it does not after all."""
    actor.require("conversation.edit")
    found = _locked(actor, conversation)
    if found.is_complaint != is_complaint:
        _change(found, is_complaint=is_complaint)
        verb = "conversation.complaint" if is_complaint else "conversation.no_complaint"
        _tell(actor, verb, found, at=at)
    return found


@transaction.atomic
def set_aside_spam(
    *, actor: Actor, conversation: Conversation, seen: str = "", at: datetime
) -> Conversation:
    """Set a conversation aside as spam: done, its messages neither handled nor to be read.

    Raises Refused where a message of ours was answered: that is no spam.
    """
    actor.require("conversation.edit")
    found = _locked(actor, conversation, seen=seen)
    if found.inbound.filter(answers__isnull=False).exists() or found.messages.exists():
        raise Refused("This conversation answers a message of ours; close it instead.")
    waiting = found.inbound.filter(status=Came.NEW).exists()
    if found.status == Status.DONE and not waiting:
        return found
    if found.status != Status.DONE:
        _moved(found, Status.DONE, done_at=at, done_by=actor.name)
    _handled(actor, found, Came.SET_ASIDE, at=at)
    _tell(actor, "conversation.spam", found, at=at)
    return found


def _locked(
    actor: Actor, conversation: Conversation, *, seen: str = "", is_merged_fine: bool = False
) -> Conversation:
    """Return the conversation locked, as it is now; Stale where it is not as it was shown."""
    own(actor, conversation, "conversation")
    # no join: after waiting PostgreSQL reads the locked row anew, but not what is joined to it
    found = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
    if seen and seen != conversation_seen(found):
        raise Stale("Somebody else has changed this conversation; load the page again.")
    if found.merged_into_id is not None and not is_merged_fine:
        raise Refused("This conversation was merged into another; go on there.")
    return found


def _moved(found: Conversation, status: Conversation.Status, **changes: Any) -> None:
    check_status(Conversation.MOVES, Status(found.status), status, "This conversation")
    _change(found, status=status, **changes)


def _change(found: Conversation, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(found, name, value)
    found.save(update_fields=list(changes))


def _handled(
    actor: Actor, found: Conversation, status: InboundMessage.Status, *, at: datetime
) -> None:
    found.inbound.filter(status=Came.NEW).update(
        status=status, handled_by=actor.name, handled_at=at
    )


def _tell(actor: Actor, verb: str, found: Conversation, *, at: datetime, **data: Any) -> None:
    record_event(actor, verb, found, at=at, customer_id=found.customer_id, **data)


def _latest(*moments: datetime | None) -> datetime | None:
    return max((one for one in moments if one is not None), default=None)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)
