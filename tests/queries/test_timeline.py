import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.translation import override

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.payments import reverse_payment
from dunwell.actions.promises import record_promise
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.signals import record_signal
from dunwell.models import Conversation, CreditRating, InboundMessage, Signal
from dunwell.queries.timeline import timeline
from dunwell.queries.timeline_rows import KINDS, TOLD_ELSEWHERE, TimelineFilter, TimelineRow
from dunwell.templatetags.events import LOOKS, event_look
from dunwell.templatetags.ui import icon
from tests.actions.ledger_rows import invoice, payment
from tests.actions.mail_rows import contact, letter, take
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer

EVENTS = Path(__file__).parents[2] / "docs" / "reference" / "events.md"


def hours(number):
    return AT + timedelta(hours=number)


def history(company, customer):
    """One of everything, an hour apart, after a payment of the day before."""
    actor = system(company)
    item = invoice(customer, "R1", 100_00, at=hours(0))
    payment(customer, "B1", 5_00, at=hours(0), reference="R1", payer="ACME GMBH")
    open_dispute(
        actor=actor, item=item, amount_minor=30_00, reason="price", as_of=TODAY, at=hours(1)
    )
    message_to(customer, status="sent", sent_at=hours(2))
    record_note(
        actor=actor, customer=customer, kind="call", result="reached", text="will pay",
        as_of=TODAY, at=hours(3),
    )  # fmt: skip
    record_promise(
        actor=actor, customer=customer, amounts={item: 70_00}, due_on=TODAY, as_of=TODAY,
        at=hours(4),
    )  # fmt: skip


def talk(company, customer):
    """A message, that it was viewed and answered, and what the credit policy made of it."""
    message = message_to(customer, status="sent", sent_at=hours(1))
    Signal.objects.create(
        company=company, customer=customer, message=message, kind="viewed", source="portal",
        on=TODAY, at=hours(2),
    )  # fmt: skip
    conversation = Conversation.objects.create(
        company=company, customer=customer, subject="invoice 1", opened_at=hours(3)
    )
    InboundMessage.objects.create(
        company=company, customer=customer, conversation=conversation, kind="person",
        sender="ap@acme.example", subject="Re: invoice 1", text="We pay on Friday.",
        sha256="1" * 64, size_bytes=1, received_at=hours(3), recorded_at=hours(3),
    )  # fmt: skip
    CreditRating.objects.create(
        company=company, customer=customer, as_of=TODAY, risk_class="B", risk="low",
        outcome="approve", digest="d", by="system", recorded_at=hours(4),
        reasons=[{"text": "pays on time"}],
    )  # fmt: skip


@pytest.mark.both
def test_a_promise_written_down_later_stands_by_the_day_it_was_made(company, customer):
    actor = system(company)
    items = [invoice(customer, f"R{number}", 100_00, at=hours(0)) for number in (1, 2)]
    for days in (5, 11):
        record_note(
            actor=actor, customer=customer, kind="note", text=f"{days} days ago",
            as_of=TODAY, at=hours(-24 * days),
        )  # fmt: skip
    made = TODAY - timedelta(days=10)
    for item, note in zip(items, ("first", "second"), strict=True):
        record_promise(
            actor=actor, customer=customer, amounts={item: 30_00}, due_on=TODAY, note=note,
            as_of=made, at=hours(4),
        )  # fmt: skip

    whole = [(row.kind, row.text) for row in timeline(company, customer.pk).rows]
    paged, cursor = [], ""
    while len(paged) < 9:
        page = timeline(company, customer.pk, limit=1, cursor_text=cursor)
        paged += [(row.kind, row.text) for row in page.rows]
        cursor = page.next
        if not cursor:
            break

    assert paged == whole
    assert [row for row in whole if row[0] in {"note", "promise"}] == [
        ("note", "5 days ago"),
        ("promise", "second"),
        ("promise", "first"),
        ("note", "11 days ago"),
    ]


def test_everything_stands_in_one_line_newest_first(company, customer):
    history(company, customer)

    rows = timeline(company, customer.pk).rows

    told = [
        (row.at, row.kind, row.title, row.text, row.amount_minor, row.currency) for row in rows
    ]
    assert told == [
        (hours(4), "promise", "Promised for 2026-03-05", "", 70_00, "EUR"),
        (hours(3), "note", "Call: Reached", "will pay", None, ""),
        (hours(2), "message", "Email: Reminder", "", None, ""),
        (hours(1), "event", "Dispute opened", "price", 30_00, "EUR"),
        (hours(0), "event", "Item added", "", 100_00, "EUR"),
        (datetime(2026, 3, 4, tzinfo=UTC), "payment", "Payment B1", "R1", 5_00, "EUR"),
    ]


def test_a_row_keeps_what_its_record_says(company, customer):
    payment(customer, "B1", 5_00, reference="R1", payer="ACME GMBH", method="sepa")

    found = timeline(company, customer.pk).rows

    assert found[-1] == TimelineRow(
        kind="payment",
        id=found[-1].id,
        at=datetime(2026, 3, 4, tzinfo=UTC),
        title="Payment B1",
        text="R1",
        actor="ACME GMBH",
        amount_minor=5_00,
        currency="EUR",
        data={"method": "sepa", "recorded_on": "2026-03-05"},
    )


def test_a_returned_payment_is_named_so(company, customer):
    money = payment(customer, "B1", 5_00)
    reverse_payment(actor=system(company), payment=money, reason="no funds", as_of=TODAY, at=AT)

    titles = [row.title for row in timeline(company, customer.pk).rows if row.kind == "payment"]

    assert titles == ["Payment B1-R returned", "Payment B1"]


def test_pages_of_any_size_hold_every_row_once_even_of_one_moment(company, customer):
    history(company, customer)
    actor = system(company)
    for number in range(5):  # of the very same moment
        record_note(
            actor=actor, customer=customer, kind="note", text=str(number), as_of=TODAY, at=hours(4)
        )
        payment(customer, f"P{number}", 1_00, value_on=date(2026, 3, 4))
        message_to(customer, status="sent", sent_at=hours(4), as_of=TODAY + timedelta(number + 1))
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    record_note(actor=actor, customer=customer, kind="note", text="m", as_of=TODAY, at=midnight)
    whole = timeline(company, customer.pk, limit=500)

    assert len(whole.rows) == 22
    for size in (1, 2, 3, 7, 21, 22):
        seen, text = [], ""
        while True:
            page = timeline(company, customer.pk, cursor_text=text, limit=size)
            seen += page.rows
            text = page.next
            if not text:
                break
        assert tuple(seen) == whole.rows, size
    assert [row.at for row in whole.rows] == sorted((row.at for row in whole.rows), reverse=True)


def test_the_timeline_is_the_customers_own_and_takes_the_same_queries(
    company, customer, rival, django_assert_num_queries
):
    history(company, customer)
    with django_assert_num_queries(8):
        timeline(company, customer.pk, limit=1)
    with django_assert_num_queries(8):
        timeline(company, customer.pk)
    assert timeline(company, add_customer(company, "K2").pk).rows == ()
    assert timeline(rival.memberships.all()[0].company, customer.pk).rows == ()


def test_rows_are_found_by_text_kind_and_day(company, customer):
    history(company, customer)
    whole = timeline(company, customer.pk).rows

    for kind in KINDS:
        only = timeline(company, customer.pk, only=TimelineFilter(kinds=[kind])).rows
        assert only == tuple(row for row in whole if row.kind == kind)
    day = whole[2].at.date()
    span = TimelineFilter(from_on=day, until_on=day)
    assert timeline(company, customer.pk, only=span).rows == tuple(
        row for row in whole if row.at.date() == day
    )
    (note,) = (row for row in whole if row.kind == "note")
    word = TimelineFilter(text=note.text.upper())
    assert [row.id for row in timeline(company, customer.pk, only=word).rows if row.kind == "note"]
    assert timeline(company, customer.pk, only=TimelineFilter(text="no such word")).rows == ()


def test_a_filtered_timeline_is_paged_without_loss(company, customer):
    history(company, customer)
    only = TimelineFilter(until_on=TODAY)
    whole = timeline(company, customer.pk, only=only, limit=500).rows
    seen, text = [], ""
    while True:
        page = timeline(company, customer.pk, only=only, cursor_text=text, limit=2)
        seen += page.rows
        text = page.next
        if not text:
            break

    assert tuple(seen) == whole


def test_views_mail_and_ratings_stand_in_the_timeline(company, customer):
    talk(company, customer)
    rows = timeline(company, customer.pk).rows

    assert [(row.kind, row.title, row.text) for row in rows] == [
        ("rating", "B", ""),
        ("inbound", "Re: invoice 1", "We pay on Friday."),
        ("signal", "Viewed", "Reminder"),
        ("message", "Email: Reminder", ""),
    ]


@pytest.mark.parametrize("role", ["read_only", "admin", "clerk", "resolver"])
def test_a_role_reads_no_more_than_it_may(company, customer, role):
    talk(company, customer)
    record_note(
        actor=system(company), customer=customer, kind="note", text="he is ill", as_of=TODAY, at=AT
    )
    rights = ROLE_RIGHTS[role]
    rows = timeline(company, customer.pk, rights=rights).rows
    may_read = "timeline.words" in rights

    assert may_read == (role in {"clerk", "resolver"})
    assert {row.kind for row in rows} == {"rating", "inbound", "signal", "message", "note"}
    told = repr(rows)
    for words in ("We pay on Friday", "he is ill", "Re: invoice 1"):
        assert (words in told) == may_read
    assert "risk_class" not in told
    assert [row.is_redacted for row in rows if row.kind == "rating"] == [True]
    looked_for = TimelineFilter(text="friday")
    found = timeline(company, customer.pk, rights=rights, only=looked_for).rows
    assert bool(found) == may_read


def test_what_came_in_and_what_was_done_with_a_mail_is_told_once(company, customer):
    contact(customer)
    message = message_to(customer, status="sent", sent_at=AT)
    inbound = take(company, letter(replies_to=message.message_id))
    record_signal(
        actor=system(company), customer=customer, message=message, kind="viewed", source="portal",
        external_id="v1", as_of=TODAY, at=hours(1),
    )  # fmt: skip
    rows = timeline(company, customer.pk).rows

    assert inbound.customer == customer
    assert Counter(row.kind for row in rows) == {"message": 1, "inbound": 1, "signal": 2}


def recorded():
    """The verbs that the desk writes, of the reference, which is written from the code."""
    return re.findall(r"^\| `([^`]+)`", EVENTS.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_verb_has_words_in_german_too():
    """A new one stands on a timeline as its own words, and in no catalog."""
    bare = {verb: verb.replace(".", " ").replace("_", " ") for verb in recorded()}
    with override("de"):
        assert [verb for verb in bare if str(event_look(verb).label) == bare[verb]] == []


def test_every_icon_of_a_verb_is_one():
    assert [verb for verb, look in LOOKS.items() if not icon(look.icon)] == []


def test_what_is_told_elsewhere_is_what_the_desk_records():
    """A verb that was renamed would quietly be told twice."""
    told = set(recorded())
    kinds = {f"signal.{kind}" for kind in Signal.Kind.values}

    assert set(TOLD_ELSEWHERE) <= told
    assert kinds <= set(TOLD_ELSEWHERE)
