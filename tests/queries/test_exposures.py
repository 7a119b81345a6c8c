from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.rates import set_rate
from dunwell.engine.exposure import Exposure, ExposureRate, Part
from dunwell.models import Company
from dunwell.queries.exposures import MOST_NAMED, exposure_parts, exposures
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import cover, order
from tests.conftest import AT, TODAY, add_customer


def exposure_of(customer, as_of=TODAY):
    return exposures(customer.company, as_of=as_of, customer_ids=[customer.pk])[customer.pk]


def test_open_items_orders_money_and_covers_make_one_exposure(company, customer):
    item = invoice(customer, "R1", 100_00)
    invoice(customer, "C1", -10_00)
    money = payment(customer, "B1", 40_00)
    apply_payment(
        actor=system(company), payment=money, amounts={item: 25_00}, as_of=TODAY, at=AT
    )  # fmt: skip
    order(customer, "O1", 80_00, delivered_minor=30_00, billed_minor=10_00)
    order(customer, "O2", 50_00, status="held")
    order(customer, "O3", 70_00, status="cancelled", delivered_minor=5_00)
    order(customer, "O4", 90_00, status="closed", delivered_minor=90_00)
    held = cover(customer, "P1", 60_00, share_ppm=900_000)

    assert exposure_of(customer) == Exposure(
        "EUR", 65_00, 25_00, 50_00, 54_00, 15_00, 71_00, covers=((held.pk, 54_00),)
    )


def test_money_paid_in_advance_stands_against_its_order_and_nothing_else(customer):
    invoice(customer, "R1", 100_00)
    payment(customer, "B1", 40_00)
    order(customer, "O1", 80_00, prepaid_minor=30_00)

    found = exposure_of(customer)

    assert (found.orders_minor, found.unapplied_minor, found.exposure_minor) == (
        50_00, 10_00, 140_00,
    )  # fmt: skip


def test_only_granted_covers_that_reduce_and_hold_on_the_day_count(customer):
    invoice(customer, "R1", 100_00)
    cover(customer, "P1", 10_00, status="requested")
    cover(customer, "P2", 10_00, effect="lifts_limit")
    cover(customer, "P3", 10_00, until_on=TODAY - timedelta(days=1))
    cover(customer, "P4", 10_00, from_on=TODAY + timedelta(days=1))
    last = cover(customer, "P5", 10_00, until_on=TODAY)

    assert exposure_of(customer).covers == ((last.pk, 10_00),)


def test_the_rate_of_the_day_is_used_and_named(company, customer):
    invoice(customer, "R1", 100_00, currency="USD")
    on = {"actor": system(company), "currency": "USD", "source": "bank", "at": AT}
    set_rate(from_on=date(2026, 1, 1), rate_ppm=900_000, **on)
    set_rate(from_on=date(2026, 3, 1), rate_ppm=950_000, **on)
    set_rate(from_on=date(2026, 3, 9), rate_ppm=990_000, **on)

    found = exposure_of(customer)

    assert found.exposure_minor == 95_00
    assert found.rates == (ExposureRate("USD", 950_000, date(2026, 3, 1)),)


def test_a_missing_rate_makes_the_exposure_unknown(customer):
    invoice(customer, "R1", 100_00, currency="USD")
    invoice(customer, "R2", 10_00)

    found = exposure_of(customer)

    assert (found.exposure_minor, found.missing_rates, found.open_minor) == (None, ("USD",), 10_00)


def test_all_customers_and_some_of_them_tell_the_same(company, customer):
    others = [add_customer(company, f"N{n}") for n in range(4)]
    for number, one in enumerate([customer, *others[:3]]):
        invoice(one, f"R{number}", 100_00 + number)
        payment(one, f"B{number}", 40_00 + number)
        order(one, f"O{number}", 10_00)
        cover(one, f"P{number}", 5_00)

    every = exposures(company, as_of=TODAY)
    named = exposures(company, as_of=TODAY, customer_ids=[one.pk for one in others])
    many = exposures(
        company, as_of=TODAY, customer_ids=[*(o.pk for o in others), *range(-MOST_NAMED, 0)]
    )

    assert set(every) == {customer.pk, *(one.pk for one in others)}
    assert named == many == {one.pk: every[one.pk] for one in others}
    assert every[others[3].pk] == Exposure("EUR")
    assert exposures(company, as_of=TODAY, customer_ids=[]) == {}


def test_another_company_is_never_read(company, customer):
    other = Company.objects.create(name="Rival", zone="UTC", currency="EUR", created_at=AT)
    theirs = add_customer(other, "K1")
    invoice(theirs, "R1", 100_00)
    order(theirs, "O1", 10_00)

    assert exposures(company, as_of=TODAY) == {customer.pk: Exposure("EUR")}
    assert exposures(company, as_of=TODAY, customer_ids=[theirs.pk]) == {}


def test_parts_are_told_per_currency(company, customer):
    invoice(customer, "R1", 100_00, currency="USD")
    invoice(customer, "R2", 10_00)
    order(customer, "O1", 5_00, currency="USD", prepaid_minor=1_00)

    assert exposure_parts(company, customer_ids=[customer.pk]) == {
        customer.pk: (Part("EUR", 10_00), Part("USD", 100_00, 0, 4_00, 0, 1_00))
    }


@pytest.mark.parametrize("n", [1, 3])
def test_one_customer_or_many_cost_the_same_queries(company, n, django_assert_num_queries):
    for number in range(n):
        one = add_customer(company, f"N{number}")
        invoice(one, f"R{number}", 100_00)
        payment(one, f"B{number}", 40_00)
        order(one, f"O{number}", 10_00, currency="USD")
        cover(one, f"P{number}", 5_00)

    with django_assert_num_queries(6):
        exposures(company, as_of=TODAY)


def test_one_customer_is_found_by_indexes_alone(company, customer):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL reads a small table whole, whatever its indexes")
    with CaptureQueriesContext(connection) as told:
        exposure_of(customer)
    for query in told.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plan = [line[3] for line in cursor.fetchall()]
        wide = ("SCAN dunwell", "(company_id=?)")
        assert not [step for step in plan if any(word in step for word in wide)]
