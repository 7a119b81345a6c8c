"""What people decide about prediction over the API: models, findings, experiments."""

from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.model_versions import record_model_version
from dunwell.models import Event, ModelVersion, Role
from tests.actions.ledger_rows import invoice
from tests.actions.test_model_versions import trained
from tests.api.conftest import add_token
from tests.api.prediction_books import CARD, keep_predictions
from tests.conftest import AT, TODAY, add_user

UNTIL = clock.today("Europe/Berlin") + timedelta(days=90)


@pytest.fixture
def item(customer):
    return invoice(customer, "R1", 100_00)


@pytest.fixture
def ids(company, item):
    return keep_predictions(company, items=[item], today=TODAY, at=AT)


def told(answer):
    return answer.status_code, answer.json().get("detail", answer.json())


def statuses(program):
    return [(one["number"], one["status"]) for one in program.get("/model/versions").json()]


def test_the_model_page_shows_who_serves_by_which_back_test_and_what_waits(as_clerk, ids):
    page = as_clerk.get("/model").json()
    version = as_clerk.get(f"/model/versions/{ids['model_version_id']}").json()

    assert (page["serving"]["number"], page["league"]["serves"], page["scored_items"]) == (
        1,
        "customer_median",
        1,
    )
    assert [(one["number"], one["can_promote"]) for one in page["versions"]] == [
        (2, True),
        (1, False),
    ]
    assert page["league"]["rows"][0]["figures"] == {"new": {"days": {"crps": 2.1}}, "cold": None}
    assert [one["alarms"] for one in page["checks"]] == [["inputs_shifted"]]
    assert as_clerk.get("/model/checks").json() == page["checks"]
    assert (version["version"]["number"], version["card"]) == (2, {**CARD, "version": "2"})


def test_a_version_is_promoted_and_the_other_one_taken_back_or_turned_down(as_manager, ids):
    path = f"/model/versions/{ids['model_version_id']}"

    assert told(as_manager.post(f"{path}/promote")) == (200, {"changed": 1})
    assert statuses(as_manager) == [(2, "serving"), (1, "retired")]
    assert told(as_manager.post(f"{path}/reject", {"reason": "worse"})) == (
        422,
        "This version is serving and cannot be rejected.",
    )
    first = ModelVersion.objects.get(number=1).pk
    assert told(as_manager.post(f"/model/versions/{first}/promote")) == (200, {"changed": 1})
    assert statuses(as_manager) == [(2, "retired"), (1, "serving")]


def test_a_version_that_was_beaten_needs_a_reason(company, as_manager, item):
    for kind in ("customer_median", "due_date"):
        made = trained(kind, is_worse=True, rows=kind)
        version = record_model_version(actor=system(company), trained=made, at=AT)
    path = f"/model/versions/{version.pk}/promote"

    refused = told(as_manager.post(path, key="once"))
    done = told(as_manager.post(path, {"reason": "knows the new customers"}, key="once"))

    assert refused[0] == 422 and refused[1].startswith("In the back-test another model did better")
    assert done == (200, {"changed": 1})
    event = Event.objects.get(verb="model.promoted", data__number=2)
    assert event.data["reason"] == "knows the new customers"


def test_a_rejection_says_why_and_is_for_good(as_manager, ids):
    path = f"/model/versions/{ids['model_version_id']}"

    assert as_manager.post(f"{path}/reject", {"reason": ""}).status_code == 422
    assert told(as_manager.post(f"{path}/reject", {"reason": "too little data"})) == (
        200,
        {"changed": 1},
    )
    assert told(as_manager.post(f"{path}/promote")) == (
        422,
        "This version is rejected and cannot be put to serve.",
    )


def test_training_names_who_asked_and_somebody_else_puts_it_to_serve(
    company, as_manager, ids, item
):
    begun = as_manager.post("/model/train")
    newest = as_manager.get("/model/versions?limit=1").json()[0]
    second = add_token(add_user(company, "max", Role.CREDIT_MANAGER), company)
    path = f"/model/versions/{newest['id']}/promote"

    assert (begun.status_code, begun.json()) == (
        202,
        {"is_new": True, "look_at": "/api/v1/model/training"},
    )
    state = as_manager.get("/model/training").json()
    assert (state["is_running"], state["number"], state["refusal"]) == (False, 3, "")
    assert (newest["number"], newest["status"], newest["trained_by"]) == (3, "candidate", "mona")
    assert told(as_manager.post(path)) == (
        422,
        "You trained this version; somebody else has to put it to serve.",
    )
    assert told(second.post(path)) == (200, {"changed": 1})


def test_without_a_ledger_there_is_nothing_to_train_on(as_manager, as_clerk):
    assert told(as_manager.post("/model/train")) == (
        422,
        "Northwind has no items; import its ledger first.",
    )
    assert as_clerk.post("/model/train").status_code == 403
    assert as_manager.get("/model").json() == {
        "serving": None,
        "versions": [],
        "league": None,
        "card": {},
        "checks": [],
        "last_scored_on": None,
        "scored_items": 0,
    }


def test_a_finding_is_decided_once_and_a_dismissal_says_why(as_clerk, as_collector, ids, item):
    path = f"/anomalies/{ids['anomaly_id']}/decide"
    (found,) = as_clerk.get("/anomalies").json()["rows"]

    assert (found["kind"], found["item_number"], found["measured"], found["unit"]) == (
        "amount_high",
        "R1",
        100_00,
        "minor",
    )
    assert as_clerk.get("/anomalies/counts").json() == {"amount_high": 1}
    assert as_collector.post(path, {"status": "confirmed"}).status_code == 403
    assert told(as_clerk.post(path, {"status": "dismissed"})) == (422, "Say why this is in order.")
    assert as_clerk.post(path, {"status": "open"}).status_code == 422
    assert told(as_clerk.post(path, {"status": "dismissed", "reason": "a yearly invoice"})) == (
        200,
        {"changed": 1},
    )
    assert told(as_clerk.post(path, {"status": "confirmed"})) == (
        422,
        "This finding is dismissed already.",
    )
    assert as_clerk.get("/anomalies").json()["rows"] == []
    (kept,) = as_clerk.get("/anomalies?status=dismissed&kind=amount_high").json()["rows"]
    assert (kept["reason"], kept["decided_by"]) == ("a yearly invoice", "carla via erp")


def planned(program, **fields):
    today = clock.today("Europe/Berlin")
    body = {
        "name": "Reminders",
        "kind": "holdout",
        "arms": [{"name": "chance", "share_ppm": 100_000}],
        "starts_on": today.isoformat(),
        "ends_on": UNTIL.isoformat(),
        "question": "What does a reminder bring?",
    }
    return program.post("/experiments", {**body, **fields})


def test_an_experiment_goes_from_a_draft_to_a_verdict(as_manager, as_collector, company):
    key = planned(as_manager).json()["id"]
    path = f"/experiments/{key}"

    draft = as_collector.get(path).json()["experiment"]
    assert (draft["status"], draft["is_active"], draft["author"]) == (
        "draft",
        False,
        "mona via erp",
    )
    assert draft["arms"] == [
        {"name": "chance", "share_ppm": 100_000, "customers": 0, "choices": 0}
    ]
    assert told(as_manager.post(f"{path}/start")) == (200, {"changed": 1})
    assert as_collector.get(path).json()["experiment"]["is_active"] is True
    other = planned(as_manager, name="Again").json()["id"]
    assert told(as_manager.post(f"/experiments/{other}/start")) == (
        422,
        "Reminders is running; two of a kind would disturb each other.",
    )
    verdict = {"verdict": "Keep reminding."}
    assert told(as_manager.post(f"{path}/decide", verdict)) == (
        422,
        "This experiment is running and cannot become decided.",
    )
    assert told(as_manager.post(f"{path}/stop", {"reason": "enough data"})) == (
        200,
        {"changed": 1},
    )
    assert told(as_manager.post(f"{path}/decide", verdict)) == (200, {"changed": 1})
    (decided,) = as_collector.get("/experiments?status=decided").json()["rows"]
    assert (decided["verdict"], decided["figures"]) == ("Keep reminding.", {})


def test_an_experiment_that_cannot_be_is_refused_with_the_reason(as_manager, as_collector):
    yesterday = (clock.today("Europe/Berlin") - timedelta(days=1)).isoformat()
    arms = [{"name": "chance", "share_ppm": 400_000}]

    assert planned(as_collector).status_code == 403
    assert told(planned(as_manager, arms=arms)) == (
        422,
        "Chance may decide for at most 30 percent of the customers.",
    )
    assert told(planned(as_manager, starts_on=yesterday)) == (
        422,
        "The first day has passed; past days cannot be drawn again.",
    )
    for wrong in (
        {"arms": []},
        {"arms": [{"name": "chance", "share_ppm": 0}]},
        {"arms": [{"name": "chance", "share_ppm": 0.1}]},
        {"arms": [{"name": "chance", "share_ppm": 1, "salt": "x"}]},
        {"kind": "lottery"},
        {"ends_on": "soon"},
    ):
        answer = planned(as_manager, **wrong)
        assert answer.status_code == 422 and isinstance(answer.json()["detail"], list), wrong


def test_an_experiment_shows_what_it_tells_so_far_and_the_verdict_keeps_it(
    as_manager, as_collector, ids
):
    path = f"/experiments/{ids['running_id']}"
    shown = as_collector.get(path).json()
    as_manager.post(f"{path}/stop", {"reason": "enough data"})

    reading = shown["reading"]
    assert (reading["decisions"], reading["judged"], reading["outcome"], reading["why"]) == (
        1,
        1,
        "undecided",
        "not_enough_data",
    )
    assert [arm["customers"] for arm in shown["experiment"]["arms"]] == [1]
    assert as_manager.post(f"{path}/decide", {"verdict": "x", "figures": {}}).status_code == 422
    assert told(as_manager.post(f"{path}/decide", {"verdict": "Too few."})) == (
        200,
        {"changed": 1},
    )
    assert as_collector.get(path).json()["experiment"]["figures"] == reading
    assert as_collector.get(f"/experiments/{ids['stopped_id']}").json()["reading"] is None


def test_a_timing_experiment_is_planned_and_shows_its_hours(as_manager, as_collector):
    arms = [{"name": "10-12", "share_ppm": 700_000}, {"name": "14-16", "share_ppm": 300_000}]
    uneven = [*arms[:1], {"name": "14-16", "share_ppm": 200_000}]
    key = planned(as_manager, kind="timing", arms=arms).json()["id"]
    shown = as_collector.get(f"/experiments/{key}").json()

    assert (shown["experiment"]["kind"], shown["reading"], shown["timing"]) == (
        "timing",
        None,
        None,
    )
    assert [(arm["name"], arm["choices"]) for arm in shown["experiment"]["arms"]] == [
        ("10-12", 0),
        ("14-16", 0),
    ]
    assert told(planned(as_manager, name="Again", kind="timing", arms=uneven)) == (
        422,
        "The hours to be tried start with even shares, and all arms together take 100 %.",
    )


def test_choices_show_the_chance_they_had(as_collector, ids, customer):
    (row,) = as_collector.get(f"/choices?customer_id={customer.pk}").json()["rows"]
    day = (TODAY - timedelta(days=1)).isoformat()

    assert (row["as_of"], row["action"], row["permitted"], row["propensity_ppm"]) == (
        day,
        "email",
        ["email", "none"],
        500_000,
    )
    assert row["experiment_id"] == ids["running_id"]
    assert as_collector.get(f"/choices/counts?as_of={day}").json() == {"email": 1, "held_out": 1}
    assert as_collector.get("/choices/counts").json() == {"held_out": 0}
    assert as_collector.get("/choices?as_of=0").status_code == 422
