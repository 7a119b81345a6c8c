"""Call mode: one customer after the other, three keys each, what may not be called passed over."""

from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.models import (
    Contact,
    ContactAttempt,
    ContactRestriction,
    Note,
    Snooze,
    Task,
    WorklistEntry,
)
from dunwell.queries.calls import call_queue
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer, add_user

LATE = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=30)}


def to_call(company, collector, number, rank, *, phone="+49 30 123", action="call", **changes):
    """A customer of the collector whom the day's plan wants to be called."""
    customer = add_customer(company, number, collector=collector, country="DE")
    Contact.objects.create(
        customer=customer,
        role="payables",
        name="Ms Meyer",
        phone=phone,
        is_primary=True,
        recorded_at=AT,
    )
    invoice(customer, f"R{number}", 100_00, **LATE)
    told = {"is_planned": True, "action": action}
    WorklistEntry.objects.create(
        customer=customer, company=company, as_of=TODAY, rank=rank, currency="EUR",
        due_minor=100_00, promised_minor=0, disputed_minor=0, dunned_minor=0,
        to_collect_minor=100_00, expected_extra_minor=5_00, score=50, minutes=10,
        oldest_days=30, reasons={"suggestion": told}, **changes,
    )  # fmt: skip
    return customer


@pytest.fixture
def caller(come_in, collector):
    """Anna at ten o'clock, when calls are allowed."""
    return come_in(collector)


def queue(company, collector, at=AT):
    return call_queue(company, user_id=collector.pk, person="anna", as_of=TODAY, at=at)


def names(rows):
    return [row.customer_number for row in rows]


def say(caller, customer, **answers):
    return caller.post(
        f"/call/{customer.pk}/", {"result": "reached", "why": "cash", "step": "7", **answers}
    )


def test_planned_calls_and_due_tasks_wait_in_the_order_of_the_ranks(company, collector):
    second = to_call(company, collector, "K2", 2)
    to_call(company, collector, "K1", 1)
    to_call(company, collector, "K3", 3, action="email")
    asked = to_call(company, collector, "K4", 4, action="email")
    Task.objects.create(
        company=company, customer=asked, kind="follow_up", reason="x", due_on=TODAY, as_of=TODAY,
        recorded_at=AT,
    )  # fmt: skip
    Snooze.objects.create(
        company=company, customer=second, until_on=TODAY + timedelta(days=3), recorded_at=AT
    )

    found = queue(company, collector)

    assert names(found.waiting) == ["K1", "K4"]
    assert (found.blocked, found.done, found.total, found.last_call_id) == ((), 0, 2, None)
    assert [(row.phone, row.local_time) for row in found.waiting][:1] == [("+49 30 123", "10:00")]


def test_who_may_not_be_called_is_passed_over_with_the_reason(company, collector):
    ceased = to_call(company, collector, "K1", 1)
    ContactRestriction.objects.create(
        company=company, customer=ceased, kind="cease", from_on=TODAY, recorded_by="anna",
        recorded_at=AT,
    )  # fmt: skip
    to_call(company, collector, "K2", 2, phone="")
    to_call(company, collector, "K3", 3)

    found = queue(company, collector)

    assert names(found.waiting) == ["K3"]
    assert names(found.blocked) == ["K1", "K2"]
    assert [row.verdict.is_allowed for row in found.blocked] == [False, True]


@pytest.mark.parametrize("n", [1, 3])
def test_the_queue_takes_the_same_queries_for_one_and_for_three(
    company, collector, django_assert_num_queries, n
):
    for number in range(1, n + 1):
        to_call(company, collector, f"K{number}", number)

    with django_assert_num_queries(10):
        assert len(queue(company, collector).waiting) == n


def test_a_result_shows_the_next_customer_and_the_progress(caller, company, collector):
    first = to_call(company, collector, "K1", 1)
    second = to_call(company, collector, "K2", 2)

    page = caller.get("/call/").text
    assert f'action="/call/{first.pk}/"' in page
    assert '<progress value="0" max="2"' in page
    assert "tel:+4930123" in page
    assert "100.00\N{NO-BREAK SPACE}€" in page or "€100.00" in page

    answer = say(caller, first)

    assert (answer.status_code, answer["Location"]) == (302, "/call/")
    assert Note.objects.get().next_on == TODAY + timedelta(days=7)
    page = caller.get("/call/").text
    assert f'action="/call/{second.pk}/"' in page
    assert '<progress value="1" max="2"' in page


def test_a_promise_made_on_the_phone_follows_and_leads_back(caller, company, collector):
    customer = to_call(company, collector, "K1", 1)

    answer = say(caller, customer, step="amount")

    assert answer["Location"] == f"/customers/{customer.pk}/promise/amount/?next=/call/"
    form = caller.get(answer["Location"]).text
    assert 'name="next" value="/call/"' in form
    answer = caller.post(
        f"/customers/{customer.pk}/promise/amount/",
        {"due_on": TODAY + timedelta(days=8), "amount": "50", "next": "/call/"},
    )
    assert answer["Location"] == "/call/"


def test_what_is_wrong_is_shown_on_the_same_customer(caller, company, collector):
    to_call(company, collector, "K1", 1)
    second = to_call(company, collector, "K2", 2)

    answer = caller.post(f"/call/{second.pk}/", {"result": ""})

    assert answer.status_code == 422
    assert f'action="/call/{second.pk}/"' in answer.text
    assert not Note.objects.exists()


def test_later_puts_a_customer_behind_the_others(caller, company, collector):
    first = to_call(company, collector, "K1", 1)
    second = to_call(company, collector, "K2", 2)

    assert caller.post(f"/call/{first.pk}/later/")["Location"] == "/call/"
    assert f'action="/call/{second.pk}/"' in caller.get("/call/").text
    caller.post(f"/call/{second.pk}/later/")
    assert f'action="/call/{first.pk}/"' in caller.get("/call/").text


def test_the_last_call_is_taken_back_and_its_customer_is_up_again(caller, company, collector):
    first = to_call(company, collector, "K1", 1)
    to_call(company, collector, "K2", 2)
    say(caller, first)
    note = Note.objects.get()

    answer = caller.post(f"/call/undo/{note.pk}/")

    assert answer["Location"] == f"/call/?customer={first.pk}"
    page = caller.get(answer["Location"]).text
    assert f'action="/call/{first.pk}/"' in page
    assert '<progress value="0" max="2"' in page
    assert not Snooze.objects.exists()

    say(caller, first, result="no_answer", step="none")
    assert list(Note.objects.order_by("id").values_list("result", flat=True)) == [
        "reached",
        "no_answer",
    ]
    # there was one call, whatever was recorded of it
    assert ContactAttempt.objects.count() == 1


def test_a_pause_hides_the_call_until_one_goes_on(caller, company, collector):
    customer = to_call(company, collector, "K1", 1)

    caller.post("/call/pause/")
    assert "1 call waits until you go on." in caller.get("/call/").text
    caller.post("/call/pause/")
    assert f'action="/call/{customer.pk}/"' in caller.get("/call/").text


def test_without_calls_it_says_so(caller):
    assert "asks for no call of yours" in caller.get("/call/").text


def test_what_was_promised_last_is_among_what_to_say(caller, company, collector):
    customer = to_call(company, collector, "K1", 1)
    record_promised_amount(
        actor=system(company),
        customer=customer,
        currency="EUR",
        amount_minor=40_00,
        due_on=TODAY + timedelta(days=2),
        as_of=TODAY,
        at=AT,
    )

    assert "it promised" in caller.get("/call/").text


def test_who_may_only_look_sees_no_form(come_in, company):
    reader = add_user(company, "rita", "read_only")
    customer = to_call(company, reader, "K1", 1)
    caller = come_in(reader)

    assert "Your role does not record calls." in caller.get("/call/").text
    assert say(caller, customer).status_code == 403
