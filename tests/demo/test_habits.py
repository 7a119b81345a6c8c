"""The sample ledger looks like a real one: habits can be seen, the open book is plausible."""

from datetime import date
from functools import cache

import polars as pl
import pytest

from dunwell.demo.ledger import DemoLedger, demo_ledger
from dunwell.engine.calendars import day_number

AS_OF = date(2026, 11, 25)
SEEDS = (1, 2, 3)


@cache
def ledger_of(seed: int) -> DemoLedger:
    return demo_ledger(as_of=AS_OF, seed=seed)


@cache
def paid(seed: int) -> pl.DataFrame:
    """Invoices with the first value day, days late, and the habit of their customer."""
    ledger = ledger_of(seed)
    first = (
        ledger.allocations.filter(pl.col("source") == "payment")
        .group_by("item_number")
        .agg(value_day=pl.col("value_day").min())
    )
    habits = ledger.customers.select("habit", customer_number="number")
    return (
        ledger.items.filter(pl.col("kind") == "invoice")
        .join(first, on="item_number", how="left")
        .join(habits, on="customer_number")
        .with_columns(late=pl.col("value_day") - pl.col("due_day"))
    )


def late_of(seed: int, habit: str) -> pl.Series:
    return paid(seed).filter(pl.col("habit") == habit)["late"].drop_nulls()


def home(ledger: DemoLedger) -> pl.DataFrame:
    """Balances with amounts in EUR at the latest rate."""
    rates = dict(ledger.fx.group_by("currency").agg(pl.col("rate_ppm").last()).rows())
    factor = pl.col("currency").replace_strict({**rates, "EUR": 1_000_000}) / 1_000_000
    return ledger.balances().with_columns(
        open_home=pl.col("open_minor") * factor, home=pl.col("amount_minor") * factor
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_prompt_and_new_payers_pay_around_the_due_day(seed):
    for habit in ("prompt", "new"):
        late = late_of(seed, habit)
        assert -3 <= late.median() <= 2
        assert late.is_between(-6, 6).mean() > 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_slow_payers_pay_fifteen_to_forty_days_late(seed):
    assert late_of(seed, "slow").is_between(15, 40).mean() > 0.85


@pytest.mark.parametrize("seed", SEEDS)
def test_steady_payers_are_always_the_same_few_days_late(seed):
    steady = paid(seed).filter(pl.col("habit") == "steady")
    spread = steady.group_by("customer_number").agg(
        width=pl.col("late").quantile(0.75) - pl.col("late").quantile(0.25), n=pl.len()
    )
    assert 3 <= steady["late"].median() <= 9
    assert spread.filter(pl.col("n") >= 12)["width"].median() <= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_month_end_payers_pay_on_the_last_business_days_of_a_month(seed):
    rows = paid(seed).filter((pl.col("habit") == "month_end") & pl.col("late").is_not_null())
    day = pl.col("value_day").cast(pl.Date)
    at_end = rows.select(pl.business_day_count(day, day.dt.month_end()) <= 2).to_series()
    assert at_end.mean() > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_seasonal_payers_are_late_in_two_months_and_punctual_in_the_others(seed):
    rows = paid(seed).filter(pl.col("habit") == "seasonal")
    month = pl.col("due_day").cast(pl.Date).dt.month()
    by_month = (
        rows.group_by("customer_number", month.alias("month"))
        .agg(late=pl.col("late").median())
        .sort("late", descending=True, nulls_last=True)
        .group_by("customer_number", maintain_order=True)
        .agg(tight=pl.col("late").first(), usual=pl.col("late").last(), n=pl.len())
        .filter(pl.col("n") >= 10)
    )
    assert by_month["tight"].median() > 25
    assert by_month["usual"].median() < 5


@pytest.mark.parametrize("seed", SEEDS)
def test_failing_payers_drift_and_then_stop(seed):
    today = day_number(AS_OF)
    rows = paid(seed).filter(pl.col("habit") == "failing")
    age = today - rows["due_day"]
    early, later = rows.filter(age > 500)["late"].median(), rows.filter(age.is_between(150, 280))
    recent = rows.filter(age.is_between(0, 60))
    assert (early <= 8, later["late"].median() - early >= 12) == (True, True)
    assert recent["value_day"].null_count() / recent.height > 0.95
    assert rows["value_day"].max() < today - 50


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("as_of", [AS_OF, date(2026, 3, 1), date(2025, 6, 30)])
def test_the_open_book_is_plausible(seed, as_of):
    ledger = demo_ledger(as_of=as_of, seed=seed)
    rows = home(ledger)
    today = day_number(as_of)
    open_home = rows["open_home"].sum()
    year = rows.filter(pl.col("issued_day") > today - 365)["home"].sum()
    overdue = rows.filter(pl.col("due_day") < today)["open_home"].sum() / open_home
    share_open = rows.filter(pl.col("open_minor") != 0).height / rows.height
    far = rows.filter((pl.col("open_minor") > 0) & (pl.col("due_day") < today - 180)).height
    assert 0.04 <= share_open <= 0.085
    assert 38 <= open_home / year * 365 <= 60
    assert 0.22 <= overdue <= 0.45
    assert far >= 50


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_customers_hold_most_of_the_money(seed):
    rows = home(ledger_of(seed)).group_by("customer_number").agg(pl.col("home").sum())
    ranked = rows["home"].sort(descending=True)
    assert 0.5 <= ranked.head(len(ranked) // 5).sum() / ranked.sum() <= 0.9
    assert ranked[0] / ranked.sum() < 0.06


@pytest.mark.parametrize("seed", SEEDS)
def test_everything_a_collector_meets_is_there(seed):
    ledger = ledger_of(seed)
    today = day_number(AS_OF)
    balances = ledger.balances()
    used = ledger.allocations.group_by("payment_number").agg(
        used=pl.col("amount_minor").sum(), parts=pl.len()
    )
    payments = ledger.payments.join(used, on="payment_number", how="left")
    found = {
        "partly paid": balances.filter(
            pl.col("open_minor").is_between(1, pl.col("amount_minor") - 1)
        ).height,
        "open credit notes": balances.filter(pl.col("open_minor") < 0).height,
        "open fees": balances.filter(
            (pl.col("kind") == "fee") & (pl.col("open_minor") > 0)
        ).height,
        "several items at once": payments.filter(pl.col("parts") > 1).height,
        "unidentified": payments.filter(pl.col("customer_number").is_null()).height,
        "overpaid": payments.filter(pl.col("used") < pl.col("amount_minor")).height,
        "bounced": payments.filter(pl.col("reversed_day").is_not_null()).height,
        "open disputes": ledger.disputes.filter(pl.col("closed_day").is_null()).height,
        "open promises": ledger.promises.filter(pl.col("due_day") > today).height,
        "no e-mail": ledger.customers["email"].null_count(),
        "no phone": ledger.customers["phone"].null_count(),
        "bounced e-mail": ledger.customers["is_bounced"].sum(),
        "opted out": ledger.customers["is_opted_out"].sum(),
        "in a group": ledger.customers["parent_number"].count(),
    }
    assert {name: count for name, count in found.items() if count < 5} == {}
    assert sorted(ledger.holds["reason"].unique()) == ["insolvency", "legal", "manual", "plan"]
    assert ledger.disputes["reason"].n_unique() == 7


@pytest.mark.parametrize("seed", SEEDS)
def test_promises_are_kept_and_broken(seed):
    ledger = ledger_of(seed)
    today = day_number(AS_OF)
    first = ledger.allocations.group_by("item_number").agg(value_day=pl.col("value_day").min())
    past = ledger.promises.filter(pl.col("due_day") < today - 5).join(
        first, on="item_number", how="left"
    )
    kept = past.select(
        (pl.col("value_day") <= pl.col("due_day")).fill_null(value=False)
    ).to_series()
    assert 0.5 <= kept.mean() <= 0.9
