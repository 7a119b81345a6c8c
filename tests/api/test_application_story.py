"""An application over the API: from a name to a customer with a limit; every operation, once."""

import pytest
import time_machine

from dunwell.api import api
from dunwell.formats.application_words import signing_text
from dunwell.models import ApplicationMail, ApplicationSignature, CreditLimit, Customer
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


@pytest.mark.both
def test_a_program_has_the_applicant_sign_what_it_was_shown(company, as_analyst):
    body = {"name": "Klein GmbH", "email": "eva@klein.example", "country": "DE", "language": "de"}
    path = f"/applications/{as_analyst.post('/applications', body).json()['id']}"
    as_analyst.post(f"{path}/answers", {"answers": {**ANSWERS, "asked_minor": 500_000}})
    as_analyst.post(f"{path}/consents", {"kinds": ["credit_check", "truth"], "by": "Eva Klein"})
    shown = as_analyst.get(f"{path}/paper").json()
    assert (shown["number"], shown["statement"]) == ("CA-1", signing_text("de"))

    sent = {key: shown[key] for key in ("statement", "sha256")} | {"signed_by": "Eva Klein"}
    for wrong, told in (
        ({"statement": "I sign."}, "word for word"),
        ({"sha256": "0" * 64}, "says something else than what was signed"),
        ({"signed_by": "   "}, "Type your name to sign."),
    ):
        answer = as_analyst.post(f"{path}/sign", sent | wrong)
        assert (answer.status_code, told in answer.json()["detail"]) == (422, True), answer.content
    as_analyst.post(f"{path}/answers", {"answers": {"city": "Bonn"}})
    assert as_analyst.post(f"{path}/sign", sent).status_code == 422
    assert not ApplicationSignature.objects.exists()

    sent["sha256"] = as_analyst.get(f"{path}/paper").json()["sha256"]
    first = as_analyst.post(f"{path}/sign", sent, key="signed")
    assert (first.status_code, first.json()) == (200, {"changed": 1})
    assert as_analyst.post(f"{path}/sign", sent, key="signed").json() == first.json()
    again = as_analyst.post(f"{path}/sign", sent)
    assert (again.status_code, "can no longer be changed" in again.json()["detail"]) == (422, True)

    (kept,) = as_analyst.get(path).json()["signatures"]
    assert (kept["signed_by"], kept["statement"], kept["sha256"], kept["recorded_by"]) == (
        "Eva Klein", signing_text("de"), sent["sha256"], "nora via erp",
    )  # fmt: skip
    assert (kept["signed_on"], kept["is_current"]) == (str(TODAY), True)
    told = [one["verb"] for one in as_analyst.get(path).json()["events"]]
    assert told.count("application.signed") == told.count("application.submitted") == 1
    # who is asked for more signs anew under what is stated then
    as_analyst.post(f"{path}/wait", {"text": "Your city, please."})
    as_analyst.post(f"{path}/answers", {"answers": {"city": "Berlin"}})
    sent["sha256"] = as_analyst.get(f"{path}/paper").json()["sha256"]
    assert as_analyst.post(f"{path}/sign", sent).status_code == 200
    rows = as_analyst.get(path).json()["signatures"]
    assert [row["is_current"] for row in rows] == [False, True]
