"""SAF-T audit files (OECD 1 and 2, Norway, Portugal and their kin) to tables of a ledger.

Where a file holds sales invoices they are the items, and its receipts, else the money on its
receivable accounts, the payments. A file with a general ledger alone (Norway) is read by its
lines on receivable accounts. Sources: OECD guidance for the SAF-T 2.0, Skatteetaten's schemas 1.10
and 1.30, Portaria 302/2016 (1.04_01).
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
from lxml import etree

from dunwell.formats.books.controls import Control, note_foreign, of_file
from dunwell.formats.books.exact import exact_amount, exact_amounts
from dunwell.formats.books.lines import LINE, receivable_tables
from dunwell.formats.books.row_store import RowStore
from dunwell.formats.books.saft_documents import SaftDocuments
from dunwell.formats.books.saft_ledger import SaftLedger
from dunwell.formats.books.tables import told_table
from dunwell.formats.books.xml_records import above, local_name, records, value
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table

TAKEN = (
    *("Header", "Account", "Customer", "Line", "DebitLine", "CreditLine", "Transaction"),
    *("Journal", "Invoice", "Payment", "NumberOfEntries", "TotalDebit", "TotalCredit"),
)
DROPPED = (
    *("Supplier", "Product", "TaxTableEntry", "UOMTableEntry", "AnalysisTypeTableEntry"),
    *("StockMovement", "WorkDocument", "PhysicalStockEntry", "Asset", "AssetTransaction"),
)
"""Records that hold no receivables; they are named so that their memory is given back."""
CUSTOMER: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "customer_number": pl.String,
    "customer_name": pl.String,
    "country": pl.String,
    "street": pl.String,
    "postcode": pl.String,
    "city": pl.String,
    "email": pl.String,
    "phone": pl.String,
    "vat_number": pl.String,
    "iban": pl.String,
    "terms": pl.String,
}
_COUNTRIES = {"PT": "PT", "AO": "AO", "NO": "NO", "RO": "RO", "LT": "LT", "BG": "BG"}


class _Reader:
    """What was read of one file so far."""

    def __init__(self, namespace: str) -> None:
        self.ledger = SaftLedger()
        self.documents = SaftDocuments()
        self.customers = RowStore(CUSTOMER)
        self.version = ""
        self._count = 0
        tail = namespace.rpartition(":")[2].partition("_")[0].upper()
        self.ledger.country = _COUNTRIES.get(tail, "")

    def take(self, record: etree._Element) -> None:  # noqa: C901 -- one branch per record
        """Take one record by its name and by what it stands in."""
        kind, around = local_name(record), above(record)
        if kind in {"Line", "DebitLine", "CreditLine"}:
            if around == "Invoice":
                self.documents.take_invoice_line(record)
            elif around == "Payment":
                self.documents.take_payment_line(record)
            elif around in {"Transaction", "Lines"}:
                self.ledger.take_line(record)
        elif kind == "Transaction":
            self.ledger.end_booking()
        elif kind == "Invoice" and around == "SalesInvoices":
            self.documents.end_invoice(record)
        elif kind == "Payment" and around == "Payments":
            self.documents.end_payment(record)
        elif kind == "Customer":
            self._customer(record)
        elif kind == "Account" and around == "GeneralLedgerAccounts":
            self.ledger.take_account(record)
        elif kind == "Header":
            self._header(record)
        elif (control := self._control(around)) is not None:
            _state(control, kind, (record.text or "").strip())

    def _control(self, around: str) -> Control | None:
        return {
            "GeneralLedgerEntries": self.ledger.control,
            "SalesInvoices": self.documents.invoices,
            "Payments": self.documents.payments,
        }.get(around)

    def _header(self, header: etree._Element) -> None:
        self.version = value(header, "AuditFileVersion")
        country = value(header, "AuditFileCountry")
        self.ledger.country = self.ledger.country or country.upper()
        currency = value(header, "DefaultCurrencyCode", "CurrencyCode").upper()
        self.ledger.currency = self.documents.currency = currency
        chosen = "SelectionCriteria"
        start = value(header, f"{chosen}/SelectionStartDate", "StartDate")[:10]
        year = value(header, f"{chosen}/PeriodStartYear", "FiscalYear")
        month = value(header, f"{chosen}/PeriodStart") or "1"
        if not start and year.isdigit() and month.isdigit():
            start = f"{year}-{min(max(int(month), 1), 12):02d}-01"
        self.ledger.start = start

    def _customer(self, customer: etree._Element) -> None:
        number = value(customer, "CustomerID")
        if not number:
            return
        self._count += 1
        self.ledger.take_customer(number, customer)
        self.customers.add(
            (
                self._count,
                number,
                value(customer, "CompanyName", "Name", "CompanyStructure/Name") or None,
                _of_address(customer, "Country") or None,
                _of_address(customer, "StreetName", "AddressDetail") or None,
                _of_address(customer, "PostalCode") or None,
                _of_address(customer, "City") or None,
                value(customer, "Contact/Email", "Email") or None,
                value(customer, "Contact/Telephone", "Telephone") or None,
                _tax_number(customer) or None,
                value(customer, "BankAccount/IBANNumber") or None,
                _terms(customer) or None,
            )
        )


def read_saft(source: Path | bytes, *, name: str, namespace: str) -> list[Table]:
    """Return the tables of an SAF-T file: customers, documents, payments, settlements.

    Its own control totals, the balance of each booking and the closing balance of each customer
    are proved; what differs is a finding. Raises TableError for damaged XML, and for a file that
    says nothing of customers.
    """
    reader = _Reader(namespace)
    for record in records(source, (*TAKEN, *DROPPED), name=name):
        reader.take(record)
    log = FindingLog()
    detected: dict[str, str | int] = {
        "format": "SAF-T audit file",
        "dialect": " ".join(filter(None, (reader.ledger.country or "OECD", reader.version))),
    }
    tables = _tables(reader, name=name, detected=detected, log=log)
    customers = reader.customers.frame()
    if not customers.height and not tables:
        raise TableError(
            f"{name}: the audit file holds no customer and no line of one. Export it with the "
            "customers and their bookings or invoices."
        )
    if customers.height:
        tables.insert(
            0,
            told_table(
                customers, name=name, part="customers", role="customers", detected=detected
            ),
        )
    return [replace(tables[0], findings=log.frame()), *tables[1:]]


def _tables(
    reader: _Reader, *, name: str, detected: dict[str, str | int], log: FindingLog
) -> list[Table]:
    ledger, documents = reader.ledger, reader.documents
    lines = ledger.lines()
    ledger.report(lines, name=name, log=log, detected=detected)
    documents.report(name=name, log=log, detected=detected)
    note_foreign(log, name, ledger.foreign)
    if not documents.items:
        return receivable_tables(lines, name=name, detected=detected, log=log)
    tables = [
        told_table(
            documents.items.frame(), name=name, part="documents", role="items", detected=detected
        )
    ]
    if not documents.paid and not documents.settled:
        tables += _money(lines, documents, name=name, detected=detected, log=log)
        return tables
    if lines.height:
        log.rows(
            of_file(name),
            code="ledger_lines_left_out",
            value=str(lines.height),
            action="kept",
            severity="info",
            reason="so many lines on receivable accounts are left out: the file's own invoices "
            "and receipts say the same, with more detail",
        )
    for store, part, role in (
        (documents.paid, "payments", "payments"),
        (documents.settled, "settlements", "allocations"),
    ):
        if store:
            tables.append(
                told_table(store.frame(), name=name, part=part, role=role, detected=detected)
            )
    return tables


def _money(
    lines: pl.DataFrame,
    documents: SaftDocuments,
    *,
    name: str,
    detected: dict[str, str | int],
    log: FindingLog,
) -> list[Table]:
    """Return the payments of a file without receipts: the money on its receivable accounts."""
    money = lines.filter((pl.col("amount") < 0) & pl.col("is_money"))
    if not money.height:
        return []
    owed = documents.items.frame().filter(pl.col("kind") == "invoice")
    # the invoice stands in for its own line in the ledger, so that a payment can name it
    stand_in = owed.select(
        "row",
        pl.col("item_number").alias("entry"),
        pl.col("customer_number").alias("customer"),
        pl.col("item_number").alias("document"),
        pl.col("item_number").alias("group"),
        pl.col("issued").alias("day"),
        pl.col("currency"),
        exact_amounts(pl.col("amount")).abs().fill_null(0).alias("amount"),
        pl.lit(value=False).alias("is_money"),
        pl.lit(value=False).alias("is_opening"),
    )
    named = money.with_columns(pl.coalesce("group", "document").alias("group"))
    both = pl.concat([named, stand_in], how="diagonal").select(
        pl.col(one).cast(dtype) for one, dtype in LINE.items()
    )
    made = receivable_tables(both, name=name, detected=detected, log=log)
    return [table for table in made if table.role != "items"]


def _state(control: Control, kind: str, text: str) -> None:
    if kind == "NumberOfEntries":
        control.stated_entries = int(text) if text.isdigit() else None
    elif kind == "TotalDebit":
        control.stated_debit = exact_amount(text)
    elif kind == "TotalCredit":
        control.stated_credit = exact_amount(text)


def _of_address(customer: etree._Element, *names: str) -> str:
    return value(
        customer,
        *(f"{around}/{one}" for around in ("BillingAddress", "Address") for one in names),
    )


def _tax_number(customer: etree._Element) -> str:
    """Return the customer's tax number; 999999990 is the Portuguese number of nobody."""
    told = value(customer, "TaxRegistration/TaxRegistrationNumber", "CustomerTaxID")
    return "" if told in {"999999990", "Desconhecido"} else told


def _terms(customer: etree._Element) -> str:
    days = value(customer, "PartyInfo/PaymentTerms/Days")
    return f"net {days}" if days.isdigit() else ""
