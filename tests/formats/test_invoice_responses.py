import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.formats.invoice_response_rows import read_invoice_responses
from dunwell.formats.invoice_responses import (
    FRENCH_CODES,
    MLR_CODES,
    PEPPOL_CODES,
    InvoiceResponseError,
    ReadResponse,
    looks_like_response,
)
from dunwell.formats.invoice_statuses import CashedInvoice, write_cashed
from tests.conftest import examples
from tests.formats.response_samples import cdar, condition, french_reason, peppol, reason

ON = date(2026, 3, 4)


def read(data):
    return read_invoice_responses(data, "answer.xml")


def test_a_peppol_response_is_read_with_reasons_actions_and_text():
    status = reason("REF", "Order 4711 is missing") + reason(
        "NIN", "Send a new one", listed="OPStatusAction", condition=condition("BT-13", "4711")
    )
    assert read(peppol(status=status)) == (
        ReadResponse(
            scheme="peppol",
            document_id="IR-1",
            code="RE",
            invoice_number="R1",
            effective_on=ON,
            reason_codes=("REF",),
            action_codes=("NIN",),
            note="Order 4711 is missing; Send a new one; BT-13: 4711",
            sender="Acme GmbH",
        ),
    )


@pytest.mark.parametrize("code", PEPPOL_CODES)
def test_every_code_of_the_peppol_list_is_read(code):
    assert [one.code for one in read(peppol(code=code))] == [code]


def test_the_day_on_which_payment_is_expected_stands_in_a_condition():
    told = reason("NON", condition=condition("BT-9", "2026-03-20"))
    (found,) = read(peppol(code="PD", status=told))
    assert (found.expected_pay_on, found.note) == (date(2026, 3, 20), "")


@pytest.mark.parametrize("code", MLR_CODES)
def test_a_message_level_response_is_told_apart(code):
    (found,) = read(peppol(code=code, kind="mlr"))
    assert (found.scheme, found.code) == ("peppol_mlr", code)


@pytest.mark.parametrize("code", FRENCH_CODES)
def test_every_status_of_the_french_life_cycle_is_read(code):
    assert [(one.scheme, one.code) for one in read(cdar(code=code))] == [("fr_pdp", code)]


def test_a_french_status_is_read_with_its_reason_and_the_amounts_cashed():
    status = french_reason("QTE_ERR", "2 short", amount="40.00") + french_reason(
        "PU_ERR", amount="2.50"
    )
    assert read(cdar(code="206", status=status)) == (
        ReadResponse(
            scheme="fr_pdp",
            document_id="CDV-1",
            code="206",
            invoice_number="R1",
            effective_on=ON,
            reason_codes=("QTE_ERR", "PU_ERR"),
            note="2 short",
            sender="Platform SA",
            amount=Decimal("42.50"),
            currency="EUR",
        ),
    )


def test_a_ubl_answer_with_a_french_code_is_a_french_status():
    (found,) = read(peppol(code="VRBL:FR:212"))
    assert (found.scheme, found.code) == ("fr_pdp", "212")


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(
            {
                "responses": [
                    {
                        "id": "x",
                        "invoice_number": "R1",
                        "code": 210,
                        "effective_on": "2026-03-04T10:00:00Z",
                        "reason_codes": ["doublon"],
                        "amount": 12.5,
                        "currency": "eur",
                    }
                ]
            }
        ).encode(),
        (
            b"statusId;invoiceNumber;status;date;reason;amount;currency\n"
            b"x;R1;210;2026-03-04;doublon;12.5;EUR\n"
        ),
    ],
    ids=["json", "csv"],
)
def test_platforms_tell_the_same_by_json_and_by_csv(data):
    assert read_invoice_responses(data, "answers") == (
        ReadResponse(
            scheme="fr_pdp",
            document_id="x",
            code="210",
            invoice_number="R1",
            effective_on=ON,
            reason_codes=("DOUBLON",),
            amount=Decimal("12.5"),
            currency="EUR",
        ),
    )


def test_a_card_number_in_the_words_of_an_answer_is_not_kept():
    (found,) = read(peppol(status=reason("OTH", "charge 4111 1111 1111 1111")))
    assert found.note == "charge [card number removed, ends 1111]"


def test_an_answer_without_an_identity_has_that_of_what_it_says():
    row = {"invoice_number": "R1", "code": "AP", "effective_on": "2026-03-04"}
    first, again, other = (
        read(json.dumps(told).encode())[0].document_id
        for told in (row, row, {**row, "code": "PD"})
    )
    assert (first == again, first == other) == (True, False)


DOCTYPE = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x">]><ApplicationResponse>&e;'


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (DOCTYPE, "declares a document type"),
        (peppol()[:400], "damaged"),
        (b"<Invoice/>", "a document Invoice, no answer"),
        (peppol(code="XX"), "the code 'XX' is not one of AB, IP, UQ"),
        (peppol(number=""), "names no invoice"),
        (peppol(identity=""), "names no identity"),
        (peppol(on="4 March"), "is no day"),
        (peppol(code="UQ", kind="mlr"), "not one of AB, AP, RE"),
        (cdar(code="250"), "the code '250'"),
        (cdar(status=french_reason("X", amount="much")), "is no amount"),
        (cdar(status=french_reason("X", amount="NaN")), "is no amount"),
        (b"{", "no JSON"),
        (b'{"responses": 3}', "send an answer as an object"),
        (b'[{"code": "AP"}]', "row 1: an answer names the invoice"),
        (b"hello", "no answer to an invoice"),
        (b"x" * 6_000_000, "more than 5 MB"),
    ],
)
def test_what_cannot_be_used_is_refused_with_place_and_reason(data, told):
    with pytest.raises(InvoiceResponseError) as error:
        read(data)
    assert told in str(error.value)


@examples(60, release=2_000)
@given(st.integers(0, 1_500), st.binary(min_size=1, max_size=4), st.booleans())
def test_damage_anywhere_is_read_or_refused_and_nothing_else(place, noise, is_french):
    data = bytearray(cdar() if is_french else peppol(status=reason("REF")))
    data[place : place + len(noise)] = noise
    try:
        found = read(bytes(data))
    except InvoiceResponseError:
        return
    assert len(found) == 1


def test_only_answers_look_like_one():
    told = [looks_like_response(data) for data in (peppol(), cdar(), b"<Invoice/>", b"%PDF")]
    assert told == [True, True, False, False]


def test_what_is_reported_as_cashed_is_read_back():
    data = write_cashed(
        [
            CashedInvoice(
                document_id="D-1",
                invoice_number="R1",
                issued_on=ON,
                cashed_on=ON,
                amount=Decimal("100.00"),
                currency="EUR",
            )
        ],
        message_id="M-1",
        seller="Northwind & Co",
        made_on=date(2026, 3, 5),
    )
    assert read(data) == (
        ReadResponse(
            scheme="fr_pdp",
            document_id="M-1",
            code="212",
            invoice_number="R1",
            effective_on=ON,
            sender="Northwind & Co",
            amount=Decimal("100.00"),
            currency="EUR",
        ),
    )
