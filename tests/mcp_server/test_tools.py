"""Every tool: its schema, its answer, what is said of texts from outside, and what fails."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from dunwell.actions.gate import program
from dunwell.actions.role_rights import RIGHTS, STAFF_ROLES
from dunwell.mcp_server.calls import carry_out
from dunwell.mcp_server.catalogue import TOOLS
from dunwell.mcp_server.quoting import quoted_fields
from dunwell.mcp_server.tools import Caller
from dunwell.models import ApiToken, Event, Hold, Order, Promise
from tests.api.conftest import add_token
from tests.conftest import AT, TODAY, add_user, examples
from tests.mcp_server.desk import owing


def called(user, company, *, rights=None):
    """A caller by a token of the person."""
    add_token(user, company, rights=rights)
    token = ApiToken.objects.get(user=user, company=company)
    return Caller(actor=program(token), token=token, as_of=TODAY, at=AT)


@pytest.fixture
def desk(company):
    omni = add_user(company, "omni", *STAFF_ROLES)
    customer, items = owing(company)
    return SimpleNamespace(
        caller=called(omni, company, rights=sorted(RIGHTS)), customer=customer, items=items
    )


def test_every_tool_that_reads_answers_by_its_own_schema(desk):
    named = {
        "customer_id": desk.customer.pk, "item_id": desk.items[0].pk, "name": "receivables_minor",
        "covered_minor": 500_00, "currency": "EUR", "number": "O1", "amount_minor": 50_00,
    }  # fmt: skip
    empty = {"show_forecast", "explain_score"}  # nothing is kept before the first cycle

    for tool in TOOLS.values():
        Draft202012Validator.check_schema(tool.input_schema)
        Draft202012Validator.check_schema(tool.output_schema)
        assert tool.description and tool.right in RIGHTS
        if tool.is_write:
            continue
        wanted = tool.input_schema.get("required", [])
        reply = carry_out(desk.caller, tool.name, {name: named[name] for name in wanted})
        if tool.name in empty:
            assert reply.content["error"]["code"] == "not_found"
            continue
        assert not reply.is_error, (tool.name, reply.content)
        Draft202012Validator(tool.output_schema).validate(reply.content)
    assert Order.objects.count() == 0


@pytest.mark.both
def test_writes_do_what_the_desk_does(desk):
    own, item = {"customer_id": desk.customer.pk}, desk.items[0].pk
    calls = {
        "record_promise": {"lines": [{"item_id": item, "amount_minor": 50_00}],
                           "due_on": "2026-03-12", **own},
        "open_dispute": {"reason": "price", "parts": [{"item_id": item, "amount_minor": 20_00}],
                         **own},
        "place_hold": {"reason": "hardship", **own},
        "snooze_customer": {"until_on": "2026-03-09", **own},
        "record_amount": {"currency": "EUR", "amount_minor": 70_00, "due_on": "2026-03-12", **own},
        "propose_limit": {"amount_minor": 1_000_00, "reason": "first order", **own},
        "propose_settlement": {"item_ids": [desk.items[1].pk], "pay_minor": 8_900_00,
                               "pay_by_on": "2026-03-20", "reason": "closing the account", **own},
        "check_order": {"number": "O1", "currency": "EUR", "amount_minor": 50_00, **own},
    }  # fmt: skip
    made = {}
    for name, arguments in calls.items():
        reply = carry_out(desk.caller, name, {**arguments, "idempotency_key": f"key-{name}"})
        assert not reply.is_error, (name, reply.content)
        Draft202012Validator(TOOLS[name].output_schema).validate(reply.content)
        made[name] = reply.content["data"]
    held = {"hold_id": made["place_hold"]["id"], "idempotency_key": "key-release"}
    kept = {
        "promise_id": made["record_promise"]["id"],
        "reason": "wrong",
        "idempotency_key": "k" * 8,
    }

    assert not carry_out(desk.caller, "release_hold", held).is_error
    assert not carry_out(desk.caller, "withdraw_promise", kept).is_error
    assert Hold.objects.get(pk=held["hold_id"]).released_on == TODAY
    assert Promise.objects.get(pk=kept["promise_id"]).outcome == "withdrawn"
    assert made["check_order"]["decision"] in {"approved", "held"}
    again = carry_out(desk.caller, "release_hold", {**held, "idempotency_key": "key-again"})
    assert again.content["error"]["code"] == "refused"


def test_a_fault_of_ours_is_told_without_its_insides(desk, monkeypatch, caplog):
    def broken(caller, arguments):
        raise RuntimeError("password=hunter2")

    monkeypatch.setitem(TOOLS, "show_customer", replace(TOOLS["show_customer"], run=broken))

    reply = carry_out(desk.caller, "show_customer", {"customer_id": desk.customer.pk})

    assert reply.content["error"]["code"] == "internal" and "hunter2" not in str(reply)
    assert "hunter2" in caplog.text
    assert Event.objects.get(verb="mcp.called").data["outcome"] == "internal"


@examples(20, release=200)
@given(
    st.text(min_size=41, max_size=60) | st.text("abc", max_size=9).map(lambda text: f"Pay {text}")
)
def test_words_are_named_wherever_they_stand(words):
    assert quoted_fields(words) == [""]
    assert quoted_fields({"rows": [{"a/b": 1}, {"a/b": [words]}]}) == ["/rows/*/a~1b/*"]
    assert quoted_fields({"day": "2026-03-05", "code": "not_due", "amount": 5}) == []
