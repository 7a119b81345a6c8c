"""Remittance advices in tables (CSV, XLSX): one line per document, grouped by payment."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.sheet_cells import amount_columns, day_columns, place_of
from dunwell.formats.bank.sheet_currency import read_codes
from dunwell.formats.bank.sheet_file import AS_FOUND, any_digit, sheet_table, table_findings
from dunwell.formats.bank.sheet_margins import row_label
from dunwell.formats.bank.sheet_profile import SheetProfile
from dunwell.formats.bank.sheet_words import KNOWN_FIELDS
from dunwell.formats.bank.statement import StatementError, StatementFinding
from dunwell.formats.bank.undecided import UndecidedError
from dunwell.formats.bank.unstated import NO_CURRENCY
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.grid import Table
from dunwell.formats.remittance.advice import Advice, AdviceLine, sum_findings
from dunwell.formats.words import plain_words

_FIELDS: Mapping[str, str] = {
    "remittance_id": "remittance id|remittance number|remittance no|advice id|advice number|"
    "avis nummer|remittance advice no",
    "payment_id": "payment id|payment number|payment no|payment reference|payment ref|"
    "check number|check no|cheque number|cheque no|zahlungsreferenz|"
    "zahlungsnummer|zahlungsbeleg|numero de paiement|reference de paiement|"
    "numero de pago|referencia de pago|eft number|wire reference|"
    "trace number|document of payment",
    "item_ref": "item ref|invoice ref|invoice|invoice number|invoice no|invoice id|"
    "inv no|document|document number|document no|doc no|doc number|"
    "reference|your reference|bill number|rechnung|rechnungsnummer|"
    "rechnungs nr|rechnung nr|belegnummer|beleg|ihre belegnummer|facture|"
    "numero facture|numero de facture|n facture|reference facture|factura|"
    "numero factura|numero de factura|n factura|factuur|factuurnummer|"
    "fattura|item|item id|item number|supplier invoice|vendor invoice|"
    "your invoice",
    "amount": "amount|amount paid|paid amount|paid|payment amount|net|net amount|"
    "net paid|net paid amount|amount remitted|remitted|applied amount|"
    "zahlbetrag|gezahlt|betrag|zahlungsbetrag|netto|montant|montant paye|"
    "montant regle|net a payer|importe|importe pagado|pagado|neto|bedrag|"
    "importo|payment",
    "gross": "gross|gross amount|invoice amount|original amount|document amount|"
    "invoice total|brutto|bruttobetrag|rechnungsbetrag|montant facture|"
    "montant brut|montant ttc|importe factura|importe bruto|bruto",
    "discount": "discount|discount taken|discount amount|cash discount|skonto|"
    "skontobetrag|escompte|descuento|descuento pronto pago|korting",
    "deduction": "deduction|deductions|deduction amount|adjustment|adjustments|abzug|"
    "kurzung|deduccion|retenue|claim amount|short pay",
    "memo": "memo|comment|comments|description|note|notes|remark|remarks|text|"
    "reason|reason code|bemerkung|verwendungszweck|libelle|commentaire|"
    "motif|concepto|observaciones|omschrijving",
    "payer": "payer|payer name|customer|customer name|paid by|remitter|company|"
    "zahler|kunde|auftraggeber|payeur|client|pagador|cliente|ordenante",
    "currency": "currency|ccy|cur|currency code|wahrung|waehrung|devise|moneda|divisa|munt",
    "paid_on": "payment date|paid on|paid date|value date|zahlungsdatum|valuta|"
    "date de paiement|fecha de pago|date paid|settlement date",
}
KNOWN: Mapping[str, str] = {
    plain_words(phrase): name for name, phrases in _FIELDS.items() for phrase in phrases.split("|")
}
VAGUE = frozenset({"reference", "your reference", "document", "item", "doc no", "beleg"})
MONEY = ("amount", "gross", "discount", "deduction")


def advice_columns(header: Sequence[str]) -> dict[str, str]:
    """Return field -> column of a remittance table by its header words."""
    found: dict[str, str] = {}
    for column in header:
        words = plain_words(column)
        bare = " ".join(word for word in words.split() if word.upper() not in ISO_CODES)
        name = KNOWN.get(words) or KNOWN.get(bare)
        if name and name not in found:
            found[name] = column
    return found


def is_advice_table(header: Sequence[str]) -> bool:
    """Return whether a header names documents and what is paid on them.

    A bank statement also has references and amounts: with a running balance, debit and credit,
    or a booking day beside a mere `reference`, it is not taken for an advice.
    """
    found = advice_columns(header)
    if "item_ref" not in found or not {"amount", "gross"} & set(found):
        return False
    bank = {KNOWN_FIELDS.get(plain_words(column), "") for column in header}
    if {"balance", "debit", "credit"} & bank:
        return False
    return plain_words(found["item_ref"]) not in VAGUE or not {"booked", "valued"} & bank


def read_advice_sheet(
    content: bytes, name: str, *, profile: SheetProfile = AS_FOUND
) -> tuple[Advice, ...]:
    """Return the advices of a table, one per remittance, payment or payer it names.

    `amount` is what is paid on a document (a credit note < 0). Raises UndecidedError for decimal
    signs and dates that fit two readings, StatementError for cells that cannot be read.
    """
    table = sheet_table(content, name, profile)
    columns = advice_columns(table.cells.columns)
    columns |= {field: column for column, field in profile.columns.items() if field}
    if "item_ref" not in columns:
        raise StatementError(
            name,
            "row 1",
            "no column is known as the number of a document (invoice). Name it in the profile",
        )
    table, total_rows = _split(table, columns)
    if not table.cells.height:
        raise StatementError(name, "whole file", "the table names no document that is paid")
    return _advices(table, columns, total_rows, profile)


def _split(table: Table, columns: Mapping[str, str]) -> tuple[Table, Table]:
    """Return the rows of documents, and the rows labelled as a total."""
    labels = [row_label(row) for row in table.cells.iter_rows()]
    numbers = table.cells.get_column(columns["item_ref"])
    has_digit = numbers.str.contains(r"\d").fill_null(value=False)
    money = [columns[name] for name in MONEY if name in columns]
    filled = any_digit(table, money)
    is_total = pl.Series("total", [bool(label) for label in labels], dtype=pl.Boolean) & ~has_digit
    keep = (numbers.is_not_null() | filled) & ~is_total
    return table.filtered(keep), table.filtered(is_total)


def _advices(
    table: Table, columns: Mapping[str, str], totals: Table, profile: SheetProfile
) -> tuple[Advice, ...]:
    currencies = _currencies(table, columns, profile)
    wanted = {name: columns[name] for name in MONEY if name in columns}
    amounts, decisions = amount_columns(table, wanted, currencies, decimal=profile.decimal)
    days: list[date | None] = []
    if "paid_on" in columns:
        read = day_columns(
            table,
            {"paid_on": columns["paid_on"]},
            order=profile.date_order,
            is_comma=amounts.decimal == "," and not decisions,
        )
        # A day both orders fit is left out: the payment itself tells its day.
        orders = list(read.by_order.values())
        days = orders[0]["paid_on"] if len(orders) == 1 else []
    if decisions:
        raise UndecidedError(table.name, decisions)
    groups: dict[tuple[str, ...], list[int]] = {}
    for row in range(table.cells.height):
        key = tuple(_cell(table, columns, name, row) for name in ("remittance_id", "payment_id"))
        groups.setdefault((*key, _cell(table, columns, "payer", row)), []).append(row)
    if "payment_id" in columns:
        groups = _by_payment(groups)
    found = []
    for (remittance, payment, payer), rows in groups.items():
        lines = tuple(_line(table, columns, amounts.minor, currencies, row) for row in rows)
        codes = {line.currency for line in lines}
        advice = Advice(
            lines=lines,
            payer=payer,
            references=(payment,) if payment else (),
            currency=codes.pop() if len(codes) == 1 else "",
            paid_on=days[rows[0]] if days else None,
            remittance_id=remittance,
            payment_id=payment,
            place=place_of(table, int(table.rows[rows[0]])),
        )
        found.append(advice)
    return _with_findings(found, table, totals, columns, amounts.decimal)


def _by_payment(groups: Mapping[tuple[str, ...], list[int]]) -> dict[tuple[str, ...], list[int]]:
    """Return the groups joined by payment, where a table numbers each line as a remittance."""
    joined: dict[tuple[str, ...], list[int]] = {}
    names: dict[tuple[str, str], tuple[str, ...]] = {}
    for (remittance, payment, payer), rows in groups.items():
        key = names.setdefault((payment or remittance, payer), (remittance, payment, payer))
        joined.setdefault(key, []).extend(rows)
    return joined


def _with_findings(
    advices: Sequence[Advice],
    table: Table,
    totals: Table,
    columns: Mapping[str, str],
    decimal: str,
) -> tuple[Advice, ...]:
    """Return the advices with a stated total (where there is one advice) and their findings."""
    made = []
    for advice in advices:
        one = advice
        if len(advices) == 1 and totals.cells.height and "amount" in columns:
            code = advice.currency or UNKNOWN_CURRENCY
            read, _ = amount_columns(
                totals,
                {"amount": columns["amount"]},
                [code] * totals.cells.height,
                decimal=decimal,
            )
            told = [amount for amount in read.minor["amount"] if amount is not None]
            one = replace(advice, total_minor=told[-1] if told else None)
        findings = [*sum_findings(one), *table_findings(table)]
        if any(line.currency == UNKNOWN_CURRENCY for line in one.lines):
            findings.append(
                StatementFinding(code="no_currency", place=one.place, reason=NO_CURRENCY)
            )
        made.append(replace(one, findings=tuple(findings)))
    return tuple(made)


def _currencies(table: Table, columns: Mapping[str, str], profile: SheetProfile) -> list[str]:
    named = {
        word.upper()
        for name in MONEY
        if name in columns
        for word in plain_words(columns[name]).split()
        if word.upper() in ISO_CODES
    }
    whole = (named.pop() if len(named) == 1 else "") or profile.currency or UNKNOWN_CURRENCY
    if "currency" not in columns:
        return [whole] * table.cells.height
    return [code or whole for code in read_codes(table, columns["currency"])]


def _cell(table: Table, columns: Mapping[str, str], name: str, row: int) -> str:
    return (table.cells.item(row, columns[name]) or "") if name in columns else ""


def _line(
    table: Table,
    columns: Mapping[str, str],
    minor: Mapping[str, list[int | None]],
    currencies: Sequence[str],
    row: int,
) -> AdviceLine:
    """Return one line; without an amount of its own, gross less discount and deduction."""
    gross, discount, deduction = (
        minor[name][row] if name in minor else None for name in ("gross", "discount", "deduction")
    )
    amount = minor["amount"][row] if "amount" in minor else None
    if amount is None and gross is not None and "amount" not in minor:
        amount = gross - abs(discount or 0) - abs(deduction or 0)
    return AdviceLine(
        item_ref=_cell(table, columns, "item_ref", row),
        amount_minor=amount,
        currency=currencies[row],
        memo=_cell(table, columns, "memo", row),
        gross_minor=gross,
        discount_minor=abs(discount) if discount is not None else None,
        deduction_minor=abs(deduction) if deduction is not None else None,
        place=place_of(table, int(table.rows[row])),
    )
