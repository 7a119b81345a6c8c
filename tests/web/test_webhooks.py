"""Pages about webhooks."""

import re

import pytest
from django.urls import reverse

from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.actions.webhook_deliveries import claim_deliveries, mark_untold, plan_deliveries
from dunwell.actions.webhooks import add_webhook
from dunwell.models import Event, WebhookDelivery, WebhookEndpoint
from dunwell.queries.webhooks import webhook_secrets
from tests.conftest import AT, TODAY
from tests.connectors.webhook_receiver import webhook_receiver


@pytest.fixture
def endpoint(company):
    return add_webhook(
        actor=system(company), name="ERP", address="https://erp.example/hook", at=AT
    )


def fail(company, endpoint, customer, times):
    for number in range(times):
        record_note(
            actor=system(company), customer=customer, kind="note", text=f"n{number}",
            as_of=TODAY, at=AT,
        )  # fmt: skip
    actor = system(company)
    plan_deliveries(actor=actor, endpoint=endpoint, at=AT)
    for one in claim_deliveries(actor=actor, endpoint=endpoint, limit=99, at=AT):
        mark_untold(actor=actor, delivery=one, error="no", permanent=True, at=AT)


def test_the_secret_is_shown_when_a_webhook_is_added_and_never_again(come_in, admin):
    client = come_in(admin)
    response = client.post(
        reverse("webhooks"),
        {"name": "ERP", "address": "https://erp.example/hook", "verbs": "promise.* dispute.*"},
    )

    endpoint = WebhookEndpoint.objects.get()
    (secret,) = webhook_secrets(endpoint)
    assert secret in response.content.decode()
    assert endpoint.verbs == ["dispute.*", "promise.*"]
    for page in ("webhooks", "webhook"):
        address = reverse(page, args=[endpoint.pk] if page == "webhook" else [])
        assert "whsec_" not in client.get(address).content.decode()


def test_a_wrong_address_stands_at_the_form(come_in, admin):
    response = come_in(admin).post(reverse("webhooks"), {"name": "X", "address": "ftp://x/"})

    assert response.status_code == 422
    assert "Give an https address" in response.content.decode()


def test_the_new_secret_is_shown_once_and_the_old_one_dropped(come_in, admin, endpoint):
    client = come_in(admin)
    shown = client.post(reverse("webhook-secret", args=[endpoint.pk])).content.decode()
    endpoint.refresh_from_db()
    assert webhook_secrets(endpoint)[0] in shown
    assert webhook_secrets(endpoint)[1] not in shown

    client.post(reverse("webhook-secret-drop", args=[endpoint.pk]))
    endpoint.refresh_from_db()
    assert endpoint.old_nonce == ""


def test_what_was_given_up_is_listed_filtered_exported_and_tried_again(
    come_in, admin, company, endpoint, customer
):
    fail(company, endpoint, customer, 2)
    client = come_in(admin)
    page = client.get(reverse("webhook", args=[endpoint.pk]), {"status": "dead"})
    text = page.content.decode()
    assert len(re.findall("note.recorded <span", text)) == 2
    rows = client.get(
        reverse("webhook-export", args=[endpoint.pk, "csv"]), {"verb": "note.recorded"}
    )
    assert rows.getvalue().decode("utf-8-sig").count("note.recorded") == 2

    delivery = WebhookDelivery.objects.filter(event__verb="note.recorded").first()
    answer = client.post(reverse("delivery-retry", args=[delivery.pk]))
    assert answer.status_code == 302
    delivery.refresh_from_db()
    # told at once, and refused again: the address leads nowhere
    assert (delivery.status, delivery.attempts) == ("failed", 1)


def test_a_test_event_reaches_the_program(come_in, admin, company, settings):
    with webhook_receiver(200) as receiver:
        settings.WEBHOOK_HOSTS = [receiver.host]
        endpoint = add_webhook(actor=system(company), name="ERP", address=receiver.address, at=AT)
        come_in(admin).post(reverse("webhook-test", args=[endpoint.pk]))

    assert b'"type":"webhook.tested"' in receiver.heard[-1][2]


def test_change_replay_and_end_are_forms_and_buttons(come_in, admin, endpoint):
    client = come_in(admin)
    told = {"name": "ERP 2", "address": "https://erp.example/two", "verbs": "", "is_active": "on"}
    client.post(reverse("webhook-change", args=[endpoint.pk]), told)
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.address) == ("ERP 2", "https://erp.example/two")

    refused = client.post(
        reverse("webhook-replay", args=[endpoint.pk]), {"from_seq": 1, "until_seq": 999}
    )
    assert "has not been told of yet" in refused.content.decode()
    client.post(reverse("webhook-end", args=[endpoint.pk]))
    assert client.get(reverse("webhook", args=[endpoint.pk])).status_code == 404


def test_a_period_and_one_event_are_told_again_from_the_page(
    come_in, admin, company, endpoint, customer
):
    fail(company, endpoint, customer, 2)
    event = Event.objects.filter(verb="note.recorded").first()
    address, client = reverse("webhook-replay", args=[endpoint.pk]), come_in(admin)

    def waiting(**told):
        WebhookDelivery.objects.update(status="done")
        status = client.post(address, told).status_code
        return status, WebhookDelivery.objects.filter(status="ready").count()

    # 09:00 in UTC is 10:00 on the company's clock in winter
    on = f"{AT:%Y-%m-%d}T"
    assert waiting(event_id=f"evt_{company.pk}_{event.seq}") == (302, 1)
    assert waiting(from_at=f"{on}10:00", until_at=f"{on}10:01") == (302, 3)
    assert waiting(from_at=f"{on}09:00", until_at=f"{on}10:00") == (302, 0)
    assert waiting(from_at=f"{on}09:00") == (422, 0)
    assert waiting(from_at="0001-01-01T00:00", until_at="9999-12-31T23:59") == (422, 0)
    assert waiting(from_seq=1, until_seq=2, event_id="evt_1_1") == (422, 0)
    assert waiting() == (422, 0)
    assert b"Tell event" in client.get(reverse("webhook", args=[endpoint.pk])).content


@pytest.mark.parametrize("page", ["webhooks", "webhook"])
def test_only_who_may_manage_them_sees_webhooks(come_in, manager, endpoint, page):
    address = reverse(page, args=[endpoint.pk] if page == "webhook" else [])

    assert come_in(manager).get(address).status_code == 403


def test_a_page_asks_as_many_questions_for_three_rows_as_for_one(
    come_in, admin, company, endpoint, customer, django_assert_max_num_queries
):
    client = come_in(admin)
    for times in (1, 3):
        fail(company, endpoint, customer, times)
        with django_assert_max_num_queries(12) as asked:
            client.get(reverse("webhook", args=[endpoint.pk]))
        if times == 1:
            first = len(asked)
    assert len(asked) == first
