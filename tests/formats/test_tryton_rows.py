"""Tryton's values, and what is on what in reconciliations that do not say it."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from dunwell.formats.connection_rows import OutsideError
from dunwell.formats.outside_answers import Answer
from dunwell.formats.tryton_rows import (
    Bound,
    addresses,
    allocations,
    check_numbers,
    customer,
    exchange_lines,
    item,
    open_rows,
    payment,
)
from dunwell.formats.tryton_rpc import asked, check_version, result_of, told

DAY = date(2026, 3, 2)


def invoice(key, number, **more):
    return {
        "id": key, "number": number, "state": "posted", "party": 7, "currency.": {"code": "EUR"},
        "total_amount": Decimal(100), "invoice_date": DAY, "reference": None, "move": key,
        "additional_moves": [], "cancel_move": None, **more,
    }  # fmt: skip


def line(key, move, amount, *, joined=None, on=None, due=DAY, usd=None):
    second = None if usd is None else {"code": "USD"}
    return {
        "id": key, "move": move, "move.": {"number": str(move), "description": None}, "date": DAY,
        "maturity_date": due, "party": 7, "debit": Decimal(max(amount, 0)),
        "credit": Decimal(max(-amount, 0)), "second_currency.": second,
        "amount_second_currency": None if usd is None else Decimal(usd), "reconciliation": joined,
        "invoice_payment": on,
    }  # fmt: skip


def bound(invoices, *lines):
    return Bound(
        lines=lines, currency="EUR",
        invoices={move: one for one in invoices for move in (one["move"], one["cancel_move"])},
    )  # fmt: skip


def on(found):
    return {(one.source, one.item): int(one.amount) for one in allocations(found)}


A, B, CREDIT = invoice(1, "A"), invoice(2, "B"), invoice(3, "CR")


@pytest.mark.parametrize(
    ("lines", "pairs"),
    [
        # one invoice: no choice
        ([line(1, 1, 100, joined=9), line(8, 5, -60, joined=9), line(9, 6, -40, joined=9)],
         {("5/8", "A"): 60, ("6/9", "A"): 40}),
        # the oldest debt first, whatever the order of the lines
        ([line(2, 2, 100, joined=9, due=date(2026, 3, 1)), line(1, 1, 100, joined=9),
          line(8, 5, -150, joined=9), line(9, 6, -50, joined=9)],
         {("5/8", "B"): 100, ("5/8", "A"): 50, ("6/9", "A"): 50}),
        # but what was put on one by name is on that one
        ([line(1, 1, 100, joined=9), line(2, 2, 100, joined=9),
          line(8, 5, -30, joined=9, on=2), line(9, 6, -170, joined=9)],
         {("5/8", "B"): 30, ("6/9", "A"): 100, ("6/9", "B"): 70}),
        # a part payment is not joined yet, and money put on nothing is on nothing
        ([line(1, 1, 100), line(8, 5, -30, on=1), line(9, 6, -20)], {("5/8", "A"): 30}),
        # a credit note settles as a document, its parts together
        ([line(1, 1, 100, joined=9), line(3, 3, -20, joined=9), line(4, 3, -30, joined=9),
          line(8, 5, -50, joined=9)],
         {("CR", "A"): 50, ("5/8", "A"): 50}),
        # two parts of one document that are joined apart
        ([line(1, 1, 50, joined=9), line(2, 1, 50, joined=10), line(8, 5, -50, joined=9),
          line(9, 6, -50, joined=10)],
         {("5/8", "A"): 50, ("6/9", "A"): 50}),
        # money paid out takes its part and is not told
        ([line(7, 7, 40, joined=9, due=date(2026, 2, 1)), line(1, 1, 100, joined=9),
          line(8, 5, -140, joined=9)],
         {("5/8", "A"): 100}),
        # another currency is left to the tie-out; the line of an exchange difference is nothing
        ([line(1, 1, 80, joined=9, usd=100), line(8, 5, -75, joined=9),
          line(9, 6, -5, joined=9, usd=0)], {}),
        ([line(1, 1, 80, joined=9, usd=100), line(8, 5, -75, joined=9, usd=-100),
          line(9, 6, -5, joined=9, usd=0)], {("5/8", "A"): 100}),
    ],
)  # fmt: skip
def test_what_is_on_what(lines, pairs):
    assert on(bound([A, B, CREDIT], *lines)) == pairs


def test_the_difference_of_two_rates_is_no_money():
    usd, paid = line(1, 1, 80, joined=9, usd=100), line(8, 5, -75, joined=9, usd=-100)
    assert exchange_lines([usd, paid, line(9, 6, -5, joined=9)]) == {9}
    # euros that were paid for dollars are money
    assert exchange_lines([usd, line(9, 6, -80, joined=9)]) == set()
    assert exchange_lines([line(1, 1, 80, joined=9), line(9, 6, -80, joined=9)]) == set()


def test_a_cancelled_document_nets_to_nothing():
    cancelled = invoice(1, "A", state="cancelled", cancel_move=4)
    found = bound([cancelled], line(1, 1, 100, joined=9), line(2, 4, -100, joined=9))
    assert on(found) == {}
    assert item(cancelled, found.lines).is_void


def test_open_amounts_are_less_what_was_put_on_them():
    found = bound(
        [A], line(1, 1, 50), line(2, 1, 50, due=date(2026, 5, 1)), line(8, 5, -70, on=1),
        line(9, 6, -20, usd=-25),
    )  # fmt: skip
    assert [(one.number, one.currency, one.open, one.is_payment) for one in open_rows(found)] == [
        ("A", "EUR", 30, False), ("6/9", "USD", -25, True),
    ]  # fmt: skip
    assert item(A, found.lines).due == date(2026, 5, 1)
    assert payment(found.lines[3], found).amount == 25


def test_who_owes_is_who_the_lines_name():
    other = {**line(1, 1, 100), "party": 8}
    assert item(A, [other]).customer == "8"
    assert item(A, []).customer == "7"


def test_two_documents_of_one_number_are_refused():
    check_numbers([A, B])
    with pytest.raises(OutsideError, match="2 documents in Tryton are numbered A"):
        check_numbers([A, B, invoice(9, "A")])


def test_a_party_has_the_address_of_its_invoices():
    party = {
        "id": 7, "name": None, "code": "C7", "email": None, "phone": "", "mobile": "+49 1",
        "lang.": {"code": "de"}, "tax_identifier.": None,
    }  # fmt: skip
    first = {"party": 7, "street": "One", "invoice": False, "country.": None}
    second = {
        "party": 7, "street": "Hafen 1\nHof", "postal_code": "20457", "city": "Hamburg",
        "invoice": True, "country.": {"code": "DE"},
    }  # fmt: skip
    one = customer(party, addresses([first, second])[7])
    assert (one.key, one.number, one.name, one.phone) == ("7", "C7", "C7", "+49 1")
    assert (one.street, one.postcode, one.country) == ("Hafen 1, Hof", "20457", "DE")
    assert customer(party, {}).street == ""


def test_values_go_there_and_back():
    moment = datetime(2026, 3, 2, 8, 5, 1, 250)
    value = {"at": [moment, Decimal("5000.00"), None, True], "x": "text"}
    assert told(asked(value)) == value
    assert told({"__class__": "date", "year": 2026, "month": 3, "day": 2}) == DAY


class Told(Answer):
    headers: dict = {}

    def __init__(self, status, body):
        self._status, self._body = status, body

    status = property(lambda self: self._status)
    body = property(lambda self: self._body)


@pytest.mark.parametrize(
    ("status", "body", "fault", "text"),
    [
        (200, b'{"id":1,"error":["UserError",["No.",""]]}', "refused", "Tryton refuses: No."),
        (200, b'{"id":1,"error":["UserWarning",["x.y","Past.",""]]}', "refused", "Past."),
        (200, b'{"id":1,"error":["LoginException",["password"]]}', "credentials", "user"),
        (200, b'{"id":1,"error":["ConcurrencyException","x"]}', "unreachable", "meanwhile"),
        (200, b'{"id":1,"error":["\'account.invoice\'",""]}', "schema", "account.invoice"),
        (200, b"[]", "version", "no Tryton"),
        (200, b"<html>", "version", "no JSON"),
        (401, b"", "credentials", "401"),
        (404, b"", "credentials", "404"),
        (500, b"", "schema", "500"),
        (504, b"", "unreachable", "504"),
    ],
)
def test_each_answer_has_its_fault(status, body, fault, text):
    with pytest.raises(OutsideError, match=text) as error:
        result_of(Told(status, body), "model.x.read")
    assert error.value.fault == fault


def test_versions_that_are_known():
    for version in ("7.0.59", "7.8", "8.0", "8.2"):
        check_version(version)
    for version in ("6.8", "9.0", "", "x"):
        with pytest.raises(OutsideError) as error:
            check_version(version)
        assert error.value.fault == "version"
