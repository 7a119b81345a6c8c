"""What tests of pages share: the clock stands at AT, and people come in without a second factor."""

import string

import pytest
import time_machine
from django.middleware import csrf

from tests.conftest import AT


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    settings.REQUIRE_MFA = False


@pytest.fixture(autouse=True)
def _tokens_without_numbers(monkeypatch):
    """Forms bear random signs, among which a K1 that a page must not show would stand by chance."""
    monkeypatch.setattr(csrf, "CSRF_ALLOWED_CHARS", string.ascii_lowercase)


@pytest.fixture
def come_in(client):
    """Sign a person in and return the client."""

    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in
