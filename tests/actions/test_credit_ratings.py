"""Credit ratings: written when they change, never by the standard alone, never for the past."""

from datetime import timedelta

import pytest

from dunwell.actions.credit_ratings import rate_customers
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.models import CreditRating
from dunwell.queries.authority import act_risk, authority_in_force
from dunwell.queries.credit_policies import card_in_force, credit_policy_in_force
from dunwell.queries.credit_proposals import propose
from dunwell.queries.credit_ratings import (
    ClassMove,
    class_moves,
    rating_rows,
    ratings,
    ratings_due,
)
from dunwell.queries.ledgers import Books
from tests.actions.credit_worlds import credit_text, paying, published_credit, silent
from tests.actions.desk import acting, last_event, verbs
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


def rated(company, *, as_of=TODAY):
    due = ratings_due(company, books=Books(company), as_of=as_of)
    return rate_customers(actor=system(company), due=due, as_of=as_of, at=AT)


@pytest.fixture
def world(company):
    return paying(company, "GOOD", late=0), silent(company, "BAD")


def test_nobody_is_rated_before_a_policy_is_published(company, world, django_assert_num_queries):
    books = Books(company)
    with django_assert_num_queries(1):
        assert ratings_due(company, books=books, as_of=TODAY) is None
    assert rate_customers(actor=system(company), due=None, **ON) == 0
    assert (CreditRating.objects.count(), ratings(company, as_of=TODAY)) == (0, {})


def test_a_rating_is_written_once_and_again_only_when_it_changes(company, world):
    good, bad = world
    version = published_credit(company)
    assert rated(company) == 2
    found = ratings(company, as_of=TODAY)
    assert (found[good.pk].risk_class, found[good.pk].risk) == ("B", "low")
    assert (found[bad.pk].risk, found[bad.pk].rated_on) == ("high", TODAY)
    assert 2 <= len(found[bad.pk].reasons) <= 4
    assert found[good.pk].policy_version == version.pk
    verb, _, _, data = last_event(company)
    assert (verb, data["changed"], data["customers"]) == ("credit_ratings.written", 2, 2)

    assert rated(company) == 0
    later = TODAY + timedelta(days=30)
    assert rated(company, as_of=later) in {0, 1}
    assert ratings(company, as_of=TODAY) == found
    assert verbs(company)[-1] in {"credit_ratings.written"}


def test_the_past_is_not_rated_anew_and_only_the_cycle_rates(company, world, manager):
    published_credit(company)
    CreditRating.objects.create(
        company=company, customer=world[0], as_of=TODAY + timedelta(days=1), risk_class="E",
        risk="high", outcome="decline", digest="other", by="t", recorded_at=AT,
    )  # fmt: skip
    due = ratings_due(company, books=Books(company), as_of=TODAY)
    with pytest.raises(Refused, match="were rated after 2026-03-05 already"):
        rate_customers(actor=system(company), due=due, **ON)


def test_a_collector_rates_nobody(company, collector):
    with pytest.raises(Forbidden):
        rate_customers(actor=acting(collector), due=None, **ON)


def test_classes_that_moved_between_two_days(company, world):
    good, bad = world
    published_credit(company)
    rated(company)
    (first,) = ratings(company, as_of=TODAY, customer_ids=[good.pk]).values()
    CreditRating.objects.create(
        company=company, customer=good, as_of=TODAY + timedelta(days=5), risk_class="E",
        risk="high", outcome="decline", digest="x", by="t", recorded_at=AT,
    )  # fmt: skip
    moves = class_moves(company, from_on=TODAY, to_on=TODAY + timedelta(days=9))
    bad_class = ratings(company, as_of=TODAY)[bad.pk].risk_class
    assert sorted(moves, key=lambda move: move.before) == [
        ClassMove(before=first.risk_class, after="E", customers=1),
        ClassMove(before=bad_class, after=bad_class, customers=1),
    ]
    before = class_moves(company, from_on=TODAY - timedelta(days=1), to_on=TODAY)
    assert {(move.before, move.customers) for move in before} == {("", 1)}
    page = rating_rows(company, customer_id=good.pk)
    assert [row.risk_class for row in page.rows] == ["E", first.risk_class]
    assert {row.risk_class for row in rating_rows(company, risk_class="E").rows} == {"E"}


def test_the_risk_of_credit_is_that_of_the_rating_else_of_the_score(company, world):
    good, bad = world
    policy = authority_in_force(company, as_of=TODAY).policy
    assert act_risk(bad, policy, act="limit", as_of=TODAY) == ""
    published_credit(company)
    rated(company)
    assert act_risk(bad, policy, act="limit", as_of=TODAY) == "high"
    assert act_risk(good, policy, act="release", as_of=TODAY) == "low"
    assert act_risk(bad, policy, act="plan", as_of=TODAY) == ""
    assert act_risk(bad, policy, act="limit", as_of=TODAY - timedelta(days=1)) == ""


def test_a_proposal_says_what_the_policy_gives_and_why(company, world):
    good, bad = world
    by_standard = propose(company, customer=good, as_of=TODAY, asked_minor=100_000)
    assert (by_standard.outcome, by_standard.policy_version) == ("approve", None)
    published_credit(company)
    found = propose(company, customer=good, as_of=TODAY, asked_minor=100_000)
    assert (found.outcome, found.limit_minor, found.currency) == ("approve", 100_000, "EUR")
    assert found.value_minor == (
        found.margin_minor - found.expected_loss_minor - found.carry_minor
    )
    assert 2 <= len(found.reasons) <= 4
    assert propose(company, customer=bad, as_of=TODAY).outcome in {"refer", "decline"}
    told = propose(
        company, customer=good, as_of=TODAY, asked_minor=100_000,
        facts={"bureau_is_insolvent": True},
    )  # fmt: skip
    assert (told.outcome, told.limit_minor) == ("decline", 0)
    with pytest.raises(ValueError, match="below 0"):
        propose(company, customer=good, as_of=TODAY, asked_minor=-1)


def test_an_applicant_who_is_no_customer_is_decided_by_what_is_told(company):
    facts = {"own_days_late": None, "bureau_pd_ppm": 3_000, "bureau_reports": 1,
             "fs_altman_zone": "safe", "fs_equity_ratio_ppm": 500_000}  # fmt: skip
    found = propose(company, customer=None, as_of=TODAY, asked_minor=500_000, facts=facts)
    assert found.points is not None and found.facts == facts
    nobody = propose(company, customer=None, as_of=TODAY)
    assert (nobody.points, nobody.risk_class, nobody.outcome) == (None, "D", "refer")


def test_the_appetite_lowers_a_limit_and_leaves_it_to_a_person(company, world):
    good, _ = world
    share = "- {name: largest customer, measure: top_1_share, most_ppm: 200000, then: watch}"
    stop = "- {name: all, measure: total_exposure, most_minor: 520000, then: stop}"
    published_credit(company, appetite=(share, stop))
    # 5,000.00 are open already, 200.00 are left of 5,200.00
    found = propose(company, customer=good, as_of=TODAY, asked_minor=100_000)
    assert (found.outcome, found.limit_minor) == ("refer", 20_000)
    assert found.appetite == ("all",)
    assert found.because == "Beyond the risk appetite: all"
    small = propose(company, customer=good, as_of=TODAY, asked_minor=15_000)
    assert "all" not in small.appetite


def test_the_card_is_the_policy_s_own_until_a_champion_is_promoted(company):
    policy = credit_policy_in_force(company, as_of=TODAY).policy
    found = card_in_force(company, policy, as_of=TODAY)
    assert (found.card.name, found.scorecard_id) == ("by_hand", None)


def test_a_text_is_read_once(company, django_assert_num_queries):
    published_credit(company)
    assert credit_text() == credit_text()
    first = credit_policy_in_force(company, as_of=TODAY).policy
    with django_assert_num_queries(1):
        again = credit_policy_in_force(company, as_of=TODAY)
    assert again.policy is first and again.is_published
