"""Calling the API as programs do: with a bearer token and an idempotency key."""

import hashlib
import itertools
import json
from dataclasses import dataclass, field

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dunwell.actions.gate import ROLE_RIGHTS
from dunwell.actions.users import hashed
from dunwell.models import ApiToken
from tests.conftest import AT


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
        return self.client.generic(
            method,
            f"/api/v1{path}",
            b"" if body is None else json.dumps(body).encode(),
            content_type="application/json",
            headers=headers,
        )

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
