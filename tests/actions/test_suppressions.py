"""Addresses that get nothing: on the list, off it with a reason, and asked before anything goes."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.suppressions import (
    import_suppressions,
    lift_suppression,
    note_bounce,
    suppress_address,
)
from dunwell.formats.suppression_rows import read_suppressions
from dunwell.models import Contact, Message, Suppression
from dunwell.queries.deliveries import delivery_verdicts, is_unchanged
from dunwell.queries.frames import customers_frame
from dunwell.queries.suppressions import (
    suppressed,
    suppression_counts,
    suppression_row,
    suppression_rows,
)
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer


def suppress(user, address="AP@Globex.example ", **changes):
    arguments = {"channel": "email", "note": "asked by phone", "at": AT, **changes}
    return suppress_address(actor=acting(user), address=address, **arguments)


def listed(company, **only):
    return [row.address for row in suppression_rows(company, **only).rows]


def test_an_address_is_listed_once_until_it_is_lifted(company, manager):
    entry = suppress(manager)
    again = suppress(manager, address="ap@globex.example", note="again")

    assert again.pk == entry.pk
    assert (entry.address, entry.reason, entry.by) == ("ap@globex.example", "by_hand", "mona")
    assert list(suppressed(company, "email", ["AP@globex.example", "x@y.example", ""])) == [
        "ap@globex.example"
    ]

    lift_suppression(actor=acting(manager), suppression=entry, reason="new mailbox", at=AT)

    assert suppressed(company, "email", ["ap@globex.example"]) == {}
    assert last_event(company) == (
        "suppression.lifted",
        "mona",
        None,
        {"channel": "email", "address": "ap@globex.example", "reason": "new mailbox"},
    )
    assert suppress(manager).pk != entry.pk
    assert verbs(company) == ["suppression.added", "suppression.lifted", "suppression.added"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"channel": "letter"}, "There is no channel letter; use email, sms, whatsapp, voice."),
        ({"reason": "mood"}, "There is no reason mood"),
        ({"address": "nobody"}, "nobody is no e-mail address"),
        ({"channel": "sms"}, "is no number; write it with its country"),
        ({"note": " "}, "Say why nothing may be sent"),
    ],
)
def test_what_cannot_be_listed_says_why(company, manager, changes, why):
    with pytest.raises(Refused, match=why):
        suppress(manager, **changes)
    assert verbs(company) == []


def test_lifting_needs_a_reason_the_right_and_an_entry_that_stands(
    company, manager, collector, rival
):
    entry = suppress(manager)
    for actor, reason, why in (
        (acting(manager), " ", "Say what shows"),
        (acting(rival), "why", "belongs to another company"),
    ):
        with pytest.raises(Refused, match=why):
            lift_suppression(actor=actor, suppression=entry, reason=reason, at=AT)
    with pytest.raises(Forbidden):
        lift_suppression(actor=acting(collector), suppression=entry, reason="why", at=AT)
    lift_suppression(actor=acting(manager), suppression=entry, reason="why", at=AT)
    with pytest.raises(Refused, match="already"):
        lift_suppression(actor=acting(manager), suppression=entry, reason="why", at=AT)


def test_lifting_makes_the_contact_usable_again(company, manager, customer):
    contact = Contact.objects.create(
        customer=customer, email="AP@globex.example", bounced_on=TODAY, recorded_at=AT
    )
    entry = suppress(manager)

    lift_suppression(actor=acting(manager), suppression=entry, reason="mended", at=AT)

    contact.refresh_from_db()
    assert contact.bounced_on is None


def test_a_list_is_taken_line_by_line(company, manager):
    content = (
        b"Email;Type;Comment\nap@globex.example;Hard bounce;550\nAP@globex.example;spam;\n"
        b"nobody;bounce;\njo@initech.example;weird;told us\n+49 30 1234567;sms;\n"
    )
    lines = read_suppressions(content, "list.csv")

    assert import_suppressions(actor=acting(manager), lines=lines, at=AT) == 2
    assert import_suppressions(actor=acting(manager), lines=lines, at=AT) == 0
    found = Suppression.objects.order_by("address").values_list("address", "reason", "note")
    assert list(found) == [
        ("ap@globex.example", "bounced", "550"),
        ("jo@initech.example", "by_hand", "weird: told us"),
    ]
    assert [(line.row, line.problem != "") for line in lines] == [
        (2, False),
        (4, True),
        (5, False),
        (6, True),
    ]
    assert verbs(company) == ["suppressions.imported"]
    with pytest.raises(Refused, match="No line"):
        import_suppressions(actor=acting(manager), lines=[lines[1]], at=AT)


def test_numbers_are_compared_as_they_are_dialled(company, manager):
    suppress(manager, address="+49 (30) 123-4567", channel="sms")

    assert list(suppressed(company, "sms", ["0049301234567"])) == ["+49301234567"]
    assert suppressed(company, "voice", ["+49301234567"]) == {}


def test_the_list_is_filtered_searched_and_counted(company, manager, customer, rival):
    suppress(manager, customer=customer)
    suppress(manager, address="b@initech.example", reason="bounced")
    gone = suppress(manager, address="c@initech.example", reason="complained")
    lift_suppression(actor=acting(manager), suppression=gone, reason="sorry", at=AT)

    assert listed(company) == ["b@initech.example", "ap@globex.example"]
    assert listed(company, scope="lifted") == ["c@initech.example"]
    assert listed(company, scope="all", search="initech") == [
        "c@initech.example",
        "b@initech.example",
    ]
    assert listed(company, reason="bounced") == ["b@initech.example"]
    assert listed(company, channel="sms") == []
    assert listed(company, search=customer.number) == ["ap@globex.example"]
    assert listed(company, customer_id=customer.pk) == ["ap@globex.example"]
    assert suppression_counts(company) == {"bounced": 1, "by_hand": 1}
    assert suppression_row(company, gone.pk).lifted_note == "sorry"
    assert suppression_row(acting(rival).company, gone.pk) is None


def test_the_gate_sees_a_listed_address_as_one_that_came_back(company, manager):
    for number, email in (("K1", "ap@acme.example"), ("K2", "AP@Globex.example")):
        customer = add_customer(company, number, number)
        Contact.objects.create(customer=customer, email=email, recorded_at=AT)
    suppress(manager)

    frame = customers_frame(company).collect().to_native().sort("customer_id")

    assert frame["is_bounced"].to_list() == [False, True]
    assert frame["is_opted_out"].to_list() == [False, False]


def test_the_outbox_asks_right_before_the_hand_over(company, manager, customer):
    message = message_to(customer, status="claimed", claimed_at=AT)
    assert is_unchanged(message)

    suppress(manager, address="AP@ACME.example")

    assert not is_unchanged(message)
    verdict = delivery_verdicts(company, [message], as_of=TODAY, at=AT)[message.pk]
    assert (verdict.act, verdict.reasons, verdict.text) == (
        "withdraw",
        ("suppressed",),
        "the address is on the list of those that get nothing",
    )


def bounced(customer, days, error="4.2.2 full"):
    message = message_to(customer, status="bounced", as_of=TODAY - timedelta(days=days))
    at = AT - timedelta(days=days)
    Message.objects.filter(pk=message.pk).update(bounced_at=at, error=error)
    message.refresh_from_db()
    return message


def test_the_third_soft_bounce_within_a_month_lists_the_address(company, customer):
    def note(message, **changes):
        told = {"is_hard": False, "reason": "4.2.2 full", "at": AT, **changes}
        return note_bounce(system(company), message, **told)

    bounced(customer, 31), bounced(customer, 20), bounced(customer, 3, error="5.7.1 policy")
    assert note(bounced(customer, 2)) is None
    assert note(bounced(customer, 1), reason="5.7.1 policy") is None

    entry = note(bounced(customer, 0))

    assert (entry.reason, entry.address, entry.note) == ("soft", "ap@acme.example", "4.2.2 full")
    assert note(bounced(customer, 4), is_hard=True, reason="5.1.1").pk == entry.pk
