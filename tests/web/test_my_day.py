"""My day: the target, what is promised and waits, what is done so far, and the ranked list."""

from datetime import timedelta

import pytest

from dunwell.actions.calls import take_back_call
from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise
from dunwell.models import Escalation, Message, Promise, Task, WorklistEntry
from dunwell.queries.my_day import CallBack, CashSum, PromiseSum, my_day
from dunwell.queries.my_day_rows import FIGURES, day_figure
from dunwell.queries.worklist_sums import DayPlan
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)
SUGGESTED = {
    "action": "call", "is_automatic": False, "is_worth": True, "effect_ppm": 100_000,
    "prior_ppm": 100_000, "observed_ppm": None, "low_ppm": None, "high_ppm": None, "acted_n": 0,
    "alone_n": 0, "weight_ppm": 0, "options": [],
}  # fmt: skip


@pytest.fixture
def mine(customer, collector):
    customer.collector = collector
    customer.save()
    entry(customer)
    return customer


def entry(customer, rank=1, planned=True):
    return WorklistEntry.objects.create(
        customer=customer, company=customer.company, as_of=TODAY, rank=rank, currency="EUR",
        due_minor=100_00, promised_minor=20_00, disputed_minor=10_00, dunned_minor=5_00,
        to_collect_minor=65_00, expected_extra_minor=5_00, score=50, minutes=10,
        oldest_days=9, reasons={"suggestion": {**SUGGESTED, "is_planned": planned}},
    )  # fmt: skip


def day_of(collector, company):
    return my_day(
        company, user_id=collector.pk, person="anna", roles=frozenset({"collector"}), as_of=TODAY
    )


def called(collector, customer, **changes):
    given = {"kind": "call", "result": "reached", "as_of": TODAY, "at": AT, **changes}
    return record_note(actor=acting(collector), customer=customer, **given)


def test_an_empty_day_is_all_zeros(company, collector):
    found = day_of(collector, company)

    assert found.plan == DayPlan(
        customers=0, minutes=0, capacity_minutes=240, expected_extra_minor=0
    )
    assert (found.calls, found.promises, found.cash_in, found.call_backs) == (0, (), (), ())


def test_the_worklist_s_sums_are_of_my_customers_alone(company, collector, mine):
    entry(add_customer(company, "K2"), 2)

    found = day_of(collector, company)

    assert found.plan.customers == 1
    assert (found.to_collect_minor, found.promised_minor) == (65_00, 20_00)
    assert (found.disputed_minor, found.dunned_minor) == (10_00, 5_00)


def test_what_i_did_counts_and_what_is_taken_back_does_not(company, collector, mine):
    called(collector, mine, result="no_answer")
    mistake = called(collector, mine)
    take_back_call(actor=acting(collector), note=mistake, as_of=TODAY, at=AT)
    item = invoice(mine, "R1", 100_00)
    record_promise(
        actor=acting(collector), customer=mine, amounts={item: 30_00},
        due_on=TODAY + timedelta(days=3), as_of=TODAY, at=AT,
    )  # fmt: skip
    record_promised_amount(
        actor=acting(collector), customer=mine, currency="EUR", amount_minor=20_00,
        due_on=TODAY + timedelta(days=3), as_of=TODAY, at=AT,
    )  # fmt: skip
    payment(mine, "B1", 12_00, value_on=TODAY)

    found = day_of(collector, company)

    assert (found.calls, found.reached, found.planned_done) == (1, 0, 1)
    assert found.promises == (PromiseSum(currency="EUR", count=2, promised_minor=50_00),)
    assert found.cash_in == (CashSum(currency="EUR", count=1, amount_minor=12_00),)


def test_promises_due_and_broken_today_and_appointments(company, collector, mine):
    due = {"company": company, "customer": mine, "level": "customer", "currency": "EUR",
           "made_on": YESTERDAY, "recorded_at": AT}  # fmt: skip
    Promise.objects.create(**due, amount_minor=7_00, due_on=TODAY)
    Promise.objects.create(
        **due, amount_minor=9_00, due_on=YESTERDAY, outcome="broken", settled_on=TODAY
    )
    called(collector, mine, next_on=TODAY, text="after lunch")
    for role, number in (("collector", "broken_promise"), ("credit_manager", "other")):
        Escalation.objects.create(
            company=company, customer=mine, kind=number, to_role=role, reason="x",
            raised_by="x", raised_on=TODAY, answer_by_on=TODAY, recorded_at=AT,
        )  # fmt: skip
    Task.objects.create(
        company=company, customer=mine, kind="letter", reason="x", due_on=TODAY, as_of=TODAY,
        recorded_at=AT,
    )  # fmt: skip

    found = day_of(collector, company)

    assert found.due_today == (PromiseSum(currency="EUR", count=1, promised_minor=7_00),)
    assert found.failed_today == (PromiseSum(currency="EUR", count=1, promised_minor=9_00),)
    assert found.call_backs == (
        CallBack(
            customer_id=mine.pk, customer_name="Acme", on=TODAY, result="reached", why="",
            text="after lunch",
        ),
    )  # fmt: skip
    assert (found.escalations, found.tasks_due) == (1, 1)


def test_the_page_shows_it_and_drills_down(come_in, company, collector, mine):
    other = add_customer(company, "K2", name="Elsewhere")
    for customer in (mine, other):
        Promise.objects.create(
            company=company, customer=customer, level="customer", currency="EUR",
            amount_minor=7_00, made_on=YESTERDAY, due_on=TODAY, recorded_at=AT,
        )  # fmt: skip
    client = come_in(collector)

    page = client.get("/my-day/").text
    listed = client.get(f"/promises/?outcome=open&whose=mine&due={TODAY}").text
    file = client.get("/my-day/export.csv")

    assert "Acme" in page
    assert 'href="/my-day/due_today/?currency=EUR"' in page
    assert "Acme" in listed
    assert "Elsewhere" not in listed
    assert "K1,Acme,EUR,100.00" in b"".join(file).decode()


def test_promises_got_today_are_listed_behind_the_figure(come_in, company, collector, mine):
    invoice(mine, "R1", 100_00)
    record_promised_amount(
        actor=acting(collector), customer=mine, currency="EUR", amount_minor=20_00,
        due_on=TODAY + timedelta(days=3), as_of=TODAY, at=AT,
    )  # fmt: skip
    other = add_customer(company, "K2", name="Elsewhere")
    invoice(other, "R2", 100_00)
    record_promised_amount(
        actor=system(company), customer=other, currency="EUR", amount_minor=20_00,
        due_on=TODAY + timedelta(days=3), as_of=TODAY, at=AT,
    )  # fmt: skip

    listed = come_in(collector).get(f"/promises/?outcome=any&made={TODAY}&by=me").text

    assert "Acme" in listed
    assert "Elsewhere" not in listed


@pytest.fixture
def busy(company, collector, mine):
    """A day with something behind every figure, and as much of somebody else's."""
    other = add_customer(company, "K2", name="Elsewhere")
    entry(other, 2)
    for customer, by in ((mine, collector), (other, None)):
        about = {"company": company, "customer": customer, "recorded_at": AT}
        promise = {**about, "level": "customer", "made_on": YESTERDAY}
        Promise.objects.create(**promise, currency="USD", amount_minor=7_00, due_on=TODAY)
        Promise.objects.create(
            **promise,
            currency="EUR",
            amount_minor=9_00,
            due_on=YESTERDAY,
            outcome="broken",
            settled_on=TODAY,
        )
        Task.objects.create(**about, kind="letter", reason="post it", due_on=TODAY, as_of=TODAY)
        Message.objects.create(
            **about, channel="email", status="draft", strategy="s", level=1, template="reminder",
            language="en", subject="Please pay", body="x", body_sha256="0" * 64,
            message_id=f"<{customer.pk}@x>", as_of=TODAY,
        )  # fmt: skip
        payment(customer, f"B{customer.pk}", 12_00, value_on=TODAY)
        if by is not None:
            called(by, customer, text="spoke with Pat")
            called(by, customer, kind="note", result="", text="sends a list")
            invoice(customer, "R1", 100_00)
            record_promised_amount(
                actor=acting(by), customer=customer, currency="EUR", amount_minor=20_00,
                due_on=TODAY + timedelta(days=3), supersede=True, as_of=TODAY, at=AT,
            )  # fmt: skip
    for role, kind in (("collector", "other"), ("credit_manager", "risk")):
        Escalation.objects.create(
            company=company, customer=mine, kind=kind, to_role=role, reason="x",
            raised_by="x", raised_on=TODAY, answer_by_on=TODAY, recorded_at=AT,
        )  # fmt: skip
    return company


def test_the_rows_behind_every_figure_are_the_figure(busy, collector):
    day = day_of(collector, busy)
    person = {"user_id": collector.pk, "person": "anna", "roles": {"collector"}, "as_of": TODAY}
    found = {name: day_figure(busy, name, **person) for name in FIGURES}

    counts = {
        "calls": day.calls, "reached": day.reached, "notes": day.notes, "tasks": day.tasks_due,
        "drafts": day.drafts, "escalations": day.escalations,
    }  # fmt: skip
    sums = {
        "to_collect": day.to_collect_minor, "promised": day.promised_minor,
        "disputed": day.disputed_minor, "dunned": day.dunned_minor,
    }  # fmt: skip
    lists = {
        "promises": day.promises, "due_today": day.due_today, "failed_today": day.failed_today,
    }  # fmt: skip
    assert set(counts) | set(sums) | set(lists) | {"cash_in"} == set(FIGURES)
    assert {name: len(found[name].rows) for name in counts} == counts
    assert all(counts.values()) and all(sums.values())
    assert {name: dict(found[name].totals)["EUR"] for name in sums} == sums
    for name, lines in lists.items():
        assert found[name].totals == tuple((one.currency, one.promised_minor) for one in lines)
        assert len(found[name].rows) == sum(one.count for one in lines) > 0
    assert found["cash_in"].totals == tuple(
        (one.currency, one.amount_minor) for one in day.cash_in
    )
    assert {row.customer_name for one in found.values() for row in one.rows} == {"Acme"}
    assert day_figure(busy, "cash_in", currency="USD", **person).rows == ()


@pytest.mark.parametrize("figure", FIGURES)
def test_every_figure_of_the_page_opens_its_rows(come_in, collector, busy, figure):
    client = come_in(collector)
    assert f'href="/my-day/{figure}/' in client.get("/my-day/").text
    page = client.get(f"/my-day/{figure}/")
    assert page.status_code == 200 and "Acme" in page.text and "Elsewhere" not in page.text
    file = client.get(f"/my-day/{figure}/export.csv")
    assert b"K1" in b"".join(file)
    assert client.get("/my-day/nothing/").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_rows_take_the_same_queries_for_one_and_for_three(
    come_in, company, collector, django_assert_num_queries, n
):
    for number in range(1, n + 1):
        entry(add_customer(company, f"K{number}", collector=collector), number)
    client = come_in(collector)
    client.get("/my-day/to_collect/")

    with django_assert_num_queries(6):
        client.get("/my-day/to_collect/")


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_for_three(
    come_in, company, collector, django_assert_num_queries, n
):
    for number in range(1, n + 1):
        entry(add_customer(company, f"K{number}", collector=collector), number)
    client = come_in(collector)
    client.get("/my-day/")

    with django_assert_num_queries(34):
        client.get("/my-day/")
