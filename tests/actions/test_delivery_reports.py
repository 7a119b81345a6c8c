"""Reports of carriers: told twice known once, any order ends alike, a bounce stops the address."""

import random
from datetime import timedelta

import pytest

from dunwell.actions.contacts import add_contact
from dunwell.actions.delivery_reports import report_delivery
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.outbox import claim_messages, mark_sent
from dunwell.formats.hand_overs import HandedOver
from dunwell.models import Event, Message, Signal, Suppression
from tests.actions.desk import acting, verbs
from tests.actions.test_messages import message_to
from tests.conftest import AT

LATER = AT + timedelta(hours=1)


@pytest.fixture
def sent(company, customer):
    add_contact(actor=system(company), customer=customer, email="Pay@acme.example", at=AT)
    return message_to(
        customer, status="sent", to="pay@acme.example", provider="postmark",
        provider_id="pm-1", sent_at=AT,
    )  # fmt: skip


def told(message, kind, external_id="1", minutes=5, **fields):
    return report_delivery(
        actor=system(message.company), company=message.company, provider="postmark", kind=kind,
        external_id=external_id, at=LATER, happened_at=AT + timedelta(minutes=minutes),
        **{"provider_id": "pm-1", **fields},
    )  # fmt: skip


def state(message):
    message.refresh_from_db()
    return message.status, message.delivered_at, message.bounced_at, message.error


def test_delivered_is_kept_with_its_moment_and_a_signal(sent):
    assert told(sent, "delivered") == sent
    assert state(sent) == ("delivered", AT + timedelta(minutes=5), None, "")
    signal = Signal.objects.get()
    assert (signal.kind, signal.source, signal.external_id, signal.message) == (
        "delivered", "postmark", "1", sent,
    )  # fmt: skip
    assert verbs(sent.company)[-2:] == ["signal.delivered", "message.delivered"]


def test_told_twice_it_is_known_once(sent):
    for _ in range(3):
        told(sent, "delivered")
    assert (Signal.objects.count(), verbs(sent.company).count("message.delivered")) == (1, 1)


def test_a_mail_that_came_back_for_good_marks_the_contact_and_stops_the_address(sent):
    told(sent, "bounced", reason="550 5.1.1\r\nno such mailbox")
    assert state(sent)[0::3] == ("bounced", "550 5.1.1 no such mailbox")
    contact = sent.customer.contacts.get()
    entry = Suppression.objects.get()
    assert (contact.bounced_on, entry.address, entry.reason, entry.message) == (
        AT.date(), "pay@acme.example", "bounced", sent,
    )  # fmt: skip


def test_one_that_came_back_for_now_stops_nothing_yet(sent):
    told(sent, "bounced", reason="452 mailbox full", is_hard=False)
    assert state(sent)[0] == "bounced"
    assert (sent.customer.contacts.get().bounced_on, Suppression.objects.count()) == (None, 0)


def test_a_complaint_stops_the_address_and_the_mail_counts_as_delivered(sent):
    told(sent, "complained")
    assert (state(sent)[0], Suppression.objects.get().reason) == ("delivered", "complained")


def test_opened_is_a_view(sent):
    told(sent, "opened")
    assert (Signal.objects.get().kind, state(sent)[0]) == ("viewed", "delivered")


def test_any_order_with_repeats_ends_in_the_same_state(company, customer):
    source = random.Random(11)
    for number in range(12):
        stream = [
            (source.choice(["delivered", "bounced", "opened", "complained"]), str(key),
             source.randrange(30), source.choice(["550 a", "550 b"]))
            for key in range(source.randrange(2, 5))
        ]  # fmt: skip
        ends = []
        for turn, reports in enumerate(
            [sorted(stream), source.sample(stream * 2, 2 * len(stream))]
        ):
            key = f"{number}.{turn}"
            message = message_to(
                customer, status="sent", to="pay@acme.example", provider_id=key,
                message_id=f"<{key}@dunwell>",
                as_of=AT.date() - timedelta(days=2 * number + turn),
            )  # fmt: skip
            for kind, external_id, minutes, reason in reports:
                told(
                    message, kind, external_id=f"{key}.{external_id}", minutes=minutes,
                    reason=reason, provider_id=key,
                )  # fmt: skip
            ends.append(state(message))
        assert ends[0] == ends[1]


def test_what_is_reported_before_we_noted_the_hand_over_is_not_lost(company, customer):
    message = message_to(customer, status="ready", to="pay@acme.example")
    (held,) = claim_messages(actor=system(company), limit=1, at=AT)
    told(message, "bounced", provider_id="", message_id=message.message_id, reason="550 gone")
    assert state(message)[0] == "claimed"
    handed = HandedOver(place="postmark", provider="postmark", provider_id="pm-9")
    mark_sent(actor=system(company), message=held, place="postmark", at=LATER, handed=handed)
    assert state(message)[0::3] == ("bounced", "550 gone")


def test_a_report_of_a_message_that_is_not_ours_changes_nothing(sent, rival):
    assert told(sent, "delivered", provider_id="pm-2") is None
    other = rival.memberships.order_by("id")[0].company
    found = report_delivery(
        actor=system(other), company=other, provider="postmark", kind="bounced",
        external_id="1", provider_id="pm-1", at=LATER,
    )  # fmt: skip
    assert (found, Signal.objects.count(), state(sent)[0]) == (None, 0, "sent")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "lost"}, "There is no report lost"),
        ({"external_id": " "}, "Give the report an identity"),
    ],
)
def test_a_report_that_makes_no_sense_is_refused(sent, changes, why):
    with pytest.raises(Refused, match=why):
        told(sent, **{"kind": "bounced", **changes})
    assert not Event.objects.filter(verb__startswith="signal.").exists()


def test_who_may_not_log_contacts_reports_nothing(sent, reader):
    with pytest.raises(Forbidden):
        report_delivery(
            actor=acting(reader), company=sent.company, provider="x", kind="delivered",
            external_id="1", provider_id="pm-1", at=AT,
        )  # fmt: skip
    assert Message.objects.get().status == "sent"
