"""The inbox by programs: list, show, accept once, correct, dismiss, take back; conversations."""

from datetime import timedelta

from dunwell import clock
from dunwell.models import Conversation, Promise
from tests.actions.inbox_rows import promising, read_message
from tests.actions.test_inbox_decisions import dunned


def test_a_message_is_shown_with_its_suggestions_and_accepted_once(
    as_collector, company, customer
):
    item = dunned(customer)
    today = clock.today(company.zone)
    day, later = (str(today + timedelta(days=n)) for n in (3, 7))
    inbound, reading = read_message(
        company, customer, f"We pay R1 on {day}.", ("item", "R1", "R1"),
        ("date", day, day, "pay_by"), as_of=today,
    )  # fmt: skip
    (row,) = as_collector.get("/inbox").json()["rows"]
    shown = as_collector.get(f"/inbox/{inbound.pk}").json()
    body = {"reading_id": reading.pk, "place": 0, "fields": {"due_on": later}}
    answers = [
        as_collector.post(f"/inbox/{inbound.pk}/accept", body, key=key) for key in ("a", "a", "b")
    ]

    assert (row["id"], row["label"], row["suggestions"]) == (inbound.pk, "promise", 1)
    assert shown["text"] == f"We pay R1 on {day}."
    assert shown["suggestions"][0]["fields"]["items"] == [
        {"item_id": item.pk, "number": "R1", "amount_minor": 1_000_00, "currency": "EUR"}
    ]
    assert shown["suggestions"][0]["quotes"]["due_on"][0]["quote"] == day
    assert [one.status_code for one in answers] == [201, 201, 201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert str(Promise.objects.get().due_on) == later
    decision = answers[0].json()["id"]
    undone = as_collector.post(f"/inbox/{inbound.pk}/undo", {"decision_id": decision})
    assert (undone.json(), Promise.objects.get().outcome) == ({"changed": 1}, "withdrawn")


def test_what_cannot_be_done_is_refused(as_collector, as_clerk, as_rival, company, customer):
    dunned(customer)
    inbound, reading = promising(company, customer)
    address = f"/inbox/{inbound.pk}"
    body = {"reading_id": reading.pk, "place": 0}

    assert as_clerk.post(f"{address}/accept", body).status_code == 403
    assert as_rival.post(f"{address}/accept", body).status_code == 404
    assert as_rival.get(address).status_code == 404
    assert as_collector.post(f"{address}/accept", {**body, "place": 9}).status_code == 422
    assert as_collector.post(f"{address}/correct", {"label": "nonsense"}).status_code == 422


def test_correcting_dismissing_and_finishing(as_collector, company, customer):
    inbound, _ = read_message(company, customer, "hm", label="other")
    made = as_collector.post(f"/inbox/{inbound.pk}/correct", {"label": "hostile"}).json()["id"]
    dismissed = as_collector.post(
        f"/inbox/{inbound.pk}/dismiss", {"reading_id": made, "place": None}
    )
    conversation = f"/conversations/{inbound.conversation_id}"
    as_collector.post(f"{conversation}/assign", {"user_id": None})
    as_collector.post(f"{conversation}/done")
    listed = as_collector.get("/conversations?status=done").json()["rows"]
    shown = as_collector.get(conversation).json()
    as_collector.post(f"{conversation}/reopen")

    assert (dismissed.status_code, [row["id"] for row in listed]) == (
        201,
        [inbound.conversation_id],
    )
    assert [entry["direction"] for entry in shown["entries"]] == ["in"]
    assert Conversation.objects.get().status == "open"
    assert as_collector.get("/inbox/counts").json()["new"] == 0
    figures = as_collector.get("/inbox/figures?first_on=2026-03-01&last_on=2026-03-31").json()
    assert figures["total"]["conversations"] == len(figures["by_label"]) == 1
