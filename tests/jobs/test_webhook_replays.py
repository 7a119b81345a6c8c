"""Telling events again: of a period or one by its id, under the ids and bytes of before."""

import json
from datetime import timedelta

import pytest

from dunwell.actions import webhooks
from dunwell.actions.gate import Refused, system
from dunwell.actions.webhook_deliveries import plan_deliveries
from dunwell.actions.webhooks import add_webhook, replay_event, replay_period
from dunwell.formats.webhook_letters import check_signature
from dunwell.models import Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.webhooks import wanted, wants, webhook_secrets
from tests.conftest import AT
from tests.connectors.webhook_receiver import webhook_receiver
from tests.jobs.webhook_world import note, tell

pytestmark = pytest.mark.both


@pytest.fixture
def receiver(settings):
    with webhook_receiver(200) as one:
        settings.WEBHOOK_HOSTS = [one.host]
        yield one


def noted(receiver, customer, company, *hours):
    """Notes of some hours, all of them told; the hours of those told again afterwards come back."""
    for hour in hours:
        note(customer, f"hour {hour}", AT + timedelta(hours=hour))
    tell(company)
    before = len(receiver.heard)

    def again():
        tell(company)
        bodies = [json.loads(body) for _, _, body in receiver.heard[before:]]
        for _, headers, body in receiver.heard[before:]:
            check_signature(headers, body, webhook_secrets(WebhookEndpoint.objects.get()), now=AT)
        texts = [Event.objects.get(seq=body["data"]["seq"]).at for body in bodies]
        return [(at - AT) / timedelta(hours=1) for at in texts]

    return again


@pytest.fixture
def of_notes(company, receiver):
    return add_webhook(
        actor=system(company), name="Notes", address=receiver.address, verbs=["note.*"], at=AT
    )


def test_what_happened_in_a_period_is_told_again_signed_and_once(
    company, customer, of_notes, receiver
):
    again = noted(receiver, customer, company, 1, 2, 3, 4)
    period = {"from_at": AT + timedelta(hours=2), "until_at": AT + timedelta(hours=4)}
    asked = {"actor": system(company), "endpoint": of_notes, "at": AT}

    assert replay_period(**asked, **period) == 2
    assert replay_period(**asked, **period) == 2  # while they wait it adds nothing
    assert again() == [2, 3]
    event = Event.objects.filter(verb="webhook.replayed").last()
    assert event.data == {
        "events": 2, "from_at": period["from_at"].isoformat(),
        "until_at": period["until_at"].isoformat(),
    }  # fmt: skip


def test_a_period_holds_what_was_told_so_far_even_from_before_the_webhook(
    company, customer, receiver
):
    note(customer, "before", AT - timedelta(days=1))
    endpoint = add_webhook(
        actor=system(company), name="Notes", address=receiver.address, verbs=["note.*"], at=AT
    )
    again = noted(receiver, customer, company, 1)
    note(customer, "not told yet", AT + timedelta(hours=2))

    told = replay_period(
        actor=system(company), endpoint=endpoint, from_at=AT - timedelta(days=2),
        until_at=AT + timedelta(days=9), at=AT,
    )  # fmt: skip
    assert told == 2
    assert again() == [-24, 1, 2]


def test_one_event_is_told_again_by_the_id_it_was_told_under(
    company, customer, of_notes, receiver
):
    again = noted(receiver, customer, company, 1, 2)
    told_under = receiver.heard[0][1]["webhook-id"]

    assert replay_event(actor=system(company), endpoint=of_notes, event_id=told_under, at=AT) == 1
    assert again() == [1]
    assert receiver.heard[-1][1]["webhook-id"] == told_under
    assert receiver.heard[-1][2] == receiver.heard[0][2]


def test_one_event_that_cannot_be_told_again_says_why(company, customer, of_notes, receiver):
    noted(receiver, customer, company, 1)
    note(customer, "waits")
    of_notes.refresh_from_db()
    last = of_notes.told_seq
    asked = {"actor": system(company), "endpoint": of_notes, "at": AT}
    for event_id, why in (
        ("1841", "is no id of an event"),
        (f"evt_{company.pk + 1}_1", "There is no event"),
        (f"evt_{company.pk}_{10**17}", "There is no event"),
        (f"evt_{company.pk}_{last + 1}", "has not been told of yet"),
        (f"evt_{company.pk}_1", "does not want"),
    ):
        with pytest.raises(Refused, match=why):
            replay_event(**asked, event_id=event_id)
    WebhookDelivery.objects.update(status="claimed", claimed_at=AT)
    with pytest.raises(Refused, match="is being sent at this moment"):
        replay_event(**asked, event_id=f"evt_{company.pk}_{last}")
    with pytest.raises(Refused, match="must end after it begins"):
        replay_period(**asked, from_at=AT, until_at=AT)
    assert not Event.objects.filter(verb="webhook.replayed").exists()


def test_too_many_events_are_not_told_again_at_once(
    company, customer, of_notes, receiver, monkeypatch
):
    monkeypatch.setattr(webhooks, "MOST_REPLAYED", 2)
    noted(receiver, customer, company, 1, 2, 3)
    asked = {"actor": system(company), "endpoint": of_notes, "at": AT, "from_at": AT}

    assert replay_period(**asked, until_at=AT + timedelta(hours=3)) == 2
    with pytest.raises(Refused, match="2 events can be told again at once"):
        replay_period(**asked, until_at=AT + timedelta(hours=4))


def test_telling_a_thousand_events_again_takes_as_many_statements_as_one(
    company, customer, of_notes, receiver, django_assert_num_queries
):
    asked = {"actor": system(company), "endpoint": of_notes, "at": AT}
    for number in (1, 40):
        for one in range(number):
            note(customer, f"note {number} {one}", AT + timedelta(hours=number))
        plan_deliveries(actor=system(company), endpoint=of_notes, at=AT)
        period = {"from_at": AT + timedelta(hours=number), "until_at": AT + timedelta(days=number)}
        with django_assert_num_queries(9):
            assert replay_period(**asked, **period) == number


@pytest.mark.parametrize(
    ("wishes", "verbs"),
    [
        ([], ["note.recorded", "dispute.opened"]),
        (["*"], ["note.recorded", "dispute.opened"]),
        (["note.*", "dispute.opened"], ["note.recorded", "notes.told", "dispute.closed"]),
        (["dispute_case.*"], ["disputeXcase.moved", "dispute_case.moved"]),
        (["dispute"], ["dispute.opened", "dispute"]),
    ],
)
def test_the_condition_on_events_says_what_one_by_one_says(company, wishes, verbs):
    Event.objects.bulk_create(
        Event(company=company, seq=seq, at=AT, actor="x", verb=verb, subject="x", subject_id=1)
        for seq, verb in enumerate(verbs, 1000)
    )
    found = Event.objects.filter(wanted(wishes), seq__gte=1000).order_by("seq")

    assert [one.verb for one in found] == [verb for verb in verbs if wants(wishes, verb)]
