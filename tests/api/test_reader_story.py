"""Readers of messages over the API: shown, trained, put to serve, taken back; every operation."""

import pytest
import time_machine

from dunwell.api import api
from dunwell.jobs.reading import serving_reader
from dunwell.ml.intents.shipped import shipped_version
from dunwell.models import IntentModel
from tests.api.operations import operations, send
from tests.api.reader_books import keep_readers
from tests.api.reader_operations import READER_OPERATIONS
from tests.conftest import AT, TODAY

ROUTES = {
    name: (method, path)
    for name, method, path, _ in operations(api.get_openapi_schema())
    if name in READER_OPERATIONS
}


@pytest.fixture(autouse=True)
def _standing_clock():
    with time_machine.travel(AT, tick=False):
        yield


def test_the_table_names_every_operation_of_readers(db):
    assert ROUTES.keys() == READER_OPERATIONS.keys()


def test_every_operation_does_its_work(company, as_anyone, as_rival):
    ids = keep_readers(company, at=AT)
    for name, (method, path) in ROUTES.items():
        if "_id}" in path:
            answer = send(as_rival, name, method, path, ids, TODAY)
            assert answer.status_code == 404, (name, answer.content)
        answer = send(as_anyone, name, method, path, ids, TODAY)
        # what an operation before has changed may refuse it, but nothing breaks
        assert answer.status_code in {200, 201, 202, 422}, (name, answer.content)


def test_a_reader_is_trained_shown_put_to_serve_and_taken_back(
    company, as_manager, as_admin, as_clerk
):
    keep_readers(company, at=AT)
    begun = as_manager.post("/message-readers/train")
    assert (begun.status_code, begun.json()["look_at"]) == (
        202,
        "/api/v1/message-readers/training",
    )
    state = as_manager.get("/message-readers/training").json()
    assert (state["is_running"], state["refusal"]) == (False, "")

    shown = as_clerk.get(f"/message-readers/{state['model_id']}").json()
    assert shown["reader"]["status"] == "candidate"
    assert shown["card"]["learned_from"] == {"messages": 12, "phrases": 0, "own": 1}

    path = f"/message-readers/{state['model_id']}"
    assert as_clerk.post(f"{path}/promote").status_code == 403
    assert as_manager.post(f"{path}/promote").status_code == 422
    body = {"reason": "knows our words"}
    assert as_admin.post(f"{path}/promote", body).json() == {"changed": 1}
    page = as_clerk.get("/message-readers").json()
    assert (page["serving_id"], page["accepted"]) == (state["model_id"], 1)

    assert as_admin.post(f"{path}/retire", {"reason": "odd"}).json() == {"changed": 1}
    assert serving_reader(company)[0] == shipped_version()
    assert IntentModel.objects.get(pk=state["model_id"]).retired_at is not None


def test_without_a_labelled_message_there_is_nothing_to_train_on(as_manager):
    answer = as_manager.post("/message-readers/train")

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Nobody has labelled a message yet")
