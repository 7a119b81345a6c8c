"""Conversations on the desk: every move once, told, and safe against a second clerk."""

from datetime import timedelta

import pytest

from dunwell.actions.conversations import (
    assign_conversation,
    close_conversation,
    conversation_seen,
    link_customer,
    link_items,
    mark_complaint,
    merge_conversations,
    reopen_conversation,
    set_aside_spam,
    split_message,
    take_conversation,
    unlink_item,
    wait_conversation,
)
from dunwell.actions.gate import Forbidden, Refused, Stale, system
from dunwell.models import ContactAttempt, Conversation
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.mail_rows import contact, take
from tests.actions.test_messages import message_to
from tests.conftest import AT, add_customer, add_user

LATER = AT + timedelta(hours=1)


@pytest.fixture
def talk(company):
    """A conversation with nobody we know."""
    return take(company, text="Hello").conversation


def told(company):
    return [verb for verb in verbs(company) if verb.startswith("conversation.")]


def fresh(conversation):
    return Conversation.objects.get(pk=conversation.pk)


@pytest.mark.parametrize(
    ("act", "status", "verb"),
    [
        (close_conversation, "done", "conversation.closed"),
        (wait_conversation, "waiting", "conversation.waiting"),
        (set_aside_spam, "done", "conversation.spam"),
    ],
)
def test_a_move_is_made_once_and_its_messages_are_off_the_desk(
    company, clerk, talk, act, status, verb
):
    for _ in range(2):
        act(actor=acting(clerk), conversation=talk, at=LATER)
    assert fresh(talk).status == status
    assert told(company) == [verb]
    inbound = talk.inbound.get()
    expected = "set_aside" if act is set_aside_spam else "handled"
    assert (inbound.status, inbound.handled_by, inbound.handled_at) == (expected, "carla", LATER)


def test_a_conversation_is_taken_up_again(company, clerk, talk):
    close_conversation(actor=acting(clerk), conversation=talk, at=AT)
    for _ in range(2):
        reopen_conversation(actor=acting(clerk), conversation=talk, at=AT)
    found = fresh(talk)
    assert (found.status, found.reopened, found.done_at, found.done_by) == ("open", 1, None, "")
    assert told(company) == ["conversation.closed", "conversation.reopened"]


def test_whoever_takes_it_first_has_it(company, clerk, collector, talk):
    take_conversation(actor=acting(clerk), conversation=talk, at=AT)
    take_conversation(actor=acting(clerk), conversation=talk, at=AT)
    with pytest.raises(Stale, match="carla has this conversation already"):
        take_conversation(actor=acting(collector), conversation=talk, at=AT)
    assert (fresh(talk).assignee, told(company)) == (clerk, ["conversation.assigned"])


def test_it_is_given_to_somebody_who_works_here_and_back_to_all(company, clerk, rival, talk):
    actor = acting(clerk)
    other = add_user(company, "dora", "collector")
    assign_conversation(actor=actor, conversation=talk, assignee=other, at=AT)
    assert fresh(talk).assignee == other
    assign_conversation(actor=actor, conversation=talk, assignee=None, at=AT)
    assert fresh(talk).assignee is None
    with pytest.raises(Forbidden, match="rolf does not work"):
        assign_conversation(actor=actor, conversation=talk, assignee=rival, at=AT)


def test_what_somebody_else_changed_since_it_was_shown_is_refused(company, clerk, collector, talk):
    seen = conversation_seen(talk)
    take_conversation(actor=acting(collector), conversation=talk, at=AT)
    for act in (close_conversation, wait_conversation, set_aside_spam, reopen_conversation):
        with pytest.raises(Stale, match="load the page again"):
            act(actor=acting(clerk), conversation=talk, seen=seen, at=AT)
    assert fresh(talk).status == "open"


def test_a_customer_is_linked_with_its_messages_and_contacts_and_unlinked(
    company, clerk, customer, talk
):
    actor = acting(clerk)
    for _ in range(2):
        link_customer(actor=actor, conversation=talk, customer=customer, at=AT)
    assert (fresh(talk).customer, talk.inbound.get().customer) == (customer, customer)
    assert ContactAttempt.objects.filter(customer=customer, is_inbound=True).count() == 1
    link_items(actor=actor, conversation=talk, items=[invoice(customer, "R-1", 1_00)], at=AT)
    link_customer(actor=actor, conversation=talk, customer=None, at=AT)
    assert (fresh(talk).customer, talk.inbound.get().customer, talk.lines.count()) == (
        None,
        None,
        0,
    )
    assert told(company) == [
        "conversation.linked", "conversation.items_linked", "conversation.linked",
    ]  # fmt: skip


def test_items_are_linked_once_and_bring_their_customer(company, clerk, customer, talk):
    actor, item = acting(clerk), invoice(customer, "R-1", 1_00)
    for _ in range(2):
        link_items(actor=actor, conversation=talk, items=[item, item], at=AT)
    assert (fresh(talk).customer, [line.item for line in talk.lines.all()]) == (customer, [item])
    other = invoice(add_customer(company, "K2"), "R-2", 1_00)
    with pytest.raises(Refused, match="another customer"):
        link_items(actor=actor, conversation=talk, items=[other], at=AT)
    for _ in range(2):
        unlink_item(actor=actor, conversation=talk, item=item, at=AT)
    assert talk.lines.count() == 0
    assert told(company) == ["conversation.items_linked", "conversation.item_unlinked"]


def test_two_conversations_become_one(company, clerk, customer):
    contact(customer)
    item = invoice(customer, "R-1001", 1_00)
    one = take(company).conversation
    two = take(
        company, text="R-1001 again", subject="Other", message_id="<b@c>", at=LATER
    ).conversation
    close_conversation(actor=acting(clerk), conversation=one, at=AT)
    for _ in range(2):
        merge_conversations(actor=acting(clerk), into=one, other=two, at=AT)
    kept, gone = fresh(one), fresh(two)
    assert (kept.status, kept.last_in_at, kept.inbound.count()) == ("open", LATER, 2)
    assert [line.item for line in kept.lines.all()] == [item]
    assert (gone.status, gone.merged_into, gone.inbound.count(), gone.lines.count()) == (
        "done", kept, 0, 0,
    )  # fmt: skip
    assert told(company) == ["conversation.closed", "conversation.merged"]
    with pytest.raises(Refused, match="merged into another"):
        reopen_conversation(actor=acting(clerk), conversation=gone, at=AT)


def test_conversations_of_two_customers_stay_apart(company, clerk, customer, talk):
    actor = acting(clerk)
    other = take(company, subject="Other", message_id="<b@c>").conversation
    link_customer(actor=actor, conversation=talk, customer=customer, at=AT)
    link_customer(actor=actor, conversation=other, customer=add_customer(company, "K2"), at=AT)
    with pytest.raises(Refused, match="two customers"):
        merge_conversations(actor=actor, into=talk, other=other, at=AT)
    with pytest.raises(Refused, match="with itself"):
        merge_conversations(actor=actor, into=talk, other=talk, at=AT)


def test_a_message_is_split_off_once(company, clerk, talk):
    second = take(company, text="Another thing", message_id="<b@c>", at=LATER)
    assert second.conversation_id == talk.pk
    new = split_message(actor=acting(clerk), inbound=second, at=AT)
    second.refresh_from_db()
    assert split_message(actor=acting(clerk), inbound=second, at=AT).pk == new.pk
    assert (new.inbound.get().pk, new.status, fresh(talk).last_in_at) == (second.pk, "open", AT)
    assert told(company) == ["conversation.split"]


def test_a_complaint_is_marked_and_unmarked(company, clerk, talk):
    for flag in (True, True, False):
        mark_complaint(actor=acting(clerk), conversation=talk, is_complaint=flag, at=AT)
    assert told(company) == ["conversation.complaint", "conversation.no_complaint"]
    assert last_event(company)[1] == "carla"


def test_an_answer_to_our_message_is_no_spam(company, clerk, customer):
    message = message_to(customer, status="sent", sent_at=AT)
    talk = take(company, replies_to=message.message_id).conversation
    with pytest.raises(Refused, match="close it instead"):
        set_aside_spam(actor=acting(clerk), conversation=talk, at=AT)


def test_another_companys_conversation_and_readers_are_refused(company, reader, rival, talk):
    with pytest.raises(Forbidden):
        close_conversation(actor=acting(reader), conversation=talk, at=AT)
    with pytest.raises(Refused, match="another company"):
        close_conversation(actor=acting(rival), conversation=talk, at=AT)
    with pytest.raises(Refused, match="A program cannot take"):
        take_conversation(actor=system(company), conversation=talk, at=AT)
