"""The long tier of test_schema: every boundary of every field of every operation, one at a time."""

import pytest

from tests.api.test_schema import conforms, document, labelled

thorough = labelled(document(with_coverage=True))


@pytest.mark.release
@pytest.mark.django_db
@pytest.mark.parametrize(
    "operation", [pytest.param(operation, id=label) for label, operation in thorough]
)
def test_every_operation_keeps_to_the_document_at_every_boundary(operation, signed):
    conforms(operation, 60, signed)
