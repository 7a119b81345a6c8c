"""The Python client against the desk as it is served, by granian on loopback."""

from itertools import islice

import pytest

from dunwell_client import (
    Conflict,
    Dunwell,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
    TooManyRequests,
    Unreachable,
    every_row,
)
from tests.client.serving import served_desk

MOST_A_MINUTE = 60
DATED = {"issued_on": "2026-01-10", "due_on": "2026-02-09"}


@pytest.fixture(scope="module")
def served():
    """Address, tokens and the customer's key of a desk that is served."""
    with served_desk(DUNWELL_API_LIMIT=str(MOST_A_MINUTE)) as (address, told, _):
        yield address, told


@pytest.fixture(scope="module")
def desk(served):
    return Dunwell(served[0], served[1]["erp"])


@pytest.fixture(scope="module")
def customer(served):
    return served[1]["customer"]


def item(customer, number, amount_minor=5_00):
    return {
        "customer_id": customer, "number": number, "kind": "invoice", "currency": "EUR",
        "amount_minor": amount_minor, **DATED,
    }  # fmt: skip


def test_it_reads_writes_once_and_lists_all_pages(desk, customer):
    assert desk.customers.show_customer(customer)["name"] == "Acme"

    rows = [item(customer, f"R{number}") for number in range(5)]
    told = desk.bulk.new_items({"rows": rows})
    first = desk.items.new_item(item(customer, "R5"), idempotency_key="k5")
    again = desk.items.new_item(item(customer, "R5"), idempotency_key="k5")
    listed = list(every_row(desk.items.list_items, customer_id=customer, limit=2))

    assert (told["done"], told["refused"]) == (5, 0)
    assert first == again
    ours = [row["number"] for row in listed if row["number"].startswith("R")]
    assert ours == [f"R{number}" for number in range(6)]
    assert len(list(islice(every_row(desk.items.list_items, limit=1), 2))) == 2
    assert desk.exports.export_items(customer_id=customer).count(b"\n") == len(listed) + 1


def test_what_is_refused_says_what_where_and_what_to_do(served, desk, customer):
    address, told = served
    with pytest.raises(Refused) as refused:
        desk.items.new_item(item(customer, "R9", -1))
    with pytest.raises(Invalid) as invalid:
        desk.bulk.new_items({"rows": [item(customer, "R9", -1)]})
    with pytest.raises(NotFound):
        desk.items.show_item(10**9)
    with pytest.raises(Forbidden):
        Dunwell(address, told["reader"]).items.new_item(item(customer, "R9"))
    with pytest.raises(NotSignedIn) as unknown:
        Dunwell(address, "dw_nobody").desk.show_me()
    desk.items.new_item(item(customer, "Q7"), idempotency_key="k7")
    with pytest.raises(Conflict):
        desk.items.new_item(item(customer, "Q8"), idempotency_key="k7")

    sign = "The amount of R9 must be above 0; a credit is a credit note."
    assert (refused.value.what, refused.value.where, refused.value.status) == (
        sign, "POST /items", 422,
    )  # fmt: skip
    assert invalid.value.fields == {"body.body.rows.0": sign}
    assert unknown.value.to_do == "Make a new token under Settings, API tokens."


def asked(desk, count):
    for _ in range(count):
        desk.desk.show_me()


def test_above_the_limit_it_is_told_how_long_to_wait(served):
    # one try: it does not wait for the minute to end
    busy = Dunwell(served[0], served[1]["busy"], tries=1)
    with pytest.raises(TooManyRequests) as limited:
        # a minute may end in between
        asked(busy, 2 * MOST_A_MINUTE + 2)

    assert limited.value.what.startswith(f"At most {MOST_A_MINUTE} requests a minute")
    assert 1 <= limited.value.retry_after_seconds <= 60


def test_an_address_that_is_not_safe_or_not_there():
    with pytest.raises(ValueError, match="is not https"):
        Dunwell("http://desk.example", "dw_x")
    with pytest.raises(Unreachable) as gone:
        Dunwell("http://127.0.0.1:1", "dw_x", tries=1).desk.show_me()
    assert gone.value.where == "GET /me"
