from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.hierarchies import (
    KINDS,
    PARENT,
    Graph,
    Guaranteed,
    Link,
    Place,
    RollUp,
    closes_circle,
)

DAY = date(2026, 3, 1)


def graph(*links, on=DAY):
    return Graph([Link(*link) for link in links], on=on)


def test_a_tree_tells_parents_before_children_and_how_deep_they_are():
    found = graph((2, 1, "parent"), (3, 1, "parent"), (4, 2, "parent"), (9, 8, "parent"))

    assert found.tree(1) == (
        Place(1, None, 0), Place(2, 1, 1), Place(4, 2, 2), Place(3, 1, 1),
    )  # fmt: skip
    assert (found.chain(4), found.root(4), found.root(1)) == ((2, 1), 1, 1)


def test_a_link_holds_on_its_days_only():
    links = [Link(2, 1, "parent", DAY, DAY + timedelta(days=1)),
             Link(2, 3, "parent", DAY + timedelta(days=2))]  # fmt: skip

    roots = [Graph(links, on=DAY + timedelta(days=n)).root(2) for n in (-1, 0, 1, 2)]
    assert roots == [2, 1, 1, 3]


def test_a_payer_goes_before_a_bill_to_and_nobody_means_the_customer_itself():
    found = graph((2, 5, "bill_to"), (2, 6, "payer"), (3, 5, "bill_to"))

    assert [found.payer(n) for n in (1, 2, 3)] == [1, 6, 5]
    assert (found.paid_by(5), found.paid_by(6)) == ((3,), (2,))


def test_every_place_of_a_diamond_counts_once():
    # 4 is below 2, which is below 1, and 1 pays for it too
    found = graph((2, 1, "parent"), (3, 1, "parent"), (4, 2, "parent"), (4, 1, "payer"))
    amounts = {1: 10, 2: 20, 3: 30, 4: 40}

    top, two = found.roll_up(1, amounts), found.roll_up(2, amounts)

    assert top == RollUp(1, 10, 90, 0, 100, 0, 50, below_ids=(2, 4, 3))
    assert (two.total_minor, two.payable_minor) == (60, 20)
    assert found.roll_up(4, amounts).payable_minor == 0


def test_a_payer_is_exposed_to_whom_it_pays_for_and_the_debtor_stays_the_debtor():
    found = graph((2, 1, "payer"), (3, 1, "bill_to"))
    amounts = {1: 10, 2: 20, 3: 30}

    payer, debtor = found.roll_up(1, amounts), found.roll_up(2, amounts)

    assert payer == RollUp(1, 10, 0, 50, 60, 0, 60, paid_ids=(2, 3))
    assert (debtor.own_minor, debtor.total_minor, debtor.payable_minor) == (20, 20, 0)


def test_a_guarantee_counts_up_to_its_cap_and_not_for_whom_is_counted_already():
    found = Graph(
        [
            Link(2, 1, "parent"),
            Link(2, 1, "guarantor"),
            Link(3, 1, "guarantor", most_minor=25),
            Link(4, 1, "guarantor", most_minor=90),
        ],
        on=DAY,
    )

    rolled = found.roll_up(1, {1: 10, 2: 20, 3: 30, 4: 40})

    assert (rolled.total_minor, rolled.guaranteed_minor) == (30, 65)
    assert rolled.guaranteed == (Guaranteed(3, 30, 25), Guaranteed(4, 40, 40))
    assert found.touched(2) == {1, 2, 3, 4}


def test_an_unknown_exposure_makes_every_sum_above_it_unknown():
    found = graph((2, 1, "parent"), (3, 1, "parent"), (5, 1, "guarantor"))
    rolled = found.roll_up(1, {1: 10, 2: None, 3: 30, 5: None})

    assert (rolled.own_minor, rolled.below_minor, rolled.total_minor) == (10, None, None)
    assert (rolled.guaranteed_minor, found.roll_up(3, {3: 30}).total_minor) == (None, 30)


def test_a_circle_is_found_however_long_it_is():
    links = [Link(2, 1, PARENT), Link(3, 2, PARENT)]

    assert closes_circle([*links, Link(1, 3, PARENT)], 1)
    assert not closes_circle([*links, Link(4, 3, PARENT)], 4)


ids = st.integers(1, 8)
days = st.integers(-5, 5).map(lambda n: DAY + timedelta(days=n))
links = st.lists(
    st.builds(Link, ids, ids, st.sampled_from(KINDS), days, st.none() | days).filter(
        lambda link: link.customer_id != link.other_id
    ),
    max_size=14,
)
amounts = st.dictionaries(ids, st.integers(0, 1000))


@given(links, amounts, ids)
def test_nobody_is_counted_twice_even_where_an_import_made_a_circle(found, exposures, at):
    whole = Graph(found, on=DAY)
    rolled = whole.roll_up(at, exposures)
    counted = [at, *rolled.below_ids, *rolled.paid_ids]

    assert len(counted) == len(set(counted))
    assert rolled.total_minor == sum(exposures.get(one, 0) for one in counted)
    assert not set(counted) & {one.customer_id for one in rolled.guaranteed}
    assert {at, *rolled.below_ids} == {place.customer_id for place in whole.tree(at)}


@given(links, amounts)
def test_what_is_to_be_paid_by_somebody_is_what_is_owed_by_all(found, exposures):
    whole = Graph(found, on=DAY)
    payable = [whole.roll_up(one, exposures).payable_minor for one in range(1, 9)]

    assert sum(payable) == sum(exposures.values())


@given(links, ids)
def test_a_parent_that_closes_no_circle_never_makes_one(found, at):
    kept = []
    for link in found:
        if not closes_circle([*kept, link], link.customer_id):
            kept.append(link)
    whole = Graph(kept, on=DAY)

    assert at not in whole.chain(at)
    assert at not in {place.customer_id for place in whole.tree(at)[1:]}
