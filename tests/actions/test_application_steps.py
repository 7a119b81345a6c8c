"""The cycle's step: forward without a person, chase, remind, expire; twice changes nothing."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.actions.application_activation import activate_application
from dunwell.actions.application_checks import screen_application
from dunwell.actions.application_conditions import waive_condition
from dunwell.actions.application_decisions import (
    Recommendation,
    decide_application,
    recommend_application,
    score_application,
)
from dunwell.actions.application_mails import claim_application_mails, mark_application_mail
from dunwell.actions.application_references import gather_application
from dunwell.actions.application_steps import watch_applications
from dunwell.actions.applications import submit_application, withdraw_application
from dunwell.actions.gate import Refused, system
from dunwell.models import (
    ApplicationCheck,
    ApplicationDeadline,
    ApplicationMail,
    ApplicationReference,
    CreditApplication,
    Event,
)
from tests.actions.application_rows import (
    ANSWERS,
    LATE,
    ON,
    acting,
    decided,
    filled,
    gathered,
    later,
    proposal,
    recommended,
    started,
    submitted,
)
from tests.conftest import AT, TODAY, examples

Status = CreditApplication.Status


@pytest.fixture
def analyst(company):
    return acting(company, "nora")


@pytest.fixture
def boss(company):
    return acting(company, "mona", "credit_manager")


def watch(company, days=0, **proposals):
    return watch_applications(
        actor=system(company), proposals=proposals.get("proposals", {}), **later(days)
    )


def fresh(application):
    return CreditApplication.objects.get(pk=application.pk)


def test_a_submitted_application_goes_as_far_as_nobody_has_to_judge(company, analyst):
    application = submitted(analyst)
    found = {application.pk: proposal("approve")}

    assert watch(company, proposals=found) == 1
    assert fresh(application).status == "approved"
    assert watch(company, proposals=found) == 0


def test_what_waits_for_a_judgement_stays(company, analyst):
    application = submitted(analyst, answers={**ANSWERS, "vat_id": "DE136695970"})
    watch(company)
    assert fresh(application).status == "screening"
    assert ApplicationCheck.objects.get(kind="vat").outcome == "failed"
    events = Event.objects.count()
    assert watch(company) == 0
    assert Event.objects.count() == events


def test_references_are_chased_by_the_day_and_given_up(company, analyst):
    application = gathered(analyst, asked_minor=2_000_000, references=2)
    found = {application.pk: proposal()}
    chased = []
    for day in (0, 4, 5, 5, 7, 10, 14, 15):
        watch(company, day, proposals=found)
        chased.append(ApplicationMail.objects.filter(kind="reminder").count())

    assert chased == [0, 0, 2, 2, 2, 4, 4, 4]
    assert set(ApplicationReference.objects.values_list("status", flat=True)) == {"given_up"}
    watch(company, 16, proposals=found)
    assert fresh(application).status == "in_review"


def test_deadlines_are_told_once_and_met_by_the_decision(company, analyst, boss):
    application = recommended(analyst)
    assert [watch(company, day) for day in (6, 7, 7)] == [0, 1, 0]
    deadline = ApplicationDeadline.objects.get()
    assert (deadline.kind, deadline.due_on, deadline.met_on) == (
        "decide", TODAY + timedelta(days=10), None,
    )  # fmt: skip
    watch(company, 23)
    assert ApplicationDeadline.objects.filter(met_on=None).count() == 2
    decide_application(actor=boss, application=fresh(application), outcome="approve", **later(24))
    assert ApplicationDeadline.objects.filter(met_on=None).count() == 0


def test_conditions_are_reminded_once_and_an_approval_expires(company, analyst, boss):
    application = decided(analyst, boss, conditions=[{"kind": "deposit", "amount_minor": 5_000}])
    assert [watch(company, day) for day in (24, 25, 25)] == [0, 1, 0]
    assert (
        "Deposit, 50.00 EUR, by Apr 4, 2026" in ApplicationMail.objects.get(kind="condition").body
    )
    watch(company, 91)
    kept = fresh(application)
    assert (kept.status, kept.ended_on) == ("expired", TODAY + timedelta(days=91))


def test_a_draft_that_nobody_finishes_expires(company, analyst):
    application = started(analyst, sends_link=True)
    assert watch(company, 60) == 0
    assert watch(company, 61) == 1
    assert fresh(application).status == "expired"
    assert ApplicationMail.objects.get().status == "cancelled"


def test_mails_are_claimed_by_one_and_marked(company, analyst):
    started(analyst, sends_link=True)
    actor = system(company)
    (mail,) = claim_application_mails(actor=actor, limit=9, at=AT)
    assert claim_application_mails(actor=actor, limit=9, at=AT) == []
    assert mark_application_mail(actor=actor, mail=mail, error="busy", at=AT) == "failed"
    (again,) = claim_application_mails(actor=actor, limit=9, at=AT + timedelta(minutes=2))
    assert mark_application_mail(actor=actor, mail=again, place="file", at=AT) == "sent"
    assert ApplicationMail.objects.get().status == "sent"


def test_of_two_deciders_one_decides(company, analyst, boss):
    stale = recommended(analyst)
    decide_application(actor=boss, application=stale, outcome="approve", **ON)
    other = acting(company, "mike", "credit_manager")
    with pytest.raises(Refused, match="it is not recommended now"):
        decide_application(actor=other, application=stale, outcome="approve", **ON)
    assert Event.objects.filter(verb="application.approved").count() == 1


def test_every_move_of_the_table_leads_on_and_ends_somewhere():
    moves = CreditApplication.MOVES
    assert set(moves) == set(Status)
    ends = {status for status, following in moves.items() if not following}
    assert ends == {Status.ACTIVATED, Status.DECLINED, Status.WITHDRAWN, Status.EXPIRED}
    reached, waiting = set(), [Status.DRAFT]
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += moves[one]
    assert reached == set(Status)


def _told(day, *, decline=False):
    return Recommendation(
        outcome="decline" if decline else "approve",
        limit_minor=0 if decline else 500_000,
        reasons=tuple(LATE) if decline else (),
        conditions=({"kind": "deposit"},) if day % 2 else (),
    )


def _scored(outcome):
    def score(analyst, boss, one, day):
        found = proposal(outcome, conditions=("deposit",) if day % 2 else ())
        score_application(actor=analyst, application=one, proposal=found, **later(day))

    return score


def _decided(outcome):
    def decide(analyst, boss, one, day):
        decide_application(
            actor=boss, application=one, outcome=outcome, reason="again", **later(day)
        )

    return decide


def _waived(analyst, boss, one, day):
    for condition in one.conditions.all():
        waive_condition(actor=boss, condition=condition, reason="known", **later(day))


def _plain(action, **more):
    return lambda analyst, boss, one, day: action(
        actor=analyst, application=one, **more, **later(day)
    )


STEPS = {
    "submit": _plain(submit_application),
    "screen": _plain(screen_application),
    "gather": _plain(gather_application),
    **{f"score {told}": _scored(told) for told in ("approve", "refer", "decline")},
    "recommend": lambda analyst, boss, one, day: recommend_application(
        actor=analyst, application=one, recommendation=_told(day), **later(day)
    ),
    "advise against": lambda analyst, boss, one, day: recommend_application(
        actor=analyst, application=one, recommendation=_told(day, decline=True), **later(day)
    ),
    **{told: _decided(told) for told in ("approve", "decline", "send_back")},
    "waive": _waived,
    "activate": _plain(activate_application),
    "withdraw": _plain(withdraw_application, reason="no"),
    "watch": lambda analyst, boss, one, day: watch(one.company, day),
    "late": lambda analyst, boss, one, day: watch(one.company, day + 200),
}


@given(steps=st.lists(st.sampled_from(sorted(STEPS)), min_size=3, max_size=14))
@examples(12, release=120)
def test_a_random_walk_never_leaves_the_table_of_moves(company, steps):
    from django.db import transaction

    analyst, boss = acting(company, "nora"), acting(company, "mona", "credit_manager")
    with transaction.atomic():
        application = filled(analyst)
        seen = [application.status]
        for day, step in enumerate(("submit", "screen", "gather", *steps)):
            try:
                STEPS[step](analyst, boss, fresh(application), day)
            except Refused:
                assert fresh(application).status == seen[-1]
                continue
            seen.append(fresh(application).status)
        for before, after in pairwise(seen):
            assert after == before or _is_path(Status(before), Status(after))
        kept = fresh(application)
        if kept.status in ("approved", "declined", "activated"):
            assert kept.decided_by
        transaction.set_rollback(True)


def _is_path(before, after):
    """One action may make several moves: submitted, screened and gathered in one step."""
    waiting, reached = [before], set()
    while waiting:
        one = waiting.pop()
        if one not in reached:
            reached.add(one)
            waiting += CreditApplication.MOVES[one]
    return after in reached
