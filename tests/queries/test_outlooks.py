"""What lists show beside many customers: their outlook, and how their scores moved."""

from datetime import date

import pytest

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.engine.calendars import day_number
from dunwell.queries.outlooks import Outlook, customer_outlooks
from dunwell.queries.score_moves import score_moves
from dunwell.queries.scores import score_rows
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import row, score, scores, write
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


def test_an_outlook_is_of_the_currency_with_most_items(
    company, customer, version, django_assert_num_queries
):
    other = add_customer(company, "K2")
    made = [
        row(invoice(customer, "R1", 100_00)),
        row(invoice(customer, "R2", 300_00), p_unpaid_14_ppm=1_000_000),
        row(invoice(customer, "R3", 999_00, currency="USD")),
        row(invoice(other, "R4", 10_00), q50_day=day_number(TODAY) + 3),
    ]
    write(version, made)

    with django_assert_num_queries(1):
        found = customer_outlooks(company, [customer.pk, other.pk, 0])
    assert found == {
        customer.pk: Outlook(
            customer_id=customer.pk,
            currency="EUR",
            items=2,
            open_minor=400_00,
            expected_14_minor=75_00,
            soon_ppm=187_500,
            next_pay_on=date(2026, 3, 13),
        ),
        other.pk: Outlook(
            customer_id=other.pk,
            currency="EUR",
            items=1,
            open_minor=10_00,
            expected_14_minor=7_50,
            soon_ppm=750_000,
            next_pay_on=date(2026, 3, 8),
        ),
    }


def test_moves_count_every_pair_of_bands(company, customer, django_assert_num_queries):
    others = [add_customer(company, f"K{number}") for number in range(2, 6)]
    fell = {"score_before": 80, "band_before": "A"}
    scores(
        company,
        [
            score(customer, 30, band="E", is_alarm=True, **fell),
            score(others[0], 82, band="A", **fell),
            score(others[1], 81, band="A", score_before=70, band_before="B"),
            score(
                others[2], 81, band="A", score_before=70, band_before="B", warnings='[{"a": 1}]'
            ),
            score(others[3], 66, band="B"),
        ],
    )

    with django_assert_num_queries(2):
        found = score_moves(company)
    counted = {(one.before, one.band): one.customers for one in found.moves if one.customers}
    assert counted == {("A", "E"): 1, ("A", "A"): 1, ("B", "A"): 2, ("", "B"): 1}
    assert len(found.moves) == 30
    assert (found.customers, found.alarms, found.warned, found.fallen, found.risen) == (
        5,
        1,
        1,
        1,
        2,
    )
    risen = score_rows(company, band="A", band_before="B").rows
    assert [one.customer_number for one in risen] == ["K3", "K4"]


def test_without_scores_nothing_moves(company):
    found = score_moves(company)

    assert (found.customers, found.fallen, found.risen) == (0, 0, 0)
