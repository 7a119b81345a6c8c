"""Sessions of staff: their keys, how long they live, what ends them, and seeing one's own."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client

from dunwell.web.session_times import WRITTEN_SECONDS
from tests.conftest import AT
from tests.web.test_sign_in import PASSWORD, enter, with_password

KEYS = 200


@pytest.fixture(autouse=True)
def _standing_clock(settings):
    settings.REQUIRE_MFA = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with time_machine.travel(AT, tick=False):
        yield


def after(**time):
    return time_machine.travel(AT + timedelta(**time), tick=False)


def is_in(client):
    return client.get("/customers/").status_code == 200


@pytest.mark.django_db
def test_a7_2_3_keys_of_sessions_have_128_bits_and_none_comes_twice(client):
    keys = set()
    for _ in range(KEYS):
        session = Client().session
        session.cycle_key()
        keys.add(session.session_key)

    letters = {letter for key in keys for letter in key}
    assert len(keys) == KEYS
    assert {len(key) for key in keys} == {32}
    assert len(letters) == 36  # 36 letters at 32 places are 165 bits


@pytest.mark.django_db
def test_a7_2_4_a_key_planted_before_signing_in_is_worth_nothing(client, reader):
    with_password(reader)
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key

    enter(client, "rita")
    thief = Client()
    thief.cookies["sessionid"] = planted

    assert is_in(client) and client.session.session_key != planted
    assert not get_user(thief).is_authenticated


@pytest.mark.django_db
def test_a7_3_1_an_hour_without_a_request_signs_out_and_work_keeps_in(client, reader):
    client.force_login(reader)
    with after(minutes=59):
        assert is_in(client)
    with after(minutes=118):
        assert is_in(client)
    with after(minutes=178):
        assert client.get("/customers/")["Location"] == "/accounts/login/?next=/customers/"
        assert client.get("/api/v1/me").status_code == 401


@pytest.mark.django_db
def test_a7_3_2_half_a_day_signs_out_however_busy_somebody_was(client, reader):
    client.force_login(reader)
    for minutes in range(30, 12 * 60, 30):
        with after(minutes=minutes):
            assert is_in(client), minutes
    with after(hours=12):
        assert not is_in(client)


@pytest.mark.django_db
def test_a7_3_1_that_somebody_was_here_is_written_once_in_five_minutes(
    client, reader, django_assert_num_queries
):
    client.force_login(reader)
    client.get("/customers/")
    before = Session.objects.get(pk=client.session.session_key).session_data
    with after(seconds=WRITTEN_SECONDS - 1):
        client.get("/customers/")
        assert Session.objects.get(pk=client.session.session_key).session_data == before
    with after(seconds=WRITTEN_SECONDS):
        client.get("/customers/")
        assert Session.objects.get(pk=client.session.session_key).session_data != before


@pytest.mark.django_db
def test_a7_4_1_a_session_that_was_left_stays_dead(client, reader):
    client.force_login(reader)
    kept = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = kept

    assert not is_in(thief)
    assert not Session.objects.filter(pk=kept).exists()


@pytest.mark.django_db
def test_a7_4_2_whoever_is_blocked_is_out_of_every_session_at_once(reader):
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(reader)
    assert [is_in(client) for client in clients] == [True, True]

    reader.is_active = False
    reader.save()
    assert [is_in(client) for client in clients] == [False, False]


@pytest.mark.django_db
def test_a7_4_3_a_new_password_ends_the_other_sessions(client, reader):
    with_password(reader)
    enter(client, "rita")
    other = Client()
    enter(other, "rita")
    client.post(
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "quite another line",
            "password2": "quite another line",
        },
    )

    assert (is_in(client), is_in(other)) == (True, False)


@pytest.mark.django_db
def test_a7_5_2_somebody_sees_their_sessions_and_ends_the_others(client, reader):
    with_password(reader)
    enter(client, "rita")
    other = Client(headers={"User-Agent": "A phone that was lost"})
    enter(other, "rita")

    page = client.get("/accounts/sessions/")
    assert "A phone that was lost" in page.text
    client.post("/accounts/sessions/")

    assert (is_in(client), is_in(other)) == (True, False)


@pytest.mark.django_db
def test_a8_3_2_a_role_that_is_taken_acts_on_the_next_request(client, clerk, company):
    client.force_login(clerk)
    assert "payment.record" in client.get("/api/v1/me").json()["rights"]

    clerk.memberships.update(role="read_only")
    assert "payment.record" not in client.get("/api/v1/me").json()["rights"]
