"""A customer's list of what it owes us, from its ledger of suppliers: CSV, XLSX or PDF to rows.

One row per document or payment. What is owed is > 0 here where the file has columns of debit and
credit (a supplier stands in credit); with one column of amounts the sign is that of the file.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import polars as pl

from dunwell.engine.money import minor_digits, to_minor
from dunwell.engine.statement_matching import TheirEntry
from dunwell.formats.bank.sheet_cells import amount_columns, day_columns
from dunwell.formats.bank.sheet_file import any_digit, sheet_table
from dunwell.formats.bank.sheet_margins import row_label
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.currencies import ISO_CODES, currency_code
from dunwell.formats.dates import order_evidence, read_days
from dunwell.formats.document_types import DocumentTypeError, document_type
from dunwell.formats.extracts.amounts import number_of
from dunwell.formats.grid import Table
from dunwell.formats.remittance.pdf import is_pdf, pdf_text
from dunwell.formats.words import plain_words

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 20_000
EPOCH = date(1970, 1, 1).toordinal()
TEXT, PDF = "text/csv", "application/pdf"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_FIELDS: Mapping[str, str] = {
    "number": "invoice|invoice number|invoice no|invoice id|inv no|inv number|invoice ref|"
    "document|document number|document no|doc no|doc number|bill|bill number|bill no|"
    "supplier invoice|"
    "vendor invoice|vendor invoice number|supplier invoice number|supplier reference|"
    "vendor reference|reference|ref|transaction number|item|item number|rechnung|"
    "rechnungsnummer|rechnungs nr|rechnung nr|belegnummer|beleg|beleg nr|referenz|externe nummer|"
    "facture|numero facture|numero de facture|n facture|piece|factura|numero factura|"
    "numero de factura|n factura|factuur|factuurnummer|fattura",
    "dated_on": "date|invoice date|document date|doc date|bill date|transaction date|posting date|"
    "datum|rechnungsdatum|belegdatum|buchungsdatum|date facture|date de facture|fecha|"
    "fecha factura|fecha de factura|factuurdatum|data",
    "due_on": "due|due date|due on|net due date|faelligkeit|falligkeit|fallig|fallig am|"
    "falligkeitsdatum|echeance|date echeance|date d echeance|vencimiento|fecha vencimiento|"
    "fecha de vencimiento|vervaldatum|scadenza",
    "open": "open|open amount|open balance|outstanding|outstanding amount|amount due|balance due|"
    "remaining|remaining amount|unpaid|unpaid amount|offen|offener betrag|offener posten|rest|"
    "restbetrag|restant du|solde du|reste a payer|pendiente|importe pendiente|openstaand|residuo",
    "amount": "amount|invoice amount|document amount|gross amount|total|value|betrag|"
    "rechnungsbetrag|bruttobetrag|montant|montant ttc|importe|importe factura|bedrag|importo|"
    "amount in document currency|amount in local currency",
    "debit": "debit|debits|debit amount|soll|debe|cargo|dare",
    "credit": "credit|credits|credit amount|haben|haber|abono|avere",
    "kind": "type|document type|doc type|transaction type|kind|art|belegart|vorgang|tipo|"
    "type de piece|description|text|details|memo",
    "status": "status|state|payment status|zahlungsstatus|etat|estado",
    "paid_on": "paid on|paid date|payment date|date paid|clearing date|cleared on|zahldatum|"
    "zahlungsdatum|ausgleichsdatum|date de paiement|fecha de pago",
    "currency": "currency|ccy|cur|curr|currency code|wahrung|waehrung|devise|moneda|divisa|munt",
}
KNOWN: Mapping[str, str] = {
    plain_words(phrase): name for name, phrases in _FIELDS.items() for phrase in phrases.split("|")
}
MONEY = ("open", "amount", "debit", "credit")
PAYMENT_WORDS = _words(
    "payment payments paid pay pmt pymt eft ach wire cheque check zahlung ueberweisung "
    "uberweisung zahlungsausgang paiement reglement virement pago transferencia betaling"
)
PAID_WORDS = _words("paid cleared settled bezahlt ausgeglichen paye regle pagado betaald")

_DAY = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b")
_AMOUNT = re.compile(r"(?<![\w.,])[-(]?\d{1,3}(?:[.,' ]?\d{3})*[.,]\d{2,3}[-)]?(?![\w])")
_NUMBER = re.compile(r"\b(?=[A-Z0-9/_-]*\d{2})[A-Z0-9][A-Z0-9/_-]{2,39}\b", re.IGNORECASE)
_CLOSING = re.compile(r"\b(?:total|balance|saldo|solde|summe|amount due)\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadSupplierStatement:
    """The rows of one currency; `stated_minor` is the total the file names, if it names one.

    `unread` are rows that could not be used, with the reason; `media_type` is told by content.
    """

    rows: tuple[TheirEntry, ...]
    media_type: str
    stated_minor: int | None = None
    unread: tuple[tuple[int, str], ...] = ()


def read_supplier_statement(
    data: bytes, name: str, *, currency: str, decimal: str = "", date_order: str = ""
) -> ReadSupplierStatement:
    """Return the documents a customer lists in one currency.

    Days that fit both orders are left out unless `date_order` (dmy, mdy) tells. Raises
    StatementError for a file that is too large, cannot be read, or names no document, and
    UndecidedError where no cell tells decimal point from comma and `decimal` is empty.
    """
    if not data:
        raise StatementError(name, "", "the file is empty. Export it again")
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 1024**2
        raise StatementError(
            name, "", f"the file has more than {most} MB. Send the open ones only"
        )
    if is_pdf(data):
        _check_type(data, name)
        return _pdf(pdf_text(data, name), name, currency=currency, decimal=decimal,
                    date_order=date_order)  # fmt: skip
    media_type = _check_type(data, name) if data.startswith(b"PK\x03\x04") else TEXT
    table = sheet_table(data, name, SheetProfile(decimal=decimal, date_order=date_order))
    if table.cells.height > MOST_ROWS:
        raise StatementError(
            name, "", f"the list has more than {MOST_ROWS} rows. Send the open ones"
        )
    return _sheet(table, name, media_type, currency=currency, decimal=decimal,
                  date_order=date_order)  # fmt: skip


def statement_columns(header: Sequence[str]) -> dict[str, str]:
    """Return field -> column of a customer's list by its header words."""
    found: dict[str, str] = {}
    for column in header:
        words = plain_words(column)
        bare = " ".join(word for word in words.split() if word.upper() not in ISO_CODES)
        name = KNOWN.get(words) or KNOWN.get(bare)
        if name and name not in found:
            found[name] = column
    return found


def _check_type(data: bytes, name: str) -> str:
    try:
        return document_type(data)
    except DocumentTypeError as error:
        raise StatementError(name, "", str(error)) from error


def _sheet(
    table: Table, name: str, media_type: str, *, currency: str, decimal: str, date_order: str
) -> ReadSupplierStatement:
    columns = statement_columns(table.cells.columns)
    money = [columns[field] for field in MONEY if field in columns]
    if "number" not in columns or not money:
        raise StatementError(
            name,
            "row 1",
            "no column is known as the number of a document and its amount. Name them Invoice "
            "number and Amount",
        )
    labels = [row_label(row) for row in table.cells.iter_rows()]
    numbers = table.cells.get_column(columns["number"])
    has_digit = numbers.str.contains(r"\d").fill_null(value=False)
    filled = any_digit(table, money)
    is_total = pl.Series("total", [bool(one) for one in labels], dtype=pl.Boolean) & ~has_digit
    totals, body = table.filtered(is_total & filled), table.filtered(filled & ~is_total)
    if not body.cells.height:
        raise StatementError(name, "", "the list names no document. Send the open ones")
    minor = _minor(body, columns, currency, decimal)
    days = _days(body, columns, date_order)
    rows: list[TheirEntry] = []
    unread: list[tuple[int, str]] = []
    for at in range(body.cells.height):
        line = int(body.rows[at])
        told = currency_code(_cell(body, columns, "currency", at))
        if told and told != currency:
            unread.append((line, f"in {told}, not in {currency}"))
        else:
            rows.append(_entry(body, columns, minor[at], days, at, line))
    return ReadSupplierStatement(
        rows=tuple(rows),
        media_type=media_type,
        stated_minor=_stated(totals, columns, currency, decimal),
        unread=tuple(unread),
    )


def _minor(table: Table, columns: Mapping[str, str], currency: str, decimal: str) -> list[int]:
    """Return what each row says is owed: open before amount before credit less debit."""
    wanted = {field: columns[field] for field in MONEY if field in columns}
    codes = [currency] * table.cells.height
    read, decisions = amount_columns(table, wanted, codes, decimal=decimal)
    if decisions:
        raise UndecidedError(table.name, decisions)
    found = []
    for at in range(table.cells.height):
        cells = {field: read.minor[field][at] for field in wanted}
        stated = next(
            (cells[one] for one in ("open", "amount") if cells.get(one) is not None), None
        )
        both = abs(cells.get("credit") or 0) - abs(cells.get("debit") or 0)
        found.append(stated if stated is not None else both)
    return found


def _days(
    table: Table, columns: Mapping[str, str], order: str
) -> Mapping[str, Sequence[date | None]]:
    wanted = {field: columns[field] for field in ("dated_on", "due_on") if field in columns}
    if not wanted:
        return {}
    read = day_columns(table, wanted, order=order, is_comma=False)
    orders = list(read.by_order.values())
    return orders[0] if len(orders) == 1 else {}


def _entry(
    table: Table,
    columns: Mapping[str, str],
    minor: int,
    days: Mapping[str, Sequence[date | None]],
    at: int,
    line: int,
) -> TheirEntry:
    kind = set(plain_words(_cell(table, columns, "kind", at)).split())
    number = _cell(table, columns, "number", at)
    is_payment = minor <= 0 and bool((kind | set(plain_words(number).split())) & PAYMENT_WORDS)
    status = set(plain_words(_cell(table, columns, "status", at)).split())
    is_paid = bool(status & PAID_WORDS) or bool(_cell(table, columns, "paid_on", at))
    return TheirEntry(
        place=line,
        number=number[:80],
        amount_minor=minor,
        dated_on=days["dated_on"][at] if "dated_on" in days else None,
        due_on=days["due_on"][at] if "due_on" in days else None,
        is_payment=is_payment,
        is_paid=is_paid and not is_payment,
    )


def _stated(totals: Table, columns: Mapping[str, str], currency: str, decimal: str) -> int | None:
    """Return the total of a list that names one, and none where it names several."""
    if totals.cells.height != 1:
        return None
    return _minor(totals, columns, currency, decimal or ".")[0]


def _cell(table: Table, columns: Mapping[str, str], name: str, row: int) -> str:
    return (table.cells.item(row, columns[name]) or "") if name in columns else ""


def _pdf(
    text: str, name: str, *, currency: str, decimal: str, date_order: str
) -> ReadSupplierStatement:
    """Return the lines of a printed list that hold a number and an amount.

    With two amounts a line, the last is what is open, unless it is a running balance.
    """
    found: list[tuple[int, str, list[str], list[int], bool]] = []
    stated: int | None = None
    for place, line in enumerate(text.splitlines(), start=1):
        days = _DAY.findall(line)
        rest = _DAY.sub(" ", line)
        amounts = [
            minor
            for one in _AMOUNT.findall(rest)
            if (minor := _printed(one, currency, decimal)) is not None
        ]
        numbers = _NUMBER.findall(_AMOUNT.sub(" ", rest))
        words = set(plain_words(line).split())
        if not amounts:
            continue
        if not numbers:
            stated = amounts[-1] if _CLOSING.search(line) else stated
            continue
        found.append((place, numbers[0], days, amounts, bool(words & PAYMENT_WORDS)))
    if not found:
        raise StatementError(
            name, "", "no line names a document and an amount. Send the list as CSV or XLSX"
        )
    is_running = len(found) > 1 and all(
        len(after[3]) > 1 and len(before[3]) > 1 and after[3][-1] - before[3][-1] == after[3][0]
        for before, after in pairwise(found)
    )
    read = _printed_days([day for row in found for day in row[2]], date_order)
    rows = [
        TheirEntry(
            place=place,
            number=number,
            amount_minor=amounts[0] if is_running else amounts[-1],
            dated_on=read.get(days[0]) if days else None,
            due_on=read.get(days[1]) if len(days) > 1 else None,
            is_payment=is_payment and amounts[0] < 0,
        )
        for place, number, days, amounts, is_payment in found
    ]
    return ReadSupplierStatement(rows=tuple(rows), media_type=PDF, stated_minor=stated)


def _printed(text: str, currency: str, decimal: str) -> int | None:
    """Return a printed amount in minor units; a minus may stand behind it, or brackets around."""
    core = text.strip("-()")
    if decimal == ",":
        core = core.replace(".", "").replace(",", ".")
    elif decimal == ".":
        core = core.replace(",", "")
    number = number_of(core, digits=minor_digits(currency))
    if number is None:
        return None
    try:
        minor = to_minor(number, currency)
    except ValueError:
        return None
    return -minor if text[0] in "-(" or text[-1] in "-)" else minor


def _printed_days(texts: Sequence[str], order: str) -> Mapping[str, date]:
    """Return the day each text means; nothing where no text tells the order of day and month."""
    cells = pl.Series("day", list(texts), dtype=pl.String)
    told = order or order_evidence(cells).decided()
    if told not in {"dmy", "mdy"}:
        return {}
    numbers = read_days(cells, order=told).get_column("day").to_list()
    return {
        text: date.fromordinal(EPOCH + int(number))
        for text, number in zip(texts, numbers, strict=True)
        if number is not None
    }
