"""The credit policy over the API: a proposal with its reasons, ratings, appetite, a replay."""

import pytest
import time_machine

from dunwell import clock
from tests.actions.credit_worlds import paying, published_credit
from tests.actions.test_credit_ratings import rated
from tests.api.credit_policy_books import keep_credit_policy
from tests.api.credit_policy_operations import CREDIT_POLICY_OPERATIONS
from tests.api.operations import OPERATIONS, send
from tests.conftest import AT, TODAY

PATHS = {
    "show_credit_proposal": ("GET", "/credit-policy/customers/{customer_id}/proposal"),
    "list_credit_ratings": ("GET", "/credit-policy/ratings"),
    "list_class_moves": ("GET", "/credit-policy/moves"),
    "show_risk_appetite": ("GET", "/credit-policy/appetite"),
    "list_credit_replays": ("GET", "/credit-policy/replays"),
    "show_credit_replay": ("GET", "/credit-policy/replays/{credit_replay_id}"),
    "new_credit_replay": ("POST", "/credit-policy/replays"),
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize("name", sorted(CREDIT_POLICY_OPERATIONS))
def test_every_operation_works_for_who_may_and_others_find_nothing(
    company, as_anyone, as_rival, name
):
    ids = keep_credit_policy(company, today=clock.today(company.zone), at=AT)
    if name == "new_credit_replay":
        paying(company, "GOOD", late=0, months=3)
    method, path = PATHS[name]
    if "_id}" in path:
        assert send(as_rival, name, method, path, ids, TODAY).status_code == 404
    assert OPERATIONS[name].may
    answer = send(as_anyone, name, method, path, ids, TODAY)
    assert answer.status_code in {200, 201}, answer.content


def test_a_proposal_names_facts_and_the_values_that_would_change_it(company, as_manager):
    good = paying(company, "GOOD", late=0)
    published_credit(company)
    rated(company)
    path = f"/credit-policy/customers/{good.pk}/proposal"
    found = as_manager.get(f"{path}?asked_minor=100000").json()
    assert (found["outcome"], found["limit_minor"], found["currency"]) == (
        "approve", 100_000, "EUR",
    )  # fmt: skip
    assert 2 <= len(found["reasons"]) <= 4
    assert set(found["reasons"][0]["change"]) == set(found["reasons"][0]["facts"])
    assert as_manager.get(f"{path}?asked_minor=-1").status_code == 422
    (row,) = as_manager.get("/credit-policy/ratings").json()["rows"]
    assert (row["customer_number"], row["risk"]) == ("GOOD", "low")
    (move,) = as_manager.get("/credit-policy/moves").json()
    assert (move["before"], move["customers"]) == ("", 1)
    wrong = as_manager.get("/credit-policy/moves?from_on=2026-03-05&to_on=2026-03-04")
    assert wrong.status_code == 422
    gauges = as_manager.get("/credit-policy/appetite").json()
    assert {gauge["currency"] for gauge in gauges} == {"EUR"} and len(gauges) == 3


def test_a_replay_is_begun_and_read_by_kind(company, as_manager):
    paying(company, "LATE", late=20, months=6)
    ids = keep_credit_policy(company, today=TODAY, at=AT)
    created = as_manager.post("/credit-policy/replays", {"version_id": ids["credit_version_id"]})
    assert created.status_code == 201
    replay = created.json()["id"]
    answer = as_manager.get(f"/credit-policy/replays/{replay}").json()
    assert [kind["kind"] for kind in answer["kinds"]] == [
        "outcome", "class", "limit", "over_limit", "order", "loss", "sales",
    ]  # fmt: skip
    kept = as_manager.get(f"/credit-policy/replays/{ids['credit_replay_id']}?kind=loss").json()
    assert (kept["avoided_minor"], kept["all_changes"]) == (12_00, 1)
    assert as_manager.get(f"/steering/replays/{replay}").status_code == 404
