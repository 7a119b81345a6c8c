"""What a reminder says of interest and fees: to the cent what the charges pages have."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.models import Charge, Message
from dunwell.queries.charges_told import accrued_charges, charge_texts, charges_told
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.reminders import plan_contacts
from dunwell.queries.texts import message_texts
from dunwell.queries.wording_previews import wording_previews
from dunwell.queries.wordings import money_text
from tests.actions.charge_desk import ACCRUE, accrue, charges_policy
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_reminders import desk, owing, sent, tonight  # noqa: F401  a fixture
from tests.conftest import AT, TODAY


def late(customer, number, days, amount=1_000_00):
    due = TODAY - timedelta(days=days)
    return invoice(
        customer, number, amount, issued_on=due - timedelta(days=30), due_on=due, as_of=TODAY
    )


def reminded(company, days):
    """Accrue and write the reminders of the days; return the last message."""
    for day in days:
        accrue(company, as_of=TODAY + timedelta(days=day))
        tonight(company, day)
        sent(company)
    return Message.objects.filter(company=company).order_by("id").last()


def plain(text):
    return text.replace("\xa0", " ")


def told(company, *items):
    """The sum of what has accrued on items, as the charges page adds it up."""
    found = Charge.objects.filter(company=company, item__in=items, status="accrued")
    return found.aggregate(all=Sum("amount_minor"))["all"] or 0


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_firm_reminder_tells_to_the_cent_what_has_accrued(desk, language):  # noqa: F811
    charges_policy(desk, ACCRUE)
    customer = owing(desk, "K1", late=100, amount=3_000_00, language=language, party="company")
    item = customer.items.get()

    first = reminded(desk, [0])
    assert money_text(told(desk, item), "EUR", language) not in first.body
    message = reminded(desk, [6, 12])

    accrued = told(desk, item)
    assert (message.template, accrued > 40_00) == ("call_script", True)
    body = plain(message.body)
    for amount in (accrued, accrued + 3_000_00):
        assert plain(money_text(amount, "EUR", language)) in body
    interest = Charge.objects.filter(item=item, kind="interest").aggregate(all=Sum("amount_minor"))
    assert plain(money_text(interest["all"], "EUR", language)) in body


def test_of_an_open_item_that_is_not_asked_for_nothing_is_told_and_of_one_paid_late_it_is(desk):  # noqa: F811
    charges_policy(desk, ACCRUE)
    customer = owing(desk, "K1", late=100, party="company")
    asked = customer.items.get()
    disputed, settled = late(customer, "R2", 90), late(customer, "R3", 80)
    open_dispute(
        actor=system(desk), item=disputed, amount_minor=1_000_00, reason="quality", as_of=TODAY,
        at=AT,
    )  # fmt: skip
    money = payment(customer, "P1", 1_000_00, value_on=TODAY, as_of=TODAY)
    apply_payment(
        actor=system(desk), payment=money, amounts={settled: 1_000_00}, as_of=TODAY, at=AT
    )
    accrue(desk, as_of=TODAY)
    rows = accrued_charges(desk)
    lines = rows.filter(rows["item_id"] == asked.pk).select("customer_id", "item_id")

    found = charges_told(desk, lines)[customer.pk]

    assert [row["item_id"] for row in found] == [asked.pk, settled.pk]
    sums = sum(row["interest_minor"] + row["fees_minor"] for row in found)
    assert sums == told(desk, asked, settled)
    assert told(desk, disputed) > 0


def test_every_amount_of_the_frame_is_the_sum_of_its_charges(desk):  # noqa: F811
    charges_policy(desk, ACCRUE)
    for number in range(3):
        owing(desk, f"K{number}", late=60 + number, amount=777_77 + number, party="company")
    accrue(desk, as_of=TODAY)

    rows = accrued_charges(desk)

    assert rows.height == 3
    for row in rows.iter_rows(named=True):
        assert row["interest_minor"] + row["fees_minor"] == told(desk, row["item_id"])


def test_without_charges_the_block_is_empty_and_the_totals_are_zero():
    texts = charge_texts([], demand={"EUR": 100_00, "USD": 5_00}, language="en")
    assert (texts.lines, texts.totals) == ((), ())
    assert texts.values == {
        "charges_total": "€0.00; $0.00",
        "total_with_charges": "€100.00; $5.00",
        "charges_until": "",
    }


def test_the_preview_has_the_charges_of_its_items(desk):  # noqa: F811
    charges_policy(desk, ACCRUE)
    customer = owing(desk, "K1", late=100, party="company")
    accrue(desk, as_of=TODAY)
    amount = money_text(told(desk, customer.items.get()), "EUR", "en")

    found = wording_previews(desk, language="en", as_of=TODAY)

    bodies = {preview.template: preview.body for preview in found.previews}
    assert [name for name, body in bodies.items() if amount in body] == [
        "urgent_reminder", "final_notice", "call_script", "second_call_script",
    ]  # fmt: skip
    assert not any(preview.trouble for preview in found.previews)


def test_more_customers_need_no_more_queries(desk):  # noqa: F811
    charges_policy(desk, ACCRUE)
    counts = []
    for numbers in (["A"], ["B", "C", "D"]):
        for number in numbers:
            owing(desk, number, late=40, segment="strategic", amount=1_000_00, party="company")
        accrue(desk, as_of=TODAY)
        strategies = [policy.strategy for policy in strategies_in_force(desk, as_of=TODAY)]
        plan = plan_contacts(desk, books=Books(desk), strategies=strategies, as_of=TODAY)
        with CaptureQueriesContext(connection) as queries:
            texts = list(message_texts(plan, plan.contacts.select("customer_id")))
        counts.append(len(queries))
        assert all(plain(money_text(0, "EUR", "en")) not in text.body for text in texts)
        assert all("interest" in text.body for text in texts)
    # texts and contact policy in force, addressees, numbers, charges
    assert counts[0] == counts[1] == 5
