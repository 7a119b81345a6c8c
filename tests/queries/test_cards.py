from datetime import date, timedelta

import pytest

from dunwell.actions.contacts import add_contact
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.actions.notes import record_note
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise
from dunwell.actions.rates import set_rate
from dunwell.actions.snoozes import snooze_customer
from dunwell.models import Customer, Habit
from dunwell.queries.cards import Credit, LastContact, LastPayment, customer_card
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import approved, cover, order
from tests.actions.test_notes import task_of
from tests.conftest import AT, TODAY

LONG_AGO = {"issued_on": date(2025, 1, 1), "due_on": date(2025, 2, 1)}


@pytest.fixture
def act(company):
    return {"actor": system(company), "at": AT}


def card(company, customer):
    return customer_card(company, customer.pk, as_of=TODAY)


def balances(found):
    return {
        line.currency: (
            line.open_minor,
            line.overdue_minor,
            line.unapplied_minor,
            line.disputed_minor,
            line.promised_minor,
            line.items,
            line.oldest_days,
        )
        for line in found.balances
    }


def test_a_new_customer_has_an_empty_card(company, customer):
    found = card(company, customer)

    assert (found.number, found.name, found.collector, found.parent) == ("K1", "Acme", "", "")
    assert (found.balances, found.contacts, found.tasks, found.holds) == ((), (), (), ())
    assert (found.habit, found.last_payment, found.last_contact) == (None, None, None)
    assert (found.rank, found.snoozed_until) == (None, None)
    assert found.credit == Credit(
        currency="EUR", limit_minor=None, used_minor=0, used_ppm=None, missing_rates=()
    )


def test_balances_tie_with_the_ledger_per_currency(company, customer, act):
    item = invoice(customer, "R1", 100_00, **LONG_AGO)
    invoice(customer, "R2", 30_00)
    invoice(customer, "C1", -5_00)
    money = payment(customer, "B1", 25_00)
    payment(customer, "B2", 9_00, currency="USD")
    apply_payment(payment=money, amounts={item: 20_00}, as_of=TODAY, **act)
    open_dispute(item=item, amount_minor=10_00, reason="tax", as_of=TODAY, **act)
    record_promise(customer=customer, amounts={item: 15_00}, due_on=TODAY, as_of=TODAY, **act)

    found = card(company, customer)

    assert balances(found) == {
        "EUR": (105_00, 80_00, 5_00, 10_00, 15_00, 3, 397),
        "USD": (0, 0, 9_00, 0, 0, 0, 0),
    }
    assert [(b.bucket, b.open_minor, b.items) for b in found.balances[0].buckets] == [
        ("not_due", 25_00, 2),
        ("1-30", 0, 0),
        ("31-60", 0, 0),
        ("61-90", 0, 0),
        ("91+", 80_00, 1),
    ]
    assert found.last_payment == LastPayment(
        number="B2", value_on=date(2026, 3, 4), amount_minor=9_00, currency="USD"
    )


def test_the_limit_is_used_by_what_is_open_less_unapplied_at_the_days_rate(company, customer, act):
    Customer.objects.update(credit_limit_minor=200_00)
    invoice(customer, "R1", 50_00)
    invoice(customer, "R2", 100_00, currency="USD")
    payment(customer, "B1", 5_00)

    without = card(company, customer).credit
    for from_on, ppm in [
        (TODAY - timedelta(days=30), 1),
        (TODAY - timedelta(days=1), 905_005),
        (TODAY + timedelta(days=1), 2),
    ]:
        set_rate(currency="USD", from_on=from_on, rate_ppm=ppm, source="ECB", **act)

    assert without == Credit(
        currency="EUR",
        limit_minor=200_00,
        used_minor=None,
        used_ppm=None,
        missing_rates=("USD",),
    )
    # 45.00 + 90.5005 rounded half away from zero to 90.50 EUR
    assert card(company, customer).credit == Credit(
        currency="EUR", limit_minor=200_00, used_minor=135_50, used_ppm=677_500, missing_rates=()
    )


def test_the_card_shows_contacts_habit_tasks_holds_and_the_last_word(company, customer, act):
    add_contact(customer=customer, email="ap@acme.example", **act)
    add_contact(customer=customer, role="legal", phone="030", **act)
    add_contact(customer=customer, name="Bo", email="bo@acme.example", is_primary=False, **act)
    task_of(customer, "letter")
    place_hold(customer=customer, reason="legal", as_of=TODAY, **act)
    record_note(
        customer=customer,
        kind="call",
        result="reached",
        next_on=TODAY + timedelta(days=2),
        as_of=TODAY,
        **act,
    )
    snooze_customer(customer=customer, until_on=TODAY + timedelta(days=2), as_of=TODAY, **act)
    Habit.objects.create(
        customer=customer,
        company=company,
        as_of=TODAY,
        label="prompt",
        n_settled=12,
        expected_days_late=3,
        share_late_ppm=250_000,
    )

    found = card(company, customer)

    assert [(c.role, c.email, c.is_primary) for c in found.contacts] == [
        ("legal", "", True),
        ("payables", "ap@acme.example", True),
        ("payables", "bo@acme.example", False),
    ]
    assert [task.kind for task in found.tasks] == ["letter"]
    assert [(hold.reason, hold.is_active) for hold in found.holds] == [("legal", True)]
    assert found.last_contact == LastContact(
        at=AT, kind="call", text="Reached", next_on=TODAY + timedelta(days=2)
    )
    assert (found.habit.label, found.habit.settled, found.habit.share_late_ppm) == (
        "prompt",
        12,
        250_000,
    )
    assert found.snoozed_until == TODAY + timedelta(days=2)


def test_another_companys_customer_is_not_there(rival, customer):
    assert card(rival.memberships.all()[0].company, customer) is None


def test_one_item_and_three_take_the_same_queries(company, customer, django_assert_num_queries):
    invoice(customer, "R1", 1_00)
    payment(customer, "B1", 1_00)
    invoice(customer, "R0", 1_00, currency="GBP")
    with django_assert_num_queries(23):
        card(company, customer)
    for currency in ("USD", "JPY"):
        invoice(customer, currency, 1_00, currency=currency)
        payment(customer, f"B{currency}", 1_00, currency=currency)
        task_of(customer, "call" if currency == "USD" else "letter")
    with django_assert_num_queries(23):
        card(company, customer)


def test_the_card_says_what_the_ledger_of_limits_and_orders_say(company, customer):
    invoice(customer, "R1", 60_00)
    order(customer, "O1", 50_00, delivered_minor=20_00)
    cover(customer, "P1", 10_00)
    approved(80_00, customer=customer)

    assert card(company, customer).credit == Credit(
        currency="EUR", limit_minor=80_00, used_minor=100_00, used_ppm=1_250_000, missing_rates=()
    )
    approved(0, customer=customer, kind="suspension")
    stopped = card(company, customer).credit
    assert (stopped.limit_minor, stopped.used_ppm, stopped.is_suspended) == (0, None, True)
