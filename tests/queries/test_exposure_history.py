from datetime import date

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.rates import set_rate
from dunwell.queries.exposure_history import HistoryPoint, exposure_history
from dunwell.queries.exposures import exposures
from dunwell.queries.limits import limits_in_force
from tests.actions.ledger_rows import invoice, payment
from tests.actions.limit_rows import approved, cover
from tests.conftest import AT, TODAY


def told(customer, months=2):
    found = exposure_history(customer.company, customer_id=customer.pk, as_of=TODAY, months=months)
    return [(x.on, x.owed_minor, x.limit_minor, x.is_suspended) for x in found]


def test_what_was_owed_and_which_limit_applied_month_by_month(company, customer):
    item = invoice(customer, "R1", 100_00, issued_on=date(2026, 1, 10))
    invoice(customer, "R2", 50_00, issued_on=date(2026, 2, 10))
    money = payment(customer, "B1", 30_00, value_on=date(2026, 2, 20))
    on = {"actor": system(company), "as_of": TODAY, "at": AT}
    apply_payment(payment=money, amounts={item: 20_00}, **on)
    approved(80_00, customer=customer, from_on=date(2026, 2, 1))
    cover(
        customer, "P1", 10_00, effect="lifts_limit", from_on=date(2026, 2, 1),
        until_on=date(2026, 2, 28),
    )  # fmt: skip
    approved(0, customer=customer, kind="suspension", from_on=TODAY)

    # until it was put on an item the money stood on account: what is owed is the same
    assert told(customer) == [
        (date(2026, 1, 31), 100_00, None, False),
        (date(2026, 2, 28), 120_00, 90_00, False),
        (TODAY, 120_00, 0, True),
    ]


def test_the_last_point_is_what_order_checks_see(company, customer):
    invoice(customer, "R1", 100_00, currency="USD", issued_on=date(2026, 2, 10))
    approved(80_00, customer=customer)
    unknown = told(customer, months=1)
    set_rate(
        actor=system(company), currency="USD", from_on=date(2026, 3, 1), rate_ppm=900_000,
        source="bank", at=AT,
    )  # fmt: skip

    points = exposure_history(company, customer_id=customer.pk, as_of=TODAY, months=1)

    keys = {"as_of": TODAY, "customer_ids": [customer.pk]}
    assert [owed for _, owed, _, _ in unknown] == [None, None]
    assert points[-1] == HistoryPoint(
        on=TODAY,
        currency="EUR",
        owed_minor=exposures(company, **keys)[customer.pk].exposure_minor,
        limit_minor=limits_in_force(company, **keys)[customer.pk].limit_minor,
        is_suspended=False,
    )
    assert points[0].owed_minor is None


def test_a_history_costs_five_queries(company, customer, django_assert_num_queries):
    invoice(customer, "R1", 100_00)
    with django_assert_num_queries(5):
        told(customer, months=12)
