"""Continuity on ends alone, money told by several messages, and what is no customer's money."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.bank.continuity import StatementEnds, covered_until, gaps, in_order
from dunwell.formats.bank.nature import is_own_money, is_return
from dunwell.formats.bank.statement import Entry
from dunwell.formats.bank.tellings import Telling, told_before

DAY = date(2026, 3, 2)


def day(n):
    return DAY + timedelta(days=n)


def ends(key, opening, closing, *, first=None, last=None, **more):
    """Statement `key` of day `key`, opening on the day before unless told otherwise."""
    told = {
        "identity": str(key), "label": f"statement {key}", "number": "", "sequence": str(key),
        "currency": "EUR", "opening_minor": opening, "closing_minor": closing,
        "opening_on": day(key - 1 if first is None else first),
        "closing_on": day(key if last is None else last),
    }  # fmt: skip
    return StatementEnds(key=key, **{**told, **more})


def chain(count):
    return [ends(n, 100 * n, 100 * (n + 1)) for n in range(count)]


@given(st.integers(3, 9), st.data())
def test_coverage_ends_before_a_missing_statement_and_goes_on_when_it_comes(count, data):
    all_of_them = data.draw(st.permutations(chain(count)))
    gone = data.draw(st.integers(1, count - 2))
    left = [one for one in all_of_them if one.key != gone]
    assert (gaps(all_of_them), covered_until(all_of_them)) == ({}, day(count - 1))
    assert list(gaps(left)) == [gone + 1]
    assert covered_until(left) == day(gone - 1)
    accepted = [replace(one, is_accepted=one.key == gone + 1) for one in left]
    assert covered_until(accepted) == day(count - 1)


def test_a_broken_sum_ends_coverage_before_it_and_a_first_one_covers_nothing():
    one, two, three = chain(3)
    assert covered_until([one, replace(two, is_broken=True), three]) == day(0)
    assert covered_until([replace(one, is_broken=True), two]) == day(-2)
    assert covered_until([]) is None


def test_an_explained_gap_excuses_no_wrong_sum():
    one, _two, three = chain(3)
    explained = replace(three, is_accepted=True)
    assert covered_until([one, explained]) == day(2)
    assert covered_until([one, replace(explained, is_broken=True)]) == day(0)


def test_downloads_that_overlap_in_days_leave_no_gap():
    first = ends(1, 0, 100, first=1, last=10)
    assert gaps([first, ends(2, 40, 150, first=5, last=15)]) == {}
    # a download begins on its first day; a statement's opening day is the last of the one before
    same_day = ends(2, 40, 150, first=10, last=15)
    assert list(gaps([first, same_day])) == [2]
    assert gaps([first, replace(same_day, is_period=True)]) == {}


def test_statements_without_balances_extend_coverage_and_prove_nothing():
    plain = ends(5, None, None)
    assert (gaps([*chain(2), plain]), covered_until([*chain(2), plain])) == ({}, day(5))
    assert covered_until([replace(plain, closing_on=None, opening_on=None)]) is None


def test_statements_of_one_day_without_numbers_follow_by_their_balances():
    on = {"first": 1, "last": 1, "sequence": ""}
    found = [ends(1, 50, 70, **on), ends(2, 0, 30, **on), ends(3, 30, 50, **on)]
    start = ends(0, 0, 0, first=-1, last=0)
    assert [one.key for one in in_order([*found, start])] == [0, 2, 3, 1]
    assert gaps([*found, start]) == {}


def test_of_two_statements_with_one_identity_the_later_told_counts():
    wrong, right = ends(1, 100, 150), replace(ends(9, 100, 200), identity="1", closing_on=day(1))
    assert list(gaps([ends(0, 0, 100), wrong, ends(2, 200, 300)])) == [2]
    assert gaps([ends(0, 0, 100), wrong, right, ends(2, 200, 300)]) == {}


def telling(entry, statement, kind="statement", first=1, last=2, **more):
    return Telling(
        entry_id=entry, money_identity="m", statement=statement, kind=kind,
        opening_on=day(first), closing_on=day(last), **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("told", "repeats"),
    [
        ([telling("a", 1), telling("b", 1)], {}),
        ([telling("a", 1, "interim"), telling("b", 2)], {"b": "a"}),
        ([telling("a", 1, "interim"), telling("b", 2, "interim")], {"b": "a"}),
        ([telling("a", 1, "notification"), telling("b", 2), telling("c", 2)], {"b": "a"}),
        # another end-of-day statement of other days tells other money
        ([telling("a", 1), telling("b", 2, first=2, last=3)], {}),
        # and so it does when a report told the first one before
        (
            [telling("a", 1, "interim"), telling("b", 2), telling("c", 3, first=2, last=3)],
            {"b": "a"},
        ),
        ([telling("a", 1, first=0, last=9), telling("b", 2, first=4, last=14)], {"b": "a"}),
        # the same single day: a second delivery, unless it goes on from the first one's balance
        ([telling("a", 1), telling("b", 2)], {"b": "a"}),
        ([telling("a", 1, closing_minor=5), telling("b", 2, opening_minor=5)], {}),
        ([telling("a", 1), replace(telling("b", 2), closing_on=None)], {}),
    ],
)
def test_money_is_told_once_per_message_and_again_by_another(told, repeats):
    assert told_before(told) == repeats


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["interim", "notification"]))))
def test_as_much_money_is_counted_as_the_message_that_tells_most(told):
    kinds = dict(told)
    tellings = [telling(str(n), key, kinds[key]) for n, (key, _) in enumerate(told)]
    most = max((sum(key == one for one, _ in told) for key in kinds), default=0)
    assert len(tellings) - len(told_before(tellings)) == most


@pytest.mark.parametrize(
    ("told", "is_own"),
    [
        ({"code": "PMNT-RCDT-ESCT"}, False),
        ({"code": "CAMT-ACCB-INTR"}, True),
        ({"code": "NINT"}, True),
        ({"code": "NTRF"}, False),
        ({"code": "814"}, True),
        ({"code": "General Currency Conversion"}, True),
        ({"counterparty_account": "de89 3704 0044 0532 0130 00"}, True),
        ({"counterparty_account": "DE02"}, False),
    ],
)
def test_interest_fees_and_transfers_of_our_own_are_no_customers(told, is_own):
    entry = Entry(value_on=DAY, booked_on=DAY, amount_minor=5, currency="EUR", **told)
    assert is_own_money(entry, own_accounts=frozenset({"DE89370400440532013000"})) is is_own
    assert not is_return(entry)
    assert is_return(replace(entry, return_reason="AC04"))
