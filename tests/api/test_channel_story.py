"""Channels by the API: set up, listed with health, volume and cost, and given-up messages."""

from datetime import timedelta

import time_machine

from dunwell.models import Channel, Message
from tests.actions.test_messages import message_to
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_customer

MAIL = {
    "kind": "email", "provider": "mailgun", "secret_name": "DUNWELL_CHANNEL_MAIL",
    "settings": {"sender_domain": "mg.example"}, "cost_micros": 400, "cost_currency": "USD",
}  # fmt: skip


def test_a_channel_is_set_up_changed_and_ended(admin, company):
    program = add_token(admin, company)
    made = program.post("/channels", MAIL)
    channel = Channel.objects.get()
    assert (made.status_code, made.json()) == (201, {"id": channel.pk})
    refused = program.post("/channels", {**MAIL, "settings": {"account": "x"}})
    assert (refused.status_code, "has no setting account" in refused.text) == (422, True)
    told = {key: value for key, value in MAIL.items() if key not in {"kind", "provider"}}
    assert program.call(
        "PATCH", f"/channels/{channel.pk}", {**told, "cost_micros": 500}
    ).json() == {"changed": 1}
    (row,) = program.get("/channels").json()
    assert (row["provider"], row["cost_micros"], row["state"]) == ("mailgun", 500, "untried")
    program.post(f"/channels/{channel.pk}/end", {})
    assert program.get("/channels").json() == []
    assert program.get("/channels?with_ended=true").json()[0]["state"] == "ended"


@time_machine.travel(AT + timedelta(hours=1), tick=False)
def test_volume_and_cost_come_to_the_messages_listed(admin, company):
    program = add_token(admin, company)
    for number in range(3):
        message_to(
            add_customer(company, f"K{number}"), status="sent", sent_at=AT, provider="mailgun",
            cost_micros=400, cost_currency="USD",
        )  # fmt: skip
    (month,) = program.get("/channel-months").json()
    listed = program.get(
        "/messages?status=handed_over&channel=email&provider=mailgun"
        f"&from_on={month['month']}&until_on={TODAY}"
    ).json()["rows"]
    assert (month["messages"], month["cost_micros"]) == (3, 1_200)
    assert sum(row["cost_micros"] for row in listed) == 1_200
    (outcome,) = program.get("/channel-outcomes").json()
    assert (outcome["messages"], outcome["delivered"]) == (3, 0)


def test_given_up_messages_are_tried_again(admin, company, customer):
    program = add_token(admin, company)
    message_to(customer, status="dead", error="550 gone")
    assert program.get("/channel-queues").json()[0]["dead"] == 1
    assert program.post("/messages/retry", {"error": "gone"}).json() == {"changed": 1}
    assert Message.objects.get().status == "ready"
