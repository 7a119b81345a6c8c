"""Fields of policy documents: what is read as what, and what is refused."""

from datetime import date, datetime

import pytest

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

WHERE = "policy p"
DAY = date(2026, 1, 31)


def read_or_refused(read, *args, **more):
    try:
        return read(*args, WHERE, **more)
    except DocumentError as error:
        return str(error)


@pytest.mark.parametrize("value", [{}, {"a": 1}])
def test_fields_are_names_with_values(value):
    assert documents.fields(value, WHERE) == value


@pytest.mark.parametrize("value", [None, [], "a: 1", 7])
def test_what_holds_no_fields_is_refused(value):
    assert read_or_refused(documents.fields, value) == (
        f"policy p: expected fields with values, found {value!r}"
    )


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({}, None),
        ({"day": 1, "level": 2}, None),
        ({"level": 2, "tone": 3}, "policy p: field 'tone' is not known; use day, level"),
        ({"z": 1, "day": 1, "c": 1}, "policy p: field 'c' is not known; use day, level"),
    ],
)
def test_the_first_field_that_is_not_known_is_named_with_those_that_are(stated, expected):
    assert read_or_refused(documents.known, stated, ("level", "day")) == expected


@pytest.mark.parametrize("value", [[], [1, 2], ("a",)])
def test_rows_are_a_list_which_may_be_empty(value):
    assert read_or_refused(documents.rows, value, "steps") == value


@pytest.mark.parametrize("value", [None, "a, b", 7, {"a": 1}])
def test_a_text_or_a_number_is_no_list(value):
    assert read_or_refused(documents.rows, value, "steps") == (
        f"policy p: steps must be a list, found {value!r}"
    )


@pytest.mark.parametrize(
    ("stated", "default", "expected"),
    [
        ({"name": "a b"}, None, "a b"),
        ({"name": "a b"}, "", "a b"),
        ({}, "other", "other"),
        ({}, "", ""),
        ({"name": ""}, "", ""),
        ({}, None, "policy p: name must be a text, found None"),
        ({"name": ""}, None, "policy p: name must be a text, found ''"),
        ({"name": " "}, "", "policy p: name must be a text, found ' '"),
        ({"name": 7}, "other", "policy p: name must be a text, found 7"),
    ],
)
def test_a_text_is_not_blank_unless_that_is_what_stands_for_none(stated, default, expected):
    assert read_or_refused(documents.text, stated, "name", default=default) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, ()),
        ([], ()),
        (["b", "a"], ("b", "a")),
        (["a", "b", "a"], "'a'"),
        (["a", ""], "''"),
        (["a", " "], "' '"),
        (["a", 7], "7"),
    ],
)
def test_names_are_different_texts_in_their_order(value, expected):
    if isinstance(expected, str):
        expected = f"policy p: segments holds {expected}; write each name once, as text"
    assert read_or_refused(documents.names, value, "segments") == expected


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ([], None),
        (["a", "b", "c"], None),
        (["c", "a", "c"], "policy p: two are named 'c'; give each its own name"),
        (["d", "b", "d", "b"], "policy p: two are named 'b'; give each its own name"),
        (["a", "a", "a"], "policy p: two are named 'a'; give each its own name"),
    ],
)
def test_a_name_that_stands_twice_is_refused(stated, expected):
    assert read_or_refused(documents.refuse_twice, stated) == expected


@pytest.mark.parametrize(
    ("stated", "more", "expected"),
    [
        ({"n": 0}, {}, 0),
        ({"n": 9_000_000_000_000_000}, {}, 9_000_000_000_000_000),
        ({}, {"default": 5}, 5),
        ({"n": -3}, {"smallest": -3, "largest": 4}, -3),
        ({"n": 4}, {"smallest": -3, "largest": 4}, 4),
        ({"n": -1}, {}, "n is -1; it must lie in 0 … 9000000000000000"),
        ({"n": 9_000_000_000_000_001}, {}, "n is 9000000000000001; it must lie in 0 … 90000000"),
        ({"n": -4}, {"smallest": -3, "largest": 4}, "n is -4; it must lie in -3 … 4"),
        ({"n": 5}, {"smallest": -3, "largest": 4}, "n is 5; it must lie in -3 … 4"),
        ({}, {}, "n must be a whole number, found None"),
        ({"n": None}, {"default": 5}, "n must be a whole number, found None"),
        ({"n": True}, {}, "n must be a whole number, found True"),
        ({"n": 1.0}, {}, "n must be a whole number, found 1.0"),
        ({"n": "1"}, {}, "n must be a whole number, found '1'"),
    ],
)
def test_a_number_is_whole_and_within_its_bounds(stated, more, expected):
    found = read_or_refused(documents.number, stated, "n", **more)
    if isinstance(expected, str):
        assert found.startswith(f"policy p: {expected}")
    else:
        assert found == expected


@pytest.mark.parametrize(
    ("stated", "more", "expected"),
    [
        ({"on": True}, {}, True),
        ({"on": False}, {"default": True}, False),
        ({}, {}, False),
        ({}, {"default": True}, True),
        ({"on": "yes"}, {}, "policy p: on must be true or false, found 'yes'"),
        ({"on": 1}, {}, "policy p: on must be true or false, found 1"),
    ],
)
def test_a_switch_is_off_unless_something_else_is_said(stated, more, expected):
    assert read_or_refused(documents.switch, stated, "on", **more) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("email", "email"),
        ("fax", "policy p: channel 'fax' is not known; use one of email, call"),
        ("", "policy p: channel '' is not known; use one of email, call"),
        (None, "policy p: channel None is not known; use one of email, call"),
        (7, "policy p: channel 7 is not known; use one of email, call"),
    ],
)
def test_a_choice_is_one_of_the_words_allowed(value, expected):
    assert read_or_refused(documents.choice, value, "channel", ("email", "call")) == expected


@pytest.mark.parametrize("value", [DAY, "2026-01-31"])
def test_a_day_is_a_date_or_its_text(value):
    assert documents.day(value, "from", WHERE) == DAY
    assert documents.optional_day({"from": value}, "from", WHERE) == DAY


@pytest.mark.parametrize("value", [datetime(2026, 1, 31), "31.1.2026", "2026-02-30", 20260131])
def test_what_is_no_day_is_refused(value):
    refused = f"policy p: from must be a day such as 2026-01-31, found {value!r}"
    assert read_or_refused(documents.day, value, "from") == refused
    assert read_or_refused(documents.optional_day, {"from": value}, "from") == refused


def test_only_an_optional_day_may_be_left_out():
    assert documents.optional_day({}, "from", WHERE) is None
    assert documents.optional_day({"from": None}, "from", WHERE) is None
    with pytest.raises(DocumentError, match="from must be a day"):
        documents.day(None, "from", WHERE)
