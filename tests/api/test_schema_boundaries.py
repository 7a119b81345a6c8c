"""The long tier of test_schema: every boundary of every field of every operation, one at a time."""

import pytest

from tests.api.test_schema import cases, conforms, document

thorough = document(with_coverage=True)


@pytest.mark.release
@pytest.mark.django_db
@thorough.parametrize()
@cases(60)
def test_every_operation_keeps_to_the_document_at_every_boundary(case, signed):
    conforms(case, signed)
