"""Claims, events and the shipped law as frames, and what the engine says of them as plain rows."""

from datetime import date
from functools import cache
from importlib.resources import files

import narwhals.stable.v2 as nw
import polars as pl
import yaml

from dunwell.engine.calendars import day_date, day_number
from dunwell.engine.limitation import (
    EFFECT_ROWS,
    RULE_ROWS,
    effect_rows,
    first_last_days,
    last_days,
    limitation_events,
    limitation_steps,
    rule_rows,
    suspended_spans,
)
from dunwell.engine.limitation_rules import limitation_rules_for, read_limitation_rules

TYPES = {nw.Int32: pl.Int32, nw.Int64: pl.Int64, nw.String: pl.String, nw.Boolean: pl.Boolean}


@cache
def shipped():
    text = files("dunwell").joinpath("policies", "limitation.yaml").read_text(encoding="utf-8")
    return read_limitation_rules(yaml.safe_load(text))


def frame(rows, columns):
    schema = {name: TYPES[kind] for name, kind in columns.items()}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())


def kept(lazy):
    return nw.from_native(nw.to_native(lazy).collect().lazy())


def worked_out(claims, events=(), *, as_of=date(2099, 12, 31), rules=None):
    """{item: (rule, last day, latest day)}; claims are (item, country, region, party, due)."""
    rules = shipped() if rules is None else rules
    groups = sorted({claim[1:4] for claim in claims})
    number = {group: place for place, group in enumerate(groups)}
    readings = [
        (number[group], rules.index(rule))
        for group in groups
        for rule in limitation_rules_for(rules, country=group[0], region=group[1], party=group[2])
    ]
    first = kept(first_last_days(
        frame(
            [(key, number[(country, region, party)], day_number(due))
             for key, country, region, party, due in claims],
            {"item_id": nw.Int64, "group_no": nw.Int32, "due_day": nw.Int32},
        ),
        frame(readings, {"group_no": nw.Int32, "rule_no": nw.Int32}),
        frame(rule_rows(rules), RULE_ROWS),
    ))  # fmt: skip
    told = frame(
        [(key, kind, day_number(on), None if until is None else day_number(until))
         for key, kind, on, until in events],
        {"item_id": nw.Int64, "kind": nw.String, "day": nw.Int32, "until_day": nw.Int32},
    )  # fmt: skip
    effects = frame(effect_rows(rules), EFFECT_ROWS)
    known = kept(limitation_events(first, told, effects, as_of_day=day_number(as_of)))
    steps = kept(limitation_steps(known, kept(suspended_spans(known))))
    found = last_days(first, steps)
    rows = nw.to_native(found).collect().sort("item_id").iter_rows(named=True)
    return {
        row["item_id"]: (rules[row["rule_no"]].id, _day(row["last_day"]), _day(row["latest_day"]))
        for row in rows
    }


def _day(number):
    return None if number is None else day_date(number)
