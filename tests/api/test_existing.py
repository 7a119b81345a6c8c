"""What a query does not find is a 404, said in one place for every operation."""

import re
from pathlib import Path

import pytest
from django.http import Http404

from dunwell import api
from dunwell.api.fields import existing

BY_HAND = re.compile(r"if .+ is None:\n\s+raise (?:Http404|Absent)")


@pytest.mark.parametrize("row", [0, "", (), "row"])
def test_what_was_found_is_given_back_though_it_be_empty(row):
    assert existing(row) is row


def test_what_was_not_found_is_absent():
    with pytest.raises(Http404):
        existing(None)


def test_no_operation_says_it_by_hand():
    files = sorted(Path(api.__file__).parent.glob("*.py"))

    assert [path.name for path in files if BY_HAND.search(path.read_text(encoding="utf-8"))] == [
        "fields.py"
    ]
