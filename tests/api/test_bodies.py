"""Bodies no well-meaning program sends: never a server error, never a write, on both databases."""

import json

import pytest
from django.apps import apps
from django.test import Client

from dunwell import clock
from dunwell.actions.role_rights import RIGHTS, ROLE_RIGHTS, STAFF_ROLES
from dunwell.api import api
from dunwell.models import Company, HandOff, Role, RolePlay
from tests.api.conftest import add_token
from tests.api.operations import OPERATIONS, operations
from tests.api.placement_books import take_seat
from tests.conftest import add_user
from tests.dealing import dealt, hand
from tests.writes import nothing_written

pytestmark = pytest.mark.both

DOCUMENT = api.get_openapi_schema()
WITH_BODY = [route for route in operations(DOCUMENT) if "requestBody" in route[3]]
JSON = "application/json"
ODD_BODIES = {
    "nothing": (b"", JSON),
    "no JSON": (b"{", JSON),
    "no object": (b"[]", JSON),
    "a number": (b"1", JSON),
    "a huge number": (b"9" * 5000, JSON),
    "infinite": (b'{"amount_minor": 1e999, "days": 1e999}', JSON),
    "not a number": (b'{"amount_minor": NaN}', JSON),
    "deep": (b"[" * 100_000, JSON),
    "deep objects": (b'{"profile":' * 5000 + b"1" + b"}" * 5000, JSON),
    "no UTF-8": (b'{"text": "\xff"}', JSON),
    "UTF-16": ('{"nothing": "a"}'.encode("utf-16"), JSON),
    "another charset": (b"[]", "application/json; charset=nothing"),
    "text": (b"{}", "text/plain"),
    "XML": (b"<a/>", "application/xml"),
    "no type": (b"{}", ""),
    "a strange type": (b"{}", "a/b;;;c=\x01"),
    "a form": (b"reason=x", "application/x-www-form-urlencoded"),
    "no boundary": (b"{}", "multipart/form-data"),
    "an empty boundary": (b"{}", "multipart/form-data; boundary="),
    "a wrong boundary": (b"--a\r\n\r\nx", "multipart/form-data; boundary=b"),
    "half a form": (
        b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\nx',
        "multipart/form-data; boundary=b",
    ),
    "too large": (b'{"text": "' + b"x" * 6_000_000 + b'"}', JSON),
}
ODD_TEXTS = [
    *("\0", "a\0b", "\ud800", "\udfff", "\x01", "\x7f", "\u202e", "😀" * 3000),
    *("'; DROP TABLE x; --", "{{ 7 * 7 }}", "=1+1", " ", "\n"),
    *("x" * width for width in (6, 21, 41, 81, 121, 201, 255, 301, 401, 501, 2000)),
]
ODD_NUMBERS = [0, -1, 2**31, 2**63, 10**30, -(2**63) - 1, 1.5, True, "1", None, [], {}]
ODD_DAYS = [
    "",
    "0",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    "2026-1-1",
    "\u0662\u0660\u0662\u0666-01-01",
    1,
    None,
]


@pytest.fixture
def company(kept, db):
    return Company.objects.get(pk=kept[0])


@pytest.fixture
def ids(kept, db):
    return kept[1]


@pytest.fixture
def headers(company, ids):
    omni = add_user(company, "omni", *STAFF_ROLES)
    # of what belongs to a person, whose refusal would hide what the body does
    HandOff.objects.filter(pk=ids["hand_off_id"]).update(by_user=omni)
    RolePlay.objects.filter(pk=ids["role_play_id"]).update(user=omni)
    return _of(omni, company, RIGHTS)


@pytest.fixture
def of(company, headers):
    """Whose call it is: an agency's own addresses are open to who has a seat there alone."""
    partner = add_user(company, "parker", Role.PARTNER)
    take_seat(company, partner)
    theirs = _of(partner, company, ROLE_RIGHTS["partner"])
    return lambda path: theirs if path.startswith("/partner/") else headers


def _of(person, company, rights):
    token = add_token(person, company, rights=sorted(rights)).token
    return {"Authorization": f"Bearer {token}", "Idempotency-Key": "k"}


def statuses(headers, method, path, ids, sent):
    """Every status that the bodies get; an answer that is no JSON counts as 0."""
    client, told = Client(raise_request_exception=False), {}
    path = path.format(**ids)
    for name, (body, kind) in sent.items():
        answer = client.generic(method, f"/api/v1{path}", body, content_type=kind, headers=headers)
        told[name] = answer.status_code if answer["Content-Type"].startswith(JSON) else 0
    return told


@pytest.mark.dealt(one_in=4)
@pytest.mark.parametrize(
    ("name", "method", "path", "_"), WITH_BODY, ids=lambda value: str(value)[:40]
)
def test_what_is_no_body_is_refused(ids, of, name, method, path, _):
    headers = of(path)

    with nothing_written():
        odd = dealt(ODD_BODIES, name, 3)
        told = statuses(headers, method, path, OPERATIONS[name].keys_of(ids), odd)

    odd = {key: status for key, status in told.items() if status not in {400, 404, 422}}
    assert odd == {}


@pytest.mark.dealt(one_in=4)
@pytest.mark.parametrize(
    ("name", "method", "path", "_"), WITH_BODY, ids=lambda value: str(value)[:40]
)
def test_odd_values_in_any_field_are_answered(company, ids, of, name, method, path, _):
    usual = OPERATIONS[name].sent(ids, clock.today(company.zone)) or {}
    sent = {}
    for field in usual:
        odd = [
            *ODD_TEXTS,
            *ODD_NUMBERS,
            *ODD_DAYS,
            [None],
            ["\0"],
            {"\0": "\0"},
            {"roles": {"\0": 1}},
        ]
        for number, value in dealt(dict(enumerate(odd)), f"{name} {field}", 4).items():
            sent[f"{field} {number}"] = (json.dumps({**usual, field: value}).encode(), JSON)
    sent["one field too many"] = (json.dumps({**usual, "company_id": 1}).encode(), JSON)

    told = statuses(of(path), method, path, OPERATIONS[name].keys_of(ids), sent)

    assert set(told.values()) <= {200, 201, 202, 400, 404, 409, 422}, told
    assert name == "upload_files" or told["one field too many"] == 422


def _with_all(value, foreign):
    """The body with foreign fields in it and in every object below."""
    if isinstance(value, list):
        return [_with_all(one, foreign) for one in value]
    if isinstance(value, dict):
        kept = {name: _with_all(one, foreign) for name, one in value.items()}
        return {**dict.fromkeys(foreign - value.keys(), 1), **kept}
    return value


COLUMNS = {
    name
    for model in apps.get_app_config("dunwell").get_models()
    for field in model._meta.concrete_fields
    for name in (field.name, field.attname)
}
"""Every field of every record, also as the key of what it points to."""


@pytest.mark.dealt(one_in=8)
@pytest.mark.parametrize(
    ("name", "method", "path", "says"), WITH_BODY, ids=lambda value: str(value)[:40]
)
def test_a8_2_3_no_field_of_any_record_is_taken_that_is_not_of_the_body(
    company, ids, of, name, method, path, says
):
    """All that the body does not name are sent at once: each is refused by name, nothing written."""
    usual = OPERATIONS[name].sent(ids, clock.today(company.zone))
    if not isinstance(usual, dict) or OPERATIONS[name].is_upload:
        usual = {}
    foreign = COLUMNS - _named(says["requestBody"])
    body = json.dumps(_with_all(usual, foreign)).encode()
    address = f"/api/v1{path.format(**OPERATIONS[name].keys_of(ids))}"

    with nothing_written():
        answer = Client(raise_request_exception=False).generic(
            method, address, body, content_type=JSON, headers=of(path)
        )

    if OPERATIONS[name].is_upload:
        assert answer.status_code in {415, 422}
        return
    told = answer.json()["detail"]
    refused = {one["loc"][-1] for one in told}
    assert "extra_forbidden" in {one["type"] for one in told}
    assert (answer.status_code, foreign - refused) == (422, set())


def _named(told, seen=()):
    """Every name of a field in a part of the API's document, at any depth."""
    if isinstance(told, list):
        return {name for one in told for name in _named(one, seen)}
    if not isinstance(told, dict):
        return set()
    found = set(told.get("properties", {}))
    if (reference := told.get("$ref")) and reference not in seen:
        part = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        found |= _named(part, (*seen, reference))
    return found | {name for one in told.values() for name in _named(one, seen)}


def _open_objects(told, seen=()):
    """The objects of a part of the API's document that take fields they do not name."""
    if isinstance(told, list):
        return {name for one in told for name in _open_objects(one, seen)}
    if not isinstance(told, dict):
        return set()
    found = set()
    if "properties" in told and told.get("additionalProperties") is not False:
        found.add(told.get("title", "?"))
    if (reference := told.get("$ref")) and reference not in seen:
        part = DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]]
        found |= _open_objects(part, (*seen, reference))
    return found | {name for one in told.values() for name in _open_objects(one, seen)}


def test_a8_2_3_every_object_of_every_body_takes_the_fields_it_names_alone():
    assert _open_objects({"schema": {"title": "Open", "properties": {}}}) == {"Open"}
    assert {
        name: found
        for name, _, _, says in WITH_BODY
        if "application/json" in says["requestBody"]["content"]
        and (found := _open_objects(says["requestBody"]))
    } == {}


SERVERS_OWN = {
    *("company", "company_id", "created_at", "recorded_at", "recorded_on", "request_id", "seq"),
    *("hash", "previous_hash", "password", "is_staff", "is_superuser", "token_hash", "open_minor"),
    *("by_user", "by_user_id", "approved_by", "approved_by_id", "approved_at", "decided_by"),
    *("decided_by_id", "attempts", "claimed_at", "settled_at", "session_nonce"),
}
"""What nobody tells us: whose a row is, who did it and when, and what the books work out."""


def test_a8_2_3_no_body_names_what_the_server_alone_decides():
    assert {
        name: found
        for name, _, _, says in WITH_BODY
        if (found := _named(says["requestBody"]) & SERVERS_OWN)
    } == {}


ODD_QUERIES = [
    "%00",
    "%ff",
    "%ed%a0%80",
    "-1",
    "0",
    "9" * 40,
    "1e5",
    "2026-02-30",
    "9999-12-31",
    "é" * 500,
]


def test_odd_values_in_any_parameter_are_answered(ids, of):
    client, wrong = Client(raise_request_exception=False), {}
    every = {name: rest for name, *rest in operations(api.get_openapi_schema())}
    for name, (method, path, says) in hand(every, "parameters", one_in=8).items():
        if method != "GET":
            continue
        keys = OPERATIONS[name].keys_of(ids)
        concrete = path.format(**keys)
        for parameter in says["parameters"]:
            few = dealt(dict(enumerate(ODD_QUERIES)), f"{name} {parameter['name']}", 2)
            for value in few.values():
                if parameter["in"] == "query":
                    address = f"{concrete}?{parameter['name']}={value}"
                else:
                    address = path.format(**{**keys, parameter["name"]: value})
                answer = client.get(f"/api/v1{address}", headers=of(path))
                if answer.status_code not in {200, 400, 404, 422}:
                    wrong[address] = answer.status_code

    assert wrong == {}


def test_a_day_in_a_parameter_is_written_as_a_day(ids, of):
    """Pydantic alone takes "0" for 1970-01-01, and a year that no database counts from."""
    client, taken = Client(raise_request_exception=False), {}
    for name, method, path, says in operations(api.get_openapi_schema()):
        concrete = f"/api/v1{path.format(**OPERATIONS[name].keys_of(ids))}"
        for told in says.get("parameters", []):
            if method == "GET" and told["in"] == "query" and "'date'" in str(told["schema"]):
                answer = client.get(concrete, {told["name"]: "0"}, headers=of(path))
                if answer.status_code != 422:
                    taken[name, told["name"]] = answer.status_code

    assert taken == {}


@pytest.mark.parametrize(
    "name",
    ["Authorization", "Cookie", "Accept", "Accept-Language", "X-CSRFToken", "Content-Length"],
)
def test_odd_headers_are_answered(ids, name):
    client = Client(raise_request_exception=False)
    for value in ("", "\x01", "é", "\xff" * 50, "x" * 9000, "Bearer", "Bearer \xff", "a=\x01; b"):
        answer = client.get("/api/v1/me", headers={name: value})
        assert answer.status_code in {400, 401, 403, 413}, (name, value)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "G\xc9T", "x" * 500])
def test_odd_methods_are_answered(ids, headers, method):
    client = Client(raise_request_exception=False)
    for path in ("/me", "/items", f"/items/{ids['item_id']}"):
        answer = client.generic(method, f"/api/v1{path}", headers=headers)
        assert (answer.status_code, "Authorization" in answer.text) == (405, False)
