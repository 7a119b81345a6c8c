"""The course of a case by hand: waits, closings, variants, rework, stages, deviations, sums."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.calendars import day_number
from dunwell.engine.process import path
from dunwell.engine.process.course import course
from dunwell.engine.process.graph import bottlenecks, follows, main_follows
from dunwell.engine.process.layout import BOX_WIDTH, layout
from dunwell.engine.process.log import CASES, DAY_MS, EVENTS, HOUR_MS, OPENS_MS, STEPS, steps
from dunwell.engine.process.marks import MARKS, marks, plain_marks
from dunwell.engine.process.sums import added, quantile, slice_documents
from dunwell.engine.schema import table
from tests.conftest import examples

MONDAY = date(2026, 3, 2)
OWED = 100


def events(*rows):
    """Rows of (case, activity, days after MONDAY, hour or None, settled, party)."""
    told = []
    for number, (case, activity, day, *more) in enumerate(rows):
        hour, settled, party = [*more, None, 0, "system"][:3] if not more else (
            more + [None, 0, "system"][len(more):])  # fmt: skip
        at = OPENS_MS if hour is None else round(hour * HOUR_MS)
        moment = (day_number(MONDAY) + day) * DAY_MS + at
        told.append((number, case, activity, 0, moment, settled, party))
    return table(told, EVENTS)


def cases(*keys, amount=OWED, segment="a", currency="EUR"):
    return table([(key, key * 10, segment, currency, amount) for key in keys], CASES)


def ordered(rows, of, *, day=30, once=(path.DUE,)):
    told = course(events(*rows), of).select(*EVENTS)
    as_of = MONDAY + timedelta(days=day)
    return steps(told, of, as_of=as_of, country="XX", only_while_open=once).collect().lazy()


def rows_of(frame, *columns, by=("case_id", "step")):
    return frame.sort(*by).select(*columns).collect().rows()


SMOOTH = [
    [1, path.ISSUED, 0], [1, path.SENT, 0, 15.5], [1, path.RECEIVED, 1, 10],
    [1, path.PART_PAID, 4, None, 40], [1, path.PART_PAID, 7, None, 60], [1, path.DUE, 14],
]  # fmt: skip


def test_waits_are_calendar_days_and_business_hours_until_what_came_next():
    found = ordered(SMOOTH, cases(1))

    assert rows_of(found, "activity", "next_activity", "days", "hours", "open_minor") == [
        # nine on Monday to half past three; to ten on Tuesday; to nine on Friday; over a weekend
        (path.ISSUED, path.SENT, 0, 6, 100),
        (path.SENT, path.RECEIVED, 1, 2, 100),
        (path.RECEIVED, path.PART_PAID, 3, 23, 100),
        (path.PART_PAID, path.PAID, 3, 8, 60),
        (path.PAID, "", None, None, 0),
    ]
    assert found.collect_schema().names() == list(STEPS)


def test_what_is_still_owed_waits_until_the_end_of_the_day_asked_about():
    late = [[1, path.ISSUED, 0], [1, path.DUE, 14], [1, path.REMINDED, 20], [1, path.DISPUTED, 40]]

    found = ordered(late, cases(1))

    assert rows_of(found, "activity", "days", "hours", "is_waiting") == [
        (path.ISSUED, 14, 80, False),
        (path.DUE, 6, 40, False),
        (path.REMINDED, 10, 64, True),
    ]


BUSY = [
    [1, path.ISSUED, 0, None, 0, "clerk"],
    [1, path.SENT, 0, 10, 0, "clerk"],
    [1, path.RECEIVED, 1, None, 0, "customer"],
    [1, path.RECEIVED, 2, None, 0, "customer"],
    [1, path.DUE, 10],
    [1, path.PROMISED, 12, None, 0, "customer"],
    [1, path.REMINDED, 15],
    [1, path.DISPUTED, 16, None, 0, "customer"],
    [1, path.RESOLVED, 20, None, 0, "resolver"],
    [1, path.DISPUTED, 20, None, 0, "customer"],
    [1, path.REMINDED, 22],
    [2, path.ISSUED, 0, None, 0, "ledger"],
    [2, path.DUE, 10],
    [3, path.ISSUED, 0, None, 0, "clerk"],
    [3, path.PART_PAID, 3, None, 100, "customer"],
    [3, path.RETURNED, 5, None, -100, "customer"],
]


def told(kind):
    frame = marks(ordered(BUSY, cases(1, 2, 3)), cases(1, 2, 3))
    assert frame.collect_schema().names() == list(MARKS)
    return frame.filter(nw.col("kind") == kind)


def test_rework_is_told_with_the_time_since_it_began():
    assert rows_of(
        told("loop"), "case_id", "name", "days", "money_days", by=("case_id", "name", "days")
    ) == [
        (1, "dispute_reopened", 0, 0),
        (1, "reminded_after_promise", 3, 300),
        (1, "reminded_after_promise", 10, 1000),
        (3, "returned", 2, 200),
    ]
    assert rows_of(told("again"), "case_id", "name", "days", by=("case_id", "name")) == [
        (1, path.DISPUTED, 4),
        (1, path.REMINDED, 7),
    ]


def test_stages_end_with_their_own_end_and_run_on_where_the_case_waits():
    assert rows_of(
        told("stage"), "case_id", "name", "days", "is_waiting", by=("case_id", "name", "days")
    ) == [
        (1, "dispute_to_resolved", 4, False),
        (1, "dispute_to_resolved", 10, True),
        (1, "due_to_paid", 20, True),
        (1, "invoice_to_sent", 0, False),
        (1, "sent_to_received", 1, False),
        (2, "due_to_paid", 20, True),
        (3, "invoice_to_sent", 30, True),
    ]


def test_deviations_name_what_was_left_out_done_in_disorder_or_against_a_rule():
    assert rows_of(
        told("deviation"), "case_id", "name", "amount_minor", by=("case_id", "name")
    ) == [
        (1, "outside:dispute_opened", 100),
        (1, "outside:dispute_resolved", 100),
        (1, "outside:promise_made", 100),
        (1, "reminded_in_dispute", 100),
        (1, "reminded_under_promise", 100),
        # its paper is another system's; nobody reminded in twenty days
        (2, "late_not_reminded", 100),
        (3, "outside:payment_returned", 100),
        (3, "skipped:invoice_received", 100),
        (3, "skipped:invoice_sent", 100),
    ]
    fits = rows_of(told("fit"), "case_id", "name", by=("case_id",))
    assert fits == [(1, "deviates"), (2, "deviates"), (3, "deviates")]


def test_parties_hand_over_and_a_variant_is_the_sequence_with_the_days_in_all():
    assert rows_of(told("handover"), "name", by=("case_id", "name"))[:4] == [
        ("clerk>customer",), ("customer>resolver",), ("customer>system",), ("customer>system",),
    ]  # fmt: skip
    assert rows_of(told("variant"), "name", "days", "is_waiting", by=("case_id",))[1:] == [
        (f"{path.ISSUED}>{path.DUE}", 30, True),
        (f"{path.ISSUED}>{path.PAID}>{path.RETURNED}", 30, True),
    ]


def test_sums_of_slices_add_up_to_those_of_the_whole_and_rank_bottlenecks():
    both = [cases(1), cases(2, 3, segment="b")]
    of = nw.concat(both)
    documents = slice_documents(marks(ordered(BUSY, of), of))
    found = added(documents, currency="EUR")

    assert [(one["segment"], one["currency"]) for one in documents] == [("a", "EUR"), ("b", "EUR")]
    rows = follows(found)
    first = bottlenecks(rows)[0]
    assert (first.name, first.times, first.money_days) == (
        "payment_returned>still_waiting",
        1,
        2500,
    )
    due = next(row for row in rows if row.name == f"{path.ISSUED}>{path.DUE}")
    assert (due.is_agreed, due.median_days, due.p90_days, due.median_hours) == (True, 10, 10, 64)
    assert sum(row.money_days for row in rows) == 100 * (30 + 30 + 3 + 25)
    small = added(documents, currency="EUR", segment="a")
    assert sum(row.times for row in follows(small)) == 10


def test_the_map_stands_in_layers_and_ways_lead_from_box_to_box():
    of = cases(1, 2, 3)
    rows = main_follows(follows(added(slice_documents(marks(ordered(BUSY, of), of)), currency="EUR")),
                        most=3)  # fmt: skip
    drawn = layout(rows)
    at = {box.name: box for box in drawn.boxes}

    assert at[path.ISSUED].x < at[path.SENT].x < at[path.RECEIVED].x
    for way in drawn.ways:
        start, end = at[way.follow.activity], at[way.follow.next]
        assert way.points[0][0] in (start.x, start.x + BOX_WIDTH)
        assert way.points[-1][0] in (end.x, end.x + BOX_WIDTH)
    assert layout([]).boxes == ()


@examples(15, release=120)
@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from("abc"), st.integers(0, 20)),
                min_size=1, max_size=25))  # fmt: skip
def test_whatever_the_log_steps_are_the_events_and_variants_the_cases(rows):
    of = cases(1, 2, 3, 4)
    found = steps(events(*rows), of, as_of=MONDAY + timedelta(days=30), country="XX")
    sums = added(slice_documents(plain_marks(found.collect().lazy(), of)), currency="EUR")
    kinds = {kind: [one for (of_kind, _), one in sums.items() if of_kind == kind]
             for kind in ("step", "variant")}  # fmt: skip

    assert sum(one.rows for one in kinds["step"]) == len(rows)
    assert sum(one.cases for one in kinds["variant"]) == len({row[0] for row in rows})
    whole = sum(one.money_days for one in kinds["step"])
    assert whole == sum(one.money_days for one in kinds["variant"])
    # nothing is settled here: each case is owed from its first day to the day asked about
    first = {case: min(day for key, _, day in rows if key == case) for case, _, _ in rows}
    assert whole == sum(OWED * (30 - day) for day in first.values())


@given(st.lists(st.integers(0, 50), min_size=1), st.integers(1, 1000))
def test_a_quantile_is_the_smallest_value_that_so_many_do_not_exceed(values, milli):
    counts = {value: values.count(value) for value in values}
    found = quantile(counts, milli)

    assert sum(value <= found for value in values) * 1000 >= milli * len(values)
    assert sum(value < found for value in values) * 1000 < milli * len(values)
