"""A desk at which people sign in by SAML: fixtures, and the way of a browser there and back."""

import html
import re

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client

from dunwell.models import Event
from tests.conftest import AT
from tests.trust.saml_server import SamlProvider

LEAVE = "/accounts/oidc/sign-on/login/"
ANSWER, ANSWERED, METADATA = (
    f"/accounts/saml/{name}/" for name in ("answer", "answered", "metadata")
)
DOES_NOT_HOLD = "The sign-in was given up, has expired, or its answer does not hold."


@pytest.fixture(scope="module")
def running():
    provider = SamlProvider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    """The provider, configured, and honest again."""
    running.honest()
    settings.SAML_PROVIDER, settings.SAML_NAME = running.issuer, "Northwind SAML"
    settings.SAML_METADATA = running.metadata()
    settings.SAML_MATCH_EMAIL = True
    settings.REQUIRE_MFA = False
    return running


@pytest.fixture(autouse=True)
def standing_clock():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


def left(client, address=LEAVE, **fields):
    """Where the page that leads on leads to."""
    page = client.post(address, fields)
    assert page.status_code == 200, page.content
    return html.unescape(re.search('content="0; url=([^"]+)"', page.content.decode())[1])


def brought(client, provider, address=LEAVE, **fields):
    """The form with which the provider answers a request of this browser."""
    where, form = provider.visit(left(client, address, **fields))
    assert where == f"http://testserver{ANSWER}"
    return form


def sent(client, form):
    """The answer to a form from another site: the browser keeps its Lax cookies to itself."""
    across = Client(enforce_csrf_checks=True)
    answer = across.post(ANSWER, form, headers={"Origin": "https://id.northwind.example"})
    for name, told in answer.cookies.items():
        client.cookies[name] = told.value
    return answer


def sign_on(client, provider, address=LEAVE, **fields):
    answer = sent(client, brought(client, provider, address, **fields))
    if answer.status_code != 303:
        return answer
    assert (answer["Location"], [*answer.cookies]) == (ANSWERED, ["saml"])
    return client.get(ANSWERED)


def is_in(client):
    return get_user(client).is_authenticated


def nothing_came_of(answer, client, caplog, *, cause, said=DOES_NOT_HOLD, status=403):
    """Nobody is in, nothing is written, the person is told one thing and the log the cause."""
    assert answer.status_code == status
    assert html.unescape(answer.content.decode()).count(said) == 1
    assert not is_in(client)
    assert (SocialAccount.objects.count(), Event.objects.count()) == (0, 0)
    noted = [one for one in caplog.records if one.message.startswith("sign_on.")]
    assert [one.levelname for one in noted] == ["WARNING"]
    logged = getattr(noted[0], "cause", noted[0].message)
    assert any(one in logged for one in ([cause] if isinstance(cause, str) else cause)), logged
