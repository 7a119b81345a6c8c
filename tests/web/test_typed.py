"""What was typed into a form that was sent too late is there again after signing in."""

import json
import re
from datetime import timedelta
from html import unescape
from importlib import import_module
from pkgutil import iter_modules

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache

from dunwell import clock, web
from dunwell.actions.users import FRESH_SECONDS
from dunwell.models import ApiToken, Note
from dunwell.web.typed import MOST_CHARACTERS, SECONDS, SECRET, TYPED
from tests.conftest import AT, add_user
from tests.web.test_sign_in import PASSWORD, code, with_app

pytestmark = pytest.mark.django_db
LATE = timedelta(seconds=FRESH_SECONDS)
IDLE = timedelta(minutes=settings.SESSION_IDLE_MINUTES)
TOKENS = {"name": "ledger", "rights": ["item.view", "note.add"]}


@pytest.fixture(autouse=True)
def _clock(settings):
    settings.REQUIRE_MFA = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller
    cache.clear()


@pytest.fixture
def olga(client, company):
    person = with_app(add_user(company, "olga", "admin"))
    sign_in(client, "/accounts/login/", "olga")
    return person


def sign_in(client, address, login):
    """Come in by password and code; return the answer to the second."""
    asked = client.post(address, {"login": login, "password": PASSWORD})
    return client.post(asked["Location"], {"code": code()})


def on(path):
    return {"Referer": f"http://testserver{path}"}


def back(page):
    """What the page of an answer puts back, or None."""
    found = re.search(r'data-typed="([^"]*)"', page.text)
    return json.loads(unescape(found[1])) if found else None


def send_late(client, fields=TOKENS, path="/settings/tokens/", after=LATE, **told):
    with time_machine.travel(AT + after, tick=False):
        return client.post(path, fields, headers=on(path) | told)


def confirm(client, asked, after=LATE, **fields):
    """Answer the question for the password, and look at the page it leads to."""
    with time_machine.travel(AT + after, tick=False):
        done = client.post(asked["Location"], {"password": PASSWORD, **fields})
        return client.get(done["Location"])


def test_a_form_sent_after_ten_minutes_has_its_words_again_once(client, olga):
    asked = send_late(client)
    page = confirm(client, asked)

    assert asked["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens%2F"
    assert back(page) == {"action": "/settings/tokens/", "fields": TOKENS | {"name": ["ledger"]}}
    with time_machine.travel(AT + LATE, tick=False):
        assert back(client.get("/settings/tokens/")) is None
    assert not ApiToken.objects.exists() and TYPED not in client.session


def test_a_session_that_ended_meanwhile_loses_no_words(client, olga, customer):
    stood, path = f"/customers/{customer.pk}/", f"/customers/{customer.pk}/note/"
    with time_machine.travel(AT + IDLE, tick=False):
        asked = client.post(path, {"text": "She called, and will pay."}, headers=on(stood))
        page = client.get(sign_in(client, asked["Location"], "olga")["Location"])

    assert page.request["PATH_INFO"] == stood and not Note.objects.exists()
    assert back(page) == {"action": path, "fields": {"text": ["She called, and will pay."]}}


def test_somebody_else_who_signs_in_there_sees_nothing_of_it(client, olga, company):
    with_app(add_user(company, "nina", "admin"))
    with time_machine.travel(AT + IDLE, tick=False):
        asked = client.post("/settings/tokens/", TOKENS, headers=on("/settings/tokens/"))
        assert TYPED in client.session
        page = client.get(sign_in(client, asked["Location"], "nina")["Location"])

    assert page.status_code == 200 and back(page) is None and TYPED not in client.session


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "4111 1111 1111 1111"},
        {"name": "x" * MOST_CHARACTERS},
        {f"name{number}": "1234567" for number in range(4_900)},
    ],
)
def test_card_numbers_and_what_is_too_long_are_not_kept(client, olga, fields):
    asked = send_late(client, fields)

    assert asked.status_code == 302 and TYPED not in client.session
    assert back(confirm(client, asked)) is None


def test_secrets_and_files_are_left_out_and_the_rest_lies_sealed(client, olga, tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("canary-of-the-file")
    with file.open("rb") as opened:
        fields = {"name": "canary-name", "secret": "canary-secret", "new_password": "canary-2"}
        asked = send_late(client, fields | {"file": opened})

    # past the signature and the compression of a session
    kept = client.session[TYPED]
    assert "canary" not in kept and kept.startswith("~")
    stored = Session.objects.get(pk=client.session.session_key).get_decoded()
    assert "canary" not in json.dumps(stored)
    assert back(confirm(client, asked))["fields"] == {"name": ["canary-name"]}
    assert "canary" not in asked["Location"]


def test_what_was_typed_is_gone_after_a_quarter_of_an_hour_and_on_another_page(client, olga):
    asked = send_late(client)
    elsewhere = confirm(client, asked, next="/people/")
    assert back(elsewhere) is None and TYPED in client.session
    with time_machine.travel(AT + LATE + timedelta(seconds=SECONDS + 1), tick=False):
        assert back(client.get("/settings/tokens/")) is None
    assert TYPED not in client.session


def test_words_with_markup_stay_words_in_the_page(client, olga):
    asked = send_late(client, {"name": '"><script>alert(1)</script>'})
    page = confirm(client, asked)

    assert back(page)["fields"]["name"] == ['"><script>alert(1)</script>']
    assert "<script>alert" not in page.text


def test_nobody_known_and_other_sites_leave_nothing(client, olga):
    client.logout()
    unknown = client.post("/settings/tokens/", TOKENS, headers=on("/settings/tokens/"))
    assert unknown["Location"] == "/accounts/login/?next=/settings/tokens/"
    assert TYPED not in client.session
    away = client.post("/settings/tokens/", TOKENS, headers={"Referer": "https://evil.example/x"})
    assert away["Location"] == "/accounts/login/?next=/"


def test_every_field_that_hides_what_is_typed_is_a_secret_by_its_name():
    hidden = set()
    for module in iter_modules(web.__path__, "dunwell.web."):
        for one in vars(import_module(module.name)).values():
            if isinstance(one, type) and issubclass(one, forms.BaseForm):
                fields = getattr(one, "base_fields", {})
                hidden |= {
                    name for name, field in fields.items()
                    if isinstance(field.widget, forms.PasswordInput)
                }  # fmt: skip

    assert hidden and {name for name in hidden if not SECRET.search(name)} == set()
    assert clock.now() == AT
