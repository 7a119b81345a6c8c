"""What answers before a page or operation is reached carries the headers of safety all the same."""

import pytest
from django.test import Client

from dunwell import clock
from dunwell.api import throttle
from tests.conftest import AT

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
LARGE = 4_096


@pytest.fixture(autouse=True)
def _counted(settings, tmp_path):
    settings.DATA_DIR, settings.API_LIMIT, settings.API_ADDRESS_LIMIT = tmp_path, 0, 0
    yield
    throttle.counter.close()


def assert_safe(answer, status):
    assert answer.status_code == status
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in answer["Content-Security-Policy"]


def test_too_many_requests_are_refused_under_the_headers_of_safety(settings, monkeypatch):
    # both within one minute
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.API_ADDRESS_LIMIT = 1
    caller = Client()
    caller.get("/api/v1/nothing")

    assert_safe(caller.get("/api/v1/me"), 429)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("get", "/api/v1/me", 401), ("put", "/api/v1/me", 405), ("get", "/api/v1/nothing", 404)],
)
def test_what_the_api_never_reaches_is_refused_under_them(db, method, path, status):
    assert_safe(getattr(Client(), method)(path), status)


def test_a_body_that_is_too_large_is_refused_under_them(db, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = LARGE
    answer = Client().post(
        "/accounts/login/", "x" * (LARGE + 1), content_type="application/x-www-form-urlencoded"
    )

    assert_safe(answer, 400)
