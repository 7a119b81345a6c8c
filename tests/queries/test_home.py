from datetime import date, timedelta

from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.models import KpiValue, Run
from dunwell.queries.home import (
    BucketFigure,
    CurrencyFigures,
    FeedFigure,
    KpiFigure,
    Movement,
    home_figures,
)
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer

YESTERDAY = TODAY - timedelta(days=1)


def keep(company, kpi, as_of, value, unit="days", currency="EUR"):
    KpiValue.objects.create(
        company=company,
        as_of=as_of,
        currency=currency,
        kpi=kpi,
        value=value,
        unit=unit,
        formula=kpi,
        inputs={"days": 90},
    )


def figures(company):
    return home_figures(company, as_of=TODAY, since=AT)


def buckets(**sums):
    names = ("not_due", "1-30", "31-60", "61-90", "91+")
    return tuple(
        BucketFigure(
            bucket=name, open_minor=sums.get(name, (0, 0))[0], items=sums.get(name, (0, 0))[1]
        )
        for name in names
    )


def test_an_empty_company_has_figures_of_nothing(company):
    found = figures(company)

    assert (found.customers, found.currencies, found.kpis, found.feeds) == (0, (), (), ())
    assert (found.cycle_on, found.movements, found.steps, found.happened) == (None, (), (), ())


def test_ageing_counts_amounts_items_and_customers_per_currency(company, customer):
    add_customer(company, "K2")
    invoice(customer, "R1", 100_00)
    invoice(customer, "R2", 5_00)
    invoice(customer, "R3", 40_00, issued_on=date(2025, 1, 1), due_on=date(2025, 2, 1))
    invoice(customer, "C1", -3_00, issued_on=date(2025, 1, 1), due_on=date(2025, 2, 1))
    invoice(customer, "R4", 900, currency="JPY")

    found = figures(company)

    assert found.customers == 2
    assert found.currencies == (
        CurrencyFigures(
            currency="EUR",
            open_minor=142_00,
            overdue_minor=37_00,
            items=4,
            customers=1,
            buckets=buckets(**{"not_due": (105_00, 2), "91+": (37_00, 2)}),
        ),
        CurrencyFigures(
            currency="JPY",
            open_minor=900,
            overdue_minor=0,
            items=1,
            customers=1,
            buckets=buckets(not_due=(900, 1)),
        ),
    )


def test_kpis_show_the_last_value_and_the_course_to_it(company):
    keep(company, "cei_period", TODAY, "81.50", unit="percent")
    keep(company, "dso", TODAY - timedelta(days=400), "99.00")
    keep(company, "dso", YESTERDAY, "41.20")
    keep(company, "dso", TODAY, "40.10")
    keep(company, "dso", TODAY + timedelta(days=1), "1.00")
    keep(company, "turnover", TODAY, "9.00")

    assert figures(company).kpis == (
        KpiFigure(
            kpi="dso",
            name="Days sales outstanding",
            currency="EUR",
            as_of=TODAY,
            value="40.10",
            unit="days",
            formula="dso",
            inputs={"days": 90},
            trend=((YESTERDAY, "41.20"), (TODAY, "40.10")),
        ),
        KpiFigure(
            kpi="cei_period",
            name="Collection effectiveness, whole window",
            currency="EUR",
            as_of=TODAY,
            value="81.50",
            unit="percent",
            formula="cei_period",
            inputs={"days": 90},
            trend=((TODAY, "81.50"),),
        ),
    )


def test_what_changed_compares_the_last_two_days_and_lists_the_cycles_steps(company):
    for kpi, before, now in [("receivables", "1000", "1200"), ("overdue", "400", "390")]:
        keep(company, kpi, YESTERDAY, before, unit="minor")
        keep(company, kpi, TODAY, now, unit="minor")
    for on, step, changed in [
        (YESTERDAY, "promises", 9),
        (TODAY, "promises", 1),
        (TODAY, "ranks", 4),
    ]:
        Run.objects.create(
            company=company, kind="cycle", as_of=on, step=step, changed=changed, finished_at=AT
        )
    record_feed(
        actor=system(company),
        kind="bank",
        name="Main",
        covers_until_on=TODAY - timedelta(days=6),
        as_of=TODAY,
        at=AT,
    )

    found = figures(company)

    assert found.movements == tuple(
        Movement(
            kpi=kpi,
            currency="EUR",
            before_on=YESTERDAY,
            before_minor=before,
            on=TODAY,
            now_minor=now,
        )
        for kpi, before, now in [("receivables", 1000, 1200), ("overdue", 400, 390)]
    )
    assert (found.cycle_on, found.steps) == (TODAY, (("promises", 1), ("ranks", 4)))
    assert found.happened == (("feed.recorded", 1),)
    assert found.feeds == (
        FeedFigure(
            kind="bank",
            name="Main",
            covers_until_on=TODAY - timedelta(days=6),
            days_behind=6,
            is_stale=True,
        ),
    )


def test_one_currency_and_three_take_the_same_queries(
    company, customer, django_assert_num_queries
):
    invoice(customer, "R1", 1_00)
    keep(company, "receivables", TODAY, "100", unit="minor")
    with django_assert_num_queries(10):
        figures(company)
    for currency in ("USD", "JPY"):
        invoice(add_customer(company, currency), f"R{currency}", 1_00, currency=currency)
        keep(company, "receivables", TODAY, "1", unit="minor", currency=currency)
    with django_assert_num_queries(10):
        assert len(figures(company).currencies) == 3
