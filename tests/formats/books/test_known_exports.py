"""Reports of QuickBooks, Xero, DATEV and SAP: recognised by their header, read as what they say.

The samples are written by hand after the programs' own reports; no customer's file is among them.
"""

import io
import random

import polars as pl
import pytest
import xlsxwriter

from dunwell.formats.findings import LedgerError, TableError
from dunwell.formats.ledger import Ledger, read_ledger
from tests.formats.books.samples import items, open_minor, payments, settled

QUICKBOOKS = """"Northwind Traders"
"A/R Ageing Detail"
"As of March 31, 2025"

Date,Transaction type,Num,Customer,Due date,Amount,Open balance
91 or more days past due,,,,,,
11/15/2024,Invoice,1001,Adwin Ko,12/15/2024,"1,200.00","1,000.00"
Total for 91 or more days past due,,,,,"1,200.00","1,000.00"
Current,,,,,,
03/20/2025,Invoice,1042,Bea Lang,04/19/2025,300.00,300.00
03/21/2025,Credit Memo,1043,Bea Lang,03/21/2025,-50.00,-50.00
03/25/2025,Payment,77,Adwin Ko,03/25/2025,-80.00,-80.00
Total for Current,,,,,170.00,170.00
TOTAL,,,,,"1,370.00","1,170.00"
"""
XERO_HEADER = (
    "*ContactName,EmailAddress,POAddressLine1,POCountry,*InvoiceNumber,Reference,*InvoiceDate,"
    "*DueDate,Total,TaxTotal,InvoiceAmountPaid,InvoiceAmountDue,InventoryItemCode,*Description,"
    "*Quantity,*UnitAmount,LineAmount,*AccountCode,*TaxType,Currency,Type,Sent,Status"
)


def _xero(number: str, total: str, paid: str, due: str, line: str, status: str) -> str:
    return (
        f"Basket,b@b.example,2 Road,United Kingdom,{number},,26/03/2025,25/04/2025,{total},10.00,"
        f"{paid},{due},,{line},1.0000,50.00,50.00,200,20%,GBP,Sales invoice,Sent,{status}"
    )


XERO = "\n".join(
    [
        XERO_HEADER,
        _xero("INV-1", "120.00", "20.00", "100.00", "Work", "Awaiting Payment"),
        _xero("INV-1", "120.00", "20.00", "100.00", "Travel", "Awaiting Payment"),
        _xero("INV-2", "60.00", "60.00", "0.00", "Work", "Paid"),
        _xero("INV-3", "60.00", "0.00", "60.00", "Work", "Voided"),
        _xero("INV-4", "60.00", "0.00", "60.00", "Work", "Awaiting Approval"),
    ]
)
EXTF = """"EXTF";700;21;"Buchungsstapel";13;20250405100000000;;"RE";"";"";29098;55003;20241001;4;20241001;20250331;"Winter";"WD";1;0;0;"EUR"
"Umsatz (ohne Soll/Haben-Kz)";"Soll/Haben-Kennzeichen";"WKZ Umsatz";"Kurs";"Basis-Umsatz";"WKZ Basis-Umsatz";"Konto";"Gegenkonto (ohne BU-Schlüssel)";"BU-Schlüssel";"Belegdatum";"Belegfeld 1";"Belegfeld 2";"Skonto";"Buchungstext"
1190,00;"S";"EUR";;;"";10001;8400;"";1512;"RE-1";"140125";;"Rechnung Müller"
238,00;"H";"EUR";;;"";8400;10002;"";2001;"RE-2";"190225";;"Rechnung Groß"
119,00;"H";"EUR";;;"";10001;8400;"";2501;"RE-1";"";;"Gutschrift"
1000,00;"S";"EUR";;;"";1200;10001;"";1002;"RE-1";"";;"Zahlung Müller"
59,50;"S";"EUR";;;"";4930;1200;"";1102;"";"";;"Büro"
"""
OPOS = """OPOS-Liste Debitoren;;;;;;;;
Stichtag 31.03.2025;;;;;;;;
Konto;Name;Rechnungs-Nr.;Datum;Fälligkeit;Betrag Soll;Betrag Haben;Saldo;S/H
10001;Müller GmbH;RE-1;15.01.2025;14.02.2025;1.190,00;1.119,00;71,00;S
10002;Groß KG;RE-2;20.01.2025;19.02.2025;238,00;;238,00;S
10002;Groß KG;GS-3;21.01.2025;21.01.2025;;38,00;38,00;H
"""
SAP_HEADERS = {
    "de": "Debitor|Belegnummer|Belegart|Buchungsschlüssel|Belegdatum|Nettofälligkeit|Betrag in Belegwährung|Belegwährung|Referenz|Ausgleichsdatum|Buchungskreis",
    "en": "Customer|Document Number|Document Type|Posting Key|Document Date|Net Due Date|Amount in Doc. Curr.|Document Currency|Reference|Clearing Date|Company Code",
    "fr": "Client|N° document|Type pièce|Clé comptabilisation|Date pièce|Échéance nette|Montant en devise pièce|Devise pièce|Référence|Date rapprochement|Société",
    "s4": "Customer|Journal Entry|Journal Entry Type|Posting Key|Journal Entry Date|Net Due Date|Amount in Transaction Currency|Transaction Currency|Reference|Clearing Date|Company Code",
}
SAP_ROWS = """
|0000100001|1800000001|RV|01|20250115|20250214|1.190,00 |EUR|RE-1||1000
|0000100001|1600000002|DG|11|20250120|20250120|119,00-|EUR|GS-1||1000
|0000100001|1400000003|DZ|15|20250210|20250210|500,00-|EUR|ZE-1||1000
|0000100002|1800000004|RV|01|20250116|20250215|238,00 |EUR|RE-2|20250220|1000
|* Debitor 100001||||||571,00 |EUR|||
"""
SAMPLES = {
    "quickbooks": QUICKBOOKS.encode(),
    "xero": XERO.encode(),
    "extf": EXTF.encode("cp1252"),
    "opos": OPOS.encode("cp1252"),
    "sap": ("|" + SAP_HEADERS["de"] + SAP_ROWS).encode(),
}


def ledger(data: bytes, currency: str = "") -> Ledger:
    return read_ledger([("export", data)], default_currency=currency)


def program(read: Ledger) -> tuple[object, object]:
    told = read.tables[0].detected
    return told.get("program"), told.get("report")


def test_a_quickbooks_ageing_leaves_the_lines_of_its_groups_out() -> None:
    read = ledger(SAMPLES["quickbooks"], "USD")
    assert program(read) == ("QuickBooks Online", "A/R ageing detail")
    assert read.tables[0].detected["lines that head or sum a group"] == 5
    assert items(read) == [
        ("1001", "Adwin Ko", "invoice", "USD", 120_000),
        ("1042", "Bea Lang", "invoice", "USD", 30_000),
        ("1043", "Bea Lang", "credit_note", "USD", -5_000),
    ]
    assert payments(read) == [("77", "Adwin Ko", 8_000), ("paid/1001", "Adwin Ko", 20_000)]
    # the report's own total
    assert open_minor(read) == 117_000


def test_a_payment_among_items_without_a_currency_keeps_its_amount() -> None:
    assert payments(ledger(SAMPLES["quickbooks"])) == payments(
        ledger(SAMPLES["quickbooks"], "USD")
    )


def test_a_xero_export_counts_an_invoice_once_however_many_lines_it_has() -> None:
    read = ledger(SAMPLES["xero"])
    assert program(read) == ("Xero", "invoices")
    assert items(read) == [
        ("INV-1", "Basket", "invoice", "GBP", 12_000),
        ("INV-2", "Basket", "invoice", "GBP", 6_000),
    ]
    assert open_minor(read) == 10_000
    refused = read.findings.filter(pl.col("action") == "refused")
    assert refused.select("row", "code").rows() == [
        (3, "duplicate"),
        (5, "cancelled"),
        (6, "draft"),
    ]


def test_xero_aged_receivables_state_what_is_open() -> None:
    text = (
        "Aged Receivables Detail\nDemo\nAs at 31 March 2025\n\n"
        "Contact,Invoice Date,Due Date,Invoice Number,Invoice Reference,Current,1 Month,2 Months,Older,Total\n"
        "City,14 Jan 2025,13 Feb 2025,INV-7,ref,,250.00,,,250.00\n"
        "City,20 Mar 2025,19 Apr 2025,CN-1,,-30.00,,,,-30.00\n"
    )
    read = ledger(text.encode(), "GBP")
    assert program(read) == ("Xero", "aged receivables detail")
    assert items(read) == [
        ("CN-1", "City", "credit_note", "GBP", -3_000),
        ("INV-7", "City", "invoice", "GBP", 25_000),
    ]


def test_a_datev_batch_gives_personal_accounts_their_documents_and_money() -> None:
    read = ledger(SAMPLES["extf"])
    assert read.tables[0].detected["format"] == "DATEV posting batch"
    assert items(read) == [
        ("RE-1", "10001", "invoice", "EUR", 119_000),
        ("RE-1/2025-01-25/RE-1/119.00", "10001", "credit_note", "EUR", -11_900),
        ("RE-2", "10002", "invoice", "EUR", 23_800),
    ]
    assert payments(read) == [("2025-02-10/RE-1/1000.00/10001", "10001", 100_000)]
    assert [row[0] for row in settled(read)] == ["payment", "credit"]
    days = read.items.select(pl.col("issued_day", "due_day").cast(pl.Date).cast(pl.String)).rows()
    # a day without a year takes the year in which it lies in the batch
    assert days[:2] == [("2024-12-15", "2025-01-14"), ("2025-01-20", "2025-02-19")]
    assert open_minor(read) == 30_900


def test_a_longer_datev_batch_gives_the_same_numbers() -> None:
    lines = EXTF.splitlines()
    extra = '11,90;"S";"EUR";;;"";10009;8400;"";0112;"RE-0";"";;"vorher"'
    longer = "\n".join([*lines[:2], extra, *lines[2:]]) + "\n"
    first, second = ledger(SAMPLES["extf"]), ledger(longer.encode("cp1252"))
    assert set(items(first)) <= set(items(second))
    assert payments(first) == payments(second)


def test_a_datev_list_of_open_items_reads_s_and_h_and_its_title_lines() -> None:
    read = ledger(SAMPLES["opos"], "EUR")
    assert program(read) == ("DATEV", "open items")
    assert read.tables[0].detected["header_row"] == 3
    assert open_minor(read) == 7_100 + 23_800 - 3_800
    assert read.customers["name"].to_list() == ["Müller GmbH", "Groß KG"]


def test_another_datev_category_is_refused_by_name() -> None:
    other = EXTF.replace(';21;"Buchungsstapel"', ';16;"Debitoren/Kreditoren"')
    with pytest.raises(TableError, match="is the DATEV export Debitoren/Kreditoren"):
        ledger(other.encode("cp1252"))


@pytest.mark.parametrize("language", SAP_HEADERS)
def test_sap_line_items_are_read_by_their_posting_keys_in_every_language(language: str) -> None:
    read = ledger(("|" + SAP_HEADERS[language] + SAP_ROWS).encode())
    assert program(read) == ("SAP", "customer line items")
    assert items(read) == [
        ("GS-1", "100001", "credit_note", "EUR", -11_900),
        ("RE-1", "100001", "invoice", "EUR", 119_000),
        ("RE-2", "100002", "invoice", "EUR", 23_800),
    ]
    assert payments(read) == [("ZE-1", "100001", 50_000), ("paid/RE-2", "100002", 23_800)]
    assert open_minor(read) == 57_100  # the total line of the report
    assert "report_lines" in set(read.findings["code"])


def test_an_sap_workbook_says_the_same_as_its_text() -> None:
    target = io.BytesIO()
    with xlsxwriter.Workbook(target) as book:
        page = book.add_worksheet("Data")
        rows = [SAP_HEADERS["de"].split("|")]
        rows += [row[1:].split("|") for row in SAP_ROWS.strip().splitlines()[:-1]]
        for line, row in enumerate(rows):
            for column, cell in enumerate(row):
                page.write_string(line, column, cell)
    assert items(ledger(target.getvalue())) == items(ledger(SAMPLES["sap"]))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_export_gives_a_result_or_a_typed_error(name: str) -> None:
    chance = random.Random(f"export {name}")
    for _ in range(25):
        data = bytearray(SAMPLES[name])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data))
            data[at : at + chance.choice([0, 1, 9, 80])] = chance.choice(
                [b"", b";", b"|", b"\0", b"\xff", b"9" * 25, b"-", b"\n", b'"', b","]
            )
        try:
            read = ledger(bytes(data), "EUR")
        except (TableError, LedgerError):
            continue
        totals = read.totals
        assert (totals["rows_in"] == totals["rows_imported"] + totals["rows_refused"]).all()
