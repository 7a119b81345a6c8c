"""The nightly core: what every customer and currency is told anew each night, on any backend.

Only the engine's own functions work here, so that the figures are the ones of the day's cycle
on every engine, to the last minor unit. Parquet in, Parquet out, no Django.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

import narwhals.stable.v2 as nw

from dunwell.backends import Backend
from dunwell.engine.aging import AGING, aging
from dunwell.engine.behaviour import CALENDAR_LEAD, HABITS, habits
from dunwell.engine.calendars import calendar_days
from dunwell.engine.collectable import collectable, promised
from dunwell.engine.dunning import consolidate, next_steps
from dunwell.engine.expected_cash import EXPECTED_CASH, expected_cash
from dunwell.engine.fx import rates_in_force
from dunwell.engine.items import OPEN_ITEMS, balances, open_items, unapplied
from dunwell.engine.kpi_facts import KPI_FACTS, kpi_facts
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.ledger import Ledger
from dunwell.engine.movements import MOVEMENTS, movements
from dunwell.engine.priority import WORKLIST, PriorityPolicy, worklist
from dunwell.engine.schema import FRAMES, Frame, check
from dunwell.engine.strategy import Strategy, steps_frame

RESULTS: Mapping[str, Frame] = {
    "aging": AGING,
    "habits": HABITS,
    "movements": MOVEMENTS,
    "kpi_facts": KPI_FACTS,
    "expected_cash": EXPECTED_CASH,
    "worklist": WORKLIST,
}
"""What is written, each in columns that are declared and checked on every engine."""

KEYS: Mapping[str, tuple[str, ...]] = {
    "aging": ("customer_id", "currency", "bucket"),
    "habits": ("customer_id",),
    "movements": ("currency", "day"),
    "kpi_facts": ("currency", "measure", "key"),
    "expected_cash": ("currency", "week"),
    "worklist": ("customer_id",),
}
"""What tells one row of a result from another."""

TABLES = ("items", "allocations", "payments", "disputes", "promises", "customers", "holds")
"""What is read, besides `contacts` and `fx`; all in columns of `engine.schema`."""

AHEAD = timedelta(days=400)
"""How far the calendar reaches ahead."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Night:
    """Whose night it is: the day, the home currency and calendar, the strategies in force."""

    as_of: date
    home: str
    country: str
    strategies: Sequence[Strategy] = ()


def write_results(
    backend: Backend, night: Night, *, only: Sequence[str] = tuple(RESULTS)
) -> dict[str, nw.LazyFrame]:
    """Make the results and write them; return them by name, as written.

    Raises SchemaError where a table or a result has other columns than declared.
    """
    found = results(backend, night, only=only)
    for name, frame in found.items():
        backend.write(check(frame, RESULTS[name], name=name), name)
    return found


def read_ledger(backend: Backend) -> Ledger:
    """Return the five frames of the ledger; raises SchemaError where one is not as declared."""
    return Ledger(
        **{name: read(backend, name) for name in TABLES if name in Ledger.__dataclass_fields__}
    )


def read(backend: Backend, name: str) -> nw.LazyFrame:
    """Return a table in the columns `engine.schema` declares for it."""
    return check(backend.read(name), FRAMES[name], name=name)


def results(
    backend: Backend, night: Night, *, only: Sequence[str] = tuple(RESULTS)
) -> dict[str, nw.LazyFrame]:
    """Return the results by name, not computed yet but for what several of them share."""
    as_of, ledger = night.as_of, read_ledger(backend)
    days = calendar_days(night.country, first=as_of - CALENDAR_LEAD, last=as_of + AHEAD)
    calendar = backend.load(days)
    opened = backend.persist(
        open_items(ledger.items, ledger.allocations, as_of=as_of).select(*OPEN_ITEMS), "open_items"
    )
    known: dict[str, nw.LazyFrame] = {}
    if "aging" in only:
        known["aging"] = aging(opened)
    if "movements" in only:
        known["movements"] = movements(ledger.items, ledger.allocations, as_of=as_of)
    if "kpi_facts" in only:
        known["kpi_facts"] = kpi_facts(
            ledger, as_of=as_of, window_days=WINDOW_DAYS, keep=keeper(backend, "kpi")
        )
    if {"habits", "expected_cash", "worklist"} & set(only):
        told = backend.persist(habits(ledger, calendar, as_of=as_of).select(*HABITS), "habits")
        known["habits"] = told
        known["expected_cash"] = expected_cash(opened, told, calendar, as_of=as_of)
        if "worklist" in only:
            known["worklist"] = _worklist(backend, night, ledger, opened, told, calendar)
    return {name: known[name] for name in RESULTS if name in only}


def keeper(backend: Backend, name: str) -> Callable[[nw.LazyFrame], nw.LazyFrame]:
    """Return what computes a frame once on the backend, each under a name of its own."""
    numbers = count(1)
    return lambda frame: backend.persist(frame, f"{name}_{next(numbers)}")


def _worklist(
    backend: Backend,
    night: Night,
    ledger: Ledger,
    opened: nw.LazyFrame,
    told: nw.LazyFrame,
    calendar: nw.LazyFrame,
) -> nw.LazyFrame:
    """Return the order of work, with the channels of the steps that are due."""
    as_of, home = night.as_of, night.home
    customers, contacts = read(backend, "customers"), read(backend, "contacts")
    steps = backend.load(steps_frame(night.strategies, as_of=as_of))
    rates = backend.persist(rates_in_force(read(backend, "fx"), as_of=as_of), "rates")
    cash = unapplied(ledger.payments, ledger.allocations, as_of=as_of)
    owed = backend.persist(balances(opened, cash), "balances")
    items = backend.persist(
        collectable(
            opened,
            customers,
            steps,
            disputes=ledger.disputes,
            promised=promised(ledger.promises, ledger.allocations, ledger.items, as_of=as_of),
            holds=read(backend, "holds"),
            as_of=as_of,
        ),
        "collectable",
    )
    upcoming = backend.persist(
        next_steps(items, contacts, owed, steps, rates, home=home, as_of=as_of, calendar=calendar),
        "next_steps",
    )
    made = consolidate(
        upcoming, items, customers, owed, rates, home=home, keep=keeper(backend, "contact")
    )
    return worklist(
        items,
        contacts,
        owed,
        told,
        made.contacts.select("customer_id", "channel"),
        rates,
        policy=PriorityPolicy(),
        home=home,
        as_of=as_of,
    )
