"""Which money is stuck and why, and which deeds get a word."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.recognition import Deed, words_due
from dunwell.engine.stuck_money import POINTS, OverdueItem, agenda, stuck_points
from tests.conftest import examples

TODAY = date(2026, 3, 5)


def ago(days):
    return TODAY - timedelta(days=days)


def item(key, customer=1, *, late=40, **facts):
    """An item of 100.00 EUR that is some days late, and was told of today."""
    told = {"currency": "EUR", "open_minor": 100_00, "told_on": TODAY, **facts}
    return OverdueItem(item_id=key, customer_id=customer, due_on=ago(late), **told)


def test_each_part_of_an_item_is_stuck_for_one_reason_and_the_heaviest_comes_first():
    items = [
        item(1, disputed_minor=30_00, disputed_on=ago(14), broken_on=ago(5)),
        item(2, 2, disputed_minor=900_00, disputed_on=ago(13)),
        item(3, 3, held_on=ago(14), broken_on=ago(3)),
        item(4, 4, held_on=ago(13), broken_on=ago(3)),
        item(5, 5, told_on=None, late=21),
        item(6, 5, told_on=ago(30), late=90),
        item(7, 6, told_on=ago(20)),
        item(8, 7, told_on=None, late=0),
        item(9, 8, told_on=None, late=50, currency="SEK"),
    ]

    points = stuck_points(items, as_of=TODAY)

    assert [
        (one.currency, one.customer_id, one.reason, one.stuck_minor, one.since_on, one.items)
        for one in points
    ] == [
        ("EUR", 5, "silent", 200_00, ago(30), ((5, 100_00), (6, 100_00))),
        ("EUR", 3, "held", 100_00, ago(14), ((3, 100_00),)),
        ("EUR", 1, "disputed", 30_00, ago(14), ((1, 30_00),)),
        ("EUR", 1, "broken", 70_00, ago(5), ((1, 70_00),)),
        ("SEK", 8, "silent", 100_00, ago(50), ((9, 100_00),)),
    ]
    assert [one.currency for one in agenda(points, home="SEK")] == ["SEK", *["EUR"] * 4]


DAYS = st.none() | st.integers(0, 90).map(ago)
ITEMS = st.lists(
    st.builds(
        OverdueItem,
        item_id=st.integers(1, 10**6),
        customer_id=st.integers(1, 4),
        currency=st.sampled_from(("EUR", "SEK")),
        open_minor=st.integers(1, 10**9),
        due_on=st.integers(-5, 120).map(ago),
        disputed_minor=st.integers(0, 2 * 10**9),
        disputed_on=DAYS,
        broken_on=DAYS,
        held_on=DAYS,
        told_on=DAYS,
    ),
    max_size=30,
    unique_by=lambda one: one.item_id,
)


@examples(40, release=400)
@given(ITEMS)
def test_an_agenda_never_holds_more_of_an_item_than_is_open_whatever_the_order(items):
    points = stuck_points(items, as_of=TODAY)
    assert points == stuck_points(items[::-1], as_of=TODAY)
    told = {}
    for point in points:
        assert point.stuck_minor == sum(minor for _, minor in point.items) > 0
        for key, minor in point.items:
            told[key] = told.get(key, 0) + minor
    opens = {one.item_id: one.open_minor for one in items if one.due_on < TODAY}
    assert all(minor <= opens[key] for key, minor in told.items())
    chosen = [one.currency for one in agenda(points, home="EUR")]
    assert all(chosen.count(code) <= POINTS for code in set(chosen))


def deed(key, user=1, *, days=20, **facts):
    """A decision about its own matter, all of it paid, carried out some days ago."""
    told = {"matter": f"point:{key}", "stuck_minor": 100, "paid_minor": 100, **facts}
    return Deed(
        kind="decision", subject_id=key, user_id=user, name=f"d{key}", done_on=ago(days), **told
    )


def test_a_word_is_given_for_money_that_came_with_quality_and_never_twice_for_one_thing():
    deeds = [
        deed(1, days=40),
        deed(2, days=39, matter="point:1", user=2),
        deed(3, days=38),
        deed(4, days=33),
        deed(5, 3, paid_minor=49),
        deed(6, 4, paid_minor=50),
        deed(7, 5, has_complaint=True),
        deed(8, 6, is_reopened=True),
        deed(9, 7, days=13),
        deed(10, 8, is_own_judge=True, stuck_minor=None),
        deed(11, 9, stuck_minor=None, paid_minor=None),
        deed(12, 10),
    ]

    told = words_due(deeds, told=[(10, ago(26))], as_of=TODAY)

    assert {word.deed.subject_id: word.held_back for word in told} == {
        1: "", 2: "split", 3: "often", 4: "", 5: "unpaid", 6: "", 7: "complaint",
        8: "reopened", 9: "waits", 10: "own_judge", 11: "", 12: "often",
    }  # fmt: skip
