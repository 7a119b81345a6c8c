"""Single sign-on by SAML against a real provider on loopback: who comes in, and as whom."""
# ruff: noqa: F811  fixtures of another file

import html
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse
from lxml import etree

from dunwell.models import Event, User
from tests.trust.saml_desk import (  # noqa: F401  fixtures
    ANSWER,
    ANSWERED,
    LEAVE,
    METADATA,
    brought,
    is_in,
    left,
    nothing_came_of,
    provider,
    running,
    sent,
    sign_on,
    standing_clock,
)

MFA = "https://refeds.org/profile/mfa"


def verbs():
    return list(Event.objects.filter(verb__startswith="user.").values_list("verb", flat=True))


def test_a6_8_2_saml_finds_the_account_by_its_address_and_gives_no_right(
    client, provider, reader, collector
):
    answer = sign_on(client, provider, next="/customers/")
    again = sign_on(Client(), provider)

    assert (answer["Location"], again["Location"]) == ("/customers/", "/")
    assert get_user(client) == collector
    seen = [client.get(reverse(page)).status_code for page in ("customers", "users")]
    assert seen == [200, 403]
    assert verbs() == ["user.identity_tied", "user.signed_on", "user.signed_on"]
    tied = SocialAccount.objects.get()
    assert (tied.user, tied.provider, tied.uid, tied.extra_data) == (
        collector, "sign-on-saml", "s-1", {"email": "anna@northwind.example"},
    )  # fmt: skip
    assert (provider.asked.get("ForceAuthn"), provider.asked.get("Destination")) == (
        None, provider.issuer.replace("metadata", "sso"),
    )  # fmt: skip
    assert client.cookies["saml"].value == ""


def test_a6_8_2_the_identity_counts_after_that_whatever_becomes_of_the_address(
    client, provider, collector
):
    sign_on(Client(), provider)
    provider.told["email"] = "somebody@else.example"

    sign_on(client, provider)

    assert get_user(client) == collector


@pytest.mark.parametrize("who", ["unknown", "without a role", "not configured", "without address"])
def test_a6_8_2_whom_saml_names_and_nobody_knows_comes_to_nothing(
    client, provider, collector, settings, caplog, who
):
    if who == "unknown":
        provider.told["email"] = "eve@northwind.example"
    elif who == "without a role":
        collector.memberships.all().delete()
    elif who == "without address":
        provider.told["email"] = None
    else:
        settings.SAML_MATCH_EMAIL = False
    before = User.objects.count()

    answer = sign_on(client, provider)

    nothing_came_of(
        answer, client, caplog, cause="sign_on.unknown",
        said="Nobody here is known under this identity",
    )  # fmt: skip
    assert User.objects.count() == before


def closed_account(provider, collector):
    sign_on(Client(), provider)
    collector.is_active = False
    collector.save()


def test_a6_8_2_saml_signs_nobody_in_whose_account_is_closed(client, provider, collector):
    closed_account(provider, collector)

    answer = sign_on(client, provider)

    assert (answer.status_code, is_in(client)) == (403, False)


def test_a6_3_3_a_second_factor_told_by_saml_stands_for_ours_only_where_configured(
    client, provider, collector, settings
):
    settings.REQUIRE_MFA = True
    provider.told["context"] = MFA

    sign_on(client, provider)
    without = client.get("/customers/")
    settings.SAML_SECOND_FACTOR = frozenset({MFA})
    counted = Client()
    sign_on(counted, provider)
    taken = counted.get("/customers/")
    del provider.told["context"]
    plain = Client()
    sign_on(plain, provider)
    lacking = plain.get("/customers/")
    TOTP.activate(collector, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    ours = sign_on(Client(), provider)
    provider.told["context"] = MFA
    skipped = sign_on(Client(), provider)

    assert (without.status_code, without["Location"]) == (302, "/accounts/2fa/")
    assert taken.status_code == 200
    assert lacking["Location"] == "/accounts/2fa/"
    assert ours["Location"].startswith("/accounts/2fa/authenticate/")
    assert skipped["Location"] == "/"
    factors = Event.objects.filter(verb="user.signed_on").order_by("pk")
    assert [one.data["second_factor"] for one in factors] == [False, True, False, True]


def test_a6_8_2_an_identity_of_saml_is_tied_from_within_and_proves_it_anew_later(
    client, provider, collector, manager, settings
):
    settings.SAML_MATCH_EMAIL = False
    client.force_login(collector)

    provider.told["proved"] = "2020-01-01T00:00:00Z"
    stale = sign_on(client, provider, "/accounts/sign-on/tie/")
    del provider.told["proved"]
    tied = sign_on(client, provider, "/accounts/sign-on/tie/")
    page = client.get("/accounts/sign-on/?next=/customers/")
    proof = sign_on(client, provider, next="/customers/")
    forced = provider.asked.get("ForceAuthn")
    other = Client()
    other.force_login(manager)
    taken = sign_on(other, provider, "/accounts/sign-on/tie/")
    foreign = sign_on(other, provider)
    # begun by one, answered when another sits there
    begun = brought(client, provider)
    client.force_login(manager)
    changed = (sent(client, begun), client.get(ANSWERED))[1]
    client.force_login(collector)
    client.post("/accounts/sign-on/untie/")

    assert (stale.status_code, tied["Location"]) == (422, "/accounts/sign-on/")
    assert "did not ask you anew" in html.unescape(stale.content.decode())
    assert forced == "true"
    assert "anna@northwind.example" in page.content.decode()
    assert proof["Location"] == "/customers/"
    assert (taken.status_code, foreign.status_code, get_user(other)) == (422, 422, manager)
    assert changed.status_code in {403, 422}
    assert verbs() == ["user.identity_tied", "user.identity_untied"]
    assert sign_on(Client(), provider).status_code == 403


def test_a6_8_2_a_fresh_proof_by_saml_opens_what_asks_for_one(client, provider, admin, settings):
    settings.REQUIRE_MFA = True
    settings.SAML_SECOND_FACTOR = frozenset({MFA})
    provider.told |= {"context": MFA, "email": admin.email}
    sign_on(client, provider)

    # ACCOUNT: the session's records age; the provider is asked anew
    session = client.session
    session["account_authentication_methods"] = [
        one | {"at": time.time() - 601} for one in session["account_authentication_methods"]
    ]
    session.save()
    asked = client.get(reverse("user-add"))
    proof = sign_on(client, provider, next=reverse("user-add"))
    opened = client.get(reverse("user-add"))

    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/accounts/sign-on/")
    assert (proof["Location"], opened.status_code) == (reverse("user-add"), 200)


def test_a6_3_3_where_saml_is_the_only_way_passwords_and_passkeys_are_not_there(
    client, provider, collector, settings
):
    settings.SAML_ONLY = True

    page = client.get("/accounts/login/").content.decode()
    tried = client.post("/accounts/login/", {"login": "anna", "password": "a long sentence"})
    passkey = client.get("/accounts/2fa/webauthn/login/")

    assert "Sign in with Northwind SAML" in page
    assert 'name="password"' not in page
    assert (tried.status_code, passkey.status_code) == (404, 404)


def test_our_metadata_say_what_a_provider_needs_and_name_us_as_configured(
    client, provider, settings, db
):
    shown = client.get(METADATA)
    settings.SAML_ENTITY_ID = "https://desk.northwind.example/saml"
    named = etree.fromstring(client.get(METADATA).content)
    sign_on(client, provider)

    root = etree.fromstring(shown.content)
    space = "{urn:oasis:names:tc:SAML:2.0:metadata}"
    role = root.find(f"{space}SPSSODescriptor")
    service = role.find(f"{space}AssertionConsumerService")
    assert shown["Content-Type"] == "application/samlmetadata+xml"
    assert (root.get("entityID"), named.get("entityID")) == (
        f"http://testserver{METADATA}", "https://desk.northwind.example/saml",
    )  # fmt: skip
    assert (role.get("WantAssertionsSigned"), service.get("Location"), service.get("Binding")) == (
        "true", f"http://testserver{ANSWER}", "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
    )  # fmt: skip


def test_metadata_are_fetched_from_where_they_are_said_to_be_and_kept_for_an_hour(
    client, provider, collector, settings
):
    settings.SAML_METADATA, settings.SAML_METADATA_URL = "", provider.issuer

    first = sign_on(client, provider)
    settings.SAML_METADATA_URL = provider.issuer.replace("metadata", "gone")
    gone = client.post(LEAVE)
    unanswered = Client().post(ANSWER, {"SAMLResponse": "PGE+"})

    assert first.status_code == 302
    assert (gone.status_code, unanswered.status_code) == (502, 403)
    assert "cannot be reached" in gone.content.decode()


def test_as_shipped_there_is_no_saml_and_with_openid_connect_neither(client, settings):
    paths = [client.post(ANSWER), client.get(ANSWERED), client.get(METADATA)]
    settings.OIDC_ISSUER, settings.OIDC_NAME = "https://id.example", "OpenID"
    paths += [client.post(ANSWER), client.get(ANSWERED), client.get(METADATA)]

    assert [one.status_code for one in paths] == [404] * 6


def test_with_saml_the_way_back_of_openid_connect_is_not_there(client, provider):
    answer = client.get("/accounts/oidc/sign-on/login/callback/?code=a&state=b")

    assert answer.status_code == 404


def test_the_request_says_no_more_than_it_must(client, provider, db):
    query = parse_qs(urlsplit(left(client)).query)

    assert {*query} <= {"SAMLRequest", "RelayState"}
    assert not query.get("RelayState", [""])[0].strip()


def test_answers_are_limited_by_address(client, provider, db):
    tried = [sent(Client(), {"SAMLResponse": "PGE+"}).status_code for _ in range(40)]

    assert tried[0] == 403
    assert tried[-1] == 429
