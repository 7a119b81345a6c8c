"""Improvement through the API: an idea to its verdict, targets, a review, an auditor."""

import json

import time_machine
from django.test import Client

from dunwell.models import Initiative, PortfolioReview, TargetSet
from tests.api.improvement_books import keep_improvement
from tests.api.improvement_operations import IMPROVEMENT_OPERATIONS
from tests.conftest import AT, TODAY


@time_machine.travel(AT, tick=False)
def test_what_pages_do_a_program_does(company, manager, settings):
    settings.REQUIRE_MFA = False
    ids = keep_improvement(company, today=TODAY, at=AT)
    client = Client()
    client.force_login(manager)
    sent = iter(range(100))

    def post(path, name=""):
        told = (*IMPROVEMENT_OPERATIONS.get(name, ("",)), None)[1]
        body = told(ids, TODAY) if callable(told) else told or {}
        answer = client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": f"k{next(sent)}"},
        )  # fmt: skip
        return answer.status_code, answer.json()

    done = (200, {"changed": 1})
    assert post("/initiatives", "new_initiative")[0] == 201
    assert post(f"/initiatives/{ids['initiative_id']}/plan") == done
    path = f"/initiatives/{ids['measurable_initiative_id']}"
    assert post(f"{path}/measure") == done
    assert post(f"{path}/decide", "decide_the_initiative") == done
    assert Initiative.objects.get(pk=ids["measurable_initiative_id"]).status == "kept"
    assert post("/targets", "new_targets")[0] == 201
    assert post(f"/targets/{ids['target_set_id']}/end", "end_the_targets") == done
    assert TargetSet.objects.get(pk=ids["target_set_id"]).status == "ended"
    review = f"/portfolio-reviews/{ids['frozen_review_id']}"
    assert post(f"{review}/decisions", "take_portfolio_decision")[0] == 201
    assert post(f"{review}/hold", "hold_portfolio_review") == done
    assert post(f"{review}/sign") == done
    assert PortfolioReview.objects.get(pk=ids["frozen_review_id"]).status == "held"
    assert post("/advisors", "new_advisor")[0] == 403
    assert client.get(f"/api/v1{review}/pack").content.startswith(b"%PDF")
