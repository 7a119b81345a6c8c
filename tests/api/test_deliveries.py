"""The API of deliveries and answers: every operation answers every role as the table says."""

import pytest

from tests.api.delivery_operations import DELIVERY_OPERATIONS
from tests.api.test_routes import (  # noqa: F401
    ROUTES,
    caller,
    company,
    expected,
    ids,
    send,
    today,
    undone,
)

OURS = [route for route in ROUTES if route[0] in DELIVERY_OPERATIONS]


def test_every_operation_of_the_table_is_there():
    assert {name for name, *_ in OURS} == set(DELIVERY_OPERATIONS)


@pytest.mark.parametrize("letter", ["C", "R"])
def test_operations_of_deliveries_answer_as_the_table_says(company, ids, today, letter):  # noqa: F811
    program = caller(company, letter)
    told = {}
    for name, method, path, _ in OURS:
        answer = undone(lambda: send(program, name, method, path, ids, today))  # noqa: B023
        told[name] = "done" if answer.status_code in {200, 201, 202} else answer.status_code
        if told[name] not in {"done", 401, 403}:
            told[name] = (answer.status_code, answer.content[:300])
    assert told == {name: expected(name, letter) for name, *_ in OURS}
