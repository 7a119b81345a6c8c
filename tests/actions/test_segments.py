"""Customers are put into segments by the rules each day, and by hand with a reason and an end."""

from datetime import timedelta

import pytest

from dunwell.actions.contacts import edit_customer
from dunwell.actions.gate import Forbidden, Refused, Stale
from dunwell.actions.segments import clear_segment, set_segment
from dunwell.models import Customer, SegmentByHand, SegmentMembership, SegmentMove
from dunwell.queries.segments import customer_segment, member_rows, overlap_rows, segment_rows
from dunwell.queries.segments_moves import movement_of, preview_of
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.segment_desk import TEXT, assign, policy
from tests.conftest import AT, TODAY, add_customer

LATE = {"issued_on": TODAY - timedelta(days=90), "due_on": TODAY - timedelta(days=60)}
TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def book(company):
    """K1 owes much and late, K2 late, K3 a little, K4 nothing."""
    customers = [add_customer(company, f"K{n}") for n in range(1, 5)]
    invoice(customers[0], "R1", 1500_00, **LATE)
    invoice(customers[1], "R2", 100_00, **LATE)
    invoice(customers[2], "R3", 100_00)
    return customers


def set_by(user, customer, **changes):
    arguments = {"segment": "late", "reason": "agreed", "as_of": TODAY, "at": AT}
    return set_segment(actor=acting(user), customer=customer, **{**arguments, **changes})


def clear_by(user, customer, **changes):
    arguments = {"reason": "over", "as_of": TODAY, "at": AT}
    return clear_segment(actor=acting(user), customer=customer, **{**arguments, **changes})


def recorded(company):
    return list(Customer.objects.filter(company=company).order_by("id").values_list("segment"))


def members(company):
    return list(
        SegmentMembership.objects.filter(company=company)
        .order_by("customer")
        .values_list("segment", "rule", "also", "facts", "is_by_hand", "since_on")
    )


def moves(company):
    return list(
        SegmentMove.objects.filter(company=company)
        .order_by("id")
        .values_list("customer__number", "before", "after", "rule", "by", "moved_on")
    )


def test_the_rules_put_every_customer_into_one_segment_and_a_second_run_writes_nothing(
    company, book
):
    policy(company)
    changed = assign(company)
    before = (members(company), moves(company), verbs(company))
    again = assign(company)

    assert (changed, again) == (4, 0)
    assert before == (members(company), moves(company), verbs(company))
    assert recorded(company) == [("strategic",), ("late",), ("standard",), ("standard",)]
    assert members(company)[:3] == [
        ("strategic", "large", [{"segment": "late", "rule": "a month late"}],
         {"owed_minor": 1500_00, "oldest_days": 60}, False, TODAY),
        ("late", "a month late", [], {"owed_minor": 100_00, "oldest_days": 60}, False, TODAY),
        ("standard", "", [], {"owed_minor": 100_00, "oldest_days": 0}, False, TODAY),
    ]  # fmt: skip
    assert moves(company) == [
        ("K1", "standard", "strategic", "large", "rules", TODAY),
        ("K2", "standard", "late", "a month late", "rules", TODAY),
    ]
    assert last_event(company) == (
        "segments.assigned",
        "system",
        None,
        {"as_of": "2026-03-05", "customers": 4, "moved": 2, "changed": 4, "pool_members": 0},
    )


def test_a_company_without_a_policy_of_its_own_keeps_the_segments_it_imported(
    company, book, manager
):
    Customer.objects.filter(pk=book[1].pk).update(segment="vip")
    assert assign(company) == 0
    policy(company, TEXT, status="draft")
    assert assign(company) == 0
    policy(company, TEXT.split("  segments:")[0] + "  segments: []\n", version=2)
    assert assign(company) == 0
    assert recorded(company)[1] == ("vip",)
    assert (members(company), moves(company)) == ([], [])
    with pytest.raises(Refused, match="has no segments policy in force"):
        set_by(manager, book[0])


def test_a_policy_without_segments_lets_customers_go_where_they_are(company, book, manager):
    policy(company)
    assign(company)
    set_by(manager, book[2], segment="late")
    with pytest.raises(Refused, match="The rules decide the segment of K1; set it by hand"):
        edit_customer(actor=acting(manager), customer=book[0], changes={"segment": "vip"}, at=AT)
    policy(company, TEXT.split("  segments:")[0] + "  segments: []\n", version=2)
    assert (assign(company), assign(company)) == (4, 0)
    assert recorded(company) == [("strategic",), ("late",), ("late",), ("standard",)]
    assert (members(company), SegmentByHand.objects.get().ended_on) == ([], TODAY)
    kept = Customer.objects.get(pk=book[0].pk)
    edit_customer(actor=acting(manager), customer=kept, changes={"segment": "vip"}, at=AT)
    assert recorded(company)[0] == ("vip",)


def test_a_segment_written_over_by_an_import_comes_back_without_a_move(company, book):
    policy(company)
    assign(company)
    Customer.objects.filter(pk=book[0].pk).update(segment="imported")
    assert assign(company) == 1
    assert recorded(company)[0] == ("strategic",)
    assert len(moves(company)) == 2


def test_a_segment_by_hand_wins_until_its_last_day_and_the_rules_decide_again(
    company, book, manager
):
    policy(company)
    assign(company)
    set_by(manager, book[0], until_on=TODAY)
    assert last_event(company) == (
        "segment.set",
        "mona",
        book[0].pk,
        {"segment": "late", "reason": "agreed", "until_on": "2026-03-05"},
    )
    both = [{"segment": "strategic", "rule": "large"}, {"segment": "late", "rule": "a month late"}]
    assert members(company)[0][:3] == ("late", "", both)
    assert (assign(company), recorded(company)[0]) == (0, ("late",))

    assert assign(company, as_of=TOMORROW) == 2
    assert (recorded(company)[0], members(company)[0][1]) == (("strategic",), "large")
    assert SegmentByHand.objects.get().ended_on == TOMORROW
    assert [move[:4] for move in moves(company)[2:]] == [
        ("K1", "strategic", "late", ""),
        ("K1", "late", "strategic", "large"),
    ]


def test_clearing_gives_the_segment_of_the_rules_back_at_once(company, book, manager):
    policy(company)
    assign(company)
    before = members(company)
    set_by(manager, book[0], segment="standard")
    set_by(manager, book[2], segment="strategic")
    returned = [clear_by(manager, book[0]), clear_by(manager, book[2])]

    assert returned == ["strategic", "standard"]
    assert members(company) == before
    assert assign(company) == 0
    assert last_event(company)[0] == "segment.cleared"
    with pytest.raises(Refused, match="is not set by hand"):
        clear_by(manager, book[0])


def test_the_same_by_hand_again_is_the_same_and_another_one_replaces_it(company, book, manager):
    policy(company)
    assign(company)
    first, again = set_by(manager, book[0]), set_by(manager, book[0])
    other = set_by(manager, book[0], segment="standard")
    first.refresh_from_db()
    assert (first.pk, first.ended_on, other.ended_on) == (again.pk, TODAY, None)
    assert members(company)[0][2] == [
        {"segment": "strategic", "rule": "large"},
        {"segment": "late", "rule": "a month late"},
    ]
    assert assign(company) == 0


def test_a_second_clerk_who_saw_another_segment_is_told_and_changes_nothing(
    company, book, manager, collector
):
    policy(company)
    assign(company)
    set_by(manager, book[0], seen="strategic")
    for act in (set_by, clear_by):
        with pytest.raises(Stale, match="is in segment late meanwhile, not strategic"):
            act(manager, book[0], seen="strategic")
    with pytest.raises(Forbidden):
        set_by(collector, book[0])
    assert SegmentByHand.objects.filter(ended_on=None).count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": " "}, "Say why"),
        ({"segment": "gone"}, "There is no segment gone; use one of strategic, late, standard"),
        ({"until_on": TODAY - timedelta(days=1)}, "already passed"),
    ],
)
def test_what_cannot_be_set_is_refused_with_a_reason(company, book, manager, changes, words):
    policy(company)
    with pytest.raises(Refused, match=words):
        set_by(manager, book[0], **changes)
    assert (members(company), moves(company)) == ([], [])


def test_a_customer_of_another_company_is_refused(company, book, rival):
    with pytest.raises(Refused, match="belongs to another company"):
        set_by(rival, book[0])


def test_segments_overlaps_and_members_are_counted_with_what_they_owe(company, book, manager):
    policy(company)
    assign(company)
    set_by(manager, book[3], segment="late")
    rows = segment_rows(company, as_of=TODAY)
    assert [
        (r.segment, r.place, r.rules, r.customers, r.by_hand, r.owed_minor, r.overdue_minor)
        for r in rows
    ] == [
        ("strategic", 1, ("large",), 1, 0, 1500_00, 1500_00),
        ("late", 2, ("a month late",), 2, 1, 100_00, 100_00),
        ("standard", None, (), 1, 0, 100_00, 0),
    ]
    assert [(r.segment, r.also, r.customers, r.by_hand) for r in overlap_rows(company)] == [
        ("strategic", "late", 1, 0)
    ]
    lost = member_rows(company, as_of=TODAY, segment="strategic", also="late").rows
    assert [(r.customer_number, r.owed_minor) for r in lost] == [("K1", 1500_00)]
    shown = customer_segment(company, book[0].pk, as_of=TODAY)
    assert (shown.segment, shown.rule, shown.facts) == (
        "strategic", "large", {"owed_minor": 1500_00, "oldest_days": 60},
    )  # fmt: skip
    assert [(claim.segment, claim.rule) for claim in shown.also] == [("late", "a month late")]


def test_the_movement_of_a_period_drills_down_to_its_customers(company, book):
    policy(company)
    assign(company)
    found = movement_of(company, from_on=TODAY, until_on=TODAY, as_of=TODAY)
    assert [(c.before, c.after, c.customers, c.owed_minor) for c in found.cells] == [
        ("", "standard", 1, 0),
        ("standard", "late", 1, 100_00),
        ("standard", "standard", 1, 100_00),
        ("standard", "strategic", 1, 1500_00),
    ]
    page = found.customers(before="standard", after="strategic")
    assert [(row.customer_number, row.owed_minor) for row in page.rows] == [("K1", 1500_00)]
    first = found.customers(limit=3)
    rest = found.customers(cursor=first.next, limit=3)
    assert [len(first.rows), len(rest.rows), rest.next] == [3, 1, ""]
    with pytest.raises(ValueError, match="before the first"):
        movement_of(company, from_on=TOMORROW, until_on=TODAY, as_of=TODAY)


def test_a_draft_shows_who_would_move_and_writes_nothing(company, book, manager):
    policy(company)
    assign(company)
    set_by(manager, book[2], segment="strategic")
    draft = policy(company, TEXT.replace("{from: 30}", "{from: 61}"), status="draft", version=2)
    before = members(company)
    shown = preview_of(company, draft.pk, as_of=TODAY)
    moved = shown.movement.customers(only_moved=True).rows
    assert [(row.customer_number, row.before, row.after) for row in moved] == [
        ("K2", "late", "standard")
    ]
    assert members(company) == before
    assert preview_of(company, draft.pk + 1, as_of=TODAY) is None
