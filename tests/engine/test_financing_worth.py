"""What a pool is worth financed: as worked out item by item, and laws that hold on any terms."""

from dataclasses import replace

import narwhals.stable.v2 as nw
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.financing_worth import (
    MILLION,
    POOL,
    SCALE,
    FinanceTerms,
    FinancingWorth,
    compared,
    worth,
)
from dunwell.engine.money import part
from dunwell.engine.provisions import discount

PPM = st.integers(0, MILLION)
DAYS = st.integers(-400, 800)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "amount_minor": st.integers(1, 10**13),
            **dict.fromkeys(("q10_days", "q50_days", "q90_days", "due_days"), DAYS),
            "loss_ppm": PPM,
        }
    ),
    max_size=6,
)
TERMS = st.builds(
    FinanceTerms,
    name=st.just("F"),
    kind=st.just("factoring"),
    advance_ppm=PPM,
    rate_ppm=st.integers(0, 400_000),
    fee_ppm=st.integers(0, 50_000),
    item_fee_minor=st.integers(0, 10_00),
    loss_ppm=PPM,
    first_loss_ppm=st.one_of(st.just(0), PPM),
    recourse_days=st.integers(0, 200),
)


def frame(items):
    types = dict.fromkeys(POOL, pl.Int64)
    return nw.from_native(pl.DataFrame(items, schema=types, orient="row").lazy())


def one_by_one(items, terms, capital_ppm):
    """The same worth in whole numbers of any size, item by item."""

    def factor(days):
        exact = discount(capital_ppm, days=days)
        return part(SCALE, exact.numerator, exact.denominator)

    def interest(minor, days):
        return part(minor * days, terms.rate_ppm, MILLION * 365)

    gross = sum(one["amount_minor"] for one in items)
    borne = MILLION - terms.loss_ppm
    if terms.first_loss_ppm:
        expected = sum(one["amount_minor"] * one["loss_ppm"] for one in items)
        first = gross * terms.first_loss_ppm
        is_all = expected <= first or not expected
        borne = MILLION if is_all else first * MILLION // expected
    advance = later = owed = back = lost = 0
    for one in items:
        amount, loss = one["amount_minor"], one["loss_ppm"]
        lent = part(amount, terms.advance_ppm, MILLION)
        advance += lent
        for name, weight in (("q10_days", 3), ("q50_days", 4), ("q90_days", 3)):
            days = max(one[name], 0)
            chance = factor(days) * ((MILLION - loss) * weight // 10) // MILLION
            later += (amount - lent) * chance
            owed += interest(lent, days) * chance
        end = max(one["due_days"] + terms.recourse_days, 0)
        never = factor(end) * loss // MILLION
        owed += interest(lent, end) * never
        back += (amount * (MILLION - borne) // MILLION - lent) * never
        lost += amount * borne // MILLION * never
    fees = part(gross, terms.fee_ppm, MILLION) + terms.item_fee_minor * len(items)
    return FinancingWorth(
        name=terms.name,
        kind=terms.kind,
        gross_minor=gross,
        cash_now_minor=advance - fees,
        later_minor=part(later + back, 1, SCALE),
        fee_minor=fees,
        interest_minor=part(owed, 1, SCALE),
        loss_minor=part(lost, 1, SCALE),
        value_minor=part((advance - fees) * SCALE + later + back - owed, 1, SCALE),
    )


@given(ITEMS, TERMS, st.integers(0, 300_000))
def test_a_pool_is_worth_what_its_items_come_to(items, terms, capital_ppm):
    told = worth(frame(items), terms, capital_ppm=capital_ppm)

    assert told == one_by_one(items, terms, capital_ppm)


@given(ITEMS, TERMS)
def test_holding_at_no_cost_of_money_is_worth_what_is_not_lost(items, terms):
    sure = [{**one, "loss_ppm": 0} for one in items]
    dearer = replace(terms, fee_ppm=terms.fee_ppm + 10_000)

    first, *others = compared(frame(sure), [terms, dearer], capital_ppm=0)

    assert first.value_minor == first.gross_minor == sum(one["amount_minor"] for one in sure)
    assert [one.value_minor for one in others] == sorted(
        (one.value_minor for one in others), reverse=True
    )


def test_an_empty_pool_is_worth_nothing():
    told = worth(frame([]), FinanceTerms(name="", kind="hold"), capital_ppm=60_000)

    assert (told.gross_minor, told.value_minor, told.loss_minor) == (0, 0, 0)
