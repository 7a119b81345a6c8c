"""Laws of every function: nothing later than `as_of` is used, and the order of rows never matters."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from importlib import import_module
from random import Random

import narwhals.stable.v2 as nw
import pytest

from dunwell.engine import (
    aging,
    behaviour,
    findings,
    fx,
    items,
    kpi_facts,
    kpi_rows,
    movements,
    pay_days,
    promises,
    quality,
    schema,
    trends,
)
from dunwell.engine.calendars import CALENDAR, calendar_days
from dunwell.engine.kpi_tables import kpi_table
from dunwell.engine.ledger import Ledger, known, known_ledger
from tests.engine.ledgers import FIRST, LAST, SPAN, Rows, details, random_rates, random_rows
from tests.engine.rows import answers

WEEKS = calendar_days("DE", first=FIRST - timedelta(days=800), last=LAST + timedelta(days=300))


class Case:
    """One day asked about, with the ledger that is asked."""

    def __init__(self, ledger: Ledger, as_of, rates: nw.LazyFrame) -> None:
        self.as_of, self.rates, self.all = as_of, rates, ledger
        opened = items.open_items(ledger.items, ledger.allocations, as_of=as_of)
        self.opened = opened.collect().lazy()
        self.unapplied = items.unapplied(ledger.payments, ledger.allocations, as_of=as_of)
        self.habits = behaviour.habits(ledger, WEEKS, as_of=as_of).collect().lazy()
        self.found = quality.findings(ledger, details(), as_of=as_of).collect().lazy()


Question = Callable[[Case], nw.LazyFrame]
QUESTIONS: dict[str, tuple[Question, object]] = {
    "items.open_items": (lambda c: c.opened, items.OPEN_ITEMS),
    "items.settled_items": (
        lambda c: items.settled_items(c.all.items, c.all.allocations, as_of=c.as_of),
        items.SETTLED_ITEMS,
    ),
    "items.unapplied": (lambda c: c.unapplied, items.UNAPPLIED),
    "items.balances": (lambda c: items.balances(c.opened, c.unapplied), items.BALANCES),
    "aging.bucketed": (lambda c: aging.bucketed(c.opened), None),
    "aging.aging": (lambda c: aging.aging(c.opened), aging.AGING),
    "aging.aging_totals": (lambda c: aging.aging_totals(c.opened), aging.AGING_TOTALS),
    "aging.currency_totals": (lambda c: aging.currency_totals(c.opened), aging.CURRENCY_TOTALS),
    "aging.counted_from": (
        lambda c: aging.counted_from(c.opened, c.all.promises, basis="promised", as_of=c.as_of),
        items.OPEN_ITEMS,
    ),
    "movements.movements": (
        lambda c: movements.movements(c.all.items, c.all.allocations, as_of=c.as_of),
        movements.MOVEMENTS,
    ),
    "kpi_facts.kpi_facts": (
        lambda c: kpi_facts.kpi_facts(c.all, as_of=c.as_of, window_days=90),
        kpi_facts.KPI_FACTS,
    ),
    "kpi_facts.monthly": (
        lambda c: kpi_facts.monthly(
            kpi_facts.kpi_facts(c.all, as_of=c.as_of, window_days=90),
            as_of=c.as_of,
            window_days=90,
        ),
        kpi_facts.KPI_FACTS,
    ),
    "kpi_rows.input_rows": (
        lambda c: nw.concat(
            [
                kpi_rows.input_rows(c.all, name, as_of=c.as_of, window_days=90)
                for name in kpi_rows.DRILLS
            ]
        ),
        kpi_rows.INPUT_ROWS,
    ),
    "trends.trend": (
        lambda c: trends.trend(c.all, days=trends.month_ends(as_of=c.as_of, months=4)),
        trends.TREND,
    ),
    "trends.changes": (
        lambda c: trends.changes(c.all, as_of=c.as_of, previous=c.as_of - timedelta(days=20)),
        trends.CHANGED,
    ),
    "trends.what_changed": (
        lambda c: trends.what_changed(c.all, as_of=c.as_of, previous=c.as_of - timedelta(days=20)),
        trends.CHANGE_TOTALS,
    ),
    "promises.assess_promises": (
        lambda c: promises.assess_promises(
            c.all.promises, c.all.allocations, c.all.items, as_of=c.as_of
        ),
        promises.ASSESSED_PROMISES,
    ),
    "promises.covered_items": (
        lambda c: promises.covered_items(
            c.all.promises, c.all.allocations, c.all.items, as_of=c.as_of
        ),
        schema.PROMISES,
    ),
    "behaviour.habits": (lambda c: c.habits, behaviour.HABITS),
    "behaviour.paid_items": (
        lambda c: behaviour.paid_items(c.all, WEEKS, as_of=c.as_of),
        behaviour.PAID_ITEMS,
    ),
    "pay_days.expected_payments": (
        lambda c: pay_days.expected_payments(c.opened, c.habits, WEEKS, as_of=c.as_of),
        pay_days.EXPECTED_PAYMENTS,
    ),
    "fx.rates_in_force": (
        lambda c: fx.rates_in_force(c.rates, as_of=c.as_of),
        fx.RATES_IN_FORCE,
    ),
    "fx.convert": (
        lambda c: fx.convert(c.opened, c.rates, to="C00", as_of=c.as_of, amount="open_minor"),
        {**items.OPEN_ITEMS, **fx.CONVERTED},
    ),
    "quality.findings": (lambda c: c.found, findings.FINDINGS),
    "quality.quality_scores": (
        lambda c: quality.quality_scores(c.found, details()),
        quality.QUALITY_SCORES,
    ),
}
BY_RECORD = ("quality.findings", "quality.quality_scores")
"""A finding may be about a date in the future; what it must not see is rows recorded later."""

MODULES = [
    *("aging", "behaviour", "findings", "fx", "items", "kpi_facts", "kpi_rows", "movements"),
    *("pay_days", "promises", "quality", "trends"),
]
NO_FRAME_ANSWER = {"aging.bucket_labels", "trends.month_ends", "trends.week_ends", "items.total"}
ROW_SHAPE = {"findings.finding"}

SEEDS = range(3)


def day_of(seed: int) -> date:
    """Return the day asked about: somewhere in the last two thirds of the ledger."""
    return FIRST + timedelta(days=Random(seed).randint(SPAN // 3, SPAN))


def ask_all(rows: Rows, seed: int, *, rates_until: date | None = None) -> dict[str, list]:
    case = Case(rows.ledger(), day_of(seed), random_rates(seed, until=rates_until))
    return {name: answers(question(case)) for name, (question, _) in QUESTIONS.items()}


@lru_cache
def whole(seed: int) -> tuple[Rows, dict[str, list]]:
    rows = random_rows(seed, items_each=150)
    # some promises are of an amount
    rows.promises = [
        {**word, "item_id": None if word["made_day"] % 5 == 0 else word["item_id"]}
        for word in rows.promises
    ]
    return rows, ask_all(rows, seed)


def test_every_public_frame_function_is_put_to_the_laws():
    public = {
        f"{module}.{name}"
        for module in MODULES
        for name, function in vars(import_module(f"dunwell.engine.{module}")).items()
        if inspect.isfunction(function)
        and function.__module__ == f"dunwell.engine.{module}"
        and not name.startswith("_")
    }

    assert public - NO_FRAME_ANSWER - ROW_SHAPE == set(QUESTIONS)


def test_every_question_has_an_answer_in_the_random_ledgers():
    assert [n for n in QUESTIONS if not any(whole(seed)[1][n] for seed in SEEDS)] == []


@pytest.mark.parametrize("seed", SEEDS)
def test_no_peeking(seed):
    rows, answered = whole(seed)
    by_day = ask_all(rows.cut(day_of(seed)), seed, rates_until=day_of(seed))
    by_record = ask_all(rows.recorded(day_of(seed)), seed)

    for name in QUESTIONS:
        then = by_record if name in BY_RECORD else by_day
        assert then[name] == answered[name], name


def test_a_function_that_peeks_is_caught():
    rows, _ = whole(0)

    assert answers(rows.ledger().items) != answers(rows.cut(day_of(0)).ledger().items)
    assert answers(rows.ledger().items) != answers(rows.recorded(day_of(0)).ledger().items)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_rows_never_matters(seed):
    rows, answered = whole(seed)
    shuffled = ask_all(rows.shuffled(Random(seed)), seed)

    for name in QUESTIONS:
        assert shuffled[name] == answered[name], name


@pytest.mark.parametrize("seed", SEEDS)
def test_no_figure_peeks_or_depends_on_the_order_of_rows(seed):
    rows, as_of = whole(seed)[0], day_of(seed)
    figures = kpi_table(rows.ledger(), as_of=as_of)

    assert kpi_table(rows.cut(as_of).ledger(), as_of=as_of) == figures
    assert kpi_table(rows.shuffled(Random(seed)).ledger(), as_of=as_of) == figures


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_recorded_later_was_not_known(seed):
    rows, on = whole(seed)[0], day_of(seed)
    seen, then = known_ledger(rows.ledger(), on=on), rows.recorded(on).ledger()

    for name in ("items", "allocations", "payments", "disputes", "promises"):
        assert answers(getattr(seen, name)) == answers(getattr(then, name))
    assert answers(known(rows.ledger().items, on=on)) == answers(then.items)


@pytest.mark.parametrize("name", [name for name, (_, columns) in QUESTIONS.items() if columns])
def test_every_answer_has_the_columns_it_declares(name):
    question, columns = QUESTIONS[name]
    frame = question(Case(whole(0)[0].ledger(), day_of(0), random_rates(0)))
    never_empty = [column for column, declared in columns.items() if not declared.nullable]

    assert dict(frame.collect_schema()) == {n: column.dtype for n, column in columns.items()}
    assert [row for row in answers(frame, *never_empty) if None in row.values()] == []


def test_the_calendar_has_the_columns_it_declares():
    assert dict(WEEKS.collect_schema()) == {n: column.dtype for n, column in CALENDAR.items()}


def test_an_empty_ledger_is_no_error():
    known_customers = ("quality.findings", "quality.quality_scores")
    answered = ask_all(Rows(), 0)

    assert {name for name, found in answered.items() if found} == {
        "fx.rates_in_force",
        *known_customers,
    }
