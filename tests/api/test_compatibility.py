"""What version 1 of the API promised stays: the served document against the digest kept in git."""

from copy import deepcopy

import pytest

from dunwell.api import api
from tools.api_digest import COMMAND, DIGEST, breaking, digest, kept_digest, written
from tools.client import read

SERVED = digest(read(api.get_openapi_schema()))
KEPT = kept_digest()
PAYMENT = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "maxLength": 40},
        "method": {"enum": ["bank", "card"], "type": "string"},
        "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
    "required": ["number"],
}
SMALL = {
    "operations": {
        "POST /payments": {
            "name": "new_payment",
            "asks": {"query limit": {"required": False, "schema": {"type": "integer"}}},
            "body": {"application/json": {"$ref": "#/components/schemas/Payment"}},
            "body_required": True,
            "answers": {"200": {"application/json": {"$ref": "#/components/schemas/Payment"}}},
        }
    },
    "schemas": {"Payment": PAYMENT},
}
SENT, GOT = "POST /payments body", "POST /payments 200"


def changed(change):
    """What breaks when a change is made to the small API."""
    now = deepcopy(SMALL)
    operation = now["operations"]["POST /payments"]
    change(now, operation, now["schemas"]["Payment"])
    return breaking(SMALL, now)


def test_nothing_that_version_1_promised_is_gone():
    found = breaking(KEPT, SERVED)

    assert found == [], "these break programs (docs/how-to/api.md says what to do instead)"


@pytest.mark.release
def test_a_release_keeps_all_that_it_serves():
    # additions of the day pass; what is published is promised
    is_current = DIGEST.read_text(encoding="utf-8") == written(SERVED)

    assert is_current, f"the API has additions: run `.venv/bin/{COMMAND}` and commit"
    assert len(KEPT["operations"]) > 900


def test_removing_any_operation_or_answered_field_of_ours_is_noticed():
    gone = deepcopy(SERVED)
    del gone["operations"]["GET /api/v1/items"]
    del gone["schemas"]["Created"]["properties"]["id"]
    found = breaking(SERVED, gone)

    assert "GET /api/v1/items: removed" in found
    assert "POST /api/v1/limits 201.id: removed" in found


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda now, op, body: now["operations"].clear(), ["POST /payments: removed"]),
        (
            lambda now, op, body: op.update(name="pay"),
            ["POST /payments: new_payment is named pay in the client"],
        ),
        (lambda now, op, body: op["asks"].clear(), ["POST /payments query limit: removed"]),
        (
            lambda now, op, body: op["asks"].update(
                {"query day": {"required": True, "schema": {"type": "string"}}}
            ),
            ["POST /payments query day: is required now"],
        ),
        (
            lambda now, op, body: op["asks"]["query limit"]["schema"].update(maximum=100),
            ["POST /payments query limit: maximum is 100 now"],
        ),
        (
            lambda now, op, body: op.update(answers={"202": {}}),
            [f"{GOT}: is not answered any more"],
        ),
        (
            lambda now, op, body: body["properties"].pop("note"),
            [f"{SENT}.note: removed", f"{GOT}.note: removed"],
        ),
        (
            lambda now, op, body: body["required"].append("method"),
            [f"{SENT}.method: is required now"],
        ),
        (lambda now, op, body: body["required"].clear(), [f"{GOT}.number: may be left out now"]),
        (
            lambda now, op, body: body["properties"]["number"].update(maxLength=20),
            [f"{SENT}.number: maxLength is 20 now"],
        ),
        (
            lambda now, op, body: body["properties"]["number"].update(type="integer"),
            [
                f"{SENT}.number: string is not taken any more",
                f"{GOT}.number: integer may come now",
            ],
        ),
        (
            lambda now, op, body: body["properties"]["method"]["enum"].remove("card"),
            [f"{SENT}.method: card not taken any more"],
        ),
        (
            lambda now, op, body: body["properties"]["note"]["anyOf"].pop(),
            [f"{SENT}.note: null is not taken any more"],
        ),
        (
            lambda now, op, body: body["properties"]["note"]["anyOf"].append({"type": "integer"}),
            [f"{GOT}.note: integer may come now"],
        ),
    ],
)
def test_what_breaks_a_program_is_told(change, told):
    assert changed(change) == told


@pytest.mark.parametrize(
    "change",
    [
        lambda now, op, body: now["operations"].update({"GET /new": op}),
        lambda now, op, body: op["asks"].update(
            {"query day": {"required": False, "schema": {"type": "string"}}}
        ),
        lambda now, op, body: body["properties"].update(day={"type": "string"}),
        lambda now, op, body: body["properties"]["method"]["enum"].append("cash"),
        lambda now, op, body: body["properties"]["number"].update(maxLength=80),
        lambda now, op, body: op["answers"].update({"202": {}}),
    ],
)
def test_additions_break_nothing(change):
    assert changed(change) == []


def test_a_renamed_schema_is_no_change_and_one_that_holds_itself_ends():
    renamed = deepcopy(SMALL)
    renamed["schemas"]["Money"] = renamed["schemas"].pop("Payment")
    operation = renamed["operations"]["POST /payments"]
    there = {"application/json": {"$ref": "#/components/schemas/Money"}}
    operation["body"], operation["answers"] = there, {"200": there}
    assert breaking(SMALL, renamed) == []

    nested = deepcopy(SMALL)
    nested["schemas"]["Payment"]["properties"]["parent"] = {"$ref": "#/components/schemas/Payment"}
    assert breaking(nested, deepcopy(nested)) == []
