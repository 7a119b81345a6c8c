"""Money given back is no sale, no collection and no payment habit: figures stay as they were."""

from datetime import date, timedelta

import polars as pl
import pytest
from django.db import transaction

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.refunds import fail_refund
from dunwell.engine.behaviour import habits
from dunwell.engine.calendars import calendar_days
from dunwell.engine.kpi_rows import input_rows
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.open_levels import open_levels
from dunwell.engine.trends import changes
from dunwell.jobs.anomalies import found_anomalies
from dunwell.jobs.customer_scores import customer_scores
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from dunwell.queries.paid import paid_item_rows
from dunwell.queries.timeline import timeline
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice, payment
from tests.actions.refund_rows import approved_payee, approved_refund
from tests.conftest import AT, TODAY

WEEK = timedelta(days=7)
NEXT = TODAY + timedelta(days=1)


@pytest.fixture
def money(company, customer):
    """Six invoices paid over half a year, one still open, and too much paid at last."""
    actor = system(company)
    for number in range(6):
        issued_on = date(2025, 9, 1) + 3 * number * WEEK
        paid_on = issued_on + 5 * WEEK + timedelta(days=number)
        item = invoice(
            customer, f"R{number}", 100_00 + number, issued_on=issued_on,
            due_on=issued_on + 4 * WEEK, as_of=issued_on,
        )  # fmt: skip
        made = payment(customer, f"P{number}", 100_00 + number, value_on=paid_on, as_of=paid_on)
        apply_payment(
            actor=actor, payment=made, amounts={item: 100_00 + number}, as_of=paid_on, at=AT
        )
    invoice(customer, "R9", 250_00, due_on=TODAY - timedelta(days=1))
    return payment(customer, "P9", 80_00)


def figures(company, as_of):
    """Everything that is told of the ledger: KPIs, habits, scores, model inputs, oddities."""
    books = Books(company)
    ledger = books.whole()
    kpis = kpi_table(ledger, as_of=as_of)
    calendar = calendar_days("DE", first=date(2023, 1, 1), last=date(2026, 6, 1))
    told = {
        "kpis": {
            (one.currency, one.kpi): (one.value, _without_unapplied(one.inputs))
            for one in kpis
            if "unapplied" not in one.kpi
        },
        "habits": habits(ledger, calendar, as_of=as_of).collect().rows(named=True),
        "changes": changes(ledger, as_of=as_of, previous=as_of - timedelta(days=1))
        .collect().sort("change", "subject_id").rows(),
        "levels": open_levels(ledger, as_of=as_of).collect().rows(),
        "scores": customer_scores(books, as_of=as_of).rows(),
        "odd": found_anomalies(books, as_of=as_of).filter(~_is_unapplied()).rows(),
        "paid": paid_item_rows(company, company.customers.get().pk),
    }  # fmt: skip
    history = company_history(books, as_of=as_of)
    told["history"] = (history.items.rows(), history.disputes.rows())
    for name in ("sales_minor", "collected_minor", "settled_amount_minor"):
        rows = input_rows(ledger, name, as_of=as_of, window_days=90).collect()
        told[name] = sorted(rows.rows(), key=str)
    return told


def _without_unapplied(inputs):
    return {name: value for name, value in inputs.items() if "unapplied" not in name}


def _is_unapplied():
    return pl.col("kind").is_in(["overpayment", "no_open_items", "payment_high"])


@pytest.mark.parametrize(("is_credit", "as_of"), [(False, NEXT), (True, TODAY)])
def test_a_refund_changes_no_figure(company, clerk, manager, customer, money, is_credit, as_of):
    credit = invoice(customer, "G1", -80_00)
    payee = approved_payee(clerk, manager, customer)
    # of a credit: what is told when the same credit is gone without a refund
    before = (_without_credit if is_credit else lambda c, _, day: figures(c, day))(
        company, credit, as_of
    )

    approved_refund(clerk, manager, credit if is_credit else money, payee, 80_00)

    after = figures(company, as_of)
    for name, told in before.items():
        if name in ({"kpis", "odd"} if is_credit else {"scores"}):
            continue  # a write-off is a figure of its own; unapplied cash lowers what is overdue
        assert after[name] == told, name
    assert breaks(company) == {}


def _without_credit(company, credit, as_of):
    with transaction.atomic():
        record_adjustment(
            actor=system(company), item=credit, kind="write_off", amount_minor=80_00, reason="x",
            as_of=TODAY, at=AT,
        )  # fmt: skip
        told = figures(company, as_of)
        transaction.set_rollback(True)
    return told


def test_a_refund_taken_back_changes_no_figure_either(company, clerk, manager, customer, money):
    before = figures(company, NEXT)
    payee = approved_payee(clerk, manager, customer)
    refund = approved_refund(clerk, manager, money, payee, 80_00)
    fail_refund(actor=acting(manager), refund=refund, reason="closed", as_of=TODAY, at=AT)
    assert figures(company, NEXT) == before


def test_what_was_given_back_stands_in_the_story_of_the_customer(
    company, clerk, manager, customer, money
):
    approved_refund(clerk, manager, money, approved_payee(clerk, manager, customer), 80_00)
    titles = [row.title for row in timeline(company, customer.pk).rows]
    assert {"Refund proposed", "Refund approved", "Payee approved"} <= set(titles)
