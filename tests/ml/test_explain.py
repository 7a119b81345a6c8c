"""Why a curve lies where it does: the right group, the right sign, and words for every model."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from dunwell.ml.curves import ITEM_COLUMNS
from dunwell.ml.explain import GROUPS, LEAST_DAYS, MOST_REASONS, REASON, TOLD, reasons
from dunwell.ml.features import FACTS
from dunwell.ml.history import HISTORY_ITEMS
from dunwell.ml.naive import NAIVE
from tests.ml.planted import AS_OF, KINDS, fitted, kind, of_kind, planted

TYPES = {name: HISTORY_ITEMS[name] for name in ITEM_COLUMNS}


def billed(customers, *, due=AS_OF + 20):
    rows = [(90_000 + n, who, "USD", 20_000, AS_OF - 9, due) for n, who in enumerate(customers)]
    return pl.DataFrame(rows, schema=TYPES, orient="row")


def told(rows, known=None):
    """Return for each request its reasons by code."""
    found = reasons(fitted(), known or planted().known, rows)
    assert (found.name, found.dtype, len(found)) == ("reasons", pl.List(REASON), rows.height)
    return [{one["code"]: one for one in each} for each in found.to_list()]


def effect(each, code):
    return each[code]["effect_days"] if code in each else 0.0


EVERYONE = billed([who for name in KINDS for who in of_kind(name)])


def test_reasons_are_few_large_first_and_of_known_groups():
    found = reasons(fitted(), planted().known, EVERYONE).to_list()
    codes = {one["code"] for each in found for one in each}
    # habits and days of payment were planted; what else a single fit blames is its seed's
    assert {"habit", "rhythm"} <= codes <= set(GROUPS)
    for each in found:
        sizes = [abs(one["effect_days"]) for one in each]
        assert len(each) <= MOST_REASONS
        assert sizes == sorted(sizes, reverse=True)
        assert all(size >= LEAST_DAYS for size in sizes)


def test_every_group_names_facts_that_exist_and_one_of_them_to_tell():
    facts = [fact for group in GROUPS.values() for fact in group]
    assert len(facts) == len(set(facts)) and set(facts) <= set(FACTS)
    assert TOLD.keys() == GROUPS.keys()
    assert all(TOLD[group] in GROUPS[group] for group in GROUPS)


def test_the_habit_of_a_slow_customer_adds_days_and_that_of_a_prompt_one_takes_some():
    found = dict(zip(EVERYONE["customer_id"], told(EVERYONE), strict=True))
    slow = [found[who] for who in of_kind("slow")]
    prompt = [found[who] for who in of_kind("prompt")]
    assert all(effect(each, "habit") > 3 for each in slow)
    assert all(effect(each, "habit") < 0 for each in prompt)
    # the value told is the customer's usual days late
    assert np.median([each["habit"]["value"] for each in slow]) == pytest.approx(22, abs=5)


def test_a_promise_for_soon_takes_days():
    rows = billed(of_kind("slow"), due=AS_OF - 1)
    known = planted().known
    made = [(item, AS_OF, AS_OF + 5, None) for item in rows["item_id"]]
    promises = pl.DataFrame(made, schema=known.promises.schema, orient="row")
    found = told(rows, replace(known, promises=pl.concat([known.promises, promises])))
    assert all(effect(each, "promise") < -2 for each in found)
    assert {each["promise"]["value"] for each in found} == {5.0}
    assert not any("promise" in each for each in told(rows))


def test_a_dispute_adds_days():
    rows = billed(of_kind("prompt"), due=AS_OF + 8)
    known = planted().known
    opened = [(item, AS_OF - 1, None) for item in rows["item_id"]]
    disputes = pl.DataFrame(opened, schema=known.disputes.schema, orient="row")
    found = told(rows, replace(known, disputes=pl.concat([known.disputes, disputes])))
    assert all(effect(each, "dispute") > 2 for each in found)
    assert {each["dispute"]["value"] for each in found} == {1.0}
    assert not any("dispute" in each for each in told(rows))


def test_the_same_question_has_the_same_reasons():
    first = reasons(fitted(), planted().known, EVERYONE)
    assert first.to_list() == reasons(fitted(), planted().known, EVERYONE).to_list()


@pytest.mark.parametrize("name", NAIVE)
def test_a_naive_model_tells_how_many_items_it_goes_by(name):
    known = planted().known
    rows = billed([1, 14, 5001])
    paid = known.items.filter(pl.col("paid_day").is_not_null())["customer_id"].to_list()
    assert reasons(fitted(name), known, rows).to_list() == [
        [{"code": "own_items", "value": float(paid.count(who)), "effect_days": None}]
        for who in (1, 14, 5001)
    ]
    assert kind(14) == "month_end"


@pytest.mark.parametrize("name", [*NAIVE, "hazard"])
def test_no_requests_have_no_reasons(name):
    found = reasons(fitted(name), planted().known, EVERYONE.head(0))
    assert (found.name, found.to_list()) == ("reasons", [])
    assert found.dtype == pl.List(REASON)


def test_an_item_has_the_same_reasons_whatever_else_is_asked_about():
    every = reasons(fitted(), planted().known, EVERYONE).to_list()
    for row in (0, 14, 30, 47):
        assert reasons(fitted(), planted().known, EVERYONE[row]).to_list() == [every[row]]


def test_where_nothing_is_open_the_requests_themselves_are_typical():
    known = planted().known
    closed = replace(known, items=known.items.filter(pl.col("ended_day").is_not_null()))
    slow = EVERYONE["customer_id"].to_list().index(of_kind("slow")[0])
    assert effect(told(EVERYONE, closed)[slow], "habit") > 3
