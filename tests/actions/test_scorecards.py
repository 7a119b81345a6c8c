"""Scorecards: drafts, promotion by a second person, and scores that are kept once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from dunwell.actions.gate import Refused, system
from dunwell.actions.scorecards import (
    SnapshotIn,
    draft_scorecard,
    promote_scorecard,
    retire_scorecard,
    score_customer,
    write_score_snapshots,
)
from dunwell.models import Company, Scorecard, ScoreSnapshot
from dunwell.queries.scorecards import champion, latest_scores
from tests.actions.desk import acting, last_event, verbs
from tests.actions.ledger_rows import invoice
from tests.actions.scorecard_rows import DOCUMENT, REPORT, card_document, draft, promoted
from tests.conftest import AT, TODAY, add_customer, add_user


@pytest.fixture
def analyst(company):
    return acting(add_user(company, "nora", "credit_analyst"))


@pytest.fixture
def boss(manager):
    return acting(manager)


@pytest.fixture
def card(analyst, boss):
    return promoted(analyst, boss)


def statuses(company):
    rows = Scorecard.objects.filter(company=company).order_by("name", "version")
    return list(rows.values_list("version", "status"))


def row(customer, points=450, **changes):
    values = SnapshotIn(
        customer_id=customer.pk,
        points=points,
        pd_ppm=50_000,
        factors=[{"input": "own_months_known", "value": 3, "points": points - 450}],
        reasons=[],
        counterfactual=[],
    )
    return replace(values, **changes)


def test_a_draft_is_the_next_version_of_its_name_and_kept_once(company, analyst):
    first = draft(analyst)
    again = draft(analyst)
    second = draft(analyst, start=460, report=REPORT)

    assert (again.pk, first.version, second.version) == (first.pk, 1, 2)
    assert [(one.origin, one.document["scorecard"]["version"]) for one in (first, second)] == [
        ("by_hand", 1),
        ("fitted", 2),
    ]
    assert verbs(company) == ["scorecard.drafted", "scorecard.drafted"]
    assert last_event(company) == (
        "scorecard.drafted",
        "nora",
        None,
        {"name": "trade", "version": 2, "origin": "fitted", "sha256": second.sha256},
    )


def test_a_document_that_cannot_be_used_is_refused_with_the_place(company, analyst):
    with pytest.raises(Refused, match="scorecard: start must be a whole number, found 'many'."):
        draft(analyst, start="many")
    wrong = {
        **card_document(),
        "cases": [{"name": "old", "values": {"own_months_known": 40}, "points": 1}],
    }
    with pytest.raises(Refused) as told:
        draft_scorecard(actor=analyst, document=wrong, at=AT)
    assert str(told.value) == (
        "The scorecard's own case 1, old: 1 points and 26000 ppm are expected, "
        "480 and 26000 come out."
    )
    assert Scorecard.objects.count() == 0


def test_who_made_a_card_may_not_promote_it(company, boss):
    card = draft(boss)
    add_user(company, "max", "credit_manager")
    with pytest.raises(Refused, match="You made this scorecard; somebody else has to promote it."):
        promote_scorecard(actor=boss, scorecard=card, at=AT)


def test_a_new_champion_lets_the_old_one_score_on_beside(company, analyst, boss, card):
    second = promoted(analyst, boss, start=460)

    assert statuses(company) == [(1, "challenger"), (2, "champion")]
    assert champion(company, "trade", as_of=TODAY) == second
    assert champion(company, "other", as_of=TODAY) is None
    assert champion(company, "trade", as_of=TODAY - timedelta(days=90)) is None
    assert last_event(company)[3] == {
        "name": "trade",
        "version": 2,
        "to": "champion",
        "before": "draft",
        "replaced": 1,
        "author": "nora",
        "reason": "",
        "override": "",
    }


def test_there_is_one_champion_of_a_name_whatever_writes(company, card, analyst):
    second = draft(analyst, start=460)
    with pytest.raises(IntegrityError), transaction.atomic():
        Scorecard.objects.filter(pk=second.pk).update(
            status="champion", approver="x", decided_at=AT
        )


def test_a_card_that_reads_no_fact_of_customers_is_not_promoted(analyst, boss):
    inputs = [{**DOCUMENT["scorecard"]["inputs"][0], "name": "duration"}]
    card = draft(analyst, inputs=inputs)
    with pytest.raises(Refused, match="Input duration is no fact we know of customers"):
        promote_scorecard(actor=boss, scorecard=card, at=AT)
    inputs[0]["name"] = "point_duration"
    promoted(analyst, boss, inputs=inputs)


def test_a_card_that_is_not_fair_needs_a_reason(analyst, boss):
    unfair = {**REPORT, "fairness": {"region": {"groups": [], "is_fair": False}}}
    card = draft(analyst, report=unfair)
    with pytest.raises(Refused) as told:
        promote_scorecard(actor=boss, scorecard=card, to="challenger", at=AT)
    assert str(told.value) == (
        "Groups by region are not treated alike (see its fairness figures). "
        "Give the reason why it should be used all the same."
    )
    promote_scorecard(actor=boss, scorecard=card, to="challenger", reason="shadow only", at=AT)
    assert card.status == "challenger"


def test_a_retired_card_needs_a_reason_and_may_be_taken_back(company, boss, card):
    with pytest.raises(Refused, match="Say why this scorecard is retired."):
        retire_scorecard(actor=boss, scorecard=card, reason=" ", at=AT)
    retire_scorecard(actor=boss, scorecard=card, reason="too old", at=AT)
    with pytest.raises(Refused, match="trade v1 is retired and cannot become retired."):
        retire_scorecard(actor=boss, scorecard=card, reason="again", at=AT)
    assert statuses(company) == [(1, "retired")]
    promote_scorecard(actor=boss, scorecard=card, at=AT)
    assert statuses(company) == [(1, "champion")]


def test_another_companys_card_is_refused(boss, rival):
    other = Company.objects.get(name="Rival")
    foreign = draft(system(other))
    with pytest.raises(Refused, match="This scorecard belongs to another company."):
        promote_scorecard(actor=boss, scorecard=foreign, at=AT)


def test_a_customer_is_scored_by_its_facts_with_reasons_and_ways_back(
    company, analyst, customer, card
):
    invoice(customer, "R1", 100_00)
    found = score_customer(actor=analyst, scorecard=card, customer=customer, as_of=TODAY, at=AT)

    assert (found.points, found.pd_ppm) == (430, 66_000)
    assert found.factors == [
        {"input": "own_months_known", "value": 0, "points": -20},
        {"input": "customer_has_vat_id", "value": False, "points": 0},
    ]
    assert found.reasons == [
        {
            "code": "own_months_known",
            "text": "Known for less than a year",
            "lost": 50,
            "value": 0,
            "to": 12,
            "told": "more than 11",
            "gain": 50,
        },
        {
            "code": "customer_has_vat_id",
            "text": "No VAT number is recorded",
            "lost": 10,
            "value": False,
            "to": "yes",
            "told": "yes",
            "gain": 10,
        },
    ]
    assert found.counterfactual == [
        {"input": "own_months_known", "to": 12, "told": "more than 11", "points": 50}
    ]
    assert last_event(company) == (
        "score.recorded",
        "nora",
        customer.pk,
        {"scorecard": "trade v1", "as_of": "2026-03-05", "points": 430, "pd_ppm": 66_000},
    )
    again = score_customer(actor=analyst, scorecard=card, customer=customer, as_of=TODAY, at=AT)
    assert (again.pk, ScoreSnapshot.objects.count()) == (found.pk, 1)
    assert verbs(company).count("score.recorded") == 1


def test_a_draft_scores_nobody(analyst, customer):
    card = draft(analyst)
    with pytest.raises(Refused, match="trade v1 is draft and scores nobody; promote it first."):
        score_customer(actor=analyst, scorecard=card, customer=customer, as_of=TODAY, at=AT)


def test_only_scores_that_moved_are_written(company, customer, card):
    other = add_customer(company, "K2")
    actor, later = system(company), TODAY + timedelta(days=1)

    def write(*rows, as_of):
        return write_score_snapshots(actor=actor, scorecard=card, rows=rows, as_of=as_of, at=AT)

    assert write(row(customer), row(other), as_of=TODAY) == 2
    assert write(row(customer), row(other), as_of=TODAY) == 0
    assert write(row(customer), row(other, 440), as_of=later) == 1
    assert last_event(company)[0] == "scorecard.scored"
    assert last_event(company)[3] == {
        "name": "trade",
        "version": 1,
        "as_of": "2026-03-06",
        "customers": 2,
        "written": 1,
    }
    scores = latest_scores(company, as_of=later)
    assert {key: (one.points, one.as_of) for key, one in scores.items()} == {
        customer.pk: (450, TODAY),
        other.pk: (440, later),
    }
    assert latest_scores(company, as_of=TODAY, customer_ids=[other.pk])[other.pk].points == 450


def test_scores_of_a_challenger_decide_nothing(company, analyst, boss, customer, card):
    second = promoted(analyst, boss, start=460)
    actor = system(company)
    for one, points in ((card, 300), (second, 500)):
        write_score_snapshots(
            actor=actor, scorecard=one, rows=[row(customer, points)], as_of=TODAY, at=AT
        )
    found = latest_scores(company, as_of=TODAY)
    assert found[customer.pk].points == 500
    assert found[customer.pk].scorecard_id == second.pk
