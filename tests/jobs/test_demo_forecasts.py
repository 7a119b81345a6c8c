"""The demo's forecasts of the weeks before: a track record by what was known on each day."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.engine.calendars import day_number
from dunwell.jobs.demo_forecasts import WEEKS, forecast_weeks_before, let_it_serve
from dunwell.jobs.train import naive_model
from dunwell.ml.artifact import load
from dunwell.ml.league import FEW_PAID_ITEMS
from dunwell.models import CashBasis, CashPeriod, ModelVersion
from dunwell.queries.cash_accuracy import cash_accuracy
from dunwell.queries.cash_levers import cash_levers
from dunwell.queries.histories import company_history
from dunwell.queries.ledgers import Books
from tests.jobs.demo_desk import AT, DAY, demo_company

SOME = 3


def kept(company):
    names = ("as_of", "scope", "kind", "currency", "number", "expected_minor", "came_minor")
    return list(CashPeriod.objects.filter(company=company).order_by("pk").values_list(*names))


def test_each_week_before_is_forecast_by_what_was_known_and_judged(db):
    company = demo_company()
    assert forecast_weeks_before(company, today=DAY, most=SOME) == SOME
    days = list(CashBasis.objects.order_by("as_of").values_list("as_of", flat=True))
    assert len(days) == SOME and days[-1] == DAY - timedelta(days=8)
    # nobody had seen the outcome: one model, fitted by the first of these days, said all
    version = ModelVersion.objects.get()
    # too little to learn from: each customer's own past speaks
    assert (version.kind, version.status) == ("customer_median", "serving")
    assert version.trained_as_of == days[0]
    history = company_history(Books(company), as_of=days[0])
    assert history.items["issued_day"].max() <= day_number(days[0])
    assert version.paid_items == history.paid_items
    assert load(bytes(version.artifact)).name == version.kind

    found = cash_accuracy(company, as_of=DAY)
    # the last two are told by the next outlook, which the first day's cycle keeps
    assert (found.weeks, found.needed, found.league[0].contender) == (SOME - 2, WEEKS, "ours")
    assert {"due_date", "due_median", "average"} <= set(found.contenders)
    assert found.league[0].rows == sum(range(1, SOME - 1))
    # what could be done is no question of a day gone by
    assert cash_levers(company, as_of=days[-1], currency="EUR") is None

    # a killed call goes on, and a whole one changes nothing
    before = kept(company)
    CashPeriod.objects.filter(as_of=days[-1]).delete()
    forecast_weeks_before(company, today=DAY, most=SOME)
    assert sorted(map(str, kept(company))) == sorted(map(str, before))


def test_what_a_sample_of_the_past_taught_forecasts_where_there_is_enough_of_it(db):
    company = demo_company(items=900)
    assert forecast_weeks_before(company, today=DAY, most=1) == 1
    version = ModelVersion.objects.get()
    assert version.paid_items >= FEW_PAID_ITEMS
    assert (version.kind, version.status, version.league) == ("hazard", "serving", {})
    assert load(bytes(version.artifact)).name == "hazard"
    assert CashPeriod.objects.filter(company=company, expected_minor__gt=0).exists()


def test_a_trained_model_takes_the_place_of_the_first_unless_it_is_worse(company):
    history = company_history(Books(company), as_of=DAY)
    actor = system(company)
    first, worse, better = (
        record_model_version(
            actor=actor, trained=naive_model(history, company=company, kind=kind), at=AT
        )
        for kind in ("customer_median", "due_date", "customer_rate")
    )
    worse.league = {"is_worse": True}
    let_it_serve(worse, at=AT)
    assert ModelVersion.objects.get(status="serving") == first
    let_it_serve(better, at=AT)
    assert ModelVersion.objects.get(status="serving") == better
