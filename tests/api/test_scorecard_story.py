"""A scorecard over the API: drafted, promoted by another person, scoring rows and customers."""

import pytest
import time_machine

from dunwell import clock
from dunwell.jobs import scorecards
from dunwell.jobs.progress import LatestProgress
from tests.actions.ledger_rows import invoice
from tests.actions.scorecard_rows import card_document
from tests.api.operations import OPERATIONS, send
from tests.api.scorecard_books import keep_scorecards
from tests.api.scorecard_operations import SCORECARD_OPERATIONS
from tests.conftest import AT, TODAY

PATHS = {
    "list_scorecards": ("GET", "/scorecards"),
    "new_scorecard": ("POST", "/scorecards"),
    "train_new_scorecard": ("POST", "/scorecards/train"),
    "show_scorecard_training": ("GET", "/scorecards/training"),
    "show_scorecard": ("GET", "/scorecards/{scorecard_id}"),
    "list_scorecard_scores": ("GET", "/scorecards/{scorecard_id}/scores"),
    "score_subjects": ("POST", "/scorecards/{scorecard_id}/scores"),
    "record_customer_score": ("POST", "/scorecards/{scorecard_id}/customer-scores"),
    "move_scorecard": ("POST", "/scorecards/{scorecard_id}/promote"),
    "end_scorecard": ("POST", "/scorecards/{scorecard_id}/retire"),
}


@pytest.fixture(autouse=True)
def _standing_clock(monkeypatch):
    monkeypatch.setattr(scorecards, "_progress", LatestProgress())
    with time_machine.travel(AT, tick=False):
        yield


def test_a_card_is_drafted_decided_by_another_person_and_scores(
    company, as_manager, as_anyone, customer
):
    made = as_manager.post("/scorecards", {"document": card_document()}, key="one")
    assert made.status_code == 201
    key = made.json()["id"]
    again = as_manager.post("/scorecards", {"document": card_document()}, key="two")
    assert again.json() == made.json()
    own = as_manager.post(f"/scorecards/{key}/promote", {})
    assert own.json()["detail"] == ("You made this scorecard; somebody else has to promote it.")
    assert as_anyone.post(f"/scorecards/{key}/promote", {}).json() == {"changed": 1}
    (row,) = as_manager.get("/scorecards?status=champion").json()["rows"]
    assert (row["id"], row["author"], row["approver"], row["auc"]) == (
        key, "mona via erp", "omni via erp", None,
    )  # fmt: skip

    invoice(customer, "R1", 100_00)
    kept = as_manager.post(f"/scorecards/{key}/customer-scores", {"customer_id": customer.pk})
    assert kept.status_code == 201
    (score,) = as_manager.get(f"/scorecards/{key}/scores?customer_id={customer.pk}").json()["rows"]
    assert (score["id"], score["points"], score["pd_ppm"]) == (kept.json()["id"], 430, 66_000)
    assert [one["code"] for one in score["reasons"]] == ["own_months_known", "customer_has_vat_id"]


def test_rows_sent_along_are_scored_with_reasons_and_the_changes_that_would_help(
    company, as_manager
):
    key = as_manager.post("/scorecards", {"document": card_document()}).json()["id"]
    body = {
        "subjects": [
            {"subject": "A-1", "values": {"own_months_known": 3, "customer_has_vat_id": True}},
            {"subject": "A-2", "values": {}},
        ]
    }
    told = as_manager.post(f"/scorecards/{key}/scores", body, key="once").json()
    assert told["cut_off"] == 470
    assert told["scores"][0] == {
        "subject": "A-1",
        "points": 440,
        "pd_ppm": 58_000,
        "factors": [
            {"input": "own_months_known", "points": -20, "lost": 50},
            {"input": "customer_has_vat_id", "points": 10, "lost": 0},
        ],
        "reasons": [
            {
                "code": "own_months_known", "text": "Known for less than a year", "lost": 50,
                "to": 12, "told": "more than 11", "gain": 50,
            }
        ],
        "changes": [
            {"input": "own_months_known", "to": 12, "told": "more than 11", "gain": 50}
        ],
    }  # fmt: skip
    assert told["scores"][1]["points"] == 420
    assert as_manager.post(f"/scorecards/{key}/scores", body, key="once").json() == told

    wrong = {"subjects": [{"subject": "A-3", "values": {"own_months_known": "three"}}]}
    answer = as_manager.post(f"/scorecards/{key}/scores", wrong)
    assert (answer.status_code, answer.json()["detail"]) == (
        422,
        "A-3: own_months_known is 'three'; give a number, or nothing.",
    )
    unknown = {"subjects": [{"subject": "A-4", "values": {"colour": "red"}}]}
    assert as_manager.post(f"/scorecards/{key}/scores", unknown).json()["detail"] == (
        "A-4: the card reads no 'colour'; leave it out."
    )


@pytest.mark.parametrize("name", sorted(SCORECARD_OPERATIONS))
def test_every_operation_works_for_who_may(company, as_anyone, name):
    ids = keep_scorecards(company, today=clock.today(company.zone), at=AT)
    method, path = PATHS[name]
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201, 202}, answer.content
    assert OPERATIONS[name].may


def test_cards_of_others_are_absent(company, as_rival):
    ids = keep_scorecards(company, today=clock.today(company.zone), at=AT)
    assert as_rival.get(f"/scorecards/{ids['scorecard_id']}").status_code == 404
    assert as_rival.get(f"/scorecards/{ids['scorecard_id']}/scores").status_code == 404
    assert as_rival.get("/scorecards").json()["rows"] == []


def test_a_list_goes_on_by_cursor(company, as_manager):
    for name in ("one", "two", "three"):
        as_manager.post("/scorecards", {"document": card_document(name=name)})
    page = as_manager.get("/scorecards?limit=2").json()
    rest = as_manager.get(f"/scorecards?limit=2&cursor={page['next']}").json()
    assert [row["name"] for row in page["rows"] + rest["rows"]] == ["one", "three", "two"]
    assert rest["next"] == ""
