"""The sample ledger: what must hold of every one, whatever the seed."""

import hashlib
import os
import subprocess
import sys
from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.demo.ledger import DemoLedger, demo_ledger
from dunwell.demo.scene import WINDOW_DAYS
from dunwell.engine.calendars import day_number

AS_OF = date(2026, 11, 25)
DAYS = (AS_OF, date(2024, 2, 29), date(2026, 1, 1), date(2026, 8, 2), date(2025, 12, 27))
"""A working day, a leap day, a holiday, a Sunday, a Saturday after holidays."""
SMALL = {"customers": 20, "items": 400}
FINGERPRINT = """
import hashlib
from datetime import date
from dunwell.demo.ledger import demo_ledger
ledger = demo_ledger(as_of=date(2026, 11, 25), customers=60, items=1500, seed=5)
text = "".join(frame.write_csv() for frame in ledger.frames().values())
print(hashlib.sha256(text.encode()).hexdigest())
"""


@cache
def whole() -> DemoLedger:
    return demo_ledger(as_of=AS_OF)


@cache
def small(seed: int, as_of: date = AS_OF) -> DemoLedger:
    return demo_ledger(as_of=as_of, seed=seed, **SMALL)


def seeds() -> st.SearchStrategy[int]:
    return st.integers(0, 2**31)


def any_ledger() -> st.SearchStrategy[DemoLedger]:
    """A small ledger of any seed and day."""
    return st.builds(small, seeds(), st.dates(date(2015, 1, 1), date(2035, 12, 31)))


def some_ledger() -> st.SearchStrategy[DemoLedger]:
    """One of 20 small ledgers; shared by the tests, so that each is made once."""
    return st.builds(small, st.integers(0, 3), st.sampled_from(DAYS))


def test_the_default_ledger_has_the_promised_size():
    ledger = whole()
    assert (
        ledger.customers.height,
        ledger.items.height,
        sorted(ledger.customers["currency"].unique()),
        ledger.items["customer_number"].n_unique(),
    ) == (1200, 32_000, ["EUR", "GBP", "USD"], 1200)


def test_three_per_cent_are_credit_notes_and_some_are_fees():
    kinds = whole().items["kind"].value_counts().sort("kind")
    assert kinds.rows() == [("credit_note", 960), ("fee", 160), ("invoice", 30_880)]


@given(seeds())
@settings(max_examples=10)
def test_the_same_arguments_give_the_same_frames(seed):
    first = demo_ledger(as_of=AS_OF, seed=seed, **SMALL).frames()
    second = demo_ledger(as_of=AS_OF, seed=seed, **SMALL).frames()
    assert [name for name in first if not first[name].equals(second[name])] == []


def test_another_process_with_another_hash_seed_and_one_thread_gives_the_same_frames():
    ledger = demo_ledger(as_of=AS_OF, customers=60, items=1500, seed=5)
    text = "".join(frame.write_csv() for frame in ledger.frames().values())
    other = subprocess.run(
        [sys.executable, "-c", FINGERPRINT],
        env={**os.environ, "PYTHONHASHSEED": "7", "POLARS_MAX_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == hashlib.sha256(text.encode()).hexdigest()


def test_another_seed_gives_another_ledger():
    assert not small(1).items.equals(small(2).items)


@pytest.mark.parametrize(
    ("customers", "items", "seed"), [(15, 400, 1), (20, 199, 1), (20, 400, -1)]
)
def test_too_small_a_ledger_or_a_negative_seed_is_refused(customers, items, seed):
    with pytest.raises(ValueError, match=r"too few|is negative"):
        demo_ledger(as_of=AS_OF, customers=customers, items=items, seed=seed)


@given(some_ledger())
def test_the_number_of_rows_is_the_number_asked_for(ledger):
    assert (ledger.customers.height, ledger.items.height) == (20, 400)


@given(some_ledger())
def test_numbers_are_unique(ledger):
    keys = {
        "customers": "number",
        "items": "item_number",
        "payments": "payment_number",
        "disputes": "dispute_number",
    }
    frames = ledger.frames()
    assert [name for name, key in keys.items() if frames[name][key].is_duplicated().any()] == []


@given(some_ledger())
def test_every_reference_leads_somewhere(ledger):
    customers = ledger.customers["number"].implode()
    items = ledger.items["item_number"].implode()
    payments = ledger.payments["payment_number"].implode()
    lost = {
        "items": (~ledger.items["customer_number"].is_in(customers)).sum(),
        "parents": (~ledger.customers["parent_number"].drop_nulls().is_in(customers)).sum(),
        "payers": (~ledger.payments["customer_number"].drop_nulls().is_in(customers)).sum(),
        "allocated": (~ledger.allocations["item_number"].is_in(items)).sum(),
        "sources": (~ledger.allocations["payment_number"].drop_nulls().is_in(payments)).sum(),
        "credits": (~ledger.allocations["credit_item_number"].drop_nulls().is_in(items)).sum(),
        "disputes": (~ledger.disputes["item_number"].is_in(items)).sum(),
        "promises": (~ledger.promises["item_number"].is_in(items)).sum(),
        "holds": (~ledger.holds["customer_number"].is_in(customers)).sum(),
        "notes": (~ledger.notes["customer_number"].is_in(customers)).sum(),
    }
    assert {name: count for name, count in lost.items() if count} == {}


@given(any_ledger())
def test_a_debit_item_is_never_overpaid_and_a_credit_note_never_overused(ledger):
    balances = ledger.balances()
    wrong = balances.filter(
        ~pl.col("open_minor").is_between(
            pl.min_horizontal(0, "amount_minor"), pl.max_horizontal(0, "amount_minor")
        )
    )
    assert wrong.rows() == []


@given(some_ledger())
def test_no_item_is_overpaid_on_any_earlier_day(ledger):
    # A bounced payment counts until its reversal; its allocations end that day.
    rows = ledger.allocations.join(
        ledger.payments.select("payment_number", "reversed_day"), on="payment_number", how="left"
    )
    moves = pl.concat(
        [
            rows.select("item_number", "amount_minor", day="applied_day"),
            rows.filter(pl.col("reversed_day").is_not_null()).select(
                "item_number", amount_minor=-pl.col("amount_minor"), day="reversed_day"
            ),
        ]
    )
    worst = (
        moves.sort("item_number", "day", "amount_minor")
        .with_columns(paid=pl.col("amount_minor").cum_sum().over("item_number"))
        .join(ledger.items.select("item_number", whole="amount_minor"), on="item_number")
        .filter((pl.col("paid") > pl.col("whole")) | (pl.col("paid") < 0))
    )
    assert worst.rows() == []


@given(some_ledger())
def test_allocations_from_a_payment_never_exceed_it_and_are_positive(ledger):
    used = (
        ledger.allocations.filter(pl.col("source") == "payment")
        .group_by("payment_number")
        .agg(used=pl.col("amount_minor").sum())
        .join(ledger.payments, on="payment_number")
    )
    assert used.filter(pl.col("used") > pl.col("amount_minor")).rows() == []
    assert ledger.allocations.filter(pl.col("amount_minor") <= 0).rows() == []


@given(some_ledger())
def test_money_stays_with_its_customer_and_currency(ledger):
    owners = ledger.items.select("item_number", owner="customer_number", unit="currency")
    paid = (
        ledger.allocations.join(owners, on="item_number")
        .join(ledger.payments, on="payment_number")
        .filter(
            (pl.col("owner") != pl.col("customer_number")) | (pl.col("unit") != pl.col("currency"))
        )
    )
    credited = (
        ledger.allocations.join(owners, on="item_number")
        .join(owners, left_on="credit_item_number", right_on="item_number")
        .filter(pl.col("owner") != pl.col("owner_right"))
    )
    assert (paid.rows(), credited.rows()) == ([], [])


@given(some_ledger())
def test_an_unidentified_payment_is_allocated_to_nothing(ledger):
    unknown = ledger.payments.filter(pl.col("customer_number").is_null())
    assert ledger.allocations.join(unknown, on="payment_number", how="semi").rows() == []


@given(any_ledger())
def test_every_day_lies_in_the_two_years_up_to_the_day_asked_for(ledger):
    last = day_number(ledger.as_of)
    first = last - WINDOW_DAYS
    days = {
        "issued": ledger.items["issued_day"],
        "value": ledger.payments["value_day"],
        "reversed": ledger.payments["reversed_day"].drop_nulls(),
        "applied": ledger.allocations["applied_day"],
        "opened": ledger.disputes["opened_day"],
        "closed": ledger.disputes["closed_day"].drop_nulls(),
        "made": ledger.promises["made_day"],
        "held": ledger.holds["from_day"],
        "noted": ledger.notes["day"],
    }
    outside = {
        name: (series.min(), series.max())
        for name, series in days.items()
        if len(series) and (series.min() < first or series.max() > last)
    }
    assert outside == {}


@given(some_ledger())
def test_days_follow_one_another(ledger):
    items = ledger.items
    allocations = ledger.allocations.join(
        items.select("item_number", "issued_day"), on="item_number"
    )
    wrong = {
        "due before issue": items.filter(pl.col("due_day") < pl.col("issued_day")).height,
        "paid before issue": allocations.filter(pl.col("value_day") < pl.col("issued_day")).height,
        "booked before the money": allocations.filter(
            pl.col("applied_day") < pl.col("value_day")
        ).height,
        "reversed before the money": ledger.payments.filter(
            pl.col("reversed_day") <= pl.col("value_day")
        ).height,
        "dispute closed first": ledger.disputes.filter(
            pl.col("closed_day") < pl.col("opened_day")
        ).height,
        "promise due first": ledger.promises.filter(pl.col("due_day") < pl.col("made_day")).height,
    }
    assert {name: count for name, count in wrong.items() if count} == {}


@given(some_ledger())
def test_invoices_and_payments_fall_on_weekdays(ledger):
    days = pl.concat([ledger.items["issued_day"], ledger.payments["value_day"]])
    assert days.cast(pl.Date).dt.weekday().is_in([6, 7]).sum() == 0


@given(some_ledger())
def test_no_item_is_disputed_beyond_or_promised_beyond_its_amount(ledger):
    amounts = ledger.items.select("item_number", "kind", whole="amount_minor")
    for frame in (ledger.disputes, ledger.promises):
        wrong = frame.join(amounts, on="item_number").filter(
            ~pl.col("amount_minor").is_between(1, pl.col("whole"))
        )
        assert wrong.rows() == []


@given(some_ledger())
def test_an_open_dispute_or_promise_is_covered_by_what_is_still_open(ledger):
    balances = ledger.balances().select("item_number", "open_minor")
    today = day_number(ledger.as_of)
    disputed = ledger.disputes.filter(pl.col("closed_day").is_null())
    # A promise whose money has come is kept, though its day may lie ahead.
    promised = ledger.promises.filter(pl.col("due_day") >= today).join(
        balances.filter(pl.col("open_minor") > 0).select("item_number"), on="item_number"
    )
    for frame in (disputed, promised):
        wrong = frame.join(balances, on="item_number").filter(
            pl.col("amount_minor") > pl.col("open_minor")
        )
        assert wrong.rows() == []


@given(some_ledger())
def test_an_item_is_promised_once_and_never_while_disputed(ledger):
    promised = ledger.promises["item_number"]
    assert promised.is_duplicated().sum() == 0
    assert promised.is_in(ledger.disputes["item_number"].implode()).sum() == 0


@given(some_ledger())
def test_amounts_and_days_have_the_types_of_the_data_dictionary(ledger):
    wrong = [
        (name, column, dtype)
        for name, frame in ledger.frames().items()
        for column, dtype in frame.schema.items()
        if (column.endswith(("_minor", "_ppm")) and dtype != pl.Int64)
        or ((column.endswith("_day") or column == "day") and dtype != pl.Int32)
        or (column.endswith("_number") and dtype != pl.String)
    ]
    assert wrong == []


@given(any_ledger())
def test_every_currency_habit_and_rate_is_there_even_in_a_small_ledger(ledger):
    months = ledger.fx.group_by("currency").len().sort("currency")["len"].to_list()
    assert sorted(ledger.customers["currency"].unique()) == ["EUR", "GBP", "USD"]
    assert ledger.customers["habit"].n_unique() == 7
    assert min(months) >= 24
    assert ledger.fx["rate_ppm"].is_between(500_000, 2_000_000).all()


@given(some_ledger())
def test_the_bank_feed_is_fresh(ledger):
    age = day_number(ledger.as_of) - ledger.bank["statement_day"]
    assert (age.min() >= 0, age.max() <= 5) == (True, True)
    assert ledger.payments["value_day"].max() <= ledger.bank["statement_day"].min()


@given(some_ledger())
def test_no_address_leads_to_a_real_inbox_or_telephone(ledger):
    customers = ledger.customers
    fictional = r"^\+(49 30 23125 |33 1 99 00 |44 1632 960|353 20 91|1 212 555 01|999 )"
    assert customers["email"].drop_nulls().str.ends_with(".example").all()
    assert customers["phone"].drop_nulls().str.contains(fictional).all()


@given(some_ledger())
def test_no_text_starts_a_spreadsheet_formula(ledger):
    texts = [
        series
        for frame in ledger.frames().values()
        for series in frame.get_columns()
        if series.dtype == pl.String and series.name != "phone"
    ]
    assert [
        series.name for series in texts if series.drop_nulls().str.contains(r"^[=+\-@\t\r]").any()
    ] == []


def test_large_ledgers_keep_the_rules():
    ledger = demo_ledger(as_of=AS_OF, customers=4000, items=100_000, seed=3)
    balances = ledger.balances()
    overpaid = balances.filter((pl.col("amount_minor") > 0) & (pl.col("open_minor") < 0))
    assert (ledger.items.height, overpaid.height) == (100_000, 0)
    assert ledger.customers["name"].is_duplicated().sum() == 0
