"""Signing in, by the real pages: password, second factor, recovery code, link; and being out."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import get_user
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from dunwell.actions.users import LINK_MINUTES, make_sign_in_link
from dunwell.models import Membership, SignInLink, User
from tests.actions.desk import acting
from tests.conftest import AT, add_user

PASSWORD = "a long sentence"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _second_factor_required(settings, _no_second_factor):
    settings.REQUIRE_MFA = True


@pytest.fixture
def _quick_hash(settings):
    """For tests of many attempts: it is slow on purpose to find out whether a password is right."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def with_password(user):
    user.set_password(PASSWORD)
    user.save()
    return user


def with_app(user):
    """The person with a password and an authenticator app."""
    TOTP.activate(with_password(user), SECRET)
    return user


def code(secret=SECRET):
    """What the authenticator app shows now."""
    counters = list(yield_hotp_counters_from_time())
    return format_hotp_value(hotp_value(secret, counters[len(counters) // 2]))


def enter(client, login, password=PASSWORD, **fields):
    return client.post("/accounts/login/", {"login": login, "password": password, **fields})


def is_in(client):
    return get_user(client).is_authenticated


def link(admin, user):
    return f"/sign-in/{make_sign_in_link(actor=acting(admin), user=user, at=AT)}/"


def test_password_then_code_lead_to_the_page_that_was_asked_for(client, collector):
    with_app(collector)

    asked = client.get("/customers/")
    first = enter(client, "anna", next="/customers/")
    between = is_in(client)
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    right = client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert asked["Location"] == "/accounts/login/?next=/customers/"
    assert first["Location"].startswith("/accounts/2fa/authenticate/")
    assert (between, wrong.status_code, is_in(client)) == (False, 200, True)
    assert right["Location"] == "/customers/"
    assert client.get("/customers/").status_code == 200


def test_a_code_works_once(client, collector):
    with_app(collector)
    enter(client, "anna")
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    client.post("/accounts/logout/")

    enter(client, "anna")
    again = client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert (again.status_code, is_in(client)) == (200, False)


def test_a_recovery_code_works_once(client, collector):
    with_app(collector)
    codes = RecoveryCodes.activate(collector).get_unused_codes()

    enter(client, "anna")
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    first = is_in(client)
    client.post("/accounts/logout/")
    enter(client, "anna")
    client.post("/accounts/2fa/authenticate/", {"code": codes[0]})

    assert (first, is_in(client)) == (True, False)


def test_without_a_second_factor_every_page_leads_to_setting_it_up(client, manager):
    with_password(manager)
    enter(client, "mona")

    for path in ("/", "/customers/", "/items/", "/settings/rates/", "/strategies/", "/verify/"):
        assert client.get(path)["Location"] == "/accounts/2fa/", path
    refused = client.post("/company/", {"company": "1"})
    api = client.get("/api/v1/me")

    assert refused["Location"] == "/accounts/2fa/"
    assert (api.status_code, api.json()) == (403, {"detail": "Set up a second factor first."})


def test_a_second_factor_is_set_up_by_the_pages_and_then_everything_is_open(client, manager):
    with_password(manager)
    enter(client, "mona")
    client.get("/accounts/2fa/totp/activate/")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    page = client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    done = client.post("/accounts/2fa/totp/activate/", {"code": code(secret)})
    codes = client.get(done["Location"])

    assert page.status_code == 200 and "img-src 'self' data:" in page["Content-Security-Policy"]
    assert codes.status_code == 200 and codes["Cache-Control"].count("no-store") == 1
    assert len(re.findall(r"\b\d{8}\b", codes.text)) >= 10
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/me").json()["name"] == "mona"


def test_read_only_and_the_demo_need_no_second_factor(client, reader, manager, company):
    client.force_login(reader)
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/me").status_code == 200

    company.is_demo = True
    company.save()
    client.force_login(manager)
    assert client.get("/").status_code == 200
    assert client.get("/api/v1/me").status_code == 200


def test_looking_at_a_link_does_not_use_it_and_using_it_does(client, admin, reader):
    path = link(admin, reader)

    for _ in range(3):
        assert client.get(path).status_code == 200
    first = client.post(path)
    client.post("/accounts/logout/")
    second = client.post(path)

    assert (first.status_code, first["Location"]) == (302, "/")
    assert (second.status_code, is_in(client)) == (422, False)


def test_a_link_expires_and_a_newer_one_ends_the_older(client, admin, reader):
    older, newer = link(admin, reader), link(admin, reader)

    assert client.post(older).status_code == 422
    with time_machine.travel(AT + timedelta(minutes=LINK_MINUTES), tick=False):
        assert client.post(newer).status_code == 422
    with time_machine.travel(AT + timedelta(minutes=LINK_MINUTES - 1), tick=False):
        assert client.post(newer).status_code == 302


def test_a_link_stands_for_the_password_and_not_for_the_second_factor(client, admin, collector):
    with_app(collector)
    path = link(admin, collector)

    used = client.post(path)
    between = is_in(client)
    client.post("/accounts/2fa/authenticate/", {"code": code()})

    assert used["Location"].startswith("/accounts/2fa/authenticate/")
    assert (between, is_in(client)) == (False, True)


def test_a_link_of_another_person_ends_the_session_before(client, admin, reader, collector):
    with_app(collector)
    client.force_login(reader)

    client.post(link(admin, collector))

    assert not is_in(client)


def test_a_link_of_somebody_deactivated_does_not_work(client, admin, reader):
    path = link(admin, reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert (client.post(path).status_code, is_in(client)) == (422, False)


def test_guessing_links_is_stopped_soon(client, db):
    told = [client.post(f"/sign-in/guess-{number}/").status_code for number in range(1000)]

    assert set(told) == {422, 429}
    assert told.index(429) == 30
    assert told[30:] == [429] * 970


def test_the_session_s_key_changes_when_somebody_comes_in(client, reader):
    with_password(reader)
    client.get("/accounts/login/")
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key

    enter(client, "rita")

    assert is_in(client)
    assert client.session.session_key != before
    client.cookies["sessionid"] = before
    assert not is_in(client)


def test_leaving_ends_the_session_and_looking_at_the_page_does_not(client, reader):
    client.force_login(reader)
    key = client.session.session_key

    client.get("/accounts/logout/")
    still = is_in(client)
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = key

    assert (still, is_in(client)) == (True, False)


def test_a_changed_password_ends_the_other_sessions(client, reader):
    with_password(reader)
    enter(client, "rita")
    reader.set_password("another long sentence")
    reader.save()

    assert not is_in(client)


def test_a_session_ends_after_half_a_day(client, reader):
    client.force_login(reader)

    with time_machine.travel(AT + timedelta(hours=11, minutes=59), tick=False):
        assert is_in(client)
    with time_machine.travel(AT + timedelta(hours=12, minutes=1), tick=False):
        assert not is_in(client)


def test_a_changed_role_acts_on_the_next_request(client, manager, company):
    with_app(manager)
    enter(client, "mona")
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    assert "strategy.edit" in client.get("/api/v1/me").json()["rights"]

    Membership.objects.filter(user=manager).update(role="read_only")

    assert client.get("/api/v1/me").json()["rights"] == ["ledger.verify", "ledger.view"]
    Membership.objects.filter(user=manager).delete()
    assert client.get("/").status_code == 403
    assert client.get("/api/v1/me").status_code == 401


def test_whoever_is_deactivated_is_out_at_once(client, reader):
    client.force_login(reader)
    assert client.get("/").status_code == 200

    User.objects.filter(pk=reader.pk).update(is_active=False)

    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert client.get("/api/v1/me").status_code == 401


def test_a_wrong_password_and_an_unknown_name_are_told_alike(client, reader):
    with_password(reader)

    def told(login):
        response = enter(client, login, "wrong")
        text = re.sub(r'value="[^"]*"', "", response.text)
        return response.status_code, text, sorted(response.headers)

    known, unknown = told("rita"), told("nobody")
    by_mail, by_unknown_mail = told("rita@northwind.example"), told("no@northwind.example")

    assert known == unknown
    assert by_mail == by_unknown_mail
    assert not is_in(client)


@pytest.mark.usefixtures("_quick_hash")
def test_guessing_a_password_is_stopped_and_others_still_come_in(client, reader, clerk):
    with_password(reader)
    with_app(clerk)
    told = [enter(client, "rita", f"wrong {number}") for number in range(40)]

    right = enter(client, "rita")
    assert told[-1].status_code == 429 and right.status_code == 429 and not is_in(client)
    assert "Too many" in told[8].text
    elsewhere = Client().post(
        "/accounts/login/",
        {"login": "carla", "password": PASSWORD},
        REMOTE_ADDR="203.0.113.7",
    )
    assert elsewhere["Location"].startswith("/accounts/2fa/authenticate/")
    with time_machine.travel(AT + timedelta(minutes=6), tick=False):
        enter(client, "rita")
        assert is_in(client)


def test_guessing_a_code_is_stopped(client, collector):
    with_app(collector)
    enter(client, "anna")
    shown = code()
    for number in range(20):
        client.post("/accounts/2fa/authenticate/", {"code": f"{number:06}"})

    client.post("/accounts/2fa/authenticate/", {"code": shown})

    assert not is_in(client)


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/signup/",
        "/accounts/email/",
        "/accounts/password/reset/",
        "/accounts/password/reset/key/1-abc/",
        "/accounts/login/code/confirm/",
        "/accounts/confirm-email/abc/",
    ],
)
def test_nobody_signs_up_and_no_mail_gives_access(client, reader, path):
    before = User.objects.count()
    for visit in (client.get, client.post):
        assert visit(path, {"email": "rita@northwind.example"}).status_code == 404
    client.force_login(reader)
    for visit in (client.get, client.post):
        assert visit(path, {"email": "rita@northwind.example"}).status_code == 404
    assert User.objects.count() == before


@pytest.mark.parametrize("password", ["short", "password1234", "1qaz2wsx3edc", "rita-northwind"])
def test_a_weak_password_is_refused_and_a_long_one_taken(client, reader, password):
    client.force_login(reader)

    weak = client.post("/accounts/password/set/", {"password1": password, "password2": password})
    assert (weak.status_code, User.objects.get(pk=reader.pk).has_usable_password()) == (200, False)
    long = "x ÄÖ " * 20
    client.post("/accounts/password/set/", {"password1": long, "password2": long})
    assert User.objects.get(pk=reader.pk).has_usable_password()


@pytest.mark.usefixtures("_quick_hash")
def test_a_fresh_installation_has_no_account_and_no_way_in(client, db):
    call_command("check")

    assert (User.objects.count(), SignInLink.objects.count()) == (0, 0)
    for name in ("admin", "dunwell", "root", "demo"):
        for password in ("", "admin", "password", "dunwell", "demo", name):
            cache.clear()
            enter(client, name, password)
            assert not is_in(client)


def test_an_added_person_has_no_password_that_works(client, company, admin):
    from dunwell.actions.users import add_user as action

    user = action(
        actor=acting(admin), username="nina", email="n@x.example", roles=["clerk"], at=AT
    )

    assert not user.has_usable_password()
    assert add_user(company, "other").has_usable_password() is False
