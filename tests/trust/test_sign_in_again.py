"""A password, code or passkey of the last ten minutes for what costs most; a factor on every way."""

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.urls import get_resolver, reverse

from dunwell.actions.gate import Forbidden
from dunwell.actions.users import FRESH_SECONDS, make_sign_in_link
from dunwell.api import api
from dunwell.api.auth import FRESH_PATHS
from dunwell.mcp_server.calls import caller_of
from dunwell.models import ApiToken, Membership
from dunwell.web.fresh import BUTTONS, FORMS
from tests.actions.desk import acting
from tests.api.conftest import add_token
from tests.api.operations import operations
from tests.conftest import AT, add_customer, add_user
from tests.web.test_sign_in import PASSWORD, code, enter, with_app, with_password

MONEY = ("admin", "credit_manager", "collector", "clerk", "finance_director")
LATER = AT + timedelta(seconds=FRESH_SECONDS)


@pytest.fixture(autouse=True)
def _forced(settings):
    settings.REQUIRE_MFA = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


def come_in(client, user):
    """Sign somebody in by password and code, as people do."""
    with_app(user)
    enter(client, user.username)
    client.post("/accounts/2fa/authenticate/", {"code": code()})
    return client


# --- a second factor for roles that move money, on every way in


@pytest.mark.django_db
@pytest.mark.parametrize("role", MONEY)
def test_a6_3_3_by_password_a_money_role_gets_no_page_and_no_operation_without_a_factor(
    client, company, role
):
    with_password(add_user(company, "nina", role))
    enter(client, "nina")

    assert client.get("/customers/")["Location"] == "/accounts/2fa/"
    assert client.get("/api/v1/me").status_code == 403


@pytest.mark.django_db
def test_a6_3_3_a_link_a_new_role_and_another_company_ask_for_the_factor_as_well(
    client, company, admin, reader, rival
):
    client.post(f"/sign-in/{make_sign_in_link(actor=acting(admin), user=reader, at=AT)}/")
    assert client.get("/customers/").status_code == 200  # only looks

    Membership.objects.create(company=company, user=reader, role="clerk")
    assert client.get("/customers/")["Location"] == "/accounts/2fa/"

    Membership.objects.filter(user=reader, company=company, role="clerk").delete()
    other = rival.memberships.first().company
    Membership.objects.create(company=other, user=reader, role="clerk")
    client.post("/company/", {"company": other.pk})
    assert client.get("/customers/")["Location"] == "/accounts/2fa/"


@pytest.mark.django_db
def test_a6_3_3_a_program_has_no_more_than_its_owner_and_no_way_to_the_pages(
    client, company, clerk
):
    token = add_token(clerk, company)

    assert client.get("/customers/", headers=token.signed())["Location"].startswith(
        "/accounts/login/"
    )
    assert token.post("/tokens", {"name": "more", "rights": []}).status_code == 403
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db
def test_a6_3_3_a_program_stops_when_its_owner_takes_the_second_factor_away(
    settings, company, clerk, reader, django_assert_num_queries
):
    with_app(clerk)
    program, looking = add_token(clerk, company), add_token(reader, company)
    with django_assert_num_queries(2):
        assert caller_of(program.token) is not None
    assert program.get("/customers").status_code == 200

    Authenticator.objects.filter(user=clerk).exclude(type="recovery_codes").delete()
    assert program.get("/customers").status_code == 403
    assert "second factor" in program.get("/customers").json()["detail"]
    with pytest.raises(Forbidden, match="second factor"):
        caller_of(program.token)
    assert looking.get("/customers").status_code == 200  # only looks

    settings.REQUIRE_MFA = False
    assert program.get("/customers").status_code == 200


@pytest.mark.django_db
def test_a6_3_3_whoever_has_a_passkey_is_asked_for_it_after_the_password(client, clerk):
    with_password(clerk)
    Authenticator.objects.create(
        user=clerk, type=Authenticator.Type.WEBAUTHN, data={"name": "a key", "credential": {}}
    )
    asked = enter(client, "carla")

    assert asked["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/customers/")["Location"].startswith("/accounts/login/")


@pytest.mark.django_db
def test_a6_4_3_who_lost_the_factor_gets_a_link_that_still_asks_for_it(client, admin, clerk):
    with_app(clerk)
    client.post(f"/sign-in/{make_sign_in_link(actor=acting(admin), user=clerk, at=AT)}/")

    assert client.get("/customers/")["Location"].startswith("/accounts/login/")
    assert Authenticator.objects.filter(user=clerk).count() == 1


# --- once more within ten minutes


COSTLY = re.compile(
    r"bank-acc|payee|token|secret|refund|unlock|mandate|^user|provider|webhook|seat|desk-export-|demo-reset"
)
HARMLESS = re.compile(
    r"(export|s|template|progress|totals|payouts?|account|refund|webhook)$"
    r"|-(reject|withdraw|fail|refuse|suspend|resume|end|test|revoke|drop|replay|retry)"
    r"|unclaimed|sessions|^provider-(event|payout)|debits|portal"
)
"""Lists, files to look at, and what takes something away or says no."""


def test_a7_5_1_every_page_about_money_going_out_keys_and_roles_is_in_the_table():
    names = {name for name in get_resolver().reverse_dict if isinstance(name, str)}
    ours = {name for name in names if COSTLY.search(name) and not HARMLESS.search(name)}

    assert names >= FORMS | BUTTONS
    assert ours - FORMS - BUTTONS == set()


def test_a7_5_1_every_operation_about_them_is_in_the_table_of_the_api():
    paths = {
        path for _, method, path, _ in operations(api.get_openapi_schema()) if method != "GET"
    }
    costly = re.compile(
        r"user|token|payee|refund|unlock|secret|mandate|provider|webhook|access-r|duty-o|desk-e"
    )
    harmless = re.compile(
        r"payout|delivery|event|portal|portfolio|credit-review|model|/team|tokens$"
    )
    ours = {path for path in paths if costly.search(path) and not harmless.search(path)}
    asked = {path for path in ours if FRESH_PATHS.match("/api/v1" + re.sub(r"{\w+}", "1", path))}

    assert ours - asked == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FORMS | BUTTONS))
def test_a7_5_1_after_ten_minutes_each_of_these_pages_asks_who_it_is(client, company, name):
    person = add_user(company, "olga", *MONEY)
    come_in(client, person)
    customer = add_customer(company, "K1")
    pattern = get_resolver().reverse_dict[name][0][0]
    values = {key: customer.pk if key.endswith("_id") else "x" for key in pattern[1]}
    path = reverse(name, kwargs=values)
    send = client.post if name in BUTTONS else client.get

    before = send(path)
    with time_machine.travel(LATER, tick=False):
        after = send(path, headers={"Referer": "http://testserver/refunds/?page=2"})

    asked = "/accounts/reauthenticate/"
    assert not before.headers.get("Location", "").startswith(asked)
    assert after.status_code == 302 and after["Location"].startswith(asked)


@pytest.mark.django_db
def test_a7_5_1_who_confirms_goes_on_where_they_were_for_ten_minutes_more(client, company):
    come_in(client, add_user(company, "olga", "admin"))
    path = "/people/add/"
    with time_machine.travel(LATER, tick=False):
        asked = client.get(path)
        question = client.get(asked["Location"]).text
        wrong = client.post(asked["Location"], {"password": "guessed", "next": path})
        still = client.get(path)
        right = client.post(asked["Location"], {"password": PASSWORD, "next": path})
        page = client.get(path)
    with time_machine.travel(LATER + timedelta(seconds=FRESH_SECONDS - 1), tick=False):
        last = client.get(path).status_code
    with time_machine.travel(LATER + timedelta(seconds=FRESH_SECONDS), tick=False):
        over = client.get(path).status_code

    assert 'name="password"' in question and "/password/reset/" not in question
    assert (wrong.status_code, still.status_code) == (200, 302)
    assert (right["Location"], page.status_code, last, over) == (path, 200, 200, 302)


@pytest.mark.django_db
def test_a7_5_1_a_full_export_leaves_the_api_after_the_question_alone(client, company):
    come_in(client, add_user(company, "olga", "admin"))
    file = "/api/v1/desk-exports/x/file"
    before = client.get(file).status_code
    with time_machine.travel(LATER, tick=False):
        late, lists = client.get(file), client.get("/api/v1/desk-exports").status_code

    assert (before, late.status_code, lists) == (404, 403, 200)
    assert "Confirm first" in late.text


@pytest.mark.django_db
def test_a7_5_3_a_button_pressed_late_does_nothing_and_a_dialog_leaves_for_the_question(
    client, company
):
    come_in(client, add_user(company, "olga", "admin"))
    at = {"Referer": "http://testserver/settings/tokens/"}
    with time_machine.travel(LATER, tick=False):
        button = client.post("/settings/tokens/", {"name": "erp"}, headers=at)
        dialog = client.get(
            "/people/add/",
            headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/people/"},
        )
        away = client.post(
            "/settings/tokens/", {"name": "erp"}, headers={"Referer": "https://evil.example/x"}
        )

    assert button["Location"] == "/accounts/reauthenticate/?next=%2Fsettings%2Ftokens%2F"
    assert (dialog.status_code, dialog["HX-Redirect"]) == (
        200, "/accounts/reauthenticate/?next=%2Fpeople%2Fadd%2F",
    )  # fmt: skip
    assert away["Location"] == "/accounts/reauthenticate/?next=%2F"
    assert not ApiToken.objects.exists()


@pytest.mark.django_db
def test_a7_5_1_the_api_by_a_browser_s_session_asks_as_the_pages_do(client, company):
    come_in(client, add_user(company, "olga", "admin"))
    told = {"username": "nina", "roles": ["read_only"]}

    def add(name):
        return client.post(
            "/api/v1/users", {**told, "username": name}, content_type="application/json",
            headers={"Idempotency-Key": name},
        )  # fmt: skip

    first = add("nina").status_code
    with time_machine.travel(LATER, tick=False):
        late, looked = add("nora"), client.get("/api/v1/users")

    assert (first, late.status_code, looked.status_code) == (201, 403, 200)
    assert "Confirm first" in late.json()["detail"]
