"""Both accounts beside each other: table in, table out, and sums that tie whatever comes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.statement_matching import (
    OUTCOMES,
    OurEntry,
    TheirEntry,
    compare_statements,
)

TODAY = date(2026, 3, 5)
OLD, SOON = date(2026, 2, 4), date(2026, 3, 25)


def item(number, minor, *, left=None, due=OLD, **more):
    return OurEntry(
        key=f"item:{number}",
        number=number,
        amount_minor=minor,
        open_minor=minor if left is None else left,
        issued_on=due - timedelta(days=30),
        due_on=due,
        **more,
    )


def cash(number, minor, *, left=0, linked=()):
    return OurEntry(
        key=f"payment:{number}",
        number=number,
        amount_minor=-minor,
        open_minor=-left,
        issued_on=OLD,
        due_on=OLD,
        linked=frozenset(linked),
    )


def row(place, number, minor, **more):
    return TheirEntry(place=place, number=number, amount_minor=minor, **more)


def told(ours, theirs, **more):
    found = compare_statements(ours, theirs, as_of=TODAY, **more)
    assert found.our_minor - found.difference_minor == found.their_minor
    return [
        (line.number, line.outcome, line.our_minor, line.their_minor, line.note)
        for line in found.lines
    ]


@pytest.mark.parametrize(
    ("ours", "theirs", "lines"),
    [
        ([item("R1", 100)], [row(2, "R1", 100)], [("R1", "agrees", 100, 100, "")]),
        ([item("R1", 100)], [row(2, "r-1", 100)], [("R1", "agrees", 100, 100, "")]),
        (
            [item("R1", 100, due=SOON)],
            [row(2, "R1", 100)],
            [("R1", "not_due", 100, 100, "")],
        ),
        ([item("R1", 100)], [row(2, "R1", 90)], [("R1", "amount_differs", 100, 90, "")]),
        (
            [item("R1", 100, left=60)],
            [row(2, "R1", 100)],
            [("R1", "amount_differs", 60, 100, "part_paid")],
        ),
        ([item("R1", 100)], [], [("R1", "only_ours", 100, None, "")]),
        ([], [row(2, "X9", 40)], [("X9", "only_theirs", None, 40, "")]),
        (
            [item("R1", 100, left=0)],
            [row(2, "R1", 100)],
            [("R1", "only_theirs", 0, 100, "settled")],
        ),
        (
            [item("R1", 100)],
            [row(2, "R1", 100), row(3, "R1", -100, is_payment=True)],
            [("R1", "paid_not_arrived", 100, 0, "")],
        ),
        (
            [item("R1", 100)],
            [row(2, "R1", 100, is_paid=True)],
            [("R1", "paid_not_arrived", 100, 0, "")],
        ),
        (
            [item("R1", 100)],
            [row(2, "R1", 100), row(3, "EFT7", -100, is_payment=True)],
            [("R1", "agrees", 100, 100, ""), ("EFT7", "paid_not_arrived", None, -100, "")],
        ),
        (
            [item("INV-001234", 100)],
            [row(2, "1234", 100)],
            [("INV-001234", "agrees", 100, 100, "by_amount")],
        ),
        (
            [item("R1", 100, reference="PO-77")],
            [row(2, "PO-77", 100)],
            [("R1", "agrees", 100, 100, "by_amount")],
        ),
        (
            [item("R1", 100)],
            [row(2, "ours-lost", 100, due_on=OLD)],
            [("R1", "agrees", 100, 100, "by_amount")],
        ),
        (
            [item("R1", 100), item("R2", 100)],
            [row(2, "lost", 100, due_on=OLD)],
            [
                ("R1", "only_ours", 100, None, ""),
                ("R2", "only_ours", 100, None, ""),
                ("lost", "only_theirs", None, 100, ""),
            ],
        ),
        (  # a ledger that shows the invoice in full and the payment beside it says what we say
            [item("R1", 100, left=60), cash("Z1", 40, linked={"item:R1"})],
            [row(2, "R1", 100), row(3, "Z1", -40, is_payment=True)],
            [("R1", "agrees", 100, 100, ""), ("Z1", "agrees", -40, -40, "settled")],
        ),
        (  # liabilities with a minus
            [item("R1", 100), item("R2", 50)],
            [row(2, "R1", -100), row(3, "R2", -50)],
            [("R1", "agrees", 100, 100, ""), ("R2", "agrees", 50, 50, "")],
        ),
    ],
)
def test_documents_are_found_and_judged(ours, theirs, lines):
    assert told(ours, theirs) == lines


def test_what_is_newer_than_their_list_says_so():
    lines = told([item("R1", 100, due=SOON)], [], cutoff_on=date(2026, 2, 1))
    assert lines == [("R1", "only_ours", 100, None, "after_cutoff")]


NUMBERS = st.sampled_from(["R1", "R2", "R3", "INV-001", "1", "", "Z1"])
MINOR = st.integers(-500, 500).filter(bool)
DAYS = st.one_of(st.none(), st.sampled_from([OLD, SOON]))


@st.composite
def accounts(draw):
    ours = []
    for place in range(draw(st.integers(0, 6))):
        minor = draw(MINOR)
        left = draw(st.sampled_from([minor, 0, minor // 2]))
        linked = frozenset(f"k{other}" for other in draw(st.sets(st.integers(0, 5), max_size=2)))
        ours.append(
            OurEntry(
                key=f"k{place}",
                number=draw(NUMBERS),
                amount_minor=minor,
                open_minor=left,
                issued_on=OLD,
                due_on=draw(st.sampled_from([OLD, SOON])),
                linked=linked,
            )
        )
    theirs = [
        TheirEntry(
            place=place,
            number=draw(NUMBERS),
            amount_minor=draw(MINOR),
            dated_on=draw(DAYS),
            due_on=draw(DAYS),
            is_payment=draw(st.booleans()),
            is_paid=draw(st.booleans()),
        )
        for place in range(draw(st.integers(0, 8)))
    ]
    return ours, theirs


@given(accounts())
def test_every_entry_stands_once_and_the_sums_tie(both):
    ours, theirs = both
    found = compare_statements(ours, theirs, as_of=TODAY)
    places = sorted(place for line in found.lines for place in line.places)
    keys = [line.key for line in found.lines if line.key]
    sign = -1 if found.is_turned else 1

    assert places == sorted(one.place for one in theirs)
    assert len(keys) == len(set(keys))
    assert {one.key for one in ours if one.open_minor} <= set(keys)
    assert found.our_minor == sum(one.open_minor for one in ours)
    assert found.their_minor == sign * sum(one.amount_minor for one in theirs if not one.is_paid)
    assert found.our_minor - found.difference_minor == found.their_minor
    assert all(line.outcome in OUTCOMES for line in found.lines)
    assert sum(found.counts.values()) == len(found.lines)


@given(accounts(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(both, random):
    ours, theirs = both
    shuffled = list(theirs)
    random.shuffle(shuffled)
    assert compare_statements(ours, shuffled, as_of=TODAY) == compare_statements(
        ours, theirs, as_of=TODAY
    )


@given(st.lists(MINOR, max_size=8))
def test_our_own_list_agrees_with_us(amounts):
    ours = [item(f"N{place}", minor) for place, minor in enumerate(amounts)]
    theirs = [row(place, one.number, one.amount_minor) for place, one in enumerate(ours)]
    found = compare_statements(ours, theirs, as_of=TODAY)
    assert found.difference_minor == 0 and set(found.counts) <= {"agrees"}
