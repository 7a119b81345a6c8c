"""Creditor references: right check digits, read back by matching, and no word among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.creditor_references import creditor_reference, lettered, spaced_reference
from dunwell.engine.matching.check_digits import structured_references

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def test_the_example_of_the_standard_comes_out():
    assert creditor_reference("539007547034") == "RF18539007547034"
    assert spaced_reference("RF18539007547034") == "RF18 5390 0754 7034"


@given(st.text(SIGNS, min_size=1, max_size=21))
def test_matching_reads_every_reference_back(body):
    whole = creditor_reference(body)
    (found,) = structured_references(f"PAID {whole}")

    assert (found.standard, found.whole, found.body) == ("rf", whole, body)


@pytest.mark.parametrize("body", ["", "A" * 22, "R-1", "Ä"])
def test_what_cannot_be_a_reference_is_refused(body):
    with pytest.raises(ValueError, match="cannot be a reference"):
        creditor_reference(body)


@given(st.integers(0, 20**8), st.integers(0, 20**8))
def test_each_number_has_letters_of_its_own(one, other):
    assert (lettered(one) == lettered(other)) == (one == other)
    assert not set(lettered(one)) & set("AEIOUY0123456789")
