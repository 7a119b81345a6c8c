"""Names after an @: whom a text calls, and what only looks like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.mentions import mentioned

NAMES = ("anna", "ann", "mona lisa", "j.doe", "Bert")


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("@anna please look", ("anna",)),
        ("please look, @Anna.", ("anna",)),
        ("(@ann) and @anna and @ANN", ("ann", "anna")),
        ("ask @mona lisa, then @bert!", ("mona lisa", "Bert")),
        ("@j.doe: yes", ("j.doe",)),
        ("write to info@anna.example or x@anna", ()),
        ("@annabel and @anna.example and @ anna", ()),
        ("nobody", ()),
    ],
)
def test_a_text_calls_whom_it_names(text, called):
    assert mentioned(text, NAMES) == called


@given(st.text(max_size=60), st.lists(st.text("ab.c ", min_size=1, max_size=5), max_size=4))
def test_only_known_names_are_called_each_once(text, names):
    called = mentioned(text, names)
    assert set(called) <= set(names)
    assert len(set(called)) == len(called)
