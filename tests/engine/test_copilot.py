"""What the copilot says follows from the facts: which text fits, what to ask, and what adds up."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine import kpis
from dunwell.engine.copilot import draft_choice, questions, summary
from dunwell.engine.copilot_explanations import (
    KpiPoint,
    explain_kpi,
    explain_rank,
    explain_score,
    would_be,
)
from dunwell.engine.copilot_facts import (
    BalanceFact,
    CopilotFacts,
    DisputeFact,
    HabitFact,
    HoldFact,
    ItemFact,
    PointFact,
    PromiseFact,
    RankFact,
    ScoreFact,
)
from dunwell.engine.kpi_catalogue import KPIS
from tests.conftest import examples

DAY = date(2026, 3, 5)


def item(number="R1", late=20, *, is_free=True, open_minor=100_00):
    return ItemFact(
        id=int(number[1:]), number=number, currency="EUR", open_minor=open_minor,
        amount_minor=100_00, due_on=DAY - timedelta(days=late), days_late=late, is_free=is_free,
    )  # fmt: skip


def facts(*items, **more):
    late = [one for one in items if one.days_late > 0]
    balance = BalanceFact(
        currency="EUR", open_minor=sum(one.open_minor for one in items),
        overdue_minor=sum(one.open_minor for one in late), unapplied_minor=0, items=len(items),
        oldest_days=max((one.days_late for one in late), default=0),
    )  # fmt: skip
    return CopilotFacts(
        customer_id=1, number="K1", name="Acme", as_of=DAY, items=items,
        balances=(balance,) if items else (), last_contact_on=DAY, **more,
    )  # fmt: skip


FAILED = PromiseFact(
    id=1, currency="EUR", amount_minor=50_00, due_on=DAY - timedelta(days=2), outcome="broken"
)
OPEN = replace(FAILED, id=2, due_on=DAY + timedelta(days=1), outcome="open")
DISPUTE = DisputeFact(
    case_id=7, case="D-7", item="R1", currency="EUR", amount_minor=100_00, reason="price",
    opened_on=DAY,
)  # fmt: skip
HOLD = HoldFact(id=3, reason="hardship", item="", note="", from_on=DAY, until_on=None)
TAKEN = item(is_free=False)


@pytest.mark.parametrize(
    ("known", "template", "named"),
    [
        (facts(item(late=5)), "reminder", ("R1",)),
        (facts(item(late=16)), "second_reminder", ("R1",)),
        (facts(item(late=300)), "urgent_reminder", ("R1",)),
        (facts(item(late=5), failed_promise=FAILED), "broken_promise", ("R1",)),
        (facts(item(late=5), failed_promise=FAILED, open_promises=(OPEN,)), "reminder", ("R1",)),
        (facts(TAKEN, open_promises=(OPEN,)), "promise_confirmation", ()),
        (facts(TAKEN, disputes=(DISPUTE,)), "dispute_received", ()),
        (facts(TAKEN, item("R2", late=3)), "reminder", ("R2",)),
        (facts(item(late=-5)), "statement", ()),
        (facts(), "statement", ()),
    ],
)
def test_a_draft_asks_only_for_what_may_be_asked_for(known, template, named):
    found = draft_choice(known, "email")
    assert (found.template, tuple(f"R{key}" for key in found.item_ids)) == (template, named)
    assert found.template != "final_notice" and found.why.records
    assert draft_choice(known, "call").template in {"call_script", "second_call_script"}


@pytest.mark.parametrize(
    ("known", "asked"),
    [
        (facts(item(late=-5)), ["ask_coming"]),
        (facts(item()), ["ask_when"]),
        (facts(item(open_minor=40_00)), ["ask_rest", "ask_when"]),
        (replace(facts(item()), last_contact_on=None), ["ask_received", "ask_when"]),
        (facts(item(), failed_promise=FAILED), ["ask_broken", "ask_when"]),
        (facts(TAKEN, open_promises=(OPEN,)), ["ask_promise"]),
        (facts(TAKEN, disputes=(DISPUTE,)), ["ask_dispute"]),
        (
            facts(item(), habit=HabitFact(label="slow", usual_days=3, late_ppm=1, settled=9)),
            ["ask_unusual", "ask_when"],
        ),
        (facts(item(), holds=(HOLD,)), []),
        (facts(item(), is_opted_out=True), []),
        (facts(), []),
    ],
)
def test_the_most_telling_question_comes_first(known, asked):
    assert [one.key for one in questions(known)] == asked
    assert all(one.records for one in (*summary(known), *questions(known)))


POINTS = st.builds(
    PointFact,
    reason=st.sampled_from(["late_days", "kept_ppm", "late_ppm", "answer_days", "whole_ppm"]),
    unit=st.just("ppm"),
    measured=st.none() | st.integers(0, 10**6),
    neutral=st.integers(0, 10**6),
    evidence=st.integers(0, 50),
    points=st.integers(-30, 30),
)


@given(st.lists(POINTS, max_size=14), st.integers(0, 100))
@examples(40, release=400)
def test_the_points_that_are_told_and_the_rest_add_up_to_the_score(points, base):
    score = base + sum(one.points for one in points)
    known = facts(
        score=ScoreFact(
            on=DAY, score=score, base=base, band="C", is_thin=False, change=None,
            points=tuple(points), warnings=(),
        )
    )  # fmt: skip
    said = explain_score(known)
    told = [one.slots["points"].replace("\N{MINUS SIGN}", "-") for one in said[1:]]
    assert base + sum(map(int, told)) == score


def test_before_the_first_cycle_a_missing_rank_is_not_taken_for_nothing_due():
    assert [one.key for one in explain_rank(facts(item()))] == ["rank_no_cycle"]
    assert explain_rank(facts(item(late=-1), cycle_on=DAY)) == ()


def test_what_is_due_but_not_ranked_is_not_told_as_nothing_due():
    ran_on = DAY - timedelta(days=1)
    (told,) = explain_rank(facts(item(), cycle_on=ran_on))
    assert (told.key, told.slots["day"]) == ("rank_not_listed", ran_on)


def test_the_sums_of_a_rank_add_up():
    rank = RankFact(
        rank=1, of=3, currency="EUR", due_minor=100, promised_minor=20, disputed_minor=5,
        collect_minor=60, extra_minor=9, minutes=3, score_minor=3, action="call", blocked=(),
    )  # fmt: skip
    slots = explain_rank(facts(rank=rank))[1].slots
    told = {name: one.minor for name, one in slots.items()}
    assert told == {"collect": 60, "due": 100, "promised": 20, "disputed": 5, "rest": 15}


DSO = {
    "receivables_minor": 300_00, "sales_minor": 900_00, "days": 90, "unapplied_minor": 0,
    "disputed_minor": 0,
}  # fmt: skip


def test_a_figure_is_told_with_what_moved_it_and_what_it_would_be():
    now = KpiPoint(on=DAY, value="30.00", inputs=DSO)
    then = {**DSO, "receivables_minor": 200_00}
    before = KpiPoint(on=date(2026, 2, 28), value="20.00", inputs=then)
    said = explain_kpi(KPIS["dso"], now, before, currency="EUR")

    assert [one.key for one in said] == [
        "kpi_is",
        *["kpi_input"] * 5,
        "kpi_before",
        "kpi_moved_would",
    ]
    assert said[-1].slots["would"].value == "20.00"
    alone = explain_kpi(KPIS["dso"], now, None, currency="EUR")
    assert [one.key for one in alone] == ["kpi_is", *["kpi_input"] * 5]
    [none, *_] = explain_kpi(KPIS["dso"], replace(now, value=""), None, currency="EUR")
    assert none.key == "kpi_none"


@given(st.fixed_dictionaries({name: st.integers(1, 10**9) for name in DSO}))
@examples(20, release=200)
def test_a_figure_with_nothing_changed_is_what_its_formula_gives(inputs):
    assert would_be(KPIS["dso"], inputs, {}) == kpis.dso(
        receivables_minor=inputs["receivables_minor"],
        sales_minor=inputs["sales_minor"],
        days=inputs["days"],
    )
    assert would_be(KPIS["countback_dso"], inputs, {}) is None
