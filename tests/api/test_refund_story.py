"""Money given back over the API: an account, a refund, two people, the books stay clean."""

import pytest
import yaml

from dunwell import clock
from dunwell.engine.cash_policy import read_cash_policy
from dunwell.engine.cash_rehearsal import play_cash_cases
from dunwell.models import Role
from tests.api.conftest import add_token
from tests.conftest import add_user
from tests.test_docs import DOCS, fences


@pytest.fixture
def as_second(company):
    rights = ["ledger.view", "payee.approve", "refund.approve", "cash_policy.publish"]
    return add_token(add_user(company, "max", Role.CREDIT_MANAGER), company, rights=rights)


def test_an_overpayment_goes_back_by_two_programs(as_clerk, as_second, customer):
    today = clock.today("Europe/Berlin").isoformat()
    money = as_clerk.post(
        "/payments",
        {"number": "B-1", "customer_id": customer.pk, "currency": "EUR", "amount_minor": 80_00,
         "value_on": today},
    ).json()["id"]  # fmt: skip
    payee = as_clerk.post(
        "/payees",
        {"customer_id": customer.pk, "name": "Acme", "account": "DE89370400440532013000",
         "evidence": "letter"},
    ).json()["id"]  # fmt: skip
    asked = {"payment_id": money, "payee_id": payee, "amount_minor": 80_00, "reason": "twice"}
    refund = as_clerk.post("/refunds", asked).json()["id"]

    early = as_second.post(f"/refunds/{refund}/approve")
    assert early.status_code == 422 and "Payee Acme is marked" in early.json()["detail"]
    assert as_clerk.post(f"/payees/{payee}/approve").status_code == 403
    as_second.post(f"/payees/{payee}/approve")
    item = as_second.post(f"/refunds/{refund}/approve").json()["id"]
    more = as_clerk.post("/refunds", {**asked, "amount_minor": 1})
    both = as_clerk.post("/refunds", {**asked, "credit_id": item})
    as_second.post("/refunds/paid", {"refund_ids": [refund], "paid_on": today})

    row = as_clerk.get(f"/refunds/{refund}").json()
    assert (row["status"], row["item_id"], row["source"], row["is_payable"]) == (
        "paid", item, "B-1", False,
    )  # fmt: skip
    assert more.status_code == 422 and "the 0.00 EUR free of B-1" in more.json()["detail"]
    assert both.status_code == 422 and "one of both" in both.json()["detail"]
    assert as_clerk.get("/refunds/totals?status=paid").json() == [
        {"currency": "EUR", "refunds": 1, "amount_minor": 80_00}
    ]
    unknown = as_second.post("/refunds/paid", {"refund_ids": [10**9], "paid_on": today})
    assert unknown.status_code == 422 and "no refund 1000000000" in unknown.json()["detail"]
    assert [p for p in as_clerk.get("/verify").json()["proofs"] if p["broken"]] == []


def test_the_policy_of_the_guide_is_valid_and_its_cases_come_out():
    document = yaml.safe_load(next(fences(DOCS / "how-to" / "cash-policy.md", "yaml")))
    results = play_cash_cases(read_cash_policy(document))
    assert len(results) == 4
    assert [result.message() for result in results if not result.is_passed] == []
