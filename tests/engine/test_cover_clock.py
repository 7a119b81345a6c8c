"""What a cover asks by which day, and what it covers."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dunwell.engine.cover_clock import (
    CoveredItem,
    CoverRules,
    CoverTerms,
    Deadline,
    Part,
    deadlines,
    parts,
    read_cover_rules,
    unpaid_ppm,
)
from dunwell.engine.documents import DocumentError

DAY = date(2026, 6, 1)
RULES = CoverRules()
TERMS = {
    "max_terms_days": 60,
    "overdue_report_days": 30,
    "max_extension_days": 45,
    "stop_delivery_days": 40,
    "claim_days": 180,
}


def cover(**changes: object) -> CoverTerms:
    """Return an insurance of 1,000.00 at 90 %, in force for the year."""
    fields: dict[str, object] = {
        "cover_id": 1,
        "kind": "insurance",
        "status": "granted",
        "amount_minor": 100_000,
        "share_ppm": 900_000,
        "requested_on": date(2025, 12, 1),
        "from_on": date(2026, 1, 1),
        "until_on": date(2026, 12, 31),
        "conditions": TERMS,
    }
    return CoverTerms(**(fields | changes))  # type: ignore[arg-type]


def item(key: int, *, due: date, open_minor: int = 50_000, terms: int = 30) -> CoveredItem:
    """Return an item issued so many days before it is due."""
    return CoveredItem(
        item_id=key, issued_on=due - timedelta(days=terms), due_on=due, open_minor=open_minor
    )


def test_an_overdue_item_has_every_deadline_of_its_cover_counted_from_its_due_day() -> None:
    due = date(2026, 5, 20)
    found = deadlines(cover(), [item(7, due=due)], rules=RULES, as_of=DAY)
    assert [(one.kind, one.item_id, one.due_on, one.amount_minor) for one in found] == [
        ("report", 7, date(2026, 6, 19), 50_000),
        ("stop", 7, date(2026, 6, 29), 50_000),
        ("extension", 7, date(2026, 7, 4), 50_000),
        ("claim", 7, date(2026, 11, 16), 50_000),
        ("expiry", None, date(2026, 12, 31), 100_000),
    ]


def test_an_item_counts_from_the_day_after_it_fell_due() -> None:
    only = cover(until_on=None)
    assert deadlines(only, [item(7, due=DAY)], rules=RULES, as_of=DAY) == []
    assert len(deadlines(only, [item(7, due=DAY)], rules=RULES, as_of=DAY + timedelta(1))) == 4


def test_deliveries_stop_by_the_oldest_item() -> None:
    old, new = item(7, due=date(2026, 4, 1)), item(8, due=date(2026, 5, 1))
    found = deadlines(cover(), [new, old], rules=RULES, as_of=DAY)
    assert [(one.item_id, one.due_on) for one in found if one.kind == "stop"] == [
        (7, date(2026, 5, 11))
    ]


def test_what_was_never_covered_has_no_deadline() -> None:
    before = CoveredItem(
        item_id=1, issued_on=date(2025, 12, 31), due_on=date(2026, 1, 30), open_minor=1
    )
    too_long = item(2, due=date(2026, 5, 1), terms=61)
    paid = item(3, due=date(2026, 5, 1), open_minor=0)
    only = cover(until_on=None)
    assert deadlines(only, [before, too_long, paid], rules=RULES, as_of=DAY) == []


def test_a_request_should_be_answered_and_a_refused_cover_asks_nothing() -> None:
    asked = cover(status="requested", from_on=None, until_on=None)
    assert deadlines(asked, [], rules=RULES, as_of=DAY) == [
        Deadline(
            cover_id=1,
            kind="answer",
            item_id=None,
            due_on=date(2025, 12, 15),
            amount_minor=100_000,
        )
    ]
    assert deadlines(cover(status="refused"), [item(1, due=DAY)], rules=RULES, as_of=DAY) == []


def test_conditions_of_the_policy_stand_in_where_the_cover_states_none() -> None:
    rules = read_cover_rules(
        {"conditions": {"insurance": {"claim_days": 100, "max_terms_days": 9}}}
    )
    only = cover(until_on=None, conditions={"max_terms_days": 60})
    found = deadlines(only, [item(7, due=date(2026, 5, 20))], rules=rules, as_of=DAY)
    assert [(one.kind, one.due_on) for one in found] == [("claim", date(2026, 8, 28))]


def test_the_share_and_the_amount_of_a_cover_leave_the_rest_with_us() -> None:
    items = [item(1, due=date(2026, 5, 1), open_minor=80_000), item(2, due=date(2026, 5, 2))]
    assert parts([cover()], items, rules=RULES) == [
        Part(item_id=1, cover_id=1, gap="", amount_minor=72_000),
        Part(item_id=2, cover_id=1, gap="", amount_minor=18_000),
        Part(item_id=1, cover_id=None, gap="own_share", amount_minor=8_000),
        Part(item_id=2, cover_id=None, gap="own_share", amount_minor=2_000),
        Part(item_id=2, cover_id=None, gap="over_amount", amount_minor=30_000),
    ]


def test_a_second_cover_takes_what_the_first_leaves() -> None:
    bank = cover(cover_id=2, kind="guarantee", share_ppm=1_000_000, conditions={})
    items = [item(1, due=date(2026, 5, 1), open_minor=100_000)]
    assert parts([cover(), bank], items, rules=RULES) == [
        Part(item_id=1, cover_id=1, gap="", amount_minor=90_000),
        Part(item_id=1, cover_id=2, gap="", amount_minor=10_000),
    ]


@pytest.mark.parametrize(
    ("missed", "gaps"),
    [
        ([(1, "report", 1, date(2026, 5, 20))], {1: "report_missed"}),
        ([(1, "claim", 2, date(2026, 5, 20))], {2: "claim_missed"}),
        ([(1, "stop", 1, date(2026, 4, 1))], {2: "after_stop"}),
        ([(1, "extension", 1, date(2026, 4, 1))], {}),
        ([(9, "report", 1, date(2026, 5, 20))], {}),
    ],
)
def test_a_missed_deadline_takes_the_cover_from_the_items_it_is_about(
    missed: list[tuple[int, str, int, date]], gaps: dict[int, str]
) -> None:
    whole = cover(share_ppm=1_000_000, amount_minor=1_000_000)
    items = [item(1, due=date(2026, 4, 20)), item(2, due=date(2026, 5, 15))]
    found = parts([whole], items, rules=RULES, missed=missed)
    assert {one.item_id: one.gap for one in found if one.gap} == gaps


def test_the_chance_to_be_unpaid_is_read_between_the_points_and_never_rises() -> None:
    curve = [(DAY, 900_000), (DAY + timedelta(10), 500_000), (DAY + timedelta(20), 600_000)]
    asked = (-5, 0, 5, 10, 15, 20, 90)
    assert [unpaid_ppm(curve, DAY + timedelta(days)) for days in asked] == [
        900_000,
        900_000,
        700_000,
        500_000,
        500_000,
        500_000,
        500_000,
    ]


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"notice": 1}, "covers: field 'notice' is not known"),
        ({"alarm_ppm": 2_000_000}, "covers: alarm_ppm is 2000000"),
        ({"conditions": {"bond": {}}}, "covers: conditions: field 'bond' is not known"),
        ({"conditions": {"deposit": {"claim_days": -1}}}, "conditions: deposit: claim_days is -1"),
    ],
)
def test_a_wrong_section_is_refused_with_its_place(section: object, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        read_cover_rules(section)


days = st.integers(0, 400).map(lambda n: date(2025, 10, 1) + timedelta(n))


@settings(derandomize=True, deadline=None, max_examples=150)
@given(
    st.lists(st.tuples(days, st.integers(0, 200_000), st.integers(0, 90)), max_size=6),
    st.lists(
        st.tuples(st.integers(0, 300_000), st.integers(0, 1_000_000), days, st.integers(0, 300)),
        max_size=3,
    ),
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from(["report", "stop", "claim"]), days)),
)
def test_parts_add_up_to_the_open_amount_and_no_cover_pays_more_than_it_holds(
    rows: list[tuple[date, int, int]],
    given_covers: list[tuple[int, int, date, int]],
    told: list[tuple[int, str, date]],
) -> None:
    items = [
        item(key, due=due, open_minor=amount, terms=terms)
        for key, (due, amount, terms) in enumerate(rows, 1)
    ]
    covers = [
        cover(
            cover_id=key,
            amount_minor=amount,
            share_ppm=share,
            from_on=start,
            until_on=start + timedelta(length),
        )
        for key, (amount, share, start, length) in enumerate(given_covers, 1)
    ]
    missed = [(key, kind, 1, day) for key, kind, day in told]
    found = parts(covers, items, rules=RULES, missed=missed)
    for one in items:
        assert sum(p.amount_minor for p in found if p.item_id == one.item_id) == one.open_minor
    for one_cover in covers:
        used = sum(p.amount_minor for p in found if p.cover_id == one_cover.cover_id)
        assert used * 1_000_000 <= one_cover.amount_minor * one_cover.share_ppm
    assert all(part.amount_minor > 0 for part in found)
    assert all((part.cover_id is None) == bool(part.gap) for part in found)
