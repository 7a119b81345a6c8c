"""A small book whose outlook is known by heart, kept as the day's cycle keeps it."""

from datetime import timedelta

import numpy as np

from dunwell.actions.cash_outlook import keep_outlook
from dunwell.actions.gate import system
from dunwell.engine.calendars import day_number
from dunwell.jobs.cash_outlook import outlook_of_day
from dunwell.ml.cash_outlook import Book
from dunwell.ml.cash_periods import period_ends
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.conftest import AT, TODAY

EVENLY_DAYS = 20
"""Every item is paid evenly over so many days, as the log of `forecast_log.evenly` says."""


def keep(company, version, *, as_of=TODAY, days=EVENLY_DAYS):
    """Keep the outlook of a day in which every open item is paid evenly over some days."""
    history = company_history(Books(company), as_of=as_of)
    ends = np.array(period_ends(day_number(as_of))) - day_number(as_of)
    paid = np.tile(np.clip(ends / days, 0, 1).astype(np.float32), (history.open.height, 1))
    names = ("item_id", "customer_id", "currency", "open_minor", "due_day")
    found = outlook_of_day(
        company, version, history, Book(history.open.select(*names), paid), as_of=as_of
    )
    return keep_outlook(actor=system(company), version=version, outlook=found, as_of=as_of, at=AT)


def every_component(company, customer, items):
    """Promise the second item, dispute the third, plan the fourth; bill and deliver beside."""
    from dunwell.models import (
        Dispute,
        InvoiceSchedule,
        Order,
        PaymentPlan,
        PlanInstalment,
        PlanItem,
        Promise,
        PromiseItem,
        TaxRate,
    )

    common = {"company": company, "customer": customer, "recorded_at": AT}
    promise = Promise.objects.create(
        **common, made_on=TODAY, due_on=TODAY + timedelta(days=3), keep_ppm=800_000
    )
    PromiseItem.objects.create(promise=promise, item=items[1], amount_minor=150_00)
    Dispute.objects.create(
        **common, item=items[2], amount_minor=100_00, reason="price", opened_on=TODAY
    )
    # an item both disputed and promised is the dispute's
    PromiseItem.objects.create(promise=promise, item=items[2], amount_minor=300_00)
    plan = PaymentPlan.objects.create(
        **common, number="P1", currency="EUR", status="active", frequency="monthly",
        covered_minor=400_00, first_on=TODAY + timedelta(days=5), proposed_by="mia",
        proposed_on=TODAY, accepted_on=TODAY,
    )  # fmt: skip
    PlanItem.objects.create(plan=plan, item=items[3], amount_minor=400_00, is_live=True)
    for number in (1, 2):
        PlanInstalment.objects.create(
            plan=plan, number=number, amount_minor=200_00,
            due_on=TODAY + timedelta(days=5 + 30 * (number - 1)),
        )  # fmt: skip
    # what a plan holds is the plan's, even where it is promised too
    PromiseItem.objects.create(promise=promise, item=items[3], amount_minor=400_00)
    TaxRate.objects.create(
        company=company, code="S", name="Standard", country="DE", category="S",
        rate_ppm=190_000, valid_from=TODAY - timedelta(days=99), author="mia", recorded_at=AT,
    )  # fmt: skip
    InvoiceSchedule.objects.create(
        **common, name="Rent", every="month", day=10, starts_on=TODAY, currency="EUR",
        terms="net 10 days", author="mia",
        lines=[{"name": "Rent", "quantity_micros": 1_000_000, "price_micros": 100_000_000,
                "tax_code": "S"}],
    )  # fmt: skip
    Order.objects.create(
        **common, number="O1", status="approved", currency="EUR", amount_minor=900_00,
        delivered_minor=500_00, billed_minor=200_00, terms="net 10 days", ordered_on=TODAY,
    )  # fmt: skip
    return plan
