from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.deliveries import note_delivery, watch_deliveries
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.tasks import complete_task
from dunwell.models import Contact, DeliveryNote, Task
from dunwell.queries import delivery_board as delivery_board_of
from dunwell.queries.delivery_board import (
    STATES,
    customer_deliveries,
    delivery_board,
    delivery_page,
)
from dunwell.queries.delivery_figures import DeliveryFigures, delivery_figures
from dunwell.queries.delivery_ladders import (
    delivery_alarms,
    ladder_of_item,
    way_of_item,
)
from dunwell.queries.policy_documents import standard_text
from tests.actions.delivery_rows import answered, mailed
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.formats.response_samples import peppol
from tests.portal.seats import seat_of

DAY = timedelta(days=1)


def add_contact(customer, email, **fields):
    return Contact.objects.create(customer=customer, email=email, recorded_at=AT, **fields)


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00, due_on=TODAY + 5 * DAY)


@pytest.fixture
def actor(collector):
    return acting(collector)


def noted(actor, item, stage="received", **changes):
    values = {"on": TODAY, "as_of": TODAY, "at": AT, **changes}
    return note_delivery(actor=actor, item=item, stage=stage, **values)


def watched(company, **changes):
    alarms = delivery_alarms(company, as_of=changes.get("as_of", TODAY))
    return watch_deliveries(
        actor=system(company), alarms=alarms, **{"as_of": TODAY, "at": AT, **changes}
    )


def open_tasks():
    found = Task.objects.filter(kind="not_received", status="open").order_by("pk")
    return list(found.values_list("item__number", "reason"))


def told(item, as_of=TODAY):
    ladder = ladder_of_item(item, as_of)
    reached = [replace(step, is_current=False) for step in ladder.steps if step.on]
    assert list(way_of_item(item, as_of)) == sorted(reached, key=lambda step: step.on)
    return ladder.reached, ladder.current, ladder.current_source


def test_a_persons_word_stands_in_the_ladder(company, actor, item):
    kept = noted(actor, item, note="on the phone")
    assert (kept.stage, kept.on, kept.by, kept.recorded_on) == ("received", TODAY, "anna", TODAY)
    assert told(item) == ("received", "received", "note")
    verb, name, about, data = last_event(company)
    assert (verb, name, about) == ("delivery.noted", "anna", item.customer_id)
    assert data == {
        "item": "R1",
        "stage": "received",
        "on": "2026-03-05",
        "note": "on the phone",
    }


def test_the_same_word_of_a_day_is_kept_once(company, actor, item):
    assert noted(actor, item) == noted(actor, item, note="again")
    assert verbs(company) == ["delivery.noted"]


def test_a_wrong_address_is_marked_so_that_nothing_more_goes_there(company, actor, item):
    contact = add_contact(item.customer, "ap@acme.example")
    noted(actor, item, "bounced", contact=contact)
    contact.refresh_from_db()
    assert contact.bounced_on == TODAY
    assert verbs(company) == ["contact.bounced", "delivery.noted"]
    assert told(item) == ("issued", "bounced", "note")


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"stage": "lost"}, "There is no stage lost"),
        ({"on": TODAY + DAY}, "has not come"),
        ({"on": TODAY - 11 * DAY}, "was issued on 2026-02-23"),
        ({"stage": "bounced"}, "Choose the contact"),
    ],
)
def test_a_word_that_cannot_be_is_refused_and_leaves_nothing(company, actor, item, changes, text):
    with pytest.raises(Refused, match=text):
        noted(actor, item, **changes)
    assert (DeliveryNote.objects.count(), verbs(company)) == (0, [])


def test_a_contact_of_another_customer_and_another_company_are_refused(
    company, actor, item, reader, rival
):
    contact = add_contact(add_customer(company, "K2", "Beta"), "x@beta.example")
    with pytest.raises(Refused, match="another customer"):
        noted(actor, item, contact=contact)
    with pytest.raises(Forbidden):
        noted(acting(reader), item)
    with pytest.raises(Refused, match="another company"):
        noted(acting(rival), item)


def test_a_mail_that_carried_the_document_hands_it_over_and_the_carrier_proves_it(actor, item):
    mailed(item)
    assert told(item) == ("handed_over", "handed_over", "message")
    mailed(item, status="delivered", delivered_at=AT, number=2)
    assert told(item) == ("delivered", "delivered", "message")
    mailed(item, status="bounced", bounced_at=AT + DAY, number=3)
    # the day after it is known
    assert told(item, TODAY + DAY) == ("delivered", "bounced", "message")


def test_money_is_the_last_rung_and_its_day_that_of_the_booking(company, item):
    money = payment(item.customer, "P1", 100_00)
    apply_payment(actor=system(company), payment=money, amounts={item: 100_00}, as_of=TODAY, at=AT)
    assert told(item) == ("paid", "paid", "ledger")
    # the day before, nothing of it was known
    assert ladder_of_item(item, TODAY - DAY) is None
    assert way_of_item(item, TODAY - DAY) == ()


def test_an_invoice_sent_without_proof_asks_a_person_once_and_the_proof_ends_it(
    company, actor, item
):
    mailed(item)
    assert watched(company) == 1
    assert open_tasks() == [
        (
            "R1",
            "R1, due 2026-03-10, was sent, but nothing shows that it arrived: send it by post.",
        )
    ]
    assert watched(company) == 0
    noted(actor, item)
    assert (watched(company), open_tasks()) == (1, [])
    assert Task.objects.get().done_by == "system"
    assert verbs(company) == ["deliveries.watched", "delivery.noted", "deliveries.watched"]


def test_an_answer_of_the_customers_system_ends_it_too(company, actor, item):
    mailed(item)
    watched(company)
    answered(actor, peppol(code="IP"))
    assert (watched(company), open_tasks()) == (1, [])


def test_every_item_has_a_task_of_its_own_and_what_a_person_ended_is_not_asked_again(
    company, actor, item
):
    other = invoice(item.customer, "R2", 50_00, due_on=TODAY + 3 * DAY)
    mailed(item)
    mailed(other, number=2)
    assert watched(company) == 2
    assert [number for number, _ in open_tasks()] == ["R2", "R1"]
    complete_task(actor=actor, task=Task.objects.get(item=item), at=AT)
    assert (watched(company), [number for number, _ in open_tasks()]) == (0, ["R2"])


def test_what_to_do_next_follows_how_the_customer_can_be_reached(company, item):
    mailed(item)
    assert delivery_alarms(company, as_of=TODAY)[0].next_step == "letter"
    seat_of(item.customer)
    assert delivery_alarms(company, as_of=TODAY)[0].next_step == "portal"
    add_contact(item.customer, "ap@acme.example", phone="+49 30 1")
    assert delivery_alarms(company, as_of=TODAY)[0].next_step == "phone"


def test_invoices_of_other_systems_and_those_due_later_raise_no_alarm(company, item):
    assert delivery_alarms(company, as_of=TODAY) == ()
    late = invoice(item.customer, "R3", 10_00, due_on=TODAY + 30 * DAY)
    mailed(late)
    assert delivery_alarms(company, as_of=TODAY) == ()


def test_the_board_counts_every_state_and_its_rows_add_up(company, actor, item):
    mailed(item)
    invoice(item.customer, "R2", 50_00)
    answered(actor, peppol(number="R2", code="UQ"))
    board = delivery_board(company, as_of=TODAY)
    totals = [(one.state, one.items, one.open_minor) for one in board.totals]
    assert totals == [("alarm", 1, 100_00), ("queried", 1, 50_00), ("handed_over", 1, 100_00)]
    for state, items, open_minor in totals:
        rows = delivery_board(company, as_of=TODAY, state=state).page.rows
        assert (len(rows), sum(row.open_minor for row in rows)) == (items, open_minor)


def test_the_board_pages_without_losing_a_row(company, customer):
    for number in range(5):
        invoice(customer, f"R{number}", 1_00, due_on=TODAY + (number % 2) * DAY)
    seen, cursor = [], ""
    while True:
        page = delivery_board(company, as_of=TODAY, cursor=cursor, limit=2).page
        seen += [row.number for row in page.rows]
        if not (cursor := page.next):
            break
    assert seen == ["R0", "R2", "R4", "R1", "R3"]


def state_of(item):
    """What is said of an invoice on its own: its last word and whether nothing proves it."""
    ladder = ladder_of_item(item, TODAY)
    return ("", False) if ladder is None else (ladder.current, ladder.alarm is not None)


def in_order(items):
    return [one.pk for one in sorted(items, key=lambda one: (one.due_on, one.pk))]


def paged(company, state):
    keys, cursor = [], ""
    while True:
        page = delivery_page(company, as_of=TODAY, state=state, cursor=cursor, limit=2)
        keys += [row.item_id for row in page.rows]
        if not (cursor := page.next):
            return keys


def sums_of(by_state):
    """Return items and minor units by state and currency."""
    sums = {}
    for state, items in by_state.items():
        for one in items:
            count, total = sums.get((state, one.currency), (0, 0))
            sums[state, one.currency] = (count + 1, total + one.amount_minor)
    return sums


@pytest.mark.both
@pytest.mark.parametrize("small", [0, 500])
@pytest.mark.parametrize("only_ours", ["true", "false"])
def test_a_board_tells_what_each_invoice_tells_on_its_own(
    company, actor, manager, customer, only_ours, small, monkeypatch
):
    monkeypatch.setattr(delivery_board_of, "SMALL", small)
    text = standard_text("responses").replace("2026-01-01", TODAY.isoformat())
    text = text.replace("only_ours: true", f"only_ours: {only_ours}")
    version = draft_document(actor=system(company), kind="responses", text=text, at=AT)
    publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)
    ours = [
        invoice(customer, f"R{n}", 1_00 << n, due_on=TODAY + (n % 4) * 6 * DAY) for n in range(12)
    ]
    tomorrow = dict.fromkeys(("issued_on", "due_on", "as_of"), TODAY + DAY)
    ahead = invoice(customer, "R12", 1_00 << 12, **tomorrow)
    # of this one more is known before its own day
    early = invoice(customer, "R13", 1_00 << 13, **tomorrow)
    fresh = invoice(customer, "R14", 1_00 << 14, issued_on=TODAY, due_on=TODAY + DAY)
    dollars = invoice(customer, "R15", 1_00 << 15, currency="USD", due_on=TODAY)
    for number, one in enumerate([ours[0], ours[1], early]):
        mailed(one, number=number, bounced_at=AT if one is ours[1] else None)
    noted(actor, ours[2])
    noted(actor, ours[3], "not_received")
    answered(actor, peppol(number="R4", code="UQ"))
    told = [*ours, fresh, dollars]
    by_state = {state: set() for state in STATES}
    for one in told:
        current, is_alarm = state_of(one)
        by_state[current].add(one)
        if is_alarm:
            by_state["alarm"].add(one)
    assert state_of(ahead) == ("", False)
    by_state["handed_over"].add(early)
    if only_ours == "false":
        assert len(by_state["alarm"]) > len(by_state["issued"]) / 2
    assert {row.item_id for row in customer_deliveries(company, customer.pk, as_of=TODAY)} == {
        one.pk for one in (*told, early)
    }
    assert {state: paged(company, state) for state in STATES} == {
        state: in_order(items) for state, items in by_state.items()
    }
    assert paged(company, "") == in_order([*told, early])
    board = delivery_board(company, as_of=TODAY)
    assert {(t.state, t.currency): (t.items, t.open_minor) for t in board.totals} == sums_of(
        by_state
    )
    assert [row.item_id for row in board.page.rows] == in_order([*told, early])


def test_a_board_of_one_and_of_three_invoices_asks_as_often(company, customer, item):
    def queries():
        with CaptureQueriesContext(connection) as found:
            delivery_board(company, as_of=TODAY)
        return len(found)

    mailed(item)
    once = queries()
    for number in (2, 3):
        mailed(invoice(customer, f"R{number}", 1_00), number=number)
    assert queries() == once


def test_figures_tell_how_many_arrived_in_time_and_after_how_long(company, actor, item):
    late = invoice(item.customer, "R2", 50_00, issued_on=TODAY - 9 * DAY, due_on=TODAY - 3 * DAY)
    waits = invoice(item.customer, "R3", 50_00)
    invoice(item.customer, "R4", 50_00)
    for number, one in enumerate((item, late, waits)):
        mailed(one, number=number)
    noted(actor, item, on=TODAY - 6 * DAY)
    noted(actor, late, on=TODAY - 2 * DAY)
    # R1 after four days, R2 after seven and too late; R3 is not due, R4 was not sent from here
    found = delivery_figures(company, from_on=TODAY - 90 * DAY, as_of=TODAY)
    assert found == DeliveryFigures(
        invoices=3, judged=2, in_time=1, in_time_percent="50.0", median_days="5.5"
    )


def test_who_asks_about_an_invoice_or_refuses_it_has_it(company, actor, item):
    mailed(item)
    answered(actor, peppol(code="UQ"))
    assert told(item) == ("received", "queried", "response")
    assert delivery_alarms(company, as_of=TODAY) == ()


def test_an_invoice_that_arrived_shows_no_alarm_of_another(
    company, actor, manager, customer, item
):
    text = standard_text("responses").replace("2026-01-01", TODAY.isoformat())
    text = text.replace("only_ours: true", "only_ours: false")
    version = draft_document(actor=system(company), kind="responses", text=text, at=AT)
    publish_document(actor=acting(manager), version=version, as_of=TODAY, at=AT)
    other = invoice(customer, "R2", 100_00, due_on=TODAY + 5 * DAY)
    noted(actor, item)
    assert [one.item_id for one in delivery_alarms(company, as_of=TODAY)] == [other.pk]
    assert ladder_of_item(item, TODAY).alarm is None
    assert ladder_of_item(other, TODAY).alarm.item_id == other.pk
