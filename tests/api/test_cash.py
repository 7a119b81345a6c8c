"""Cash application through the API: what waits, a decision, a second one that comes too late."""

import pytest

from dunwell.models import Company, MatchCase


@pytest.fixture
def company(kept, db):
    return Company.objects.get(pk=kept[0])


def test_a_case_is_settled_once_and_the_second_decision_is_told_who_was_faster(as_anyone, kept):
    program, ids = as_anyone, kept[1]
    case = program.call("GET", f"/cash/cases/{ids['case_id']}").json()
    assert (case["status"], case["left_minor"], case["version"]) == ("exception", 2_51, 1)
    body = {
        "version": 1,
        "lines": [{"item_id": ids["item_id"], "amount_minor": 2_51}],
        "customer_id": ids["customer_id"],
    }
    path = f"/cash/cases/{ids['case_id']}/settle"
    assert program.call("POST", path, body).status_code == 200
    late = program.call("POST", path, body)
    assert late.status_code == 409 and "was settled by" in late.json()["detail"]
    assert MatchCase.objects.get(pk=ids["case_id"]).status == "decided"
