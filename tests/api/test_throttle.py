"""How often the API may be asked: by token, by address, over processes, and what it answers."""

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from dunwell import clock
from dunwell.api import throttle
from dunwell.api.throttle import ThrottleMiddleware, address_of
from dunwell.formats.client_addresses import read_networks
from dunwell.jobs.request_counts import FILE, Counter
from dunwell.web.accounts import StaffAccountAdapter

NOW = datetime(2026, 3, 5, 9, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def counted(settings, tmp_path, monkeypatch):
    settings.DATA_DIR, settings.API_LIMIT, settings.API_ADDRESS_LIMIT = tmp_path, 2, 4
    monkeypatch.setattr(clock, "now", lambda: NOW)
    yield
    throttle.counter.close()


def ask(token="dw_a", address="192.0.2.1", path="/api/v1/me"):
    headers = {"authorization": f"Bearer {token}"} if token else {}
    request = RequestFactory().get(path, REMOTE_ADDR=address, headers=headers)
    return ThrottleMiddleware(lambda request: HttpResponse("done"))(request)


def statuses(count, **who):
    return [ask(**who).status_code for _ in range(count)]


def test_a_token_is_told_what_is_left_and_then_when_to_come_again():
    first, second, third = ask(), ask(), ask()

    assert [one.status_code for one in (first, second, third)] == [200, 200, 429]
    assert first["RateLimit-Policy"] == '"address";q=4;w=60, "token";q=2;w=60'
    assert first["RateLimit"] == '"address";r=3;t=40, "token";r=1;t=40'
    assert third["Retry-After"] == "40"
    assert third["Content-Type"] == "application/json"
    assert third.content.decode() == (
        '{"detail": "At most 2 requests a minute are taken from one token; nothing was done. '
        'Send the same again in 40 seconds."}'
    )


def test_another_token_is_counted_apart_and_an_address_with_all_of_its_tokens():
    assert statuses(3) == [200, 200, 429]
    assert statuses(2, token="dw_b") == [200, 429]
    assert statuses(1, token="", address="192.0.2.2") == [200]
    assert statuses(5, token="", address="192.0.2.3") == [200, 200, 200, 200, 429]


def test_the_next_minute_begins_anew_and_what_is_over_is_cleared_away(monkeypatch, tmp_path):
    assert statuses(3) == [200, 200, 429]
    monkeypatch.setattr(clock, "now", lambda: NOW.replace(minute=1))

    assert statuses(1) == [200]
    kept = sqlite3.connect(tmp_path / FILE)
    assert kept.execute("SELECT count(*) FROM asked").fetchone() == (2,)
    kept.close()


def test_pages_are_not_counted_and_0_is_no_limit(settings):
    assert statuses(9, path="/items/") == [200] * 9
    settings.API_LIMIT = settings.API_ADDRESS_LIMIT = 0
    answers = [ask() for _ in range(9)]
    assert [answer.status_code for answer in answers] == [200] * 9
    assert "RateLimit" not in answers[0]


def test_processes_count_together(settings, tmp_path):
    # each process counts a hundred; none is lost
    code = (
        "from pathlib import Path\nfrom django.conf import settings\n"
        f"settings.configure(DATA_DIR=Path({str(tmp_path)!r}))\n"
        "from dunwell.jobs.request_counts import Counter\ncounter = Counter()\n"
        "for _ in range(100): counter.count('a', 60)\ncounter.close()\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]

    counter = Counter()
    assert counter.count("a", 60) == 201
    counter.close()


def test_behind_our_proxy_its_word_counts_and_nobody_else_s(settings):
    def told(peer, forwarded="198.51.100.7, 203.0.113.9"):
        headers = {"x-forwarded-for": forwarded}
        request = RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)
        addresses = {address_of(request), StaffAccountAdapter().get_client_ip(request)}
        assert len(addresses) == 1
        return addresses.pop()

    assert told("127.0.0.1") == "127.0.0.1"
    settings.HTTPS = True
    assert told("127.0.0.1") == "203.0.113.9"
    assert told("192.0.2.66") == "192.0.2.66"
    settings.PROXIES = read_networks("127.0.0.1, 203.0.113.0/24")
    assert told("127.0.0.1") == "198.51.100.7"


def test_a_forged_header_changes_neither_the_limit_nor_the_address_of_a_sign_in(settings):
    settings.HTTPS = True
    forged = [
        RequestFactory().get(
            "/api/v1/me", REMOTE_ADDR="192.0.2.66", headers={"x-forwarded-for": f"10.0.0.{number}"}
        )
        for number in range(6)
    ]
    through = ThrottleMiddleware(lambda _: HttpResponse("done"))

    assert [through(one).status_code for one in forged] == [200] * 4 + [429] * 2


def test_where_the_counts_cannot_be_kept_requests_go_through(settings, tmp_path, caplog):
    settings.DATA_DIR = tmp_path / "missing"

    assert statuses(3) == [200, 200, 200]
    assert "requests cannot be counted" in caplog.text
