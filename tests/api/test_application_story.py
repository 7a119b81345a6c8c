"""An application over the API: from a name to a customer with a limit; every operation, once."""

import pytest
import time_machine

from dunwell.api import api
from dunwell.models import ApplicationMail, CreditLimit, Customer
from tests.actions.application_rows import ANSWERS
from tests.api.application_books import keep_applications
from tests.api.application_operations import APPLICATION_OPERATIONS
from tests.api.conftest import add_token
from tests.api.operations import operations, send
from tests.conftest import AT, TODAY, add_user

ROUTES = {
    name: (method, path)
    for name, method, path, _ in operations(api.get_openapi_schema())
    if name in APPLICATION_OPERATIONS
}


@pytest.fixture(autouse=True)
def _standing_clock(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def as_analyst(company):
    return add_token(add_user(company, "nora", "credit_analyst"), company)


def test_the_table_names_every_operation_of_applications(db):
    assert ROUTES.keys() == APPLICATION_OPERATIONS.keys()


def test_every_operation_does_its_work(company, as_anyone, as_rival):
    ids = keep_applications(company, today=TODAY, at=AT)
    for name, (method, path) in ROUTES.items():
        if "_id}" in path:
            answer = send(as_rival, name, method, path, ids, TODAY)
            assert answer.status_code == 404, (name, answer.content)
        answer = send(as_anyone, name, method, path, ids, TODAY)
        # what an operation before has changed may refuse it, but nothing breaks
        assert answer.status_code in {200, 201, 422}, (name, answer.content)


def test_an_application_becomes_a_customer_with_a_limit(company, as_analyst, as_manager):
    body = {"name": "Klein GmbH", "email": "eva@klein.example", "country": "DE"}
    made = as_analyst.post("/applications", {**body, "sends_link": True}, key="one")
    assert made.status_code == 201
    assert as_analyst.post("/applications", {**body, "sends_link": True}, key="one").json() == (
        made.json()
    )
    path = f"/applications/{made.json()['id']}"
    assert ApplicationMail.objects.get().to == "eva@klein.example"
    missing = as_analyst.post(f"{path}/submit")
    assert (missing.status_code, "vat id" in missing.json()["detail"]) == (422, True)
    wrong = as_analyst.post(f"{path}/answers", {"answers": {"asked_minor": -1}})
    assert "asked minor: -1 does not lie in" in wrong.json()["detail"]
    told = {**ANSWERS, "asked_minor": 500_000}
    assert as_analyst.post(f"{path}/answers", {"answers": told}).status_code == 200
    consent = {"kinds": ["credit_check", "truth"], "by": "Eva Klein"}
    for step, sent in (
        ("consents", consent),
        ("submit", {}),
        ("screen", {}),
        ("gather", {}),
        ("score", {}),
    ):
        answer = as_analyst.post(f"{path}/{step}", sent)
        assert answer.status_code == 200, (step, answer.content)

    shown = as_analyst.get(path).json()
    assert (shown["row"]["status"], shown["proposal"]["outcome"], shown["row"]["days_left"]) == (
        "in_review", "refer", 10,
    )  # fmt: skip
    assert len(shown["checks"]) == 6
    assert shown["answers"]["iban"] == "DE89 … 3000"
    assert {one["verb"] for one in shown["events"]} >= {"application.scored"}
    advice = {"outcome": "approve", "limit_minor": 100_000, "terms_days": 14}
    as_analyst.post(f"{path}/recommend", advice)
    assert as_analyst.post(f"{path}/decide", {"outcome": "approve"}).status_code == 403
    assert as_manager.post(f"{path}/decide", {"outcome": "approve"}).status_code == 200
    letter = as_analyst.get(f"{path}/letter").json()
    assert (letter["currency"], letter["decision"]["limit_minor"], letter["signed_by"]) == (
        "EUR", 100_000, "mona via erp",
    )  # fmt: skip
    assert as_analyst.post(f"{path}/activate", {"number": "K9"}).status_code == 200
    limit = CreditLimit.objects.get()
    assert (Customer.objects.get().number, limit.amount_minor, limit.status) == (
        "K9", 100_000, "approved",
    )  # fmt: skip
    assert [
        row["number"] for row in as_analyst.get("/applications?scope=over").json()["rows"]
    ] == ["CA-1"]
