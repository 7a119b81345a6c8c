"""What holds on every page: headers, CSRF, safe GETs, redirects to ourselves alone.

A commit asks the pages it is dealt, the long tier all.
"""

import re
from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.test import Client

from dunwell.actions.role_rights import STAFF_ROLES
from dunwell.models import Company
from tests.api.conftest import digest
from tests.api.kept_books import kept_books
from tests.conftest import AT, add_user
from tests.dealing import hand
from tests.web.addresses import every_address, names_of_records
from tests.writes import nothing_written

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
CLOSED = {"sandbox": "", "default-src": "'none'"}
"""The policy of a file of an outsider, which is never shown but only saved."""
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example",
    "///evil.example",
    r"\\evil.example",
    r"/\evil.example",
    r"https:\\evil.example",
    "https:evil.example",
    "http:///evil.example",
    " https://evil.example",
    "\thttps://evil.example",
    "https://testserver@evil.example",
    "https://testserver.evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://testserver/",
    "%2F%2Fevil.example",
)


@pytest.fixture(autouse=True)
def _no_attempts_before():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(scope="module")
def _kept(standing):
    """A company with one record of every kind, and their keys."""
    return kept_books()


@pytest.fixture
def company(_kept, db):
    return Company.objects.get(pk=_kept[0])


@pytest.fixture
def ids(_kept, db):
    return _kept[1]


@pytest.fixture
def everybody(company):
    """A person with every role."""
    return add_user(company, "omni", *STAFF_ROLES)


def policy_of(response):
    parts = (
        part.strip().partition(" ") for part in response["Content-Security-Policy"].split(";")
    )
    return {name: value for name, _, value in parts if name}


def looks_safe(response):
    is_download = response.get("Content-Disposition", "").startswith("attachment")
    return (
        policy_of(response) == (CLOSED if is_download else POLICY)
        and {name: response[name] for name in HEADERS} == HEADERS
        and "Server" not in response
        and "X-Powered-By" not in response
    )


def test_every_page_has_the_headers_and_none_a_server_error(ids, everybody, come_in):
    client, told = come_in(everybody), {}
    for name, address in hand(every_address(ids), "headers", one_in=8).items():
        response = client.get(address)
        kept = response.get("Cache-Control", "")
        told[name] = (response.status_code < 500, looks_safe(response), "no-store" in kept)

    assert told == dict.fromkeys(told, (True, True, True))
    assert len(told) > 80


def test_a_visitor_gets_the_headers_and_sees_sign_in_and_the_page_of_a_link_alone(client, ids):
    addresses = every_address(ids)
    told = {}
    for name, address in addresses.items():
        response = client.get(address)
        assert looks_safe(response), name
        told[name] = response.status_code
        if response.status_code == 302 and name != "set_language":
            assert response["Location"].startswith("/accounts/login/"), name

    assert {name for name, status in told.items() if status == 200} == {
        "account_login",
        "account_inactive",
        "health",
        "ready",
        "sign-in-link",
        "apply-resume",
    }
    # without the link of an applicant, a guest, an advisor or an asked customer nothing opens
    refused = {name for name, status in told.items() if status == 422}
    assert {
        name.startswith(("apply-", "guest-", "survey", "advisor-link", "follow-up"))
        for name in refused
    } == {True}
    assert set(told.values()) == {200, 302, 404, 405, 422}


@pytest.mark.release
def test_people_of_another_company_find_no_record(ids, come_in):
    other = Company.objects.create(
        name="Rivals", zone="Europe/Berlin", country="DE", currency="EUR", created_at=AT
    )
    client = come_in(add_user(other, "rival", *STAFF_ROLES))
    form, told, named = {"reason": "x", "text": "x"}, {}, names_of_records()
    for name, address in every_address(ids).items():
        if name in named:
            told[name] = {client.get(address).status_code, client.post(address, form).status_code}
    # an agency's pages ask for an agency, a form for its link, and who is called next is put off
    others = ("partner-", "apply-", "call-skip")
    found = {name: seen for name, seen in told.items() if not seen <= {404, 405}}
    assert {name: seen for name, seen in found.items() if not name.startswith(others)} == {}
    assert all(200 not in seen for seen in found.values())
    assert len(told) > 300


def test_errors_have_the_headers_and_tell_nothing_of_the_inside(client, settings, come_in, admin):
    settings.ROOT_URLCONF = "tests.web.broken_urls"
    client.raise_request_exception = False
    come_in(admin)
    forbidden = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a"})
    told = [
        client.get("/nothing/"),
        client.get("/broken/"),
        client.get("/api/v1/broken"),
        forbidden,
    ]

    assert [response.status_code for response in told] == [404, 500, 500, 403]
    for response in told:
        assert looks_safe(response)
        assert "secret detail" not in response.text and "Traceback" not in response.text


@pytest.mark.parametrize("path", ["/api/v1/me", "/api/v1/nothing", "/api/v1/openapi.json"])
def test_what_the_api_tells_is_kept_nowhere(client, db, path):
    response = client.get(path)

    assert looks_safe(response)
    assert response["Cache-Control"] == "no-store"


def test_asking_changes_nothing(ids, everybody, come_in):
    client = come_in(everybody)
    client.get("/")
    before = digest()
    for name, address in hand(every_address(ids), "asking", one_in=8).items():
        with nothing_written(name):
            client.get(address)
            client.head(address)
    assert digest() == before


def test_no_page_is_posted_to_without_the_token_of_its_form(ids, everybody):
    client = Client(enforce_csrf_checks=True)
    client.force_login(everybody)
    before, told = digest(), {}
    for name, address in hand(every_address(ids), "token", one_in=8).items():
        told[name] = client.post(address, {"reason": "x", "text": "x"}).status_code

    # tools of programs ask for a token of their own (401): a session counts for nothing there
    accepted = {name for name, status in told.items() if status not in {401, 403, 404, 405}}
    assert accepted == set()
    assert digest() == before


def test_a_session_writes_through_the_api_only_with_the_token_of_the_page(
    ids, everybody, customer
):
    client = Client(enforce_csrf_checks=True)
    client.force_login(everybody)
    path = f"/api/v1/customers/{ids['customer_id']}/notes"
    page = client.get("/accounts/password/set/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)[1]

    def post(**headers):
        return client.post(
            path,
            {"kind": "note", "text": "x"},
            content_type="application/json",
            headers={"Idempotency-Key": "k", **headers},
        )

    assert client.get("/api/v1/me").status_code == 200
    assert post().status_code == 403
    assert post(**{"X-CSRFToken": token}).status_code == 201


@pytest.mark.dealt(one_in=4)
@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_elsewhere(ids, everybody, come_in, client, address):
    everybody.set_password("a long sentence")
    everybody.save()
    signed = client.post(
        "/accounts/login/",
        {"login": "omni", "password": "a long sentence", "next": address},
    )
    come_in(everybody)
    customer = ids["customer_id"]
    told = [
        signed,
        client.post(f"/accounts/logout/?next={address}"),
        client.post("/theme/", {"theme": "dark", "next": address}),
        client.post("/language/", {"language": "de", "next": address}),
    ]
    come_in(everybody)
    told.append(
        client.post(
            f"/customers/{customer}/note/", {"kind": "note", "text": "asked", "next": address}
        )
    )

    for response in told:
        assert response.status_code == 302
        where = response["Location"].replace("\\", "/")
        assert urljoin("http://testserver/page/", where).startswith("http://testserver/"), where


def test_cookies_are_closed_to_scripts_and_other_sites(client, reader, come_in):
    reader.set_password("a long sentence")
    reader.save()
    client.get("/accounts/login/")
    client.post("/accounts/login/", {"login": "rita", "password": "a long sentence"})

    for name in ("sessionid", "csrftoken"):
        cookie = client.cookies[name]
        assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax"), name


@pytest.mark.parametrize(
    "cookie",
    ['"\\000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"', "a" * 4000, "../../etc/passwd", "é" * 40],
)
def test_a_strange_session_is_no_session(client, db, cookie):
    for path in ("/", "/api/v1/me"):
        response = client.get(path, headers={"Cookie": f"sessionid={cookie}"})
        assert response.status_code in {302, 401}, path


@pytest.mark.parametrize("path", ["/?\0", "/customers/?q=%00", "/items/?cursor=%ff", "/%00/"])
def test_strange_addresses_are_answered(come_in, reader, path):
    assert come_in(reader).get(path).status_code in {200, 404}
