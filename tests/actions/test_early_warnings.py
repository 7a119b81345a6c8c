"""The watch-list: raised, renewed, cleared, kept quiet, accepted into a watch, dismissed."""

from datetime import timedelta

import pytest

from dunwell.actions.early_warnings import decide_warning, raise_warnings
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.models import BureauAccount, BureauReport, CustomerScore, EarlyWarning, Watch
from dunwell.queries.early_warnings import early_warning_rows, warnings_found
from tests.actions.cover_rows import credit_policy
from tests.actions.desk import acting, verbs
from tests.conftest import AT, TODAY, add_user

DAY = timedelta(days=1)
LOW = "{warnings: {from_strength_ppm: 300000}}"
SILENCE = {
    "code": "silence",
    "kind": "refusal",
    "unit": "days",
    "measured": 60,
    "usual": 12,
    "since_on": "2026-01-04",
    "evidence": 3,
    "severity": 2,
}
PARTS = {**SILENCE, "code": "part_payments", "kind": "hardship", "unit": "count", "severity": 1}


def scored(customer, *warnings):
    """What the scores of the day say of a customer."""
    CustomerScore.objects.update_or_create(
        customer=customer,
        defaults={
            "company": customer.company,
            "as_of": TODAY,
            "score": 40,
            "base": 50,
            "band": "C",
            "warnings": list(warnings),
        },
    )


def run(company, on=TODAY):
    """The step of the cycle on a day; return how many changed."""
    return raise_warnings(
        actor=system(company), found=warnings_found(company, as_of=on), as_of=on, at=AT
    )


def told(company):
    """Kind, status and strength of every warning, the strongest first."""
    rows = early_warning_rows(company, status="").rows
    return [(row.kind, row.status, row.strength_ppm, row.stance) for row in rows]


@pytest.fixture
def analyst(company):
    return add_user(company, "nora", "credit_analyst")


def decide(user, *, is_accepted, on=TODAY, **values):
    return decide_warning(
        actor=acting(user),
        warning=EarlyWarning.objects.order_by("-id")[0],
        is_accepted=is_accepted,
        as_of=on,
        at=AT,
        **values,
    )


def test_signs_become_warnings_once_and_clear_when_they_go(company, customer):
    credit_policy(company, LOW)
    scored(customer, SILENCE, PARTS)
    assert run(company) == 2
    assert told(company) == [
        ("silence", "new", 580_000, "mixed"),
        ("part_payments", "new", 330_000, "mixed"),
    ]
    assert run(company, TODAY + DAY) == 0
    scored(customer, {**SILENCE, "measured": 61, "severity": 3})
    assert run(company, TODAY + 2 * DAY) == 2
    assert told(company) == [
        ("silence", "new", 830_000, "refusal"),
        ("part_payments", "cleared", 330_000, "refusal"),
    ]
    assert verbs(company) == ["warning.raised", "warning.raised", "warning.cleared"]


def test_weak_signs_and_kinds_not_asked_for_stay_away(company, customer):
    credit_policy(company, "{warnings: {from_strength_ppm: 400000}}")
    scored(customer, SILENCE, PARTS)
    assert run(company) == 1
    credit_policy(
        company, "{warnings: {from_strength_ppm: 300000, kinds: [part_payments]}}", on=TODAY
    )
    assert run(company) == 2
    assert [row[:2] for row in told(company)] == [("silence", "cleared"), ("part_payments", "new")]


def test_what_was_dismissed_stays_quiet_for_some_time_after_it_went(company, customer, analyst):
    credit_policy(company, LOW)
    scored(customer, SILENCE)
    run(company)
    with pytest.raises(Refused, match="Say why this warning is none"):
        decide(analyst, is_accepted=False)
    decide(analyst, is_accepted=False, reason="on holiday")
    with pytest.raises(Refused, match=r"marked: dismissed by nora on 2026-03-05"):
        decide(analyst, is_accepted=True)
    assert run(company) == 0
    scored(customer)
    run(company, TODAY + DAY)
    scored(customer, SILENCE)
    assert run(company, TODAY + 10 * DAY) == 0
    assert run(company, TODAY + 61 * DAY) == 1
    assert [row[1] for row in told(company)] == ["new", "cleared"]


def test_an_accepted_warning_may_start_a_watch_or_join_the_one_that_stands(
    company, customer, analyst, collector
):
    credit_policy(company, LOW)
    scored(customer, SILENCE)
    run(company)
    with pytest.raises(Forbidden):
        decide(collector, is_accepted=True)
    warning = decide(analyst, is_accepted=True, playbook="Close watch", reason="call them")
    assert (warning.watch.playbook, warning.watch.reason) == ("Close watch", "call them")
    scored(customer, SILENCE, PARTS)
    run(company)
    assert decide(analyst, is_accepted=True, playbook="Close watch").watch == warning.watch
    assert Watch.objects.count() == 1
    assert verbs(company)[-2:] == ["warning.raised", "warning.accepted"]


def test_a_bureau_that_drops_a_customer_is_a_sign_for_a_quarter(company, customer):
    credit_policy(company, LOW)
    bureau = BureauAccount.objects.create(
        company=company, name="Bureau", kind="file", currency="EUR", by="ada", recorded_at=AT
    )
    for days, values in ((40, {"score": 80}), (0, {"score": 60})):
        on = TODAY - days * DAY
        BureauReport.objects.create(
            company=company,
            customer=customer,
            bureau=bureau,
            source="hand",
            reported_on=on,
            recorded_on=on,
            by="nora",
            recorded_at=AT,
            **values,
        )
    assert run(company) == 1
    assert told(company) == [("bureau_drop", "new", 650_000, "unclear")]
    assert run(company, TODAY + 89 * DAY) == 0
    assert run(company, TODAY + 90 * DAY) == 1


def test_finding_warnings_costs_three_queries(company, customer, django_assert_num_queries):
    credit_policy(company, LOW)
    scored(customer, SILENCE, PARTS)
    with django_assert_num_queries(3):
        assert len(warnings_found(company, as_of=TODAY).found) == 2
