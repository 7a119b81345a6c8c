"""A customer's program with keys of others' records anywhere: no row of theirs is shown or moved.

The calls are made from the document of `/portal-api/v1`, so that a new operation is asked too.
"""

import json
from datetime import timedelta
from itertools import count, product

import pytest
import time_machine
from django.core.cache import cache

from dunwell.actions.item_documents import add_item_document
from dunwell.actions.portal_keys import KEY_RIGHTS
from dunwell.api.debtor_desk import debtor_desk
from dunwell.models import Checkout, DisputeCase, Promise
from tests.actions.checkout_rows import begun, provider_of
from tests.actions.desk import acting
from tests.api.operations import operations
from tests.api.test_debtor_desk import TODAY, keyed, owed
from tests.conftest import AT, add_customer, add_user
from tests.portal.seats import seat_of

MARK = "ZWEIBR"
"""Numbers of others' records begin with it."""
FIXED = {
    "due_on": str(TODAY + timedelta(days=5)), "amount_minor": 1_00, "reason": "price",
    "text": "too dear", "from_on": str(TODAY - timedelta(days=60)), "to_on": str(TODAY),
    "state": "all",
}  # fmt: skip
"""What fits where no record is named."""


@pytest.fixture(autouse=True)
def _now(settings):
    settings.REQUIRE_MFA = False
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield
    cache.clear()


def records_of(person, company, name, mark):
    """A customer with an item, its paper and a checkout; their keys, and a program of it."""
    customer = add_customer(company, f"{mark}{name}", f"{mark} {name}")
    item = owed(customer, f"{mark}{name}1")
    paper = add_item_document(
        actor=acting(person), item=item, kind="invoice", name=f"{mark}{name}.pdf",
        data=b"%PDF-1.4 " + f"{mark}{name}".encode(), at=AT,
    )  # fmt: skip
    checkout = begun(provider_of(company, name=name), customer, {item: 1_00}, key=name)
    Checkout.objects.filter(pk=checkout.pk).update(error=f"{mark}{name}")
    _, program = keyed(seat_of(customer, email=f"{name.lower()}@buyer.example"), *KEY_RIGHTS)
    keys = {"item_id": item.pk, "document_id": paper.pk, "checkout_id": checkout.pk}
    return keys, program


def calls():
    """Every operation: method, path, names of parameters in its query, and its body."""
    document = debtor_desk.get_openapi_schema()
    schemas = document["components"]["schemas"]

    def filled(schema, keys):
        if "$ref" in schema:
            return filled(schemas[schema["$ref"].rpartition("/")[2]], keys)
        if schema.get("type") == "array":
            return [filled(schema["items"], keys)]
        return {
            name: filled(told, keys) if "$ref" in told or told.get("type") == "array"
            else keys.get(name, FIXED.get(name, "x"))
            for name, told in schema["properties"].items()
        }  # fmt: skip

    for name, method, path, told in operations(document):
        query = [p["name"] for p in told.get("parameters", ()) if p["in"] == "query"]
        content = told.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        yield name, method, path.removeprefix("/portal-api/v1"), query, (
            lambda keys, schema=schema: filled(schema, keys) if schema else None
        )  # fmt: skip


NUMBERS = count()


def ask(program, call, keys):
    _, method, path, query, body = call
    path = path.format(**keys)
    if method == "GET":
        wanted = {n: keys.get(n, FIXED.get(n)) for n in query if n in keys or n in FIXED}
        told = program.client.get(f"/portal-api/v1{path}", wanted, headers=program.headers)
    else:
        told = program.post(path, json.dumps(body(keys)), key=f"n{next(NUMBERS)}")
    content = b"".join(told.streaming_content) if told.streaming else told.content
    return told.status_code, content.decode(errors="replace")


def test_a8_2_2_a_customer_s_program_reaches_no_record_of_another_customer_or_company(
    company, manager, rival
):
    there = rival.memberships.first().company
    theirs = add_user(there, "theo", "credit_manager")
    own, ours = records_of(manager, company, "OWN", "")
    others = [
        records_of(manager, company, "BESIDE", MARK)[0],
        records_of(theirs, there, "ELSEWHERE", MARK)[0],
    ]
    asked = list(calls())
    for call in asked:
        status, text = ask(ours, call, own)
        assert status in (200, 201), (call[0], text)
        assert MARK not in text
    moved = (Promise.objects.count(), DisputeCase.objects.count())
    assert moved == (1, 1)

    tried = 0
    for call, foreign in product(asked, others):
        named = [n for n in own if f"{{{n}}}" in call[2] or n in call[3] or n in str(call[4](own))]
        for each in product((own, foreign), repeat=len(named)):
            if all(one is own for one in each):
                continue
            cache.clear()
            keys = {name: one[name] for name, one in zip(named, each, strict=True)}
            status, text = ask(ours, call, keys)
            # a list narrowed to somebody else's record is an empty list
            assert status == 404 or (status, text) == (200, "[]"), (call[0], keys, text)
            assert MARK not in text
            tried += 1
    assert tried == 14
    assert (Promise.objects.count(), DisputeCase.objects.count()) == moved
