"""Files for billing: the same rows give the same bytes, and answers are read back or refused."""

import json
from datetime import date

import pytest

from dunwell.formats.credit_request_files import (
    AnswerLine,
    RequestFileError,
    RequestLine,
    read_answers,
    write_requests,
)

LINE = RequestLine(
    number="CR-1",
    case="DC-1",
    customer="K1",
    item="R1",
    currency="EUR",
    amount_minor=30_05,
    reason="price",
    is_rebilled=True,
    requested_on=date(2026, 3, 5),
)


def test_a_request_reads_as_csv_and_json():
    assert write_requests([LINE], "csv").decode("utf-8-sig") == (
        "request,case,customer,invoice,currency,amount,reason,bill_anew,requested_on\r\n"
        "CR-1,DC-1,K1,R1,EUR,30.05,price,yes,2026-03-05\r\n"
    )
    (told,) = json.loads(write_requests([LINE], "json"))["requests"]
    assert told == {
        "request": "CR-1", "case": "DC-1", "customer": "K1", "invoice": "R1", "currency": "EUR",
        "amount": "30.05", "reason": "price", "bill_anew": "yes", "requested_on": "2026-03-05",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "xlsx", "json"])
def test_the_same_requests_give_the_same_file(kind):
    assert write_requests([LINE], kind) == write_requests([LINE], kind)


ANSWERS = (
    AnswerLine(row=2, request="CR-1", credit_note="G-7"),
    AnswerLine(row=3, request="CR-2", refusal="not agreed"),
)


@pytest.mark.parametrize(
    "text",
    [
        "request,credit_note,refusal\nCR-1,G-7,\nCR-2,,not agreed\n",
        "Anforderung;Gutschrift;Ablehnung\nCR-1;G-7;\nCR-2;;not agreed\n",
    ],
)
def test_answers_are_read_from_tables_in_english_and_german(text):
    assert read_answers(text.encode(), "a.csv") == ANSWERS


def test_answers_are_read_from_json():
    rows = [{"request": "CR-1", "credit_note": "G-7"}, {"request": "CR-2", "refusal": "no"}]
    assert read_answers(json.dumps(rows).encode(), "a.json") == (
        AnswerLine(row=1, request="CR-1", credit_note="G-7"),
        AnswerLine(row=2, request="CR-2", refusal="no"),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("request,refusal\nCR-1,x\nCR-1,y\n", "a: line 3: CR-1 stands in line 2 already."),
        ("request,credit_note,refusal\nCR-1,G,x\n",
         "a: line 2: CR-1 has a credit note and a refusal; leave one empty."),
        ("[1]", "a: answer 1: it is no object with fields."),
        ('[{"request": 1}]', "a: answer 1: request has to be a text."),
        ("[]", "a: whole file: send a list of 1 to 2000 answers."),
        ('[{"refusal": "x"}]', "a: line 1: the number of the request is missing."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_says_what_and_where(text, sentence):
    with pytest.raises(RequestFileError, match="^a: ") as refusal:
        read_answers(text.encode(), "a")
    assert str(refusal.value) == sentence
