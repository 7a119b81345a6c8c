"""The shipped rules and rates, and one item put through the frames of the charges engine."""

from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.charge_terms import group_terms
from dunwell.engine.charges.interest import interest_segments, monthly_interest
from dunwell.engine.charges.late_rules import read_late_rules
from dunwell.engine.charges.reference_rates import read_reference_rates
from dunwell.engine.charges.subjects import (
    CANDIDATES,
    NOTICES,
    TERMS_IN_FORCE,
    charge_subjects,
    late_subjects,
    moves,
)
from dunwell.engine.charges.terms import timetable
from dunwell.engine.charges_policy import ChargeGroup
from dunwell.formats.policies import read_policy
from tests.engine.rows import allocations, disputes, table

SINCE = date(2024, 1, 1)
LAST = date(2026, 12, 31)
HALF_2025 = date(2025, 7, 1)
"""First day of a half-year with known rates in every country tested."""


def shipped(name):
    text = files("dunwell").joinpath("policies", f"{name}.yaml").read_text(encoding="utf-8")
    return read_policy(text).document


@cache
def rules():
    return read_late_rules(shipped("late_payment"))


@cache
def tables():
    return read_reference_rates(shipped("reference_rates"))


@lru_cache(maxsize=64)
def terms(country="DE", party="company", **changes):
    """The terms of a group that charges by law from SINCE on."""
    last = changes.pop("last", LAST)
    group = ChargeGroup(name="all", **{"mode": "accrue", "since": SINCE, **changes})
    found = group_terms(
        group, rules=rules(), tables=tables(), country=country, party=party, last=last
    )
    return found[-1].terms if found else None


@lru_cache(maxsize=64)
def table_of(charged, last):
    return timetable([charged], first=SINCE, last=last)


@lru_cache(maxsize=64)
def at_rate(rate_ppm, **changes):
    """Terms of a contract at one yearly rate."""
    return terms(rule="contract", contract_rate_ppm=rate_ppm, **changes)


@dataclass(frozen=True)
class Frames:
    """The frames of one calculation."""

    subjects: nw.LazyFrame
    moved: nw.LazyFrame
    table: object


def frames(charged, items, *, paid=(), disputed=(), noticed=(), as_of, last=LAST):
    """Items as dicts of CANDIDATES through the engine; one set of terms for all."""
    rows = [
        {"customer_id": 1, "kind": "invoice", "currency": "EUR", "issued_day": SINCE, **row}
        for row in items
    ]
    made = table_of(charged, last)
    in_force = table(
        TERMS_IN_FORCE,
        [{"customer_id": 1, "terms_no": 0, "from_day": 0, "until_day": 10**6}],
    )
    found = charge_subjects(
        table(CANDIDATES, rows), in_force, made.terms, table(NOTICES, list(noticed)), as_of=as_of
    )
    booked = allocations(*[{"applied_day": row["value_day"], **row} for row in paid])
    moved = moves(found, booked, disputes(*disputed), made.terms, as_of=as_of)
    return Frames(late_subjects(found, moved, made.terms), moved, made)


def by_month(charged, items, **facts):
    """[(item, month number, amount)] in order."""
    made = frames(charged, items, **facts)
    segments = interest_segments(made.subjects, made.moved, made.table)
    rows = monthly_interest(segments, made.subjects, made.table).sort("item_id", "month_no")
    native: pl.LazyFrame = nw.to_native(rows)
    return native.collect().select("item_id", "month_no", "amount_minor").rows()


def interest(charged, amount_minor, *, due, until, **facts):
    """The interest of one item that is late through the day before `until`."""
    as_of = day_before(until)
    item = {"item_id": 1, "amount_minor": amount_minor, "due_day": due}
    if "issued" in facts:
        item["issued_day"] = facts.pop("issued")
    return sum(row[2] for row in by_month(charged, [item], as_of=as_of, **facts))


def day_before(on):
    return date.fromordinal(on.toordinal() - 1)


def day_after(on, days=1):
    return date.fromordinal(on.toordinal() + days)


def number(on):
    return day_number(on)


def late(charged, amount_minor, days, *, first=HALF_2025, **facts):
    """Interest of so many days late from `first` on."""
    return interest(
        charged, amount_minor, due=day_before(first), until=day_after(first, days), **facts
    )
