"""Calling the API as programs do: with a bearer token and an idempotency key."""

import hashlib
import itertools
import json
from dataclasses import dataclass, field

import pytest
import time_machine
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import Client

from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES
from dunwell.actions.users import hashed
from dunwell.jobs import intents
from dunwell.models import ApiToken, Company
from tests.conftest import AT, add_user
from tests.ml.intents.small import small_lessons


@dataclass
class Program:
    """A caller with one token."""

    token: str
    keys: itertools.count = field(default_factory=lambda: itertools.count(1))
    client: Client = field(default_factory=Client)

    def call(self, method, path, body=None, *, key=None, **headers):
        headers = {**self.signed(), **headers}
        if method != "GET":
            headers.setdefault("Idempotency-Key", key or f"key-{next(self.keys)}")
        answer = self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=headers,
        )
        if answer.streaming:  # read to the end, or its file stays open
            answer.streaming_content = [b"".join(answer.streaming_content)]
        return answer

    def upload(self, path, files, *, key=None, **headers):
        """POST files as a form: [(name, bytes)]."""
        parts = [SimpleUploadedFile(name, data) for name, data in files]
        headers = {"Idempotency-Key": key or f"key-{next(self.keys)}", **self.signed(), **headers}
        return self.client.post(f"/api/v1{path}", {"files": parts}, headers=headers)

    def signed(self):
        """The header that names the caller; none without a token."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **options):
        return self.call("POST", path, {} if body is None else body, **options)


def add_token(user, company, name="erp", rights=None):
    token = f"dw_test_{user.username}_{name}"
    roles = user.memberships.filter(company=company).values_list("role", flat=True)
    held = sorted(set().union(*(ROLE_RIGHTS[role] for role in roles)))
    ApiToken.objects.create(
        company=company,
        user=user,
        name=name,
        token_hash=hashed(token),
        rights=held if rights is None else rights,
        created_at=AT,
    )
    return Program(token)


def digest():
    """A fingerprint of every row of every table but sessions, to see that nothing was written."""
    found = hashlib.sha256()
    for model in apps.get_models():
        if model._meta.label != "sessions.Session" and model._meta.managed:
            found.update(model._meta.label.encode())
            found.update(repr(list(model.objects.order_by("pk").values_list())).encode())
    return found.hexdigest()


@pytest.fixture(autouse=True)
def _few_lessons(monkeypatch):
    """A reader of messages is trained from twelve, not from a thousand: a second, not ten."""
    monkeypatch.setattr(intents, "taught", small_lessons)


@pytest.fixture(autouse=True)
def _no_second_factor(settings):
    """Programs of these tests belong to people without one."""
    settings.REQUIRE_MFA = False


@pytest.fixture
def as_clerk(clerk, company):
    return add_token(clerk, company)


@pytest.fixture
def as_collector(collector, company):
    return add_token(collector, company)


@pytest.fixture
def as_manager(manager, company):
    return add_token(manager, company)


@pytest.fixture
def as_admin(admin, company):
    return add_token(admin, company)


@pytest.fixture
def as_rival(rival):
    return add_token(rival, rival.memberships.first().company)


@pytest.fixture
def as_anyone(company):
    """A program that holds every right of every role in the company."""
    person = add_user(company, "omni", *STAFF_ROLES)
    return add_token(person, company, rights=sorted(RIGHTS))


@pytest.fixture(autouse=True)
def _at_kept(request):
    """The clock of tests with kept books stands where those were made."""
    if {"kept", "signed"}.isdisjoint(request.fixturenames):
        yield
    else:
        with time_machine.travel(AT, tick=False):
            yield


@pytest.fixture(scope="module")
def kept(standing):
    """A company with one record of every kind, put there once for a file of tests, and its keys."""
    from tests.api.kept_books import kept_books

    return kept_books()


@pytest.fixture(scope="module")
def signed(django_db_setup, django_db_blocker):
    """Headers of a program with every right, in a company with one record of every kind."""
    with django_db_blocker.unblock(), transaction.atomic():
        from tests.api.kept_books import kept_books

        company = Company.objects.get(pk=kept_books()[0])
        person = add_user(company, "omni", *STAFF_ROLES)
        program = add_token(person, company, rights=sorted(RIGHTS))
        # a server closes old connections around each request, which here would end the transaction
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        yield {"Authorization": f"Bearer {program.token}"}
        request_started.connect(close_old_connections)
        request_finished.connect(close_old_connections)
        transaction.set_rollback(True)


def pytest_ignore_collect(collection_path, config):
    """Leave the long tier out whole: collecting it alone takes a minute."""
    is_long = collection_path.name == "test_schema_boundaries.py"
    return True if is_long and not config.getoption("--release") else None
