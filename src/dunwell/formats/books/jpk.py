"""Polish audit files: JPK_FA (invoices) and JPK_KR (accounting books) to tables of a ledger.

JPK_FA names invoices and their buyers and neither due days nor payments. JPK_KR names bookings by
account: the receivable accounts are those of team 20, each customer an account below them.
Sources: schemas 03095 (JPK_FA 1), 02171 (JPK_FA 4), 03091 (JPK_KR 1) of the finance ministry.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl
from lxml import etree

from dunwell.formats.books.controls import Control
from dunwell.formats.books.exact import exact_amount
from dunwell.formats.books.lines import LINE, receivable_tables
from dunwell.formats.books.row_store import RowStore
from dunwell.formats.books.tables import told_table
from dunwell.formats.books.xml_records import above, local_name, records, value
from dunwell.formats.findings import FindingLog, TableError
from dunwell.formats.grid import Table

TAKEN = (
    *("KodFormularza", "DomyslnyKodWaluty", "DataOd", "Faktura", "FakturaCtrl", "ZOiS"),
    *("Dziennik", "DziennikCtrl", "KontoZapis", "KontoZapisCtrl"),
)
DROPPED = ("FakturaWiersz", "Zamowienie", "ZamowienieWiersz")
RECEIVABLE = ("200", "201", "20-", "203", "204")
"""Beginnings of accounts for what customers owe in the usual Polish chart (team 20)."""
MONEY = "1"
"""The team of cash and bank accounts."""
NOTHING = frozenset({"", "null", "brak"})
FORMS = {"JPK_FA", "JPK_KR"}
INVOICE: Mapping[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "item_number": pl.String,
    "kind": pl.String,
    "customer_number": pl.String,
    "customer_name": pl.String,
    "amount": pl.String,
    "issued": pl.String,
    "due": pl.String,
    "reference": pl.String,
    "currency": pl.String,
    "vat_number": pl.String,
}


class _Reader:
    """What was read of one file so far."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.form = ""
        self.currency = "PLN"
        self.start = ""
        self.invoices = RowStore(INVOICE)
        self.journal = Control(part="journal")
        self.postings = Control(part="postings")
        self.sales = Control(part="invoices")
        self.accounts: dict[str, tuple[str, int]] = {}
        self._entries: dict[str, tuple[str, str, str, str]] = {}
        self._money: set[str] = set()
        self._lines: list[tuple[int, str, str, int, str]] = []

    def take(self, record: etree._Element) -> None:  # noqa: C901 -- one branch per record
        """Take one record by its name."""
        kind = local_name(record)
        if kind == "KodFormularza":
            self._form(record)
        elif kind == "DomyslnyKodWaluty":
            self.currency = (record.text or "").strip().upper() or self.currency
        elif kind == "DataOd" and above(record) == "Naglowek":
            self.start = (record.text or "").strip()
        elif kind == "Faktura":
            self._invoice(record)
        elif kind == "FakturaCtrl":
            self.sales.stated_entries = _count(value(record, "LiczbaFaktur"))
            self.sales.stated_debit = exact_amount(value(record, "WartoscFaktur"))
        elif kind == "ZOiS":
            self._account(record)
        elif kind == "Dziennik":
            self._entry(record)
        elif kind == "DziennikCtrl":
            self.journal.stated_entries = _count(value(record, "LiczbaWierszyDziennika"))
            self.journal.stated_debit = exact_amount(value(record, "SumaKwotOperacji"))
        elif kind == "KontoZapis":
            self._posting(record)
        elif kind == "KontoZapisCtrl":
            # the schema itself spells it with a j
            told = value(record, "LiczbaWierszyKontoZapisj", "LiczbaWierszyKontoZapisu")
            self.postings.stated_entries = _count(told)
            self.postings.stated_debit = exact_amount(value(record, "SumaWinien"))
            self.postings.stated_credit = exact_amount(value(record, "SumaMa"))

    def _form(self, record: etree._Element) -> None:
        self.form = (record.text or "").strip() or record.get("kodSystemowy", "").split(" ")[0]
        if self.form not in FORMS:
            raise TableError(
                f"{self.name}: is the Polish audit file {self.form or 'without a form code'}; "
                "JPK_FA and JPK_KR are read. Export one of those, or the receivables as CSV."
            )

    def _invoice(self, invoice: etree._Element) -> None:
        self.sales.entries += 1
        text = value(invoice, "P_15")
        amount = exact_amount(text) if text else None
        self.sales.debit += amount or 0
        kind = value(invoice, "RodzajFaktury").upper()
        tax = value(invoice, "P_5B")
        buyer = value(invoice, "P_3A")
        corrected = value(invoice, "NrFaKorygowanej")
        self.invoices.add(
            (
                self.sales.entries,
                value(invoice, "P_2A", "P_2") or None,
                "credit note" if kind == "KOREKTA" and (amount or 0) < 0 else "invoice",
                tax or buyer or None,
                buyer or None,
                text or None,
                value(invoice, "P_1") or None,
                None,
                f"corrects {corrected}" if corrected else None,
                value(invoice, "KodWaluty").upper() or self.currency,
                (value(invoice, "P_5A") + tax) if tax else None,
            )
        )

    def _account(self, account: etree._Element) -> None:
        number = value(account, "KodKonta")
        debit = exact_amount(value(account, "BilansOtwarciaWinien") or "0") or 0
        credit = exact_amount(value(account, "BilansOtwarciaMa") or "0") or 0
        self.accounts[number] = (value(account, "OpisKonta"), debit - credit)

    def _entry(self, entry: etree._Element) -> None:
        self.journal.entries += 1
        self.journal.debit += exact_amount(value(entry, "DziennikKwotaOperacji") or "0") or 0
        self._entries[value(entry, "NrZapisuDziennika")] = (
            value(entry, "NrDowoduKsiegowego"),
            value(entry, "DataKsiegowania", "DataOperacji"),
            value(entry, "DataDowodu"),
            value(entry, "OpisOperacji"),
        )

    def _posting(self, posting: etree._Element) -> None:
        self.postings.entries += 1
        entry = value(posting, "NrZapisu")
        for side, sign in (("Winien", 1), ("Ma", -1)):
            account = value(posting, f"KodKonta{side}")
            amount = exact_amount(value(posting, f"Kwota{side}") or "0")
            if amount is None:
                self.postings.unreadable += 1
                continue
            if sign > 0:
                self.postings.debit += amount
            else:
                self.postings.credit += amount
            if account.casefold() in NOTHING or not amount:
                continue
            if account.startswith(MONEY):
                self._money.add(entry)
            if account.startswith(RECEIVABLE):
                text = value(posting, f"OpisZapisu{side}")
                row = self.postings.entries
                self._lines.append((row, entry, account, sign * amount, text))

    def lines(self) -> pl.DataFrame:
        """Return the receivable lines with the opening balances of their accounts."""
        store = RowStore(LINE)
        for row, entry, account, amount, text in self._lines:
            document, day, issued, about = self._entries.get(entry, ("", "", "", ""))
            store.add(
                (
                    *(row, entry, account, self.accounts.get(account, ("", 0))[0] or None),
                    *(document or None, text or about or None, document or None, None),
                    *(day or self.start or None, issued or None, None, self.currency, amount),
                    *(entry in self._money, False),
                )
            )
        for account, (title, opening) in self.accounts.items():
            if opening and account.startswith(RECEIVABLE):
                store.add(
                    (
                        *(None, None, account, title or None, None, "bilans otwarcia", None),
                        *(None, self.start or None, None, None, self.currency, opening),
                        *(False, True),
                    )
                )
        return store.frame()


def read_jpk(source: Path | bytes, *, name: str) -> list[Table]:
    """Return the tables of a JPK_FA or JPK_KR file; its control totals are proved.

    Raises TableError for another Polish form and for damaged XML.
    """
    reader = _Reader(name)
    for record in records(source, (*TAKEN, *DROPPED), name=name):
        reader.take(record)
    log = FindingLog()
    detected: dict[str, str | int] = {"format": "SAF-T audit file", "dialect": f"PL {reader.form}"}
    controls = (reader.sales,) if reader.form == "JPK_FA" else (reader.journal, reader.postings)
    for control in controls:
        control.report(name=name, log=log, detected=detected)
    if reader.form == "JPK_FA":
        invoices = reader.invoices.frame()
        buyers = invoices.unique("customer_number", keep="first", maintain_order=True)
        tables = [
            told_table(rows, name=name, part=part, role=role, detected=detected)
            for rows, part, role in (
                (buyers.drop("currency"), "customers", "customers"),
                (invoices.drop("vat_number"), "documents", "items"),
            )
            if rows.height
        ]
    else:
        tables = receivable_tables(reader.lines(), name=name, detected=detected, log=log)
    if not tables:
        raise TableError(
            f"{name}: holds no invoice and no line on a receivable account (20…). Check that the "
            "books of customers were exported."
        )
    return [replace(tables[0], findings=log.frame()), *tables[1:]]


def _count(text: str) -> int | None:
    return int(text) if text.isdigit() else None
