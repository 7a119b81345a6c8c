"""What became of a message: the same whatever the order of reports, and however often told."""

import random
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.message_states import (
    REPORTS,
    DeliveryReport,
    DeliveryState,
    joined,
    state_of,
)

AT = datetime(2026, 3, 5, 11, tzinfo=UTC)
REPORT = st.builds(
    DeliveryReport,
    kind=st.sampled_from(REPORTS),
    happened_at=st.integers(0, 50).map(lambda minutes: AT + timedelta(minutes=minutes)),
    reason=st.sampled_from(["", "550 no such user", "452 full"]),
)


def told(kind, minutes=0, reason=""):
    return DeliveryReport(kind=kind, happened_at=AT + timedelta(minutes=minutes), reason=reason)


def test_ten_thousand_shuffled_streams_with_repeats_equal_the_sorted_one():
    source = random.Random(7)
    differing = 0
    for _ in range(10_000):
        stream = [
            told(source.choice(REPORTS), source.randrange(60), source.choice(["", "550", "452"]))
            for _ in range(source.randrange(1, 7))
        ]
        shuffled = stream + source.choices(stream, k=source.randrange(4))
        source.shuffle(shuffled)
        in_order = sorted(stream, key=lambda report: (report.happened_at, report.kind))
        differing += state_of(shuffled) != state_of(in_order)
    assert differing == 0


@given(st.lists(REPORT, max_size=6), REPORT)
def test_a_report_told_again_changes_nothing(stream, report):
    once = joined(state_of(stream), report)
    assert joined(once, report) == once


def test_what_came_back_stays_so_with_the_first_reason():
    state = state_of([told("delivered", 9), told("bounced", 30, "late"), told("bounced", 20, "x")])
    assert state == DeliveryState(
        delivered_at=AT + timedelta(minutes=9), bounced_at=AT + timedelta(minutes=20), reason="x"
    )
    assert state.status == "bounced"


def test_who_opened_or_complained_got_it():
    assert [state_of([told(kind)]).status for kind in REPORTS] == [
        "delivered", "bounced", "delivered", "delivered",
    ]  # fmt: skip
    assert state_of([]).status == "sent"
