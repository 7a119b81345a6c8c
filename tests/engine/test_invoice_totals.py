"""Sums of invoices tie, whatever the lines; periods follow each other; the check finds it all."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunwell.engine.invoice_document import (
    Allowance,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
    PayBy,
)
from dunwell.engine.invoice_periods import due_periods
from dunwell.engine.invoice_totals import TotalsError, invoice_totals, line_net
from dunwell.engine.money import part
from dunwell.engine.prebill import EarlierInvoice, PrebillFacts, prebill_findings
from dunwell.formats.invoice_json import IssuedPaper, read_paper, write_paper

DAY = date(2026, 3, 5)


def line(number, quantity, price, rate=190_000, currency="EUR", category="S"):
    return DocumentLine(
        number=str(number), name="x", quantity_micros=quantity, unit="C62", price_micros=price,
        net_minor=line_net(quantity_micros=quantity, price_micros=price, currency=currency),
        vat_category=category, vat_rate_ppm=rate,
    )  # fmt: skip


lines = st.lists(
    st.tuples(
        st.integers(1, 10**9), st.integers(0, 10**10), st.sampled_from([190_000, 70_000, 0])
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(lines, st.sampled_from(["EUR", "JPY", "KWD"]))
def test_sums_tie_in_currencies_of_any_decimals(rows, currency):
    made = [line(n, q, p, rate, currency) for n, (q, p, rate) in enumerate(rows, 1)]
    vat, totals = invoice_totals(made)
    assert totals.lines_minor == sum(one.net_minor for one in made)
    assert sum(one.taxable_minor for one in vat) == totals.net_minor
    assert all(one.tax_minor == part(one.taxable_minor, one.rate_ppm, 10**6) for one in vat)
    assert totals.gross_minor == totals.net_minor + totals.tax_minor == totals.payable_minor
    assert invoice_totals(list(reversed(made))) == (vat, totals)


@pytest.mark.parametrize(
    ("currency", "net"), [("EUR", 1250), ("JPY", 13), ("KWD", 12500), ("CLF", 125_000)]
)
def test_a_line_is_rounded_once_to_the_currency_s_decimals(currency, net):
    assert line_net(quantity_micros=2_500_000, price_micros=5_000_000, currency=currency) == net


def test_allowances_and_charges_change_what_tax_is_charged_on():
    vat, totals = invoice_totals(
        [line(1, 10**6, 100 * 10**6), line(2, 10**6, 50 * 10**6, 70_000)],
        [
            Allowance(amount_minor=10_00, vat_rate_ppm=190_000),
            Allowance(amount_minor=5_00, is_charge=True, vat_rate_ppm=70_000),
        ],
        prepaid_minor=20_00,
    )
    assert [(one.taxable_minor, one.tax_minor) for one in vat] == [(90_00, 17_10), (55_00, 3_85)]
    assert (totals.net_minor, totals.gross_minor, totals.payable_minor) == (
        145_00, 165_95, 145_95,
    )  # fmt: skip


def test_less_than_nothing_is_no_invoice():
    with pytest.raises(TotalsError, match="credit note"):
        invoice_totals([line(1, -(10**6), 10**6)])
    with pytest.raises(TotalsError, match="at least one"):
        invoice_totals([])


def test_periods_begin_a_step_apart_and_end_with_the_schedule():
    found = list(
        due_periods(
            every="month", day=31, starts_on=date(2026, 1, 31), ends_on=date(2026, 3, 15),
            as_of=date(2026, 12, 31),
        )
    )  # fmt: skip
    assert [(one.from_on, one.to_on) for one in found] == [
        (date(2026, 1, 31), date(2026, 2, 27)),
        (date(2026, 2, 28), date(2026, 3, 15)),
    ]
    assert [one.bill_on for one in found] == [date(2026, 1, 31), date(2026, 2, 28)]


OURS = DocumentParty(
    name="Own", street="A 1", postcode="1", city="B", country="DE", vat_id="DE136695976"
)
THEIRS = DocumentParty(name="Acme", street="C 2", postcode="2", city="D", country="DE")


def document(**more):
    rows = (line(1, 10**6, 100 * 10**6),)
    vat, totals = invoice_totals(rows)
    made = InvoiceDocument(
        number="N", kind="380", issued_on=DAY, currency="EUR", seller=OURS, buyer=THEIRS,
        lines=rows, vat=vat, totals=totals, due_on=date(2026, 4, 4), terms="Net 30",
        delivered_on=DAY, pay_by=PayBy(iban="DE02120300000000202051"),
    )  # fmt: skip
    return replace(made, **more)


def found(made=None, **facts):
    told = PrebillFacts(document=made or document(), as_of=DAY, **facts)
    return [(one.code, one.severity) for one in prebill_findings(told)]


def taxed(category, **more):
    rows = (line(1, 10**6, 100 * 10**6, 0, category=category),)
    vat, totals = invoice_totals(rows)
    return document(lines=rows, vat=vat, totals=totals, **more)


SAME = EarlierInvoice(
    number="OLD", amount_minor=119_00, currency="EUR", order="", issued_on=DAY, delivered_on=DAY
)


@pytest.mark.parametrize(
    ("made", "facts", "expected"),
    [
        (document(), {}, []),
        (document(), {"is_po_required": True}, [("po_missing", "error")]),
        (document(), {"agreed_terms": "Net 14"}, [("terms_differ", "warning")]),
        (document(due_on=None), {}, [("terms_unknown", "error")]),
        (document(delivered_on=None), {}, [("delivery_missing", "warning")]),
        (document(), {"closed_until": DAY}, [("period_closed", "error")]),
        (document(), {"is_on_hold": True}, [("on_hold", "warning")]),
        (document(), {"earlier": [SAME]}, [("duplicate", "warning")]),
        (document(), {"earlier": [replace(SAME, delivered_on=date(2026, 2, 5))]}, []),
        (document(), {"agreed_prices": {"1": 99 * 10**6}}, [("price_differs", "warning")]),
        (
            document(),
            {"order_left_minor": 50_00, "order_currency": "EUR"},
            [("over_order", "error")],
        ),
        (document(), {"is_buyer_vat_valid": False}, [("buyer_vat_invalid", "warning")]),
        (
            taxed("AE"),
            {},
            [("buyer_vat_missing", "error"), ("exemption_missing", "error")],
        ),
        (
            document(buyer=replace(THEIRS, city="")),
            {},
            [("customer_address_incomplete", "error")],
        ),
        (document(), {"wire": "peppol"}, [
            ("reference_missing", "error"), ("customer_endpoint_missing", "error"),
            ("profile_endpoint_missing", "error"),
        ]),
        (document(currency="KWD"), {"wire": "facturx"}, [("too_many_decimals", "error")]),
    ],
)  # fmt: skip
def test_the_check_finds(made, facts, expected):
    assert found(made, **facts) == expected


def test_what_was_issued_reads_back_the_same_and_writes_the_same_bytes():
    paper = IssuedPaper(
        document=document(preceding=(("OLD", DAY),), allowances=(Allowance(amount_minor=1),)),
        language="de", wire="pdf",
    )  # fmt: skip
    data = write_paper(paper)
    assert read_paper(data) == paper
    assert write_paper(read_paper(data)) == data
