"""The API against its own document, by schemathesis: nothing breaks, nothing unannounced comes."""

import pytest
import schemathesis
from django.db import transaction
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from dunwell.actions.gate import RIGHTS
from dunwell.models import Role
from dunwell.wsgi import application
from tests.api.books import keep_books
from tests.api.conftest import add_token
from tests.conftest import add_user

EXAMPLES = 5
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


config = SchemathesisConfig(seed=1)
config.projects.default.generation.update(
    max_examples=EXAMPLES, deterministic=True, database="none", no_shrink=True
)
api = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=config)


@pytest.fixture
def signed(company):
    """Headers of a program with every right, in a company with one record of every kind."""
    keep_books(company)
    person = add_user(company, "omni", *Role.values)
    return {"Authorization": f"Bearer {add_token(person, company, rights=sorted(RIGHTS)).token}"}


@api.parametrize()
def test_every_operation_keeps_to_the_document(case, signed):
    with transaction.atomic():
        response = case.call(headers=signed)
        transaction.set_rollback(True)

    case.validate_response(response, checks=CHECKS)
