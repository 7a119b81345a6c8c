"""Deeds laid beside each other: each once, as many pairs as can be, the same from both sides."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.shadow import BOTH, ONLY_THEY, ONLY_WE, Beside, Deed, laid_beside, sums_by_kind

DAY = date(2026, 3, 2)
DEEDS = st.lists(
    st.builds(
        lambda who, kind, day: Deed(customer=who, kind=kind, on=DAY + timedelta(days=day)),
        st.sampled_from(["K1", "K2"]),
        st.sampled_from(["reminder", "hold"]),
        st.integers(0, 12),
    ),
    max_size=12,
)


def deed(customer, day, kind="reminder"):
    return Deed(customer=customer, kind=kind, on=DAY + timedelta(days=day))


def test_a_deed_of_each_side_within_the_days_is_one():
    rows = laid_beside(
        [deed("K1", 0), deed("K1", 9), deed("K2", 0)],
        [deed("K1", 2), deed("K2", 3), deed("K3", 0, "hold")],
        days=2,
    )

    day = lambda n: DAY + timedelta(days=n)  # noqa: E731
    assert rows == (
        Beside(customer="K1", kind="reminder", ours_on=day(0), theirs_on=day(2)),
        Beside(customer="K1", kind="reminder", ours_on=day(9), theirs_on=None),
        Beside(customer="K2", kind="reminder", ours_on=day(0), theirs_on=None),
        Beside(customer="K2", kind="reminder", ours_on=None, theirs_on=day(3)),
        Beside(customer="K3", kind="hold", ours_on=None, theirs_on=day(0)),
    )
    assert [row.days_later for row in rows[:2]] == [-2, None]
    assert sums_by_kind(rows)["reminder"] == {BOTH: 1, ONLY_WE: 2, ONLY_THEY: 1}


@given(DEEDS, DEEDS, st.integers(0, 4))
def test_every_deed_stands_once_and_the_other_side_sees_the_same(ours, theirs, days):
    rows = laid_beside(ours, theirs, days=days)
    turned = laid_beside(theirs, ours, days=days)

    assert sorted(row.ours_on for row in rows if row.ours_on) == sorted(d.on for d in ours)
    assert sorted(row.theirs_on for row in rows if row.theirs_on) == sorted(d.on for d in theirs)
    assert all(abs(row.days_later) <= days for row in rows if row.outcome == BOTH)
    assert {(r.customer, r.kind, r.ours_on, r.theirs_on) for r in rows} == {
        (r.customer, r.kind, r.theirs_on, r.ours_on) for r in turned
    }
    # nothing that is left over on both sides would still fit
    left = [row for row in rows if row.outcome == ONLY_WE]
    right = [row for row in rows if row.outcome == ONLY_THEY]
    assert not any(
        (a.customer, a.kind) == (b.customer, b.kind)
        and abs((a.ours_on - b.theirs_on).days) <= days
        for a in left
        for b in right
    )
