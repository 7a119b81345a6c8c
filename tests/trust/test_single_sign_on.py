"""Single sign-on against a real provider on loopback: who comes in, who does not, and attacks."""

import html
import re
import time
from datetime import timedelta

import jwt
import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from dunwell.actions.users import make_sign_in_link
from dunwell.models import Event, User
from tests.actions.desk import acting
from tests.conftest import AT
from tests.trust.openid_server import CLIENT, SECRET, Provider, key

LEAVE, BACK = "/accounts/oidc/sign-on/login/", "/accounts/oidc/sign-on/login/callback/"
ANNA = {"email": "anna@northwind.example", "email_verified": True}


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    """The provider, configured, and honest again."""
    running.claims, running.sign = dict(ANNA), running.signed
    settings.OIDC_ISSUER, settings.OIDC_NAME = running.issuer, "Northwind ID"
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = CLIENT, SECRET
    settings.OIDC_MATCH_EMAIL = True
    settings.REQUIRE_MFA = False
    return running


@pytest.fixture(autouse=True)
def _standing_clock():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


def left(client, address=LEAVE, **fields):
    """Where the page that leads on leads to."""
    page = client.post(address, fields)
    assert page.status_code == 200, page.content
    return html.unescape(re.search('content="0; url=([^"]+)"', page.content.decode())[1])


def sign_on(client, provider, address=LEAVE, **fields):
    return client.get(provider.visit(left(client, address, **fields)))


def is_in(client):
    return get_user(client).is_authenticated


def verbs():
    return list(Event.objects.filter(verb__startswith="user.").values_list("verb", flat=True))


def test_a6_8_2_a_verified_address_finds_the_account_and_gives_no_right(
    client, provider, reader, collector
):
    answer = sign_on(client, provider, next="/customers/")
    again = sign_on(Client(), provider)

    assert answer["Location"] == again["Location"].replace("/", "/customers/") == "/customers/"
    assert get_user(client) == collector
    seen = [client.get(reverse(page)).status_code for page in ("customers", "users")]
    assert seen == [200, 403]
    assert verbs() == ["user.identity_tied", "user.signed_on", "user.signed_on"]
    tied = SocialAccount.objects.get()
    assert (tied.user, tied.uid, tied.extra_data) == (
        collector, "s-1", {"email": ANNA["email"]},
    )  # fmt: skip
    assert set(provider.asked["scope"].split()) == {"openid", "profile", "email"}


@pytest.mark.parametrize("who", ["unverified", "unknown", "without a role", "not configured"])
def test_a6_8_2_who_is_not_known_comes_to_nothing(client, provider, collector, settings, who):
    if who == "unverified":
        provider.claims["email_verified"] = "true"
    elif who == "unknown":
        provider.claims["email"] = "eve@northwind.example"
    elif who == "without a role":
        collector.memberships.all().delete()
    else:
        settings.OIDC_MATCH_EMAIL = False
    before = User.objects.count()

    answer = sign_on(client, provider)

    assert (answer.status_code, is_in(client)) == (403, False)
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)
    assert Event.objects.count() == 0


def as_none(_provider, claims):
    return jwt.encode(claims, None, algorithm="none", headers={"kid": "k1"})


def by_the_public_key_as_a_secret(provider, claims):
    words = provider.public()["keys"][0]["n"]
    return jwt.encode(claims, words * 2, algorithm="HS256", headers={"kid": "k1"})


def by_another_key(_provider, claims):
    return jwt.encode(claims, key(), algorithm="RS256", headers={"kid": "k1"})


def changed(provider, claims):
    """The signature of true claims under other ones."""
    head, _body, sign = provider.signed(claims).split(".")
    return ".".join((head, provider.signed(claims | {"sub": "s-2"}).split(".")[1], sign))


ATTACKS = {
    "another issuer": {"iss": "https://id.example"},
    "another audience": {"aud": "another desk"},
    "two audiences": {"aud": [CLIENT, "another desk"]},
    "expired": {"exp": int(AT.timestamp()) - 61},
    "issued later": {"iat": int(AT.timestamp()) + 600, "exp": int(AT.timestamp()) + 900},
    "no end": {"exp": None},
    "nonce of another attempt": {"nonce": "0" * 64},
    "no nonce": {"nonce": None},
    "nobody": {"sub": ""},
    "algorithm none": as_none,
    "public key as secret": by_the_public_key_as_a_secret,
    "another key": by_another_key,
    "changed": changed,
    "unknown key": lambda provider, claims: provider.signed(claims, kid="k9"),
    "no token at all": lambda _provider, _claims: "a.b",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a6_8_2_a_token_that_does_not_hold_signs_nobody_in(client, provider, collector, attack):
    told = ATTACKS[attack]
    if callable(told):
        provider.sign = lambda claims: told(provider, claims)
    else:
        provider.claims |= told

    answer = sign_on(client, provider)

    assert (answer.status_code, is_in(client)) == (403, False)
    assert (SocialAccount.objects.count(), Event.objects.count()) == (0, 0)


def test_a6_8_2_an_answer_works_once_in_the_browser_that_asked_and_within_ten_minutes(
    client, provider, collector
):
    back = provider.visit(left(client))
    thief, other, late = Client(), Client(), Client()

    stolen = thief.get(back)
    first = client.get(back)
    client.post("/accounts/logout/")
    replayed = client.get(back)
    # the code of one attempt with the state of another: PKCE and nonce are of the attempt
    mixed = provider.visit(left(other)).split("code=")[0] + back.split("?")[1]
    lent = re.sub("code=[^&]*", "code=" + provider.visit(left(thief)).split("code=")[1][:22],
                  provider.visit(left(other)))  # fmt: skip
    swapped = other.get(lent)
    slow = provider.visit(left(late))
    with time_machine.travel(AT + timedelta(minutes=11), tick=False):
        expired = late.get(slow)

    assert (stolen.status_code, first.status_code, replayed.status_code) == (403, 302, 403)
    assert other.get(mixed).status_code == 403
    assert (swapped.status_code, expired.status_code) == (403, 403)
    assert not any(is_in(one) for one in (client, thief, other, late))


def test_a6_8_2_a_provider_that_calls_itself_otherwise_or_is_gone_is_not_followed(
    client, provider, settings
):
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost")
    otherwise = client.post(LEAVE)
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    gone = client.post(LEAVE)

    assert (otherwise.status_code, gone.status_code) == (502, 502)
    assert "cannot be reached" in gone.content.decode()


def test_a6_3_3_a_second_factor_elsewhere_stands_for_ours_only_where_configured(
    client, provider, collector, settings
):
    settings.REQUIRE_MFA = True
    provider.claims["amr"] = ["pwd", "mfa"]

    sign_on(client, provider)
    without = client.get("/customers/")
    settings.OIDC_SECOND_FACTOR = frozenset({"mfa"})
    counted = Client()
    sign_on(counted, provider)
    taken = counted.get("/customers/")
    provider.claims["amr"] = ["pwd"]
    plain = Client()
    sign_on(plain, provider)
    lacking = plain.get("/customers/")
    TOTP.activate(collector, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    ours = sign_on(Client(), provider)
    provider.claims["acr"] = "mfa"
    skipped = sign_on(Client(), provider)

    assert (without.status_code, without["Location"]) == (302, "/accounts/2fa/")
    assert taken.status_code == 200
    assert lacking["Location"] == "/accounts/2fa/"
    assert ours["Location"].startswith("/accounts/2fa/authenticate/")
    assert skipped["Location"] == "/"


def test_a6_8_2_an_identity_is_tied_from_within_and_proves_it_anew_later(
    client, provider, collector, manager, settings
):
    settings.OIDC_MATCH_EMAIL = False
    client.force_login(collector)

    provider.claims["auth_time"] = int(AT.timestamp()) - 3600
    stale = sign_on(client, provider, "/accounts/sign-on/tie/")
    provider.claims["auth_time"] = None
    untold = sign_on(client, provider, "/accounts/sign-on/tie/")
    del provider.claims["auth_time"]
    tied = sign_on(client, provider, "/accounts/sign-on/tie/")
    page = client.get("/accounts/sign-on/?next=/customers/")
    proof = sign_on(client, provider, next="/customers/")
    other = Client()
    other.force_login(manager)
    taken = sign_on(other, provider, "/accounts/sign-on/tie/")
    foreign = sign_on(other, provider)
    client.post("/accounts/sign-on/untie/")

    assert (stale.status_code, untold.status_code, tied["Location"]) == (
        422, 422, "/accounts/sign-on/",
    )  # fmt: skip
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")
    assert "anna@northwind.example" in page.content.decode()
    assert 'name="next" value="/customers/"' in page.content.decode()
    assert (proof["Location"], client.session["account_authentication_methods"][-1]["at"]) == (
        "/customers/", time.time(),
    )  # fmt: skip
    assert (taken.status_code, foreign.status_code, get_user(other)) == (422, 422, manager)
    assert verbs() == ["user.identity_tied", "user.identity_untied"]
    assert SocialAccount.objects.count() == 0
    assert sign_on(Client(), provider).status_code == 403


def test_a6_3_3_where_single_sign_on_is_the_only_way_passwords_and_passkeys_are_not_there(
    client, provider, collector, admin, settings
):
    settings.OIDC_ONLY = True
    collector.set_password("a long sentence")
    collector.save()

    page = client.get("/accounts/login/").content.decode()
    tried = client.post("/accounts/login/", {"login": "anna", "password": "a long sentence"})
    passkey = client.get("/accounts/2fa/webauthn/login/")
    token = make_sign_in_link(actor=acting(admin), user=collector, at=AT)
    linked = Client()
    linked.post(f"/sign-in/{token}/")

    assert "Northwind ID" in page
    assert 'name="password"' not in page
    assert 'id="passkey_login"' not in page
    assert (tried.status_code, passkey.status_code, is_in(client)) == (404, 404, False)
    assert is_in(linked)
    assert linked.get("/accounts/password/change/").status_code == 404


def test_as_shipped_there_is_no_single_sign_on(client, collector):
    page = client.get("/accounts/login/").content.decode()
    client.force_login(collector)
    asked = [
        client.post(LEAVE),
        client.get(BACK),
        client.post("/accounts/sign-on/tie/"),
        client.post("/accounts/sign-on/untie/"),
        *(client.get(f"/accounts/{path}") for path in ("sign-on/", "3rdparty/")),
        client.get("/accounts/oidc/openid_connect/login/callback/?code=a&state=b"),
    ]

    assert LEAVE not in page
    assert [answer.status_code for answer in asked] == [404] * len(asked)


def test_a6_8_2_only_our_own_way_back_exists(client, provider, collector):
    """allauth's own one checks no signature of a token that it fetched itself."""
    asked = [
        client.get(f"/accounts/oidc/{name}/login/callback/?code=a&state=b")
        for name in ("openid_connect", "desk", "google")
    ]
    names = ("3rdparty/", "3rdparty/signup/", "3rdparty/login/error/")
    client.force_login(collector)

    assert [answer.status_code for answer in asked] == [404] * 3
    assert [client.get(f"/accounts/{name}").status_code for name in names] == [404] * 3
