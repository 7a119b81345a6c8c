"""Answers of bureaus: read strictly, from JSON and from rows of a feed."""

from datetime import date
from decimal import Decimal

import pytest

from dunwell.formats.bureau_answers import (
    BureauAnswer,
    BureauAnswerError,
    BureauRequest,
    plain_document,
    read_bureau_answer,
    read_bureau_feed,
    row_of,
)

TOLD = {
    "external_id": "DE-77",
    "score": 612,
    "probability_of_default": Decimal("0.0125"),
    "limit": Decimal("25000.50"),
    "currency": "EUR",
    "risk_class": "B2",
    "is_insolvent": False,
    "flags": ["late filing"],
    "reported_on": "2026-03-01",
}
ASKED = BureauRequest(
    reference="r", customer_number="1001", name="Acme", vat_id="DE 123", purpose="review"
)


def test_an_answer_is_read_field_by_field():
    assert read_bureau_answer(TOLD, bureau="Alpha") == BureauAnswer(
        bureau="Alpha",
        reported_on=date(2026, 3, 1),
        external_id="DE-77",
        score=612,
        pd_ppm=12_500,
        limit_minor=25_000_50,
        currency="EUR",
        risk_class="B2",
        is_insolvent=False,
        flags=("late filing",),
        raw=TOLD,
    )


def test_a_row_of_texts_says_the_same():
    row = {
        "score": "612", "pd_ppm": "12500", "limit_minor": "2500050", "currency": "eur",
        "risk_class": "B2", "is_insolvent": "nein", "flags": "late filing|moved", "reported_on": "2026-03-01",
    }  # fmt: skip
    answer = read_bureau_answer(row, bureau="Alpha")
    assert (answer.pd_ppm, answer.limit_minor, answer.is_insolvent, answer.flags) == (
        12_500,
        25_000_50,
        False,
        ("late filing", "moved"),
    )


def test_what_is_not_told_is_empty():
    answer = read_bureau_answer({"reported_on": "2026-03-01", "score": ""}, bureau="Alpha")
    assert (answer.score, answer.pd_ppm, answer.limit_minor, answer.is_insolvent) == (None,) * 4


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reported_on": "yesterday"}, "reported_on is 'yesterday'; expected a day"),
        ({"reported_on": None}, "reported_on"),
        ({"score": "good"}, "score is 'good'; expected a number"),
        ({"score": 1.5}, "score is '1.5'; expected a whole number"),
        ({"score": True}, "expected a number"),
        ({"probability_of_default": 2}, "expected a number from 0 to 1"),
        ({"pd_ppm": 5}, "either pd_ppm or probability_of_default"),
        ({"probability_of_default": None, "pd_ppm": 2_000_000}, "from 0 to 1000000"),
        ({"currency": ""}, "the currency of the limit"),
        ({"currency": "XYZ"}, "expected an ISO 4217 code"),
        ({"limit": -1}, "not below 0"),
        ({"limit": "1.005"}, "an amount in EUR"),
        ({"is_insolvent": "perhaps"}, "expected true or false"),
        ({"flags": "x" * 121}, "at most 120 characters"),
        ({"flags": 7}, "expected a list"),
        ({"risk_class": "x" * 21}, "at most 20 characters"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(changes, message):
    with pytest.raises(BureauAnswerError, match=message):
        read_bureau_answer({**TOLD, **changes}, bureau="Alpha")


def test_an_answer_that_is_no_object_is_refused():
    with pytest.raises(BureauAnswerError, match="no object with fields"):
        read_bureau_answer(["x"], bureau="Alpha")


def test_a_feed_is_csv_or_json_and_a_row_says_whose_it_is():
    text = "customer_number;score;reported_on\n1001;5;2026-01-01\n;;\n1002;6;2026-01-01\n"
    rows = read_bureau_feed(text.encode(), name="f.csv")
    assert rows == [
        {"customer_number": "1001", "score": "5", "reported_on": "2026-01-01"},
        {"customer_number": "1002", "score": "6", "reported_on": "2026-01-01"},
    ]
    assert read_bureau_feed(b'[{"vat_id": "DE1", "score": 5}]', name="f.json") == [
        {"vat_id": "DE1", "score": 5}
    ]
    for data, message in (
        (b"score\n5\n", "row 1 says not whose it is"),
        (b"[1]", "a JSON list of objects"),
        (b"[{", "cannot be read"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ):
        with pytest.raises(BureauAnswerError, match=message):
            read_bureau_feed(data, name="f")


def test_the_newest_row_of_the_customer_is_taken_the_vat_number_decides():
    rows = [
        {"vat_id": "DE123", "customer_number": "9", "reported_on": "2026-01-01", "score": 1},
        {"vat_id": "DE 123", "reported_on": "2026-02-01", "score": 2},
        {"vat_id": "DE999", "customer_number": "1001", "reported_on": "2026-03-01", "score": 3},
        {"customer_number": "1001", "reported_on": "2026-01-15", "score": 4},
    ]
    assert row_of(rows, ASKED, name="f") == rows[1]
    assert row_of(rows[2:3], ASKED, name="f") is None
    assert row_of(rows[3:], ASKED, name="f") == rows[3]
    with pytest.raises(BureauAnswerError, match="has no reported_on"):
        row_of([{"customer_number": "1001"}], ASKED, name="f")


def test_a_question_says_no_more_than_is_known_and_a_long_answer_is_not_kept():
    assert ASKED.document() == {
        "reference": "r",
        "customer_number": "1001",
        "name": "Acme",
        "vat_id": "DE 123",
        "purpose": "review",
    }
    assert plain_document({"a": Decimal("1.5"), "b": [1]}) == {"a": "1.5", "b": [1]}
    assert plain_document({"a": "x" * 300_000}) == {
        "left_out": "300009 characters are too many to keep"
    }
