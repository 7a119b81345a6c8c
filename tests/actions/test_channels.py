"""Setting up channels: what does not fit is refused, one of a kind is active, health is kept."""

from datetime import timedelta

import pytest

from dunwell.actions.channel_health import RESTS, note_failure, note_success
from dunwell.actions.channels import (
    add_channel,
    edit_channel,
    end_channel,
    note_channel_test,
    renew_report_address,
    wake_channel,
)
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.message_retries import retry_message, retry_messages
from dunwell.models import Channel, Message
from tests.actions.desk import acting, last_event, verbs
from tests.actions.test_messages import message_to
from tests.conftest import AT, add_customer

MAIL = {"kind": "email", "provider": "resend", "secret_name": "DUNWELL_CHANNEL_MAIL"}
SMS = {
    "kind": "sms", "provider": "twilio", "secret_name": "DUNWELL_CHANNEL_SMS",
    "address": "https://api.twilio.example/Messages.json", "sender": "+49301",
    "settings": {"account": "AC1"},
}  # fmt: skip


def added(user, **fields):
    return add_channel(actor=acting(user), at=AT, **{**MAIL, **fields})


def test_a_channel_is_set_up_and_takes_the_place_of_the_one_before(company, admin):
    first = added(admin)
    second = added(admin, provider="postmark", settings={"message_stream": "ar"})
    first.refresh_from_db()
    assert (first.is_active, second.is_active, second.settings) == (
        False, True, {"message_stream": "ar"},
    )  # fmt: skip
    verb, by, _, data = last_event(company)
    assert (verb, by, data["provider"]) == ("channel.added", admin.username, "postmark")
    assert first.nonce != second.nonce


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "fax"}, "There is no channel fax"),
        ({"provider": "twilio"}, "twilio does not carry email"),
        ({"secret_name": "secret-7"}, "begins with DUNWELL_CHANNEL_"),
        ({"secret_name": ""}, "resend needs a secret"),
        ({"address": "http://mail.example"}, "begins with https://"),
        ({"address": "https://ada:pw@mail.example"}, "begins with https://"),
        ({"address": "https://[::1"}, "is no address"),
        ({"sender": "Northwind"}, "is not an e-mail address"),
        ({"cost_micros": 1, "cost_currency": ""}, "Give the currency of the price"),
        ({"cost_micros": -1}, "lies between 0 and 1,000"),
        ({"settings": {"api_key": "x"}}, "has no setting api_key"),
        ({"provider": "mailgun"}, "mailgun needs the setting sender_domain"),
        ({"provider": "smtp", "address": "mail.example"}, "as host:port"),
        ({"provider": "smtp", "address": "mail.example:99999"}, "as host:port"),
        ({**SMS, "sender": ""}, "Give the sender"),
        ({**SMS, "address": ""}, "begins with https://"),
    ],
)
def test_what_does_not_fit_is_refused_with_what_to_do(company, admin, fields, why):
    with pytest.raises(Refused, match=why):
        added(admin, **fields)
    assert not Channel.objects.exists()


def test_a_changed_channel_forgets_its_failures_and_one_that_ended_is_not_changed(company, admin):
    channel = added(admin)
    Channel.objects.update(failures=5, rest_until=AT, error="busy")
    told = {"secret_name": "DUNWELL_CHANNEL_NEW"}
    changed = edit_channel(actor=acting(admin), channel=channel, at=AT, **told)
    assert (changed.failures, changed.rest_until, changed.secret_name) == (
        0, None, "DUNWELL_CHANNEL_NEW",
    )  # fmt: skip
    edit_channel(actor=acting(admin), channel=channel, at=AT, **told)
    assert verbs(company).count("channel.edited") == 1
    end_channel(actor=acting(admin), channel=channel, at=AT)
    for again in (
        lambda: edit_channel(actor=acting(admin), channel=channel, at=AT, **told),
        lambda: end_channel(actor=acting(admin), channel=channel, at=AT),
        lambda: wake_channel(actor=acting(admin), channel=channel, at=AT),
    ):
        with pytest.raises(Refused):
            again()


def test_a_new_address_for_reports_makes_the_old_one_stop(company, admin):
    channel = added(admin)
    renew_report_address(actor=acting(admin), channel=channel, at=AT)
    assert Channel.objects.get().nonce != channel.nonce


def test_how_a_try_went_is_kept(company, admin):
    channel = added(admin)
    told = {"actor": acting(admin), "channel": channel, "to": "a@b.example", "at": AT}
    note_channel_test(place="resend", error="", **told)
    note_channel_test(place="", error="busy", **told)
    channel.refresh_from_db()
    assert (channel.last_ok_at, channel.last_failed_at, channel.error) == (AT, AT, "busy")
    assert verbs(company)[-2:] == ["channel.tested"] * 2


def test_rests_grow_with_failures_and_end_with_the_first_success(company):
    actor, at = system(company), AT
    told = [note_failure(actor=actor, kind="email", error="no", at=at) for _ in range(9)]
    assert told == [None, None, *(at + rest for rest in RESTS), at + RESTS[-1], at + RESTS[-1]]
    assert verbs(company).count("channel.rested") == 1
    note_success(actor=actor, kind="email", at=at + timedelta(hours=2))
    channel = Channel.objects.get()
    assert (channel.failures, channel.rest_until, channel.error) == (0, None, "")
    assert verbs(company)[-1] == "channel.recovered"
    note_success(actor=actor, kind="sms", at=at)
    assert Channel.objects.count() == 1


def test_given_up_messages_are_put_back_with_all_their_attempts(company, customer, collector):
    dead = message_to(customer, status="dead", attempts=6, error="550 gone")
    retry_message(actor=acting(collector), message=dead, at=AT)
    dead.refresh_from_db()
    assert (dead.status, dead.attempts, dead.error, dead.retry_at) == ("ready", 0, "", None)
    assert last_event(company)[0::2] == ("message.retried", customer.pk)
    with pytest.raises(Refused, match="given up"):
        retry_message(actor=acting(collector), message=dead, at=AT)


def test_all_of_a_filter_are_put_back_and_nothing_else(company, collector, rival):
    for number, (status, channel, error) in enumerate(
        [("dead", "email", "554 spam"), ("dead", "sms", "554 spam"), ("dead", "email", "550"),
         ("failed", "email", "554 spam")]
    ):  # fmt: skip
        message_to(
            add_customer(company, f"K{number}"), status=status, channel=channel, error=error
        )
    count = retry_messages(actor=acting(collector), channel="email", error="SPAM", at=AT)
    assert count == 1
    assert list(Message.objects.order_by("pk").values_list("status", flat=True)) == [
        "ready", "dead", "dead", "failed",
    ]  # fmt: skip
    with pytest.raises(Refused):
        retry_messages(actor=acting(rival), at=AT)


def test_who_may_not_sets_nothing_up_and_retries_nothing(company, customer, reader, collector):
    dead = message_to(customer, status="dead")
    with pytest.raises(Forbidden):
        added(collector)
    with pytest.raises(Forbidden):
        retry_message(actor=acting(reader), message=dead, at=AT)
