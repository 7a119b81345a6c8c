"""A message's words in pieces: marks, links with their host, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.marked_text import Mark, Piece, pieces


def test_marks_and_links_are_told_from_text():
    text = "Pay R1 at https://pay.example/x?a=1."

    assert pieces(text, [Mark(start=4, end=6, name="items")]) == (
        Piece(text="Pay "),
        Piece(text="R1", mark="items"),
        Piece(text=" at "),
        Piece(
            text="https://pay.example/x?a=1", href="https://pay.example/x?a=1", host="pay.example"
        ),
        Piece(text="."),
    )


@pytest.mark.parametrize(
    "text",
    [
        "http://plain.example/",
        "javascript:alert(1)",
        "https://bank.example@evil.example/",
        "https://[bad/",
        "https://bänk.example/",
    ],
)
def test_what_hides_where_it_leads_is_no_link(text):
    assert pieces(text, []) == (Piece(text=text),)


@given(
    st.text(max_size=80),
    st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=6),
)
def test_the_pieces_are_the_text_again(text, marks):
    found = pieces(text, [Mark(start=a, end=b, name="x") for a, b in marks])

    assert "".join(one.text for one in found) == text
