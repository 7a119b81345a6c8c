"""The outlook of cash: one component per item, sums to the cent, rates, differences, what came."""

from datetime import timedelta

import polars as pl
import pytest

from dunwell.actions.gate import Refused, system
from dunwell.actions.model_versions import record_model_version
from dunwell.actions.payments import apply_payment
from dunwell.ml.cash_claims import COMPONENTS
from dunwell.models import CashBasis, CashPeriod, Event, FxRate
from dunwell.queries.cash_accuracy import cash_accuracy
from dunwell.queries.cash_claims import cash_claims
from dunwell.queries.cash_drill import cash_drill, currency_shares, every_cash_row
from dunwell.queries.cash_levers import cash_levers
from dunwell.queries.cash_outlook import cash_outlook
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_model_versions import trained
from tests.actions.test_predictions import row, write
from tests.conftest import AT, TODAY
from tests.queries.forecast_log import evenly
from tests.queries.outlook_books import every_component, keep


@pytest.fixture
def version(company):
    return record_model_version(actor=system(company), trained=trained(), at=AT)


@pytest.fixture
def items(company, customer, version):
    made = [invoice(customer, f"R{n}", n * 100_00) for n in range(1, 5)]
    write(version, [row(item) for item in made], content=evenly(made))
    return made


@pytest.fixture
def whole(company, customer, items):
    return every_component(company, customer, items)


def test_an_item_counts_in_exactly_one_component(company, items, whole):
    history = company_history(Books(company), as_of=TODAY)
    found = cash_claims(company, history.open, as_of=TODAY)
    by_item = {
        (name, one): minor
        for name, one, minor in found.claims.filter(found.claims["item_id"].is_not_null())
        .group_by("component", "item_id")
        .agg(pl.col("open_minor").sum())
        .iter_rows()
    }
    assert by_item == {
        ("promises", items[1].pk): 200_00,
        ("disputes", items[2].pk): 300_00,
    }
    assert found.planned.to_list() == [items[3].pk]
    plans = found.claims.filter(found.claims["component"] == "plans")
    assert plans["open_minor"].to_list() == [200_00, 200_00]


def test_components_add_up_and_their_rows_add_up_to_them_to_the_cent(
    company, version, items, whole
):
    keep(company, version)
    outlook = cash_outlook(company, as_of=TODAY, scope="all")
    assert [(one.kind, one.number) for one in outlook.of("EUR", "week")][-1] == ("week", 13)
    assert len(outlook.of("EUR", "month")) == 12
    seen = set()
    for period in outlook.periods:
        assert sum(period.components.values()) == period.expected_minor
        assert period.p5_minor <= period.p10_minor <= period.p50_minor <= period.p90_minor
        seen |= set(period.components)
        if period.number > 2:
            continue
        for name, minor in period.components.items():
            drill = cash_drill(
                company, currency="EUR", kind=period.kind, number=period.number, as_of=TODAY,
                scope="all", component=name,
            )  # fmt: skip
            assert drill.component_minor == minor
            if name != "new_business":
                assert sum(one.expected_minor for one in drill.page.rows) == minor
    assert seen == set(COMPONENTS) - {"new_business"}
    # nothing of the book is lost: all of it is paid in 20 days, but what is disputed or planned
    first = outlook.of("EUR", "week")[0]
    assert first.components["items"] == 35_00
    assert first.components["promises"] == 148_00  # 0.8 + 0.2 x 0.35 of 150, 0.35 of 50
    drill = cash_drill(company, currency="EUR", kind="week", number=1, as_of=TODAY)
    assert sum(one.expected_minor for one in every_cash_row(company, drill)) == (
        drill.period.expected_minor
    )


def test_the_same_day_again_writes_nothing_and_a_change_writes_the_difference(
    company, customer, version, items
):
    first = keep(company, version)
    assert first == CashPeriod.objects.count() + 1 and CashBasis.objects.count() == 1
    assert keep(company, version) == 0
    assert Event.objects.filter(verb="outlook.kept").count() == 1
    every_component(company, customer, items)
    assert 0 < keep(company, version) <= first
    assert CashPeriod.objects.count() == first - 1


def test_all_in_one_currency_needs_every_rate(company, customer, version, items):
    invoice(customer, "U1", 100_00, currency="USD")
    keep(company, version)
    without = cash_outlook(company, as_of=TODAY)
    assert (without.consolidated, without.missing_rates) == (None, ("USD",))
    assert currency_shares(company, kind="week", number=1, as_of=TODAY, scope="known") is None

    FxRate.objects.create(
        company=company, currency="USD", from_on=TODAY, rate_ppm=900_000, source="ECB",
        recorded_at=AT,
    )  # fmt: skip
    keep(company, version)
    whole, shares = currency_shares(company, kind="week", number=1, as_of=TODAY, scope="known")
    assert [(one.currency, one.expected_minor, one.home_minor) for one in shares] == [
        ("EUR", 350_00, 350_00),
        ("USD", 35_00, 31_50),
    ]
    assert whole.expected_minor == 381_50 and whole.currency == "EUR"
    together = cash_outlook(company, as_of=TODAY)
    assert together.together("week")[0] == whole and len(together.together("month")) == 12


def test_what_came_is_told_once_a_week_is_over_and_judged(company, customer, version, items):
    past = TODAY - timedelta(days=9)
    keep(company, version, as_of=past)
    assert cash_accuracy(company, as_of=TODAY).periods == ()
    came = payment(customer, "Z1", 40_00, value_on=past + timedelta(days=2))
    apply_payment(
        actor=system(company), payment=came, amounts={items[0]: 40_00}, as_of=TODAY, at=AT
    )
    keep(company, version)
    found = cash_accuracy(company, as_of=TODAY)
    told = [(one.as_of, one.number, one.came_minor, one.expected_minor) for one in found.periods]
    assert told == [(past, 1, 40_00, 350_00)]
    ours, *others = found.league
    assert (ours.rows, ours.wape_ppm, ours.bias_ppm) == (1, 7_750_000, 7_750_000)
    # nothing was due in that week; two rules have no past to go by
    assert [(one.contender, one.wape_ppm) for one in others] == [
        ("due_date", 1_000_000),
        ("due_median", 1_000_000),
    ]
    assert not found.is_enough
    # a second telling changes nothing
    assert keep(company, version) == 0


def test_levers_lift_the_p10_and_lead_to_pages(company, customer, version, items):
    late = {"due_on": TODAY - timedelta(days=40), "issued_on": TODAY - timedelta(days=70)}
    invoice(customer, "L1", 900_00, **late)
    keep(company, version)
    now = cash_levers(company, as_of=TODAY, currency="EUR", kind="span", number=2)
    assert now.steps == () and now.candidates > 0
    found = cash_levers(
        company, as_of=TODAY, currency="EUR", kind="span", number=2,
        needed_minor=now.period.p10_minor + 50_00,
    )  # fmt: skip
    assert found.steps and found.p10_minor > now.period.p10_minor
    assert sum(one.gain_minor for one in found.steps) == pytest.approx(
        found.p10_minor - now.period.p10_minor, abs=len(found.steps)
    )
    assert cash_levers(company, as_of=TODAY, currency="GBP") is None


def test_only_the_cycle_may_keep_an_outlook(company, version, reader):
    from dunwell.actions.cash_outlook import keep_outlook
    from dunwell.actions.gate import Forbidden, staff

    with pytest.raises((Forbidden, Refused)):
        keep_outlook(
            actor=staff(reader, company), version=version, outlook=None, as_of=TODAY, at=AT
        )


@pytest.mark.parametrize("count", [1, 3])
def test_reading_costs_the_same_however_much_there_is(
    company, customer, version, count, django_assert_num_queries
):
    made = [invoice(customer, f"R{n}", 100_00) for n in range(count)]
    write(version, [row(item) for item in made], content=evenly(made))
    keep(company, version)
    with django_assert_num_queries(2):
        cash_outlook(company, as_of=TODAY)
    with django_assert_num_queries(5):
        cash_drill(company, currency="EUR", kind="week", number=1, as_of=TODAY)
    with django_assert_num_queries(3):
        cash_accuracy(company, as_of=TODAY)
