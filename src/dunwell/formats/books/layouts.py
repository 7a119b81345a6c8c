"""Receivables reports of common programs: recognised by their header, their columns told.

Each layout names the columns that only this report has together, in every language it is written
in that we know, and the field each column is. Cells are cleaned where a program writes them its
own way; everything else is read as in any file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from dunwell.formats.findings import FindingLog
from dunwell.formats.grid import Table
from dunwell.formats.words import plain_words


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """One report: names of its columns (plain words, parted by |) by field, and those it needs.

    Fields in `needs` must all be there. `skips` are columns that say nothing of a receivable.
    """

    program: str
    report: str
    fields: Mapping[str, str]
    needs: tuple[str, ...]
    role: str = "items"
    skips: str = ""


LAYOUTS = (
    Layout(
        program="QuickBooks Online",
        report="A/R ageing detail",
        fields={
            "issued": "date",
            "kind": "transaction type",
            "item_number": "num|no",
            "customer_name": "customer|customer full name|name",
            "due": "due date",
            "amount": "amount",
            "open_amount": "open balance",
            "reference": "memo description|memo",
            "currency": "currency",
        },
        needs=("issued", "kind", "item_number", "customer_name", "due", "amount", "open_amount"),
        skips="past due|location|class|sales rep|department",
    ),
    Layout(
        program="QuickBooks",
        report="invoice list",
        fields={
            "issued": "date",
            "kind": "transaction type|type",
            "item_number": "num|no|invoice no",
            "customer_name": "name|customer|client",
            "due": "due date",
            "amount": "amount|total",
            "open_amount": "open balance|balance",
            "reference": "memo description|memo",
            "status": "status",
        },
        needs=("issued", "kind", "item_number", "customer_name", "amount", "open_amount"),
        skips="aging|ageing|trans no|past due|account|split|terms",
    ),
    Layout(
        program="Xero",
        report="invoices",
        fields={
            "customer_name": "contact name",
            "email": "email address",
            "item_number": "invoice number",
            "reference": "reference",
            "issued": "invoice date",
            "due": "due date",
            "amount": "total",
            "applied_amount": "invoice amount paid",
            "open_amount": "invoice amount due",
            "currency": "currency",
            "kind": "type",
            "status": "status",
            "country": "po country",
        },
        needs=("customer_name", "item_number", "issued", "amount", "open_amount", "status"),
    ),
    Layout(
        program="Xero",
        report="aged receivables detail",
        fields={
            "customer_name": "contact",
            "issued": "date|invoice date",
            "due": "due date",
            "item_number": "number|invoice number",
            "reference": "invoice reference|reference",
            "open_amount": "total|outstanding",
            "currency": "currency",
        },
        needs=("customer_name", "issued", "due", "item_number", "open_amount"),
        skips="current|1 month|2 months|3 months|older|1 month ago|source",
    ),
    Layout(
        program="DATEV",
        report="open items",
        fields={
            "customer_number": "konto|kontonummer",
            "customer_name": "name|kontobeschriftung|beschriftung|name konto",
            "item_number": "rechnungs nr|rechnungsnummer|belegfeld 1|re nr",
            "issued": "datum|rechnungsdatum|belegdatum",
            "due": "fallig|falligkeit|falligkeitsdatum|fallig am",
            "debit": "betrag soll|soll|umsatz soll",
            "credit": "betrag haben|haben|umsatz haben",
            "open_amount": "saldo|offener betrag|op saldo",
            "side": "s h|sh|saldo s h|soll haben kennzeichen",
            "amount": "rechnungsbetrag|betrag",
            "reference": "buchungstext|text",
            "currency": "wkz|wahrung",
        },
        needs=("customer_number", "item_number", "due", "open_amount", "side"),
        skips="mahnstufe|mahnsperre|gegenkonto|kost1|kost2|faelligkeit tage|tage",
    ),
    Layout(
        program="SAP",
        report="customer line items",
        fields={
            "customer_number": "customer|debitor|kunde|client|cliente|kunnr|account|konto",
            "customer_name": "name 1|name|nom 1|nombre 1",
            "item_number": "reference|referenz|reference document|xblnr|referencia",
            "item_key": "document number|belegnummer|journal entry|belnr|n document|"
            "numero de document|n documento|numero de documento|buchungsbeleg|"
            "journal entry number",
            "instalment": "line item|position|buchungszeile|buzei|posting view item|posten",
            "kind": "document type|belegart|journal entry type|blart|type piece|type de piece|"
            "clase de documento",
            "posting_key": "posting key|buchungsschlussel|bschl|cle comptabilisation|bs|pk|"
            "clave contabilizacion|clave de contabilizacion",
            "issued": "document date|belegdatum|journal entry date|bldat|date piece|"
            "date de la piece|fecha de documento|fecha documento",
            "posted": "posting date|buchungsdatum|budat|date comptable|fecha contabilizacion|"
            "fecha de contabilizacion",
            "due": "net due date|nettofalligkeit|faedt|echeance nette|vencimiento neto|"
            "net due|netdt",
            "settled": "clearing date|ausgleichsdatum|ausgleich|augdt|date rapprochement|"
            "fecha de compensacion|fecha compensacion",
            "amount": "amount in doc curr|amount in document currency|amount in doc currency|"
            "betrag in belegwahrung|betrag in transaktionswahrung|amount in transaction currency|"
            "wrbtr|montant en devise piece|importe en moneda doc|importe en moneda documento",
            "currency": "document currency|belegwahrung|transaktionswahrung|curr|wahrg|"
            "transaction currency|waers|devise piece|moneda del documento|moneda documento",
            "company_code": "company code|buchungskreis|bukrs|societe|sociedad",
            "terms": "terms of payment|zahlungsbedingung|zterm|payment terms",
            "reference": "text|sgtxt|item text|positionstext|texte|texto",
        },
        needs=("customer_number", "item_key", "issued", "amount", "posting_key"),
        skips="clearing document|ausgleichsbeleg|augbl|assignment|zuordnung|"
        "amount in local currency|betrag in hauswahrung|local currency|hauswahrung|"
        "arrears after net due date",
    ),
)
POSTING_KEYS = {
    "01": "invoice",
    "02": "credit note",
    "03": "invoice",
    "04": "invoice",
    "05": "invoice",
    "06": "invoice",
    "07": "invoice",
    "08": "payment",
    "09": "invoice",
    "11": "credit note",
    "12": "invoice",
    "13": "credit note",
    "14": "credit note",
    "15": "payment",
    "16": "payment",
    "17": "payment",
    "18": "payment",
    "19": "payment",
}
"""SAP's own posting keys of customers: 01 to 09 are debits, 11 to 19 credits."""


def layout_of(table: Table) -> tuple[Layout, dict[str, str]] | None:
    """Return the layout a table's header fits best, with field -> column; None for none."""
    words = {plain_words(column): column for column in reversed(table.cells.columns)}
    best: tuple[Layout, dict[str, str]] | None = None
    for layout in LAYOUTS:
        found: dict[str, str] = {}
        for field, names in layout.fields.items():
            column = next((words[one] for one in names.split("|") if one in words), "")
            if column and column not in found.values():
                found[field] = column
        fits = all(field in found for field in layout.needs)
        if fits and (best is None or len(found) > len(best[1])):
            best = layout, found
    return best


def laid_out(table: Table) -> Table:
    """Return a table of a known report with its columns told; another one as it is."""
    match = layout_of(table)
    if match is None:
        return table
    layout, found = match[0], dict(match[1])
    detected = {**table.detected, "program": layout.program, "report": layout.report}
    table = replace(table, detected=detected, role=layout.role)
    if layout.program == "SAP":
        table, found = _sap(table, found)
    elif layout.program.startswith("QuickBooks"):
        table = _grouped(table, found)
    elif layout.program == "DATEV":
        table, found = _datev(table, found)
    # what a layout read for itself says nothing more
    used = {column for column in match[1].values() if column not in found.values()}
    left = {
        column: ""
        for column in table.cells.columns
        if column in used or plain_words(column) in layout.skips.split("|")
    }
    told = {column: field for field, column in found.items()}
    return replace(table, fields={**left, **told})


def _grouped(table: Table, found: Mapping[str, str]) -> Table:
    """Leave out lines of a report that head or sum a group: they have no kind and no number."""
    kind, amount = pl.col(found["kind"]), pl.col(found["amount"])
    is_line = table.cells.select(
        kind.is_not_null()
        & (kind.str.to_lowercase() != found["kind"].lower())
        & amount.is_not_null()
    ).to_series()
    heads = int((~is_line).sum())
    if not heads:
        return table
    kept = table.filtered(is_line)
    return replace(kept, detected={**kept.detected, "lines that head or sum a group": heads})


def _datev(table: Table, found: dict[str, str]) -> tuple[Table, dict[str, str]]:
    """Give a balance marked H its minus; the side is said of the balance, not of the amount."""
    side, open_amount = found.pop("side"), found["open_amount"]
    is_credit = pl.col(side).str.to_uppercase().str.starts_with("H").fill_null(value=False)
    text = pl.col(open_amount)
    signed = (
        pl.when(is_credit & ~text.str.starts_with("-")).then(pl.lit("-") + text).otherwise(text)
    )
    cells = table.cells.with_columns(signed.alias(open_amount))
    if "amount" not in found and not {"debit", "credit"} & set(found):
        return replace(table, cells=cells), found
    if "amount" in found and {"debit", "credit"} & set(found):
        found.pop("amount")
    if "amount" in found:
        amount = pl.col(found["amount"])
        cells = cells.with_columns(
            pl.when(is_credit & ~amount.str.starts_with("-"))
            .then(pl.lit("-") + amount)
            .otherwise(amount)
            .alias(found["amount"])
        )
    numbers = {name: one for name, one in table.numbers.items() if name not in found.values()}
    return replace(table, cells=cells, numbers=numbers), found


def _sap(table: Table, found: dict[str, str]) -> tuple[Table, dict[str, str]]:
    """Read the kind from the posting key, leave icons, totals and leading zeros out."""
    key = found.pop("posting_key")
    kinds = (
        pl.col(key)
        .str.strip_chars()
        .str.zfill(2)
        .replace_strict(POSTING_KEYS, default=None, return_dtype=pl.String)
    )
    kind = "kind by posting key"
    customer = pl.col(found["customer_number"])
    plain = (
        pl.when(customer.str.contains(r"^0+\d+$")).then(customer.str.strip_chars_start("0"))
    ).otherwise(customer)
    cells = table.cells.with_columns(kinds.alias(kind), plain.alias(found["customer_number"]))
    found = {**{field: column for field, column in found.items() if field != "kind"}, "kind": kind}
    table = replace(table, cells=cells)
    is_line = cells.select(
        pl.col(key).str.contains(r"^\s*\d{1,2}\s*$").fill_null(value=False)
    ).to_series()
    sums = int((~is_line & ~cells.select(pl.all_horizontal(pl.all().is_null())).to_series()).sum())
    table = table.filtered(is_line)
    if sums:
        rows = pl.DataFrame(
            {"file": [table.name], "part": [table.part], "row": [None]},
            schema_overrides={"row": pl.Int64},
        )
        log = FindingLog([table.findings])
        log.rows(
            rows,
            code="report_lines",
            value=str(sums),
            action="kept",
            severity="info",
            reason="so many lines have no posting key: they are totals or headings of the report",
        )
        table = replace(table, findings=log.frame())
    return table, found
