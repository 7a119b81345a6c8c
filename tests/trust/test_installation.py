"""What a browser, a stranger and a scanner see of an installation: behind TLS, and of the inside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from dunwell.actions.gate import system
from dunwell.actions.portal_links import make_view_link
from dunwell.models import Contact
from dunwell.queries.portal_links import portal_token
from dunwell.web import staff
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, add_customer
from tests.writes import nothing_written

ROOT = Path(__file__).parents[2]
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client
page = Client().get("/accounts/login/", secure=True, headers={"host": "desk.example"})
plain = Client().get("/accounts/login/", headers={"host": "desk.example"})
print(json.dumps({
    "found": [str(one) for one in run_checks(include_deployment_checks=True)],
    "status": page.status_code,
    "hsts": page["Strict-Transport-Security"],
    "cookies": {one.key: [bool(one["secure"]), bool(one["httponly"]), one["samesite"], one["path"],
                one["domain"]] for one in page.cookies.values()},
    "session": [settings.SESSION_COOKIE_NAME, settings.SESSION_COOKIE_SECURE,
                settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE],
    "plain": [plain.status_code, plain["Location"]],
    "debug": settings.DEBUG,
}))
"""
INSIDE = (
    *("/.git/config", "/.env", "/settings.py", "/manage.py", "/data/secret_key", "/server-status"),
    *("/admin/", "/debug/", "/__debug__/", "/static/", "/static/js/", "/static/../settings.py"),
    *("/static/%2e%2e/settings.py", "/api/v1/docs", "/backup.sql", "/robots.txt~"),
)
PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'><svg/onload=alert(3)>",
    '" onmouseover="alert(4)" x="',
    "</textarea><script>alert(5)</script>",
    "<a href=javascript:alert(6)>x</a>",
    "{{7*7}}<b>bold</b>",
    "</title><iframe src=//evil.example>",
)
QUERIES = (
    *("' OR '1'='1", "' OR 1=1 --", "'; DROP TABLE dunwell_item; --", '" OR ""="', "1) OR (1=1"),
    *("' UNION SELECT password FROM dunwell_user --", "%' ESCAPE '", "\\", "';--", "1;SELECT 1"),
    *("sleep(5)", "0x50", "number); DELETE FROM dunwell_user; --", "-id, (SELECT 1)", "id__gt"),
)


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory):
    """What an installation behind TLS says of itself, asked in a process of its own."""
    # a browser's loop in this process lets Django be called beside it; an installation has none
    own = {name: told for name, told in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        env={
            **own, "DJANGO_SETTINGS_MODULE": "dunwell.settings", "DUNWELL_HTTPS": "1",
            "DUNWELL_HOSTS": "desk.example", "DUNWELL_ORIGINS": "https://desk.example",
            "DUNWELL_DATA_DIR": str(tmp_path_factory.mktemp("tls")),
        },
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(told.stdout.splitlines()[-1])


def test_a3_3_1_cookies_are_bound_to_the_host_and_closed_to_scripts_and_the_clear(behind_tls):
    assert behind_tls["cookies"]["__Host-csrf"] == [True, True, "Lax", "/", ""]
    assert behind_tls["session"] == ["__Host-session", True, True, "Lax"]


def test_a3_4_1_browsers_are_told_to_come_by_tls_for_a_year(behind_tls):
    assert behind_tls["hsts"] == "max-age=31536000; includeSubDomains; preload"
    assert behind_tls["plain"] == [301, "https://desk.example/accounts/login/"]


def test_a13_4_1_the_deployment_check_finds_nothing(behind_tls):
    assert (behind_tls["found"], behind_tls["debug"], behind_tls["status"]) == ([], False, 200)


def test_a12_1_1_the_proxy_we_ship_takes_tls_1_2_and_1_3_alone():
    told = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    lines = [line.strip().rstrip(";") for line in told.splitlines()]

    assert [line for line in lines if line.startswith("ssl_protocols")] == [
        "ssl_protocols TLSv1.2 TLSv1.3"
    ]
    assert [line for line in lines if line.startswith("listen")] == ["listen 80", "listen 443 ssl"]
    assert "return 301 https://$host$request_uri" in lines and "server_tokens off" in lines


@pytest.mark.django_db
def test_a13_4_2_nothing_of_the_inside_is_given_out(client):
    told = {}
    for path in INSIDE:
        answer = client.get(path)
        is_led_away = answer.headers.get("Location", "").startswith("/accounts/login/")
        told[path] = answer.status_code == 404 or is_led_away
    assert told == dict.fromkeys(INSIDE, True)


@pytest.mark.django_db
def test_a13_4_3_another_host_is_refused_and_no_other_origin_is_let_in(client):
    assert client.get("/accounts/login/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"x-forwarded-host": "evil.example"}).status_code == 302
    for path in ("/", "/api/v1/me", "/portal-api/v1/me", "/portal/enter/", "/mcp/"):
        for method in ("GET", "OPTIONS"):
            answer = client.generic(method, path, headers={"origin": "https://evil.example"})
            allowed = [name for name in answer.headers if name.startswith("Access-Control-")]
            assert allowed == [], path


def test_a1_2_1_what_people_wrote_stays_words_on_every_page(client, company, manager, settings):
    settings.REQUIRE_MFA = False
    client.force_login(manager)
    for number, payload in enumerate(PAYLOADS):
        customer = add_customer(company, f"{number}{payload}"[:40], payload)
        Contact.objects.create(customer=customer, name=payload, recorded_at=AT)
        invoice(customer, f"{number}{payload}"[:40], 10_00)
    pages = (
        "/customers/",
        f"/customers/{customer.pk}/",
        "/items/?scope=all",
        "/worklist/",
        "/audit/",
    )
    for page in pages:
        told = client.get(page).text
        assert [one for one in PAYLOADS if one in told] == [], page
    for payload in PAYLOADS:
        told = client.get("/customers/", {"q": payload}).text
        assert payload not in told and "{{7*7}}".replace("7*7", "49") not in told


def test_a1_2_4_words_of_a_search_a_filter_or_an_order_are_never_sql(
    client, company, manager, settings
):
    settings.REQUIRE_MFA = False
    client.force_login(manager)
    invoice(add_customer(company, "K77", "Only one"), "R77", 10_00)
    client.get("/")
    told, fields = set(), ("q", "sort", "cursor", "customer", "scope", "as_of")
    with nothing_written():
        for number, words in enumerate(QUERIES):
            for page in ("/customers/", "/items/", "/payments/", "/audit/")[number % 2 :: 2]:
                field = fields[(number + len(page)) % len(fields)]
                told.add(client.get(page, {field: words}).status_code)
            assert "Only one" not in client.get("/customers/", {"q": words}).text, words
    assert told <= {200, 302, 404, 422}


def test_a15_3_7_a_parameter_given_twice_counts_once(client, company, manager, settings):
    settings.REQUIRE_MFA = False
    client.force_login(manager)
    for number in ("K11", "K22"):
        add_customer(company, number, f"Buyer {number}")

    told = client.get("/customers/?q=K11&q=K22").text
    assert ("Buyer K11" in told, "Buyer K22" in told) == (False, True)


def test_a9_1_1_a_link_with_any_changed_character_opens_nothing(company, customer):
    link = make_view_link(
        actor=system(company), customer=customer, email="jane@buyer.example", at=AT
    )
    token = portal_token(link)
    for place, sign in enumerate(token):
        changed = token[:place] + ("A" if sign != "A" else "B") + token[place + 1 :]
        cache.clear()
        assert Client().post(f"/portal/link/{changed}/").status_code in {404, 422}, place
    assert len(token) >= 22


def test_a16_5_1_a_part_that_fails_shows_nothing_of_the_inside_and_lets_nobody_in(
    client, manager, settings, monkeypatch
):
    def broken(*_, **__):
        raise RuntimeError("secret detail")

    settings.REQUIRE_MFA = False
    client.force_login(manager)
    client.raise_request_exception = False
    for name in ("companies_of", "staff", "lacks_second_factor"):
        with monkeypatch.context() as patched:
            patched.setattr(staff, name, broken)
            answer = client.get("/customers/")
        assert answer.status_code == 500, name
        assert "secret detail" not in answer.text and "Traceback" not in answer.text
    assert client.get("/customers/").status_code == 200
