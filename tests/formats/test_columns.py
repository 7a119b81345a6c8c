"""Columns and roles recognised from headers and content in four languages."""

import pytest

from dunwell.formats.columns import recognise
from dunwell.formats.table import read_table

ROW = "A1;C1;Smith Ltd;2026-01-31;2026-02-28;1234,56;1000,00;EUR;Net 30;x@y.example"
FIELDS = [
    "item_number", "customer_number", "customer_name", "issued", "due", "amount", "open_amount",
    "currency", "terms", "email",
]  # fmt: skip


@pytest.mark.parametrize(
    "header",
    [
        "Invoice No;Customer No;Customer Name;Invoice Date;Due Date;Amount;Outstanding;Currency;Terms;E-mail",
        "INVOICE_NUMBER;CUSTOMER_ID;CUSTOMER_NAME;INVOICE_DATE;DUE_DATE;INVOICE_AMOUNT;OPEN_AMOUNT;CURRENCY_CODE;PAYMENT_TERMS;EMAIL",
        "invoiceNumber;customerId;customerName;invoiceDate;dueDate;totalAmount;balanceDue;currencyCode;paymentTerms;emailAddress",
        "Rechnungsnummer;Kundennummer;Kundenname;Rechnungsdatum;Fälligkeit;Betrag;Offener Betrag;Währung;Zahlungsbedingungen;E-Mail",
        "Beleg-Nr.;Kd.-Nr.;Firma;Belegdatum;fällig am;Rechnungsbetrag;Restbetrag;WKZ;Zahlungsziel;E-Mail-Adresse",
        "BELNR;KUNNR;NAME1;BLDAT;NETDT;WRBTR;Offen;WAERS;ZTERM;Mail",
        "N° facture;Code client;Raison sociale;Date de facture;Date d'échéance;Montant TTC;Reste à payer;Devise;Conditions de paiement;Courriel",
        "Nº factura;Código cliente;Razón social;Fecha de emisión;Fecha de vencimiento;Importe;Pendiente;Moneda;Condiciones de pago;Correo electrónico",
    ],
)
def test_an_open_item_list_is_recognised_in_every_language(header: str) -> None:
    table = read_table(f"{header}\n{ROW}\n{ROW}\n".encode(), name="f")
    found = recognise(table)
    assert found.role == "items"
    assert [match.field for match in found.matches] == FIELDS
    assert all(match.confidence >= 60 and match.reason for match in found.matches)


@pytest.mark.parametrize(
    ("header", "row", "role"),
    [
        ("Payment_ID,Invoice_ID,Payment_Date,Amount_Paid,Payment_Method", "P1,A1,2026-01-31,5,Card", "payments"),
        ("customerNumber,checkNumber,paymentDate,amount", "103,HQ1,2026-01-31,5.00", "payments"),
        ("Customer_ID,Credit_Limit,Current_Exposure,Risk_Rating", "C1,5000,100,Low", "customers"),
        ("customerNumber,customerName,phone,city,creditLimit", "103,Joe,12345,Paris,5000.00", "customers"),
        ("dispute_id,invoice_id,customer_id,reason,amount,opened,status", "1,5,7,PRICE,5.00,2026-01-31,open", "disputes"),
        ("Order_ID,Customer_ID,Sales_Date,Sales_Amount,Product_Category", "O1,C1,2026-01-31,5,Tools", "orders"),
        ("orderNumber,productCode,quantityOrdered,priceEach,orderLineNumber", "1,S1,30,136.00,3", "order_lines"),
        ("date,currency,rate", "2026-01-31,USD,0.92", "other"),
        ("employeeNumber,lastName,firstName,email", "1,Murphy,Diane,d@x.example", "other"),
    ],
)  # fmt: skip
def test_the_role_of_a_table_is_recognised(header: str, row: str, role: str) -> None:
    assert recognise(read_table(f"{header}\n{row}\n".encode(), name="f")).role == role


def test_content_overrules_a_misleading_header() -> None:
    data = b"Customer No,Invoice,Date,Amount,Due\nC1,A1,2026-01-31,5.00,2026-02-28\nC2,A2,2026-01-30,6.00,2026-02-27\n"
    assert recognise(read_table(data, name="f")).fields["due"] == "Due"
    data = b"Customer No,Invoice,Date,Due Date,Due\nC1,A1,2026-01-31,2026-02-28,5.00\n"
    assert "amount" not in recognise(read_table(data, name="f")).fields


def test_a_column_of_currency_codes_or_addresses_is_recognised_without_its_header() -> None:
    data = b"Customer No,Invoice,Date,Amount,X,Y\nC1,A1,2026-01-31,5.00,EUR,a@b.example\nC2,A2,2026-01-31,5.00,USD,c@d.example\n"
    fields = recognise(read_table(data, name="f")).fields
    assert (fields["currency"], fields["email"]) == ("X", "Y")


def test_names_in_a_customer_column_are_names_when_there_are_numbers_too() -> None:
    data = b"Customer,Customer No,Invoice,Date,Amount\nSmith Ltd,C1,A1,2026-01-31,5\nJones Inc,C2,A2,2026-01-31,6\n"
    fields = recognise(read_table(data, name="f")).fields
    assert (fields["customer_number"], fields["customer_name"]) == ("Customer No", "Customer")


def test_a_currency_in_the_header_is_used() -> None:
    data = b"Customer No,Invoice,Date,Amount (CHF)\nC1,A1,2026-01-31,5.00\n"
    found = recognise(read_table(data, name="f"))
    assert (found.fields["amount"], found.header_currency) == ("Amount (CHF)", "CHF")


def test_a_told_mapping_goes_before_what_is_recognised() -> None:
    data = b"Customer No,Invoice,Date,Amount,Foo\nC1,A1,2026-01-31,5.00,7.00\n"
    found = recognise(
        read_table(data, name="f"), told={"Foo": "amount", "Amount": ""}, role="items"
    )
    assert found.fields["amount"] == "Foo"
    assert [m.field for m in found.matches if m.column == "Amount"] == [""]


def test_columns_nothing_is_known_of_are_listed() -> None:
    data = b"Customer No,Invoice,Date,Amount,Shoe size\nC1,A1,2026-01-31,5.00,44\n"
    unknown = [match for match in recognise(read_table(data, name="f")).matches if not match.field]
    assert [(match.column, match.reason, match.content) for match in unknown] == [
        ("Shoe size", "not recognised", "numbers")
    ]


def test_a_told_column_says_what_it_holds_as_one_that_was_recognised_does() -> None:
    table = read_table(("\n".join([";".join(FIELDS), ROW, ROW]) + "\n").encode(), name="f")
    told = dict.fromkeys(FIELDS, "")
    held = [match.content for match in recognise(table, told=told).matches]
    assert held == [match.content for match in recognise(table).matches]
    assert held == [
        *("text", "text", "text", "dates", "dates", "numbers", "numbers"),
        *("currency codes", "text", "e-mail addresses"),
    ]


def test_the_cells_of_a_told_column_are_not_judged_until_somebody_asks() -> None:
    table = read_table(b"Customer No,Invoice,Date,Amount\nC1,A1,2026-01-31,5.00\n", name="f")
    told = dict.fromkeys(table.cells.columns, "")
    (held, *_) = [match.held for match in recognise(table, told=told).matches]
    assert held is not None
    assert not {"dates", "amounts", "currencies", "emails", "names"} & set(vars(held))
