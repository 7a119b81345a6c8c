"""Which reviews are due or triggered, their order, and what closes by itself."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import months_after
from dunwell.engine.documents import DocumentError
from dunwell.engine.review_queue import (
    PlannedReview,
    ReviewCase,
    Snapshot,
    Trigger,
    change,
    chosen,
    due_day,
    expected_loss,
    heard,
    planned_reviews,
    snapshot_of,
    week_of,
    what_moved,
)
from dunwell.engine.review_rules import (
    ReviewRules,
    WarningRules,
    read_review_rules,
    read_warning_rules,
)

DAY = date(2026, 6, 1)
RULES = ReviewRules()
SAME = Snapshot(
    exposure_minor=500_000, limit_minor=1_000_000, pd_ppm=20_000, risk_class="B", risk="low"
)


def snap(**changes: object) -> Snapshot:
    """Return the usual snapshot with changes."""
    names = ("exposure_minor", "limit_minor", "pd_ppm", "risk_class", "risk")
    return Snapshot(**({name: getattr(SAME, name) for name in names} | changes))  # type: ignore[arg-type]


def case(key: int = 1, **changes: object) -> ReviewCase:
    """Return a customer of low risk, reviewed a year ago, unchanged since."""
    fields: dict[str, object] = {
        "customer_id": key,
        "since_on": date(2025, 6, 1),
        "is_first": False,
        "now": SAME,
        "before": SAME,
    }
    return ReviewCase(**(fields | changes))  # type: ignore[arg-type]


def planned(*cases: ReviewCase, rules: ReviewRules = RULES, on: date = DAY) -> list[PlannedReview]:
    """Return what is planned of cases on a day."""
    return planned_reviews(cases, rules=rules, as_of=on)


def test_the_calendar_goes_by_class_then_risk_then_the_rest() -> None:
    rules = read_review_rules({"months": {"B": 9}, "default_months": 4})
    asked = [
        (due_day(case(now=snap(risk_class=name, risk=risk)), rules) - date(2025, 6, 1)).days
        for name, risk in (("B", "low"), ("A", "low"), ("A", "high"), ("", ""))
    ]
    assert asked == [273, 365, 92, 122]


def test_a_review_is_due_on_its_day_and_closes_when_nothing_moved() -> None:
    assert planned(case(), on=DAY - timedelta(1)) == []
    assert planned(case()) == [
        PlannedReview(customer_id=1, due_on=DAY, triggers=(), change_minor=0, closes=True)
    ]
    moved = case(now=snap(exposure_minor=700_000))
    assert [(one.closes, one.change_minor) for one in planned(moved)] == [(False, 1_800)]
    off = read_review_rules({"auto_close": False})
    assert [one.closes for one in planned(case(), rules=off)] == [False]
    assert [one.closes for one in planned(case(is_first=True))] == [False]


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        ({}, ()),
        ({"exposure_minor": 699_999}, ()),
        ({"exposure_minor": 700_000}, ("exposure",)),
        ({"exposure_minor": 300_000}, ("exposure",)),
        ({"exposure_minor": None}, ("exposure",)),
        ({"limit_minor": 999_999}, ("limit",)),
        ({"pd_ppm": 29_999}, ()),
        ({"pd_ppm": 30_000}, ("pd",)),
        ({"pd_ppm": None}, ("pd",)),
        ({"risk_class": "C"}, ("class",)),
    ],
)
def test_what_moved_has_thresholds(changes: dict[str, object], moved: tuple[str, ...]) -> None:
    assert what_moved(SAME, snap(**changes), rules=RULES) == moved


def test_expected_loss_counts_what_is_not_known_as_risk() -> None:
    assert expected_loss(SAME, RULES) == 4_500
    assert expected_loss(snap(pd_ppm=None), RULES) == 6_750
    assert expected_loss(snap(exposure_minor=None), RULES) == 9_000
    assert expected_loss(snap(exposure_minor=-5), RULES) == 0


def test_a_fall_ranks_like_a_rise_and_the_largest_change_comes_first() -> None:
    fell = case(1, now=snap(exposure_minor=0))
    rose = case(2, now=snap(exposure_minor=900_000))
    first = case(3, is_first=True)
    assert [(one.customer_id, one.change_minor) for one in planned(rose, fell, first)] == [
        (1, 4_500),
        (3, 4_500),
        (2, 3_600),
    ]


def test_triggers_come_at_once_and_the_class_and_the_limit_speak_for_themselves() -> None:
    new = case(
        since_on=DAY - timedelta(40),
        now=snap(risk_class="D", risk="high", exposure_minor=1_000_001),
        triggers=(Trigger(code="blocked_order", on=DAY, text="A-7"),),
    )
    (one,) = planned(new)
    assert (one.due_on, one.closes, one.is_triggered) == (DAY, False, True)
    assert [(found.code, found.text) for found in one.triggers] == [
        ("blocked_order", "A-7"),
        ("class_changed", "B -> D"),
        ("over_limit", ""),
    ]


def test_what_was_known_at_the_last_review_and_what_stands_stays_quiet() -> None:
    seen = Trigger(code="external_event", on=DAY - timedelta(10))
    stands = Trigger(code="over_limit", on=DAY)
    reviewed = case(since_on=DAY - timedelta(10), triggers=(seen, stands))
    assert heard(reviewed, RULES, DAY) == ()
    later = DAY + timedelta(20)
    assert heard(reviewed, RULES, later) == (stands,)
    assert heard(case(since_on=DAY, is_first=True, triggers=(seen, stands)), RULES, DAY) == (
        seen,
        stands,
    )
    only = read_review_rules({"triggers": ["class_changed"]})
    assert heard(case(triggers=(seen, stands)), only, DAY) == ()


def test_small_customers_are_left_to_triggers() -> None:
    rules = read_review_rules({"from_exposure_minor": 1_000_001})
    assert planned(case(), rules=rules) == []
    triggered = case(triggers=(Trigger(code="early_warning", on=DAY),))
    assert len(planned(triggered, rules=rules)) == 1


def test_the_budget_is_given_out_by_rank_and_begins_anew_on_monday() -> None:
    waiting = [7, 3, 9]
    assert chosen(waiting, per_week=2, taken=0) == (7, 3)
    assert chosen(waiting, per_week=2, taken=1) == (7,)
    assert chosen(waiting, per_week=2, taken=5) == ()
    assert (week_of(date(2026, 6, 7)), week_of(date(2026, 6, 8))) == (DAY, date(2026, 6, 8))


def test_months_keep_the_day_or_take_the_last_of_the_month() -> None:
    assert months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_a_snapshot_is_read_back_from_its_document() -> None:
    stated = {"exposure_minor": 1, "pd_ppm": None, "risk_class": "B", "other": 3}
    assert snapshot_of(stated) == Snapshot(exposure_minor=1, risk_class="B")


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"monthly": 1}, "reviews: field 'monthly' is not known"),
        ({"months": {"A": 0}}, "reviews: months: A is 0"),
        ({"triggers": ["weather"]}, "triggers 'weather' is not known"),
        ({"per_week": 0}, "per_week is 0"),
        ({"move_pd_ppm": -1}, "move_pd_ppm is -1"),
    ],
)
def test_a_wrong_section_is_refused_with_its_place(section: object, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_review_rules(section)


def test_warnings_count_from_a_strength_and_of_kinds() -> None:
    assert read_warning_rules(None) == WarningRules()
    rules = read_warning_rules({"from_strength_ppm": 500_000, "kinds": ["silence"]})
    assert [rules.counts("silence", n) for n in (499_999, 500_000)] == [False, True]
    assert not rules.counts("disputes", 900_000)
    with pytest.raises(DocumentError, match="warnings: quiet_days is -1"):
        read_warning_rules({"quiet_days": -1})
    with pytest.raises(
        DocumentError, match="warnings: kinds 'silent' is not known; use one of paying_"
    ):
        read_warning_rules({"kinds": ["silence", "silent"]})
    assert read_warning_rules({"kinds": ["bureau_drop"]}).counts("bureau_drop", 600_000)


amounts = st.none() | st.integers(-1_000, 5_000_000)
snapshots = st.builds(
    Snapshot,
    exposure_minor=amounts,
    limit_minor=st.none() | st.integers(0, 5_000_000),
    pd_ppm=st.none() | st.integers(0, 1_000_000),
    risk_class=st.sampled_from(["", "A", "B"]),
    risk=st.sampled_from(["", "low", "high"]),
)


@given(snapshots, snapshots)
def test_nothing_moves_between_equals_and_change_has_no_direction(
    before: Snapshot, now: Snapshot
) -> None:
    assert what_moved(now, now, rules=RULES) == ()
    there, back = case(before=before, now=now), case(before=now, now=before)
    assert change(there, RULES) == change(back, RULES) >= 0
    assert change(case(before=now, now=now), RULES) == 0


@given(st.lists(st.tuples(snapshots, snapshots, st.integers(0, 900)), max_size=8))
def test_reviews_are_ranked_and_none_is_planned_twice(
    rows: list[tuple[Snapshot, Snapshot, int]],
) -> None:
    cases = [
        case(key, before=before, now=now, since_on=DAY - timedelta(days))
        for key, (before, now, days) in enumerate(rows)
    ]
    found = planned(*cases)
    assert found == sorted(found, key=lambda one: -one.change_minor)
    assert len({one.customer_id for one in found}) == len(found)
    assert all(one.closes is False for one in found if one.triggers)
