"""An invoice as a PDF for people: what is owed in one sentence, how to pay, lines, VAT, totals.

PDF/A-3 and PDF/UA where fonts allow, so that the data of the invoice may be put inside.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from babel.numbers import format_decimal, format_percent

from dunwell.engine.creditor_references import spaced_reference
from dunwell.engine.invoice_document import (
    CORRECTED,
    CREDIT_NOTE,
    INVOICE,
    PREPAYMENT,
    DocumentLine,
    DocumentParty,
    InvoiceDocument,
)
from dunwell.formats.invoice_json import IssuedPaper
from dunwell.formats.invoice_words import invoice_words
from dunwell.formats.payment_code import PaymentCodeError, payment_code_svg
from dunwell.formats.typesetting import plain, plain_lines, shown_day, shown_money, typeset

TITLES = {
    INVOICE: "invoice", CREDIT_NOTE: "credit_note", PREPAYMENT: "prepayment",
    CORRECTED: "corrected",
}  # fmt: skip
UNITS = {"C62": "", "HUR": "h", "DAY": "d", "MON": "mon.", "KGM": "kg", "MTR": "m", "LTR": "l"}
MICROS = 1_000_000
MOST_NAMED = 2
"""Lines that the summary names; more are told by their count."""


def invoice_pdf(paper: IssuedPaper, *, address: str = "", is_draft: bool = False) -> bytes:
    """Return the PDF of an issued invoice, or of a draft with that word across it.

    `address` is where it can be seen and paid online, empty for nowhere. The same paper and
    address give the same bytes. Raises TypesettingError when it cannot be set.
    """
    document, told = paper.document, invoice_words(paper.language)
    is_credit = document.kind == CREDIT_NOTE
    language = paper.language
    due = shown_day(document.due_on, language) if document.due_on else ""
    amount = _amount(document, document.totals.payable_minor, language)
    sentence = told["credited"] if is_credit else told["owed"]
    data = {
        "language": language,
        "title": told[TITLES.get(document.kind, "invoice")],
        "number": "" if is_draft else plain(document.number),
        "company": plain(document.seller.name),
        "day": [document.issued_on.year, document.issued_on.month, document.issued_on.day],
        "specimen": told["draft"] if is_draft else "",
        "words": dict(told),
        "summary": sentence.format(amount=amount, day=due, what=plain(_what(document))),
        "sender": [plain(document.seller.name), *_address(document.seller)],
        "buyer": [plain(document.buyer.name), *_address(document.buyer)],
        "facts": _facts(document, told, language, is_draft=is_draft),
        "lines": [_line(line, document.currency, told, language) for line in document.lines],
        "vat": [
            [
                plain(f"{_percent(one.rate_ppm, language)}"),
                shown_money(one.taxable_minor, document.currency, language),
                shown_money(one.tax_minor, document.currency, language),
                plain(one.exemption),
            ]
            for one in document.vat
        ],
        "totals": _totals(document, told, language),
        "currency": document.currency,
        "pay": None if is_credit else _pay(document, told, amount, due, address),
        "notes": [part for note in document.notes for part in plain_lines(note)],
        "small": _small(paper, told, due),
        "footer": _footer(document, told),
    }
    return typeset("invoice", data, on=document.issued_on)


def summary_of(paper: IssuedPaper) -> str:
    """Return the one sentence of an invoice: what is owed by when for what, in its language."""
    document, told = paper.document, invoice_words(paper.language)
    sentence = told["credited"] if document.kind == CREDIT_NOTE else told["owed"]
    return sentence.format(
        amount=_amount(document, document.totals.payable_minor, paper.language),
        day=shown_day(document.due_on, paper.language) if document.due_on else "",
        what=_what(document),
    )


def _amount(document: InvoiceDocument, minor: int, language: str) -> str:
    return f"{shown_money(minor, document.currency, language)} {document.currency}"


def _what(document: InvoiceDocument) -> str:
    names = list(dict.fromkeys(line.name for line in document.lines))
    told = ", ".join(names[:MOST_NAMED])
    return told if len(names) <= MOST_NAMED else f"{told} + {len(names) - MOST_NAMED}"


def _address(party: DocumentParty) -> list[str]:
    lines = [party.street, party.street_more, f"{party.postcode} {party.city}".strip()]
    return [plain(one) for one in (*lines, party.country) if one]


def _percent(ppm: int, language: str) -> str:
    return str(format_percent(Decimal(ppm) / MICROS, "#,##0.##%", locale=language))


def _quantity(micros: int, language: str) -> str:
    return str(format_decimal(Decimal(micros) / MICROS, "#,##0.######", locale=language))


def _line(
    line: DocumentLine, currency: str, told: Mapping[str, str], language: str
) -> dict[str, object]:
    more = plain_lines(line.description)
    more += [
        plain(
            told["discount"].format(
                amount=shown_money(one.amount_minor, currency, language), reason=one.reason
            )
        )
        for one in line.allowances
        if not one.is_charge
    ]
    unit = UNITS.get(line.unit, line.unit)
    price = format_decimal(Decimal(line.price_micros) / MICROS, "#,##0.00####", locale=language)
    return {
        "number": plain(line.number),
        "name": plain(line.name),
        "more": more,
        "quantity": f"{_quantity(line.quantity_micros, language)} {unit}".strip(),
        "price": price,
        "rate": _percent(line.vat_rate_ppm, language),
        "net": shown_money(line.net_minor, currency, language),
    }


def _facts(
    document: InvoiceDocument, told: Mapping[str, str], language: str, *, is_draft: bool
) -> list[list[str]]:
    span = [shown_day(day, language) for day in (document.from_on, document.to_on) if day]
    about = ", ".join(number for number, _ in document.preceding)
    rows = (
        ("number", "" if is_draft else document.number),
        ("issued", shown_day(document.issued_on, language)),
        (
            "due",
            shown_day(document.due_on, language)
            if document.due_on and document.kind != CREDIT_NOTE
            else "",
        ),
        ("about", about),
        ("delivered", shown_day(document.delivered_on, language) if document.delivered_on else ""),
        ("period", " \N{EN DASH} ".join(span)),
        ("order", document.order),
        ("reference", document.buyer_reference),
        ("customer", document.buyer.identifier),
        ("your_vat", document.buyer.vat_id),
    )
    return [[told[name], plain(value)] for name, value in rows if value]


def _totals(document: InvoiceDocument, told: Mapping[str, str], language: str) -> list[list[str]]:
    sums = document.totals

    def row(name: str, minor: int) -> list[str]:
        return [plain(name), shown_money(minor, document.currency, language)]

    rows = []
    if document.allowances:
        rows.append(row(told["sum_lines"], sums.lines_minor))
    for one in document.allowances:
        words = told["charge" if one.is_charge else "allowance"].format(reason=one.reason)
        rows.append(row(words, one.amount_minor if one.is_charge else -one.amount_minor))
    rows.append(row(told["sum_net"], sums.net_minor))
    rows.append(row(told["sum_tax"], sums.tax_minor))
    if sums.prepaid_minor:
        rows.append(row(told["sum_gross"], sums.gross_minor))
        rows.append(row(told["prepaid"], -sums.prepaid_minor))
    last = "credit" if document.kind == CREDIT_NOTE else "payable"
    rows.append(row(told[last], sums.payable_minor))
    return rows


def _pay(
    document: InvoiceDocument,
    told: Mapping[str, str],
    amount: str,
    due: str,
    address: str,
) -> dict[str, object]:
    by = document.pay_by
    rows = [[told["amount"], amount], [told["by"], due]]
    code = ""
    if by is not None and by.iban:
        account = " ".join(by.iban[at : at + 4] for at in range(0, len(by.iban), 4))
        rows.append([told["to"], plain(by.account_name)])
        rows.append(["IBAN", account])
        if by.bic:
            rows.append(["BIC", plain(by.bic)])
        if by.reference:
            rows.append([told["quote"], spaced_reference(by.reference)])
        code = _code(document)
    return {"rows": rows, "code": code, "address": plain(address)}


def _code(document: InvoiceDocument) -> str:
    """Return the code a banking app reads, empty where a transfer cannot have one."""
    by = document.pay_by
    if by is None or not by.reference:
        return ""
    try:
        return payment_code_svg(
            name=by.account_name,
            iban=by.iban,
            bic=by.bic,
            amount_minor=document.totals.payable_minor,
            currency=document.currency,
            text=by.reference,
        )
    except PaymentCodeError:
        return ""


def _small(paper: IssuedPaper, told: Mapping[str, str], due: str) -> list[str]:
    document = paper.document
    small: list[str] = []
    if document.kind != CREDIT_NOTE:
        if document.terms:
            small.append(told["terms"].format(terms=document.terms))
        small.append(told["late"].format(day=due))
        where = document.seller.email or document.seller.phone
        if where:
            small.append(told["dispute"].format(day=due, where=where))
    return [plain(one) for one in (*small, *plain_lines(paper.small_print))]


def _footer(document: InvoiceDocument, told: Mapping[str, str]) -> Sequence[str]:
    seller = document.seller
    parts = [seller.name, *_address(seller), seller.phone, seller.email]
    if seller.vat_id:
        parts.append(told["vat_id"].format(number=seller.vat_id))
    if seller.tax_number:
        parts.append(told["tax_number"].format(number=seller.tax_number))
    if seller.registration:
        parts.append(told["registration"].format(number=seller.registration))
    return [plain(part) for part in parts if part]
