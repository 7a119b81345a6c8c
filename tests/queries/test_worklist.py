from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.snoozes import snooze_customer
from dunwell.models import WorklistEntry
from dunwell.queries import worklist_sums
from dunwell.queries.worklist import WaitingMessage, WaitingTask, WorklistRow, worklist_rows
from dunwell.queries.worklist_sums import DayPlan, WorklistCounts, day_plan, worklist_counts
from tests.actions.ledger_rows import invoice
from tests.actions.test_messages import message_to
from tests.actions.test_notes import task_of
from tests.conftest import AT, TODAY, add_customer

TOMORROW = TODAY + timedelta(days=1)


def ranked(customer, rank, **fields):
    values = {
        "currency": "EUR",
        "due_minor": 100_00,
        "promised_minor": 20_00,
        "disputed_minor": 10_00,
        "dunned_minor": 5_00,
        "to_collect_minor": 65_00,
        "expected_extra_minor": 12_00,
        "score": 900 - rank,
        "minutes": 8,
        "oldest_days": 40,
        "reasons": {"expected_extra_minor": 12_00},
        "blocked": ["promise_open"],
        **fields,
    }
    return WorklistEntry.objects.create(
        company=customer.company, customer=customer, as_of=TODAY, rank=rank, **values
    )


@pytest.fixture
def people(company, collector, manager):
    """Anna's two customers, Mona's one, and one nobody looks after, ranked 1 to 4."""
    owners = [("K1", "Acme", collector), ("K2", "Beta", manager), ("K3", "Gamma", None)]
    made = {}
    for rank, (number, name, owner) in enumerate([*owners, ("K4", "Delta", collector)], 1):
        made[number] = add_customer(company, number, name, collector=owner)
        ranked(made[number], rank)
    return made


def shown(company, user, show="mine", **asked):
    found = worklist_rows(company, as_of=TODAY, user_id=user.pk, show=show, **asked)
    return [row.customer_number for row in found.rows]


def snooze(customer, until_on):
    snooze_customer(
        actor=system(customer.company),
        customer=customer,
        until_on=until_on,
        as_of=TODAY,
        at=AT,
        reason="on holiday",
    )


def test_a_row_explains_the_rank_and_what_is_ready(company, collector):
    customer = add_customer(company, "K1", "Acme", collector=collector)
    entry = ranked(customer, 1)
    task = task_of(customer, "call")
    message = message_to(customer, status="ready")
    message_to(customer, status="sent", as_of=TODAY - timedelta(days=9))
    message_to(customer, status="ready", channel="call")
    actor = system(company)
    record_note(actor=actor, customer=customer, kind="note", text="x", as_of=TODAY, at=AT)

    page = worklist_rows(company, as_of=TODAY, user_id=collector.pk)

    assert page.next == ""
    assert page.rows == (
        WorklistRow(
            id=entry.pk,
            rank=1,
            as_of=TODAY,
            customer_id=customer.pk,
            customer_number="K1",
            customer_name="Acme",
            segment="standard",
            collector_id=collector.pk,
            collector="anna",
            currency="EUR",
            due_minor=100_00,
            promised_minor=20_00,
            disputed_minor=10_00,
            dunned_minor=5_00,
            to_collect_minor=65_00,
            expected_extra_minor=12_00,
            score=899,
            minutes=8,
            oldest_days=40,
            reasons={"expected_extra_minor": 12_00},
            suggestion=None,
            blocked=("promise_open",),
            tasks=(
                WaitingTask(
                    id=task.pk,
                    kind="call",
                    kind_label="Call",
                    reason="standard, level 3",
                    due_on=TODAY,
                ),
            ),
            messages=(
                WaitingMessage(
                    id=message.pk, channel="email", status="ready", template="reminder", level=2
                ),
            ),
            last_note_at=AT,
            snoozed_until=None,
            snooze_reason="",
        ),
    )


SUGGESTION = {
    "action": "call", "is_planned": True, "is_automatic": False, "is_worth": True,
    "effect_ppm": 100_000, "prior_ppm": 120_000, "observed_ppm": 80_000, "low_ppm": 30_000,
    "high_ppm": 130_000, "acted_n": 240, "alone_n": 230, "weight_ppm": 500_000,
    "options": [
        {"action": "call", "minutes": 10, "extra_minor": 60_00},
        {"action": "email", "minutes": 4, "extra_minor": 20_01},
    ],
}  # fmt: skip


def test_a_suggestion_tells_its_options_and_how_its_effect_is_known(company, collector):
    ranked(add_customer(company, "K1", collector=collector), 1, reasons={"suggestion": SUGGESTION})
    assumed = {**SUGGESTION, "low_ppm": None, "high_ppm": None, "observed_ppm": None}
    ranked(add_customer(company, "K2", collector=collector), 2, reasons={"suggestion": assumed})
    nothing = dict.fromkeys(SUGGESTION)
    ranked(add_customer(company, "K3", collector=collector), 3, reasons={"suggestion": nothing})
    first, second, third = worklist_rows(company, as_of=TODAY, user_id=collector.pk).rows

    assert [
        (one.action, one.minutes, one.per_minute_minor) for one in first.suggestion.options
    ] == [
        ("call", 10, 6_00),
        ("email", 4, 5_00),
    ]
    assert (first.suggestion.is_measured, first.suggestion.acted_n) == (True, 240)
    assert not second.suggestion.is_measured
    assert third.suggestion is None


def test_the_plan_of_the_day_is_the_sum_of_its_rows(company, collector, manager):
    later = {**SUGGESTION, "is_planned": False}
    for rank, (number, owner, told) in enumerate(
        [
            ("K1", collector, SUGGESTION),
            ("K2", collector, SUGGESTION),
            ("K3", collector, later),
            ("K4", manager, SUGGESTION),
            ("K5", collector, SUGGESTION),
        ],
        1,
    ):
        customer = add_customer(company, number, collector=owner)
        ranked(customer, rank, reasons={"suggestion": told}, minutes=10)
    snooze(customer, TOMORROW)

    rows = worklist_rows(company, as_of=TODAY, user_id=collector.pk, show="plan").rows
    assert [row.customer_number for row in rows] == ["K1", "K2"]
    assert day_plan(company, as_of=TODAY, user_id=collector.pk) == DayPlan(
        customers=2,
        minutes=20,
        capacity_minutes=240,
        expected_extra_minor=sum(row.expected_extra_minor for row in rows),
    )
    assert day_plan(company, as_of=TODAY, user_id=None).customers == 0


def test_views_split_the_list_in_rank_order(company, collector, people):
    assert shown(company, collector) == ["K1", "K4"]
    assert shown(company, collector, "all") == ["K1", "K2", "K3", "K4"]
    assert shown(company, collector, "unassigned") == ["K3"]
    assert shown(company, collector, "snoozed") == []
    with pytest.raises(ValueError, match="There is no worklist of theirs"):
        shown(company, collector, "theirs")


@pytest.mark.parametrize("few", [0, 1, 2, 3])
def test_mine_are_the_same_looked_up_one_by_one_and_walked_by_rank(
    company, collector, people, monkeypatch, few
):
    """Whether somebody has few customers or many is a matter of cost alone."""
    monkeypatch.setattr(worklist_sums, "FEW", few)
    monkeypatch.setattr(worklist_sums, "STEP", 2)
    assert shown(company, collector) == ["K1", "K4"]
    assert shown(company, collector, limit=1) == ["K1"]
    assert shown(company, collector, search="Delta") == ["K4"]
    snooze(people["K1"], TOMORROW)
    assert shown(company, collector) == ["K4"]


def test_a_snoozed_customer_stands_in_its_own_view_until_its_day(company, collector, people):
    snooze(people["K1"], TOMORROW)

    assert shown(company, collector) == ["K4"]
    assert shown(company, collector, "all") == ["K2", "K3", "K4"]
    assert shown(company, collector, "snoozed") == ["K1"]
    back = worklist_rows(company, as_of=TOMORROW, user_id=collector.pk)
    assert [(row.customer_number, row.snoozed_until) for row in back.rows] == [
        ("K1", None),
        ("K4", None),
    ]


def test_counts_agree_with_the_views(company, collector, people):
    snooze(people["K1"], TOMORROW)

    assert worklist_counts(company, as_of=TODAY, user_id=collector.pk) == WorklistCounts(
        mine=1, all=3, unassigned=1, snoozed=1, mine_to_collect_minor=65_00, mine_minutes=8
    )
    for show in ("mine", "all", "unassigned", "snoozed"):
        counts = worklist_counts(company, as_of=TODAY, user_id=collector.pk)
        assert len(shown(company, collector, show)) == getattr(counts, show)


def test_a_program_without_a_person_has_no_customers_of_its_own(company, people):
    page = worklist_rows(company, as_of=TODAY, user_id=None)

    assert page.rows == ()
    assert worklist_counts(company, as_of=TODAY, user_id=None).mine == 0


def test_search_finds_name_number_and_item(company, collector, people):
    invoice(people["K2"], "R-77", 1_00)

    assert shown(company, collector, "all", search="elt") == ["K4"]
    assert shown(company, collector, "all", search="k3") == ["K3"]
    assert shown(company, collector, "all", search="r-77") == ["K2"]


def test_pages_follow_the_rank(company, collector, people):
    first = worklist_rows(company, as_of=TODAY, user_id=collector.pk, show="all", limit=3)
    second = worklist_rows(
        company, as_of=TODAY, user_id=collector.pk, show="all", limit=3, cursor=first.next
    )

    assert [row.rank for row in first.rows + second.rows] == [1, 2, 3, 4]
    assert second.next == ""


def test_one_row_and_three_take_the_same_queries(
    company, collector, customer, rival, django_assert_num_queries
):
    ranked(customer, 1)
    task_of(customer, "call")
    with django_assert_num_queries(4):
        shown(company, collector, "all")
    for rank, number in enumerate(("K2", "K3"), 2):
        other = add_customer(company, number)
        ranked(other, rank)
        task_of(other, "call")
    with django_assert_num_queries(4):
        assert shown(company, collector, "all") == ["K1", "K2", "K3"]
    assert shown(rival.memberships.all()[0].company, rival, "all") == []
