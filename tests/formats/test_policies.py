import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.policies import LARGEST_BYTES, PolicyError, line_of, read_policy

TEXT = """\
strategy:
  name: polite
  steps:
    - level: 1
      day: 3
    - {level: 2,
       day: 9}
cases:
  - {name: first}
  - name: second
    expect: 1
"""


def test_a_document_comes_back_as_plain_data():
    assert read_policy(TEXT).document == {
        "strategy": {"name": "polite", "steps": [{"level": 1, "day": 3}, {"level": 2, "day": 9}]},
        "cases": [{"name": "first"}, {"name": "second", "expect": 1}],
    }


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("strategy polite: name must be a text", 2),
        ("strategy polite: steps are missing", 3),
        ("strategy polite, step 1: day 3 is not after day 4", 5),
        ("strategy polite, step 2: day 9 is not after day 9", 7),
        ("strategy polite, step 2: channel is missing", 6),
        ("strategy polite, case 2 (second): expect must be a whole number", 11),
        ("case 1: expect", 9),
        ("document: 'cases' stands twice", 8),
        ("something else", 2),
    ],
)
def test_a_message_is_traced_to_its_line(message, line):
    assert line_of(read_policy(TEXT), message) == line


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("- a\n", "line 1: expected fields such as 'strategy:' at the start of the line"),
        ("a: 1\nb: 2\na: 3\n", "line 3: a stands twice; keep one of them"),
        ("a: [{b: 1, b: 2}]\n", "line 1: b stands twice; keep one of them"),
        ("a: 1\nb: *x\n", "line 2: references (& and *) are not read; repeat the value"),
        ("a: 1\n\nday: 2026-02-31\n", "line 3: day is out of range for month"),
        ("a: " + "[" * 30 + "]" * 30, "line 1: nested more than 20 levels deep"),
    ],
)
def test_what_could_be_misread_is_refused_with_its_line(text, sentence):
    with pytest.raises(PolicyError) as error:
        read_policy(text)

    assert str(error.value) == sentence


def test_code_is_never_run():
    with pytest.raises(PolicyError, match="line 1: could not determine a constructor"):
        read_policy("a: !!python/object/apply:os.system [true]\n")


def test_a_large_text_is_refused_before_it_is_read():
    with pytest.raises(PolicyError) as error:
        read_policy("a: " + "x" * LARGEST_BYTES)

    assert str(error.value) == "The document has 200003 bytes; at most 200000 are read."


def is_read_or_refused(text):
    """Whether the text gives a document or a sentence, and no other failure."""
    try:
        return isinstance(read_policy(text).document, dict)
    except PolicyError as error:
        return bool(str(error))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    assert is_read_or_refused(text)


@given(st.text(alphabet="ab:- {}[]&*!|>\n'\"#?,12", max_size=60))
def test_any_text_of_yaml_signs_is_read_or_refused(text):
    assert is_read_or_refused(text)
