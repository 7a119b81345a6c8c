"""Pages about channels: health, set up, try, cost by month, and the banner when one is down."""

import pytest

from dunwell.models import Channel, Message
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer

QUERIES_OF_THE_PAGE = 10


def channel_of(company, **fields):
    return Channel.objects.create(
        **{
            "company": company, "kind": "email", "provider": "resend", "nonce": "n", "by": "ada",
            "recorded_at": AT, "secret_name": "DUNWELL_CHANNEL_MAIL", **fields,
        }
    )  # fmt: skip


def sent_to(customer, day, **fields):
    return message_to(
        customer, status="sent", as_of=day, sent_at=AT, provider="resend", cost_micros=400,
        cost_currency="USD", **fields,
    )  # fmt: skip


def test_without_a_channel_the_page_says_how_mail_leaves(come_in, reader):
    text = come_in(reader).get("/channels/").text
    assert "E-mail goes by the mail server of the settings" in text
    assert "Nothing has gone out yet" in text and "New channel" not in text


def test_health_volume_cost_and_outcome_are_shown_and_lead_to_the_messages(
    come_in, reader, company
):
    channel_of(company, failures=1, last_failed_at=AT, error="resend answered 503: busy")
    for number, status in enumerate(["sent", "delivered", "bounced"]):
        message = sent_to(add_customer(company, f"K{number}"), TODAY)
        Message.objects.filter(pk=message.pk).update(status=status)
    client = come_in(reader)
    text = client.get("/channels/").text
    assert "Last hand-over failed" in text and "resend answered 503: busy" in text
    assert "0.0012\N{NO-BREAK SPACE}USD" in text and "33.3\N{NO-BREAK SPACE}%" in text
    link = (
        "/messages/?status=handed_over&channel=email&provider=resend&currency=USD"
        "&from=2026-03-01&until=2026-03-31"
    )
    assert link.replace("&", "&amp;") in text
    listed = client.get(link).text
    assert all(f"K{number}" in listed for number in range(3))
    assert "K0" not in client.get(link.replace("2026-03", "2026-05")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_went_out(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        sent_to(add_customer(company, f"K{number}"), TODAY)
        message_to(add_customer(company, f"D{number}"), status="dead")
    client = come_in(reader)
    with django_assert_num_queries(QUERIES_OF_THE_PAGE):
        client.get("/channels/")


def test_an_admin_sets_up_a_channel_changes_and_ends_it(come_in, admin, company):
    client = come_in(admin)
    form = client.get("/channels/new/sms/twilio/").text
    assert "Account SID" in form and "Message stream" not in form
    told = {
        "address": "https://api.twilio.example/Messages.json", "sender": "+49301",
        "secret_name": "DUNWELL_CHANNEL_SMS", "cost": "0.075", "cost_currency": "EUR",
        "account": "AC1",
    }  # fmt: skip
    wrong = client.post("/channels/new/sms/twilio/", {**told, "secret_name": "secret-7"})
    assert wrong.status_code == 422 and "DUNWELL_CHANNEL_" in wrong.text
    client.post("/channels/new/sms/twilio/", told)
    channel = Channel.objects.get(kind="sms")
    assert (channel.cost_micros, channel.settings) == (
        75_000, {"account": "AC1", "site": "http://testserver/"},
    )  # fmt: skip
    client.post(f"/channels/{channel.pk}/change/", {**told, "cost": "0.08"})
    channel.refresh_from_db()
    assert channel.cost_micros == 80_000
    shown = client.get(f"/channels/{channel.pk}/").text
    assert f"http://testserver/hooks/delivery/{channel.pk}/" in shown and "is not set" in shown
    client.post(f"/channels/{channel.pk}/end/")
    channel.refresh_from_db()
    assert not channel.is_active


def test_a_channel_is_tried_into_the_file_outbox_of_a_company_that_tests(
    come_in, admin, company, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    channel = channel_of(company)
    answer = come_in(admin).post(
        f"/channels/{channel.pk}/test/", {"to": "ada@northwind.example"}, follow=True
    )
    assert "The carrier took the message" in answer.text
    assert len(list((tmp_path / "outbox").rglob("*.eml"))) == 1


def test_every_page_says_that_a_channel_is_down_and_an_admin_wakes_it(come_in, admin, company):
    channel = channel_of(company, failures=3, rest_until=AT, error="it did not answer in time")
    client = come_in(admin)
    assert "A channel is down" in client.get("/messages/").text
    client.post(f"/channels/{channel.pk}/wake/")
    Channel.objects.update(failures=0)
    assert "A channel is down" not in client.get("/messages/").text


def test_who_may_not_edit_channels_cannot_and_strangers_find_none(come_in, reader, rival, company):
    channel = channel_of(company)
    client = come_in(reader)
    assert client.get("/channels/new/email/resend/").status_code == 403
    assert client.post(f"/channels/{channel.pk}/end/").status_code == 403
    shown = client.get(f"/channels/{channel.pk}/").text
    assert "Resend" in shown and "/hooks/" not in shown
    assert come_in(rival).get(f"/channels/{channel.pk}/").status_code == 404


def test_volume_and_cost_are_exported(come_in, reader, company, customer):
    sent_to(customer, TODAY)
    text = come_in(reader).get("/channels/export.csv").text
    assert "2026-03-01,E-mail,Resend,1,0,0,1,USD,400" in text
