"""The escalation clock: every rung by every answer, and its laws over random matrices."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import add_business_days, is_business_day
from dunwell.engine.escalation_clock import Clock, is_overdue, risen, rises, started
from dunwell.engine.escalation_rights import (
    Addressed,
    Person,
    is_asked,
    is_higher,
    may_answer,
    may_resolve,
)
from dunwell.engine.office_hours import OfficeHours
from dunwell.engine.playbooks_policy import MatrixLine, Rung

MONDAY = date(2026, 3, 2)
DE = OfficeHours(country="DE", zone="Europe/Berlin")
RUNGS = (
    Rung(role="collector", answer_days=1),
    Rung(role="credit_manager", answer_days=2),
    Rung(role="credit_manager", person="cfo", answer_days=3),
)


def after_days(clock, rungs, *days):
    """The clock when each of the days was run in turn."""
    for day in days:
        for rise in rises(clock, rungs, as_of=day, office=DE, at=DE.midnight(day)):
            clock = risen(clock, rise)
    return clock


@pytest.mark.parametrize("rung", [1, 2, 3])
@pytest.mark.parametrize("is_waiting", [True, False])
@pytest.mark.parametrize("days_over", [-1, 0, 1])
def test_it_rises_a_day_after_its_last_day_unless_answered_or_at_the_top(
    rung, is_waiting, days_over
):
    clock = Clock(
        rung=rung, rung_on=MONDAY, answer_by_on=MONDAY + timedelta(days=2), is_waiting=is_waiting
    )
    as_of = clock.answer_by_on + timedelta(days=days_over)
    found = rises(clock, RUNGS, as_of=as_of, office=DE, at=DE.midnight(as_of))
    if is_waiting and days_over == 1 and rung < 3:
        days = RUNGS[rung].answer_days
        assert [(one.rung, one.on, one.to, one.answer_by_on) for one in found] == [
            (rung + 1, as_of, RUNGS[rung], add_business_days(as_of, days, country="DE"))
        ]
    else:
        assert found == ()
    assert is_overdue(clock, as_of=as_of, at=DE.midnight(as_of)) == (is_waiting and days_over == 1)


def test_a_late_run_ends_where_daily_runs_would_have():
    clock = started(RUNGS, on=MONDAY, office=DE, at=DE.opening(MONDAY))
    assert clock == Clock(rung=1, rung_on=MONDAY, answer_by_on=date(2026, 3, 3))
    days = [MONDAY + timedelta(days=n) for n in range(15)]
    assert after_days(clock, RUNGS, days[-1]) == after_days(clock, RUNGS, *days)
    assert after_days(clock, RUNGS, *days) == Clock(
        rung=3, rung_on=date(2026, 3, 7), answer_by_on=date(2026, 3, 11)
    )


def test_days_to_answer_are_business_days_of_the_companys_calendar():
    good_friday = started(RUNGS, on=date(2026, 4, 2), office=DE, at=DE.opening(date(2026, 4, 2)))
    assert good_friday.answer_by_on == date(2026, 4, 7)


RUNG = st.builds(
    Rung, role=st.just("credit_manager"), person=st.text("ab", min_size=1, max_size=3),
    answer_days=st.integers(1, 5), from_minor=st.integers(0, 3),
)  # fmt: skip


@given(
    st.lists(RUNG, min_size=1, max_size=5),
    st.integers(0, 40),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_no_rung_is_skipped_and_the_runs_in_between_change_nothing(rungs, last, between):
    clock = started(rungs, on=MONDAY, office=DE, at=DE.opening(MONDAY))
    day = MONDAY + timedelta(days=last)
    found = rises(clock, rungs, as_of=day, office=DE, at=DE.midnight(day))
    assert [one.rung for one in found] == list(range(2, 2 + len(found)))
    assert all(is_business_day(one.answer_by_on, country="DE") for one in found)
    end = after_days(clock, rungs, day)
    assert end.rung <= len(rungs)
    assert end.rung == len(rungs) or end.answer_by_on >= day
    assert rises(end, rungs, as_of=day, office=DE, at=DE.midnight(day)) == ()
    earlier = sorted(MONDAY + timedelta(days=n) for n in between if n <= last)
    assert after_days(clock, rungs, *earlier, day) == end


@given(st.lists(RUNG, min_size=1, max_size=5), st.integers(0, 4))
def test_every_amount_has_a_first_rung_and_more_money_never_fewer(rungs, amount):
    line = MatrixLine(kind="risk", rungs=tuple(rungs))
    found, more = line.rungs_for(amount), line.rungs_for(amount + 1)
    assert found and len(more) >= len([rung for rung in found if rung.from_minor <= amount])


MONA = Person(name="mona", roles=frozenset({"credit_manager"}), stands_for=frozenset({2}))
ANNA = Person(name="anna", roles=frozenset({"collector"}), stands_for=frozenset({1}))
COVER = Person(name="cleo", roles=frozenset({"collector"}), stands_for=frozenset({3, 1}))
CFO = Person(name="cfo", roles=frozenset({"read_only"}), stands_for=frozenset({9}))


@pytest.mark.parametrize(
    ("to", "asked", "may"),
    [
        (Addressed(role="collector"), {"anna", "cleo"}, {"anna", "cleo", "mona"}),
        (Addressed(role="collector", user_id=1), {"anna", "cleo"}, {"anna", "cleo", "mona"}),
        (Addressed(role="credit_manager"), {"mona"}, {"mona"}),
        (Addressed(role="credit_manager", user_id=8), set(), set()),
        (Addressed(role="credit_manager", user_id=8, is_there=False), {"mona"}, {"mona"}),
        (
            Addressed(role="collector", user_id=1, later=RUNGS[1:]),
            {"anna", "cleo"},
            {"anna", "cleo", "mona", "cfo"},
        ),
    ],
)
def test_the_person_asked_a_cover_or_somebody_higher_answers(to, asked, may):
    people = (ANNA, COVER, MONA, CFO)
    assert {one.name for one in people if is_asked(one, to)} == asked
    assert {one.name for one in people if may_answer(one, to)} == may
    assert {one.name for one in people if is_higher(one, to)} >= may - asked


def test_who_took_it_on_resolves_it_or_somebody_higher_and_anybody_asked_once_it_is_gone():
    to = Addressed(role="collector")
    assert may_resolve(ANNA, to, acknowledged_by="anna")
    assert not may_resolve(COVER, to, acknowledged_by="anna")
    assert may_resolve(MONA, to, acknowledged_by="anna")
    assert may_resolve(COVER, to, acknowledged_by="anna", is_answerer_there=False)
    assert may_resolve(COVER, to, acknowledged_by="")


HOURLY = (
    Rung(role="collector", answer_hours=4),
    Rung(role="credit_manager", answer_hours=2),
    Rung(role="finance_director", answer_days=1),
)


def test_hours_rise_at_their_moment_and_a_late_run_finds_what_every_minute_would_have():
    began = DE.opening(MONDAY)
    clock = started(HOURLY, on=MONDAY, office=DE, at=began)
    assert (clock.answer_by_on, clock.answer_by_at) == (MONDAY, began + timedelta(hours=4))
    minute = timedelta(minutes=1)
    early = clock.answer_by_at - minute
    assert rises(clock, HOURLY, as_of=MONDAY, office=DE, at=early) == ()
    (first,) = rises(clock, HOURLY, as_of=MONDAY, office=DE, at=clock.answer_by_at)
    assert (first.rung, first.on, first.answer_by_at) == (2, MONDAY, began + timedelta(hours=6))
    late = rises(clock, HOURLY, as_of=date(2026, 3, 5), office=DE, at=DE.opening(date(2026, 3, 5)))
    assert [(one.rung, one.on, one.answer_by_on, one.answer_by_at) for one in late] == [
        (2, MONDAY, MONDAY, began + timedelta(hours=6)),
        (3, MONDAY, date(2026, 3, 3), None),
    ]
    step = risen(clock, first)
    assert (
        rises(step, HOURLY, as_of=date(2026, 3, 5), office=DE, at=DE.opening(date(2026, 3, 5)))
        == late[1:]
    )


def test_age_decides_on_rungs_as_the_amount_does():
    line = MatrixLine(
        kind="risk",
        rungs=(Rung(role="collector"), Rung(role="finance_director", from_minor=5, from_days=60)),
    )
    assert [len(line.rungs_for(*told)) for told in ((5, 60), (5, 59), (4, 60), (0, 0))] == [
        2,
        1,
        1,
        1,
    ]
