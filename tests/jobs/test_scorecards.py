"""Scorecards learned from files and from the books, and the day's scores of all customers."""

from datetime import timedelta

import numpy as np
import pytest
import time_machine

from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.jobs import scorecards
from dunwell.jobs.progress import LatestProgress
from dunwell.jobs.scorecard_day import card_scores, write_card_scores
from dunwell.jobs.scorecard_samples import HABITS, books_sample
from dunwell.jobs.scorecards import (
    CardOrder,
    CardTraining,
    begin_card_training,
    latest_card_training,
    train_scorecard,
)
from dunwell.models import CreditDataPoint, Scorecard, ScoreSnapshot
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.actions.scorecard_rows import promoted
from tests.conftest import AT, TODAY, add_customer, add_user
from tests.jobs import demo_desk


@pytest.fixture(autouse=True)
def _no_training_before(monkeypatch):
    monkeypatch.setattr(scorecards, "_progress", LatestProgress())


def score_day(company, day):
    """Score everybody on a day as the cycle does; return how many scores were written."""
    scores = card_scores(company, as_of=day)
    return write_card_scores(system(company), scores, as_of=day, at=AT)


def outcomes(rows=240):
    """A file in which few months known and no VAT number mean trouble."""
    draw = np.random.default_rng(3)
    lines = ["own_months_known;customer_has_vat_id;owner_age;result"]
    for _ in range(rows):
        months, vat = int(draw.integers(0, 60)), draw.choice(["yes", "no", ""])
        odds = 1.5 - months / 15 + (vat == "no")
        result = "lost" if draw.random() < 1 / (1 + np.exp(-odds)) else "paid"
        lines.append(f"{months};{vat};{int(draw.integers(20, 70))};{result}")
    return "\n".join(lines).encode()


def order(**changes):
    values = {
        "name": "applications",
        "valid_from": TODAY,
        "method": "woe",
        "content": outcomes(),
        "file_name": "past.csv",
        "target": "result",
        "bad": "lost",
        "protected": ["owner_age"],
        **changes,
    }
    return CardOrder(**values)


def test_a_file_of_outcomes_becomes_a_draft_with_its_report(company, manager):
    assert begin_card_training(company.pk, order(), user_id=manager.pk, at=AT)

    card = Scorecard.objects.get()
    assert latest_card_training(company.pk) == CardTraining(
        started_at=AT, is_running=False, scorecard_id=card.pk, stage="judge", done_ppm=1_000_000
    )
    assert (card.name, card.status, card.origin, card.author) == (
        "applications",
        "draft",
        "fitted",
        "mona",
    )
    assert [one["name"] for one in card.document["scorecard"]["inputs"]] == [
        "own_months_known",
        "customer_has_vat_id",
    ]
    assert card.document["scorecard"]["inputs"][0]["label"] == "Months since the first item"
    assert card.report["source"] == "past.csv"
    assert card.report["quality"]["auc"] > 0.7
    assert [row["protected"] for row in card.report["stand_ins"]] == ["owner_age", "owner_age"]
    assert list(card.report["fairness"]) == ["owner_age"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"target": "outcome"}, "There is no column 'outcome'"),
        ({"bad": "defaulted"}, "In no row does column 'result' read 'defaulted'"),
        ({"protected": ["sex"]}, "past.csv: there is no column 'sex'; check its spelling."),
        ({"content": b""}, "past.csv"),
        (
            {"protected": [], "subjects": "natural_persons"},
            "Column 'owner_age' speaks of age, which may not score a natural person",
        ),
    ],
)
def test_a_file_that_teaches_nothing_is_refused_and_the_page_is_told(
    company, manager, changes, sentence
):
    begin_card_training(company.pk, order(**changes), user_id=manager.pk, at=AT)
    found = latest_card_training(company.pk)
    assert not found.is_running
    assert sentence in found.refusal
    assert Scorecard.objects.count() == 0


def test_who_lacks_the_right_learns_nothing(company, clerk):
    with pytest.raises(Forbidden, match="scorecard.train"):
        train_scorecard(company.pk, order(), user_id=clerk.pk)


def test_books_too_young_to_know_an_outcome_are_refused(company, customer):
    invoice(customer, "R1", 100_00)
    with pytest.raises(Refused) as told:
        books_sample(company, as_of=TODAY)
    assert str(told.value) == (
        "The books of Northwind do not reach back 365 days before 2026-03-05, so what became of "
        "anybody is not known; learn from a file instead."
    )


def test_every_customer_is_scored_once_a_day_and_only_moves_are_kept(company, manager):
    nora = add_user(company, "nora", "credit_analyst")
    card = promoted(acting(nora), acting(manager))
    first, second = (add_customer(company, number) for number in ("K1", "K2"))
    invoice(first, "R1", 100_00)

    assert score_day(company, TODAY) == 2
    assert score_day(company, TODAY) == 0
    rows = ScoreSnapshot.objects.filter(scorecard=card).order_by("customer")
    assert list(rows.values_list("customer", "points")) == [(first.pk, 430), (second.pk, 420)]
    assert score_day(company, TODAY + timedelta(days=1)) == 0
    # a year on the first is known for long
    assert score_day(company, TODAY + timedelta(days=400)) == 1


def test_without_a_card_in_use_nobody_is_scored(company, customer):
    assert score_day(company, TODAY) == 0


def test_the_cards_own_points_are_read_as_they_are_recorded(company, manager):
    nora = acting(add_user(company, "nora", "credit_analyst"))
    inputs = [
        {
            "name": "point_fleet",
            "bins": [{"up_to": 4, "points": 0, "reason": "Few lorries"}, {"points": 25}],
            "missing": {"points": 5, "reason": "Lorries are not known"},
        }
    ]
    promoted(nora, acting(manager), inputs=inputs)
    first, second = (add_customer(company, number) for number in ("K1", "K2"))
    CreditDataPoint.objects.create(
        company=company, customer=first, name="fleet", value=9, as_of=TODAY, source="visit",
        recorded_at=AT, by="nora",
    )  # fmt: skip
    score_day(company, TODAY)
    rows = ScoreSnapshot.objects.order_by("customer").values_list("customer", "points")
    assert list(rows) == [(first.pk, 475), (second.pk, 455)]


@pytest.fixture(scope="module")
def books(standing):
    with time_machine.travel(demo_desk.AT, tick=False):
        return demo_desk.demo_company(customers=60, items=1_500)


def test_the_books_teach_what_became_of_customers_and_see_nothing_later(books):
    found = books_sample(books, as_of=demo_desk.DAY)
    assert set(found.rows.inputs) <= set(HABITS)
    assert len(found.whose) == len(found.rows)
    assert int(found.rows.is_bad.sum()) >= 20

    customer = books.customers.order_by("pk").first()
    young = {"issued_on": demo_desk.DAY - timedelta(days=100), "as_of": demo_desk.DAY}
    # due too late to be more than 90 days late by the last day
    invoice(customer, "LATER", 100_00, due_on=demo_desk.DAY - timedelta(days=90), **young)
    again = books_sample(books, as_of=demo_desk.DAY)
    assert all(
        np.array_equal(found.rows.inputs[name], again.rows.inputs[name], equal_nan=True)
        for name in found.rows.inputs
    )
    assert found.rows.is_bad.tolist() == again.rows.is_bad.tolist()

    invoice(customer, "LATE", 100_00, due_on=demo_desk.DAY - timedelta(days=91), **young)
    after = books_sample(books, as_of=demo_desk.DAY)
    changed = np.flatnonzero(after.rows.is_bad != found.rows.is_bad)
    assert {int(after.whose[row]) for row in changed} <= {customer.pk}
    mine = after.rows.is_bad[after.whose == customer.pk]
    assert mine[-1]


def test_a_card_is_learned_from_the_books(books):
    with time_machine.travel(demo_desk.AT, tick=False):
        card = train_scorecard(
            books.pk,
            CardOrder(name="habits", valid_from=demo_desk.DAY, method="woe"),
            as_of=demo_desk.DAY,
        )
    assert (card.origin, card.report["source"], card.status) == ("fitted", "books", "draft")
    assert {one["name"] for one in card.document["scorecard"]["inputs"]} <= set(HABITS)
    assert 0.4 < card.report["quality"]["auc"] < 1
