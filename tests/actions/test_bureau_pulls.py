"""Asking bureaus: waterfall, age rule, purpose and consent, cost, failures, two workers."""

from datetime import date, timedelta

import pytest

from dunwell.actions.bureau_consents import record_consent
from dunwell.actions.bureau_pulls import (
    ATTEMPTS,
    BACKOFF,
    LEASE,
    ask_bureau,
    claim_pulls,
    record_answer,
    record_failure,
    record_unknown,
)
from dunwell.actions.bureau_reports import record_report
from dunwell.actions.gate import Refused, system
from dunwell.formats.bureau_answers import BureauAnswer
from dunwell.models import BureauPull, BureauReport
from dunwell.queries.bureaus import cost_rows, pull_rows
from tests.actions.desk import verbs
from tests.actions.test_bureaus import bureau, edited
from tests.conftest import AT, TODAY, add_customer

ON = {"as_of": TODAY, "at": AT}


@pytest.fixture
def customer(company):
    return add_customer(company, "1001", party="company")


def ask(customer, bureau=None, **changes):
    stated = {"purpose": "review", **ON, **changes}
    return ask_bureau(actor=system(customer.company), customer=customer, bureau=bureau, **stated)


def claim(company, at=AT, **changes):
    return claim_pulls(actor=system(company), limit=10, as_of=TODAY, at=at, **changes)


def answer(**changes):
    return BureauAnswer(**{"bureau": "Alpha", "reported_on": TODAY, "score": 600, **changes})


def statuses(company):
    return list(
        BureauPull.objects.filter(company=company)
        .order_by("pk")
        .values_list("bureau__name", "status")
    )


def test_a_question_is_asked_once_answered_once_and_costs_once(company, customer):
    bureau(company)
    asked = ask(customer)
    assert ask(customer).pull == asked.pull
    (pull,) = claim(company)
    assert claim(company) == []
    report = record_answer(actor=system(company), pull=pull, answer=answer(), **ON)
    assert record_answer(actor=system(company), pull=pull, answer=answer(), **ON) is None
    assert (report.source, report.score, report.pull) == ("pull", 600, pull)
    (row,) = pull_rows(company).rows
    assert (row.status, row.purpose, row.cost_minor, row.currency, row.report_id) == (
        "answered",
        "review",
        12_50,
        "EUR",
        report.pk,
    )
    assert verbs(company)[-3:] == [
        "bureau_pull.asked",
        "bureau_pull.claimed",
        "bureau_pull.answered",
    ]


def test_nothing_is_asked_while_a_report_is_young_enough(company, customer):
    alpha = bureau(company, max_age_days=30)
    report = record_report(
        actor=system(company), customer=customer, bureau=alpha, score=1,
        reported_on=TODAY - timedelta(days=30), **ON,
    )  # fmt: skip
    assert (ask(customer).report, ask(customer, alpha).report) == (report, report)
    later = {"as_of": TODAY + timedelta(days=1)}
    assert ask(customer, **later).pull is not None


def test_a_customer_unknown_to_the_first_bureau_is_asked_about_at_the_next(company, customer):
    bureau(company, "First", priority=1)
    edited(company, bureau(company, "Off", priority=2), is_active=False)
    bureau(company, "By hand", priority=3, kind="hand", address="")
    bureau(company, "Third", priority=4)
    ask(customer)
    (pull,) = claim(company)
    following = record_unknown(actor=system(company), pull=pull, **ON)
    assert (following.bureau.name, following.follows, following.purpose) == (
        "Third",
        pull,
        "review",
    )
    (second,) = claim(company)
    assert record_unknown(actor=system(company), pull=second, **ON) is None
    assert statuses(company) == [("First", "unknown"), ("Third", "unknown")]


def test_a_bureau_asked_by_name_alone_is_not_followed_by_another(company, customer):
    alpha = bureau(company)
    bureau(company, "Beta", priority=2)
    ask(customer, alpha)
    (pull,) = claim(company)
    assert record_unknown(actor=system(company), pull=pull, **ON) is None


def test_a_failure_that_may_pass_is_tried_again_later_and_then_the_next_is_asked(
    company, customer
):
    bureau(company)
    bureau(company, "Beta", priority=2)
    ask(customer)
    at, waits = AT, (*BACKOFF, timedelta())
    for wait in waits:
        (pull,) = claim(company, at=at)
        following = record_failure(
            actor=system(company), pull=pull, error="busy", permanent=False, as_of=TODAY, at=at
        )
        if wait:
            assert following is None
            assert claim(company, at=at + wait - timedelta(seconds=1)) == []
        at += wait
    assert (pull.attempts, following.bureau.name) == (ATTEMPTS, "Beta")
    assert statuses(company) == [("Alpha", "failed"), ("Beta", "asked")]


def test_a_final_failure_goes_on_at_once(company, customer):
    bureau(company)
    bureau(company, "Beta", priority=2)
    ask(customer)
    (pull,) = claim(company)
    following = record_failure(
        actor=system(company), pull=pull, error="x" * 600, permanent=True, **ON
    )
    assert following.bureau.name == "Beta"
    assert len(BureauPull.objects.get(pk=pull.pk).error) == 500


def test_a_worker_that_died_loses_its_claim(company, customer):
    bureau(company)
    ask(customer)
    (lost,) = claim(company)
    assert claim(company, at=AT + LEASE - timedelta(seconds=1)) == []
    later = AT + LEASE + BACKOFF[0]
    (taken,) = claim(company, at=later)
    assert record_answer(actor=system(company), pull=lost, answer=answer(), **ON) is None
    assert record_answer(actor=system(company), pull=taken, answer=answer(), **ON) is not None
    assert BureauReport.objects.count() == 1


def test_a_question_that_stops_every_worker_is_given_up_and_the_next_is_asked(company, customer):
    bureau(company)
    bureau(company, "Beta", priority=2)
    ask(customer)
    at = AT
    for turn in range(1, ATTEMPTS + 1):
        (pull,) = claim(company, at=at)
        assert (pull.bureau.name, pull.attempts) == ("Alpha", turn)
        at += LEASE + max(BACKOFF)
    (following,) = claim(company, at=at)
    pull.refresh_from_db()
    assert (pull.error, pull.ended_on) == (
        "a worker stopped while asking, the last of 4 attempts",
        TODAY,
    )
    assert statuses(company) == [("Alpha", "failed"), ("Beta", "claimed")]
    assert (following.follows, following.attempts) == (pull, 1)
    assert verbs(company)[-2:] == ["bureau_pull.failed", "bureau_pull.claimed"]


def test_a_natural_person_is_asked_about_with_a_consent_alone(company):
    person = add_customer(company, "P1", party="person")
    alpha = bureau(company)
    with pytest.raises(Refused, match="is a natural person, or may be one"):
        ask(person)
    assert BureauPull.objects.count() == 0
    consent = record_consent(
        actor=system(company), customer=person, bureau=alpha, given_on=TODAY, evidence="form", **ON
    )
    assert ask(person).pull.consent == consent


def test_an_unknown_customer_counts_as_the_contact_policy_says(company):
    bureau(company)
    assert ask(add_customer(company, "U1")).pull.consent is None


def test_the_waterfall_stops_before_a_bureau_a_person_did_not_consent_to(company):
    person = add_customer(company, "P1", party="person")
    alpha = bureau(company)
    bureau(company, "Beta", priority=2)
    record_consent(
        actor=system(company), customer=person, bureau=alpha, given_on=TODAY, evidence="form", **ON
    )
    ask(person)
    (pull,) = claim(company)
    assert record_unknown(actor=system(company), pull=pull, **ON) is None


def test_what_cannot_be_asked_is_refused(company, rival, customer):
    with pytest.raises(Refused, match="There is no bureau to ask"):
        ask(customer)
    alpha = bureau(company)
    with pytest.raises(Refused, match="is no purpose"):
        ask(customer, purpose="curiosity")
    hand = bureau(company, "By hand", kind="hand", address="")
    with pytest.raises(Refused, match="entered by hand"):
        ask(customer, hand)
    with pytest.raises(Refused, match="belongs to another company"):
        ask(customer, bureau(rival.memberships.all()[0].company))
    with pytest.raises(Refused, match="switched off"):
        ask(customer, edited(company, alpha, is_active=False))


def test_an_answer_of_a_day_to_come_is_refused_and_nothing_is_kept(company, customer):
    bureau(company)
    ask(customer)
    (pull,) = claim(company)
    with pytest.raises(Refused, match="has not come yet"):
        record_answer(
            actor=system(company), pull=pull, answer=answer(reported_on=date(2027, 1, 1)), **ON
        )
    assert (BureauReport.objects.count(), statuses(company)) == (0, [("Alpha", "claimed")])


def test_costs_of_a_month_are_the_sum_of_its_answers(company, customer):
    alpha = bureau(company, max_age_days=0)
    for day in (date(2026, 2, 3), date(2026, 2, 20), TODAY):
        ask(customer, alpha, as_of=day)
        (pull,) = claim(company)
        told = answer(reported_on=day)
        record_answer(actor=system(company), pull=pull, answer=told, as_of=day, at=AT)
    rows = cost_rows(company, as_of=TODAY)
    assert [(row.month, row.pulls, row.cost_minor) for row in rows] == [
        (date(2026, 3, 1), 1, 12_50),
        (date(2026, 2, 1), 2, 25_00),
    ]
    found = pull_rows(
        company, bureau_id=alpha.pk, from_on=rows[1].month, until_on=rows[1].last_on,
        only_costed=True, currency="EUR",
    ).rows  # fmt: skip
    assert sum(row.cost_minor for row in found) == rows[1].cost_minor
