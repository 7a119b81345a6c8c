"""Meetings and suggestions through the API."""

import json

import time_machine
from django.test import Client

from dunwell.models import MeetingDecision, Voice
from tests.actions.test_meetings import initiative
from tests.api.meeting_books import keep_meetings
from tests.conftest import AT, TODAY


@time_machine.travel(AT, tick=False)
def test_what_pages_of_meetings_do_a_program_does(company, manager, settings):
    settings.REQUIRE_MFA = False
    ids = keep_meetings(company, manager, today=TODAY, at=AT)
    better = initiative(manager)
    client = Client()
    client.force_login(manager)
    sent = iter(range(100))

    def post(path, **body):
        answer = client.post(
            f"/api/v1{path}", json.dumps(body), content_type="application/json",
            headers={"Idempotency-Key": f"k{next(sent)}"},
        )  # fmt: skip
        return answer.status_code, answer.json()

    def get(path):
        return client.get(f"/api/v1{path}").json()

    done = (200, {"changed": 1})
    assert [(row["reason"], row["stuck_minor"]) for row in get("/meetings/agenda")] == [
        ("broken", 5_000_00)
    ]
    code, made = post("/meetings", name="Tuesday")
    assert code == 201
    (point,) = get(f"/meetings/{made['id']}")["points"]
    (item,) = get(f"/meetings/points/{point['id']}/items")
    assert item["stuck_minor"] == point["stuck_minor"] == 5_000_00
    told = {"text": "visit", "owner_id": manager.pk, "due_on": str(TODAY), "point_id": point["id"]}
    code, decision = post(f"/meetings/{made['id']}/decisions", **told)
    assert code == 201
    assert post(f"/meetings/decisions/{decision['id']}/done", outcome="they pay") == done
    assert MeetingDecision.objects.get(pk=decision["id"]).done_on == TODAY
    assert [row["id"] for row in get("/meetings/decisions?scope=open")] == [
        ids["meeting_decision_id"]
    ]
    assert [row["survey_id"] for row in get("/suggestions/unheard")] == [ids["told_survey_id"]]
    code, heard = post(f"/suggestions/hear/{ids['told_survey_id']}")
    assert code == 201
    assert post(f"/suggestions/{heard['id']}/decline", answer="no") == done
    assert post(f"/suggestions/{ids['voice_id']}/take", initiative_id=better.pk) == done
    assert Voice.objects.get(pk=ids["voice_id"]).status == "taken"
    assert get("/suggestions/held-back")[0]["held_back"] == "waits"
