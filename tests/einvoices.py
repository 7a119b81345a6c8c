"""Invoices and credit notes of every shape that we write, made from a number."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from dunwell.engine.invoice_document import (
    CORRECTED,
    CREDIT_NOTE,
    DIRECT_DEBIT,
    INVOICE,
    PREPAYMENT,
    SEPA_TRANSFER,
    Allowance,
    DocumentLine,
    DocumentParty,
    Enclosed,
    InvoiceDocument,
    PayBy,
)
from dunwell.engine.invoice_totals import invoice_totals, line_net, percent_of

SELLER = DocumentParty(
    name="Nordlicht Handels GmbH",
    trading_name="Nordlicht",
    identifier="4711",
    registration="HRB 12345",
    vat_id="DE123456789",
    tax_number="30/123/45678",
    legal_note="Amtsgericht Kiel",
    endpoint="DE123456789",
    endpoint_scheme="9930",
    street="Hafenstr. 1",
    street_more="Hinterhof",
    city="Kiel",
    postcode="24103",
    region="Schleswig-Holstein",
    country="DE",
    contact="Änne Groß",
    phone="+49 431 123456",
    email="anne@nordlicht.example",
)
BUYER = DocumentParty(
    name="Käufer & Söhne <AG>",
    identifier="7300010000001",
    identifier_scheme="0088",
    registration="HRB 999",
    vat_id="DE987654321",
    endpoint="DE987654321",
    endpoint_scheme="9930",
    street="Marktplatz 2",
    city="Lübeck",
    postcode="23552",
    country="DE",
    contact="Einkauf",
    phone="+49 451 1",
    email="einkauf@kaeufer.example",
)
REASONS = {
    "E": ("Exempt, article 132", "VATEX-EU-132"),
    "AE": ("Reverse charge", "VATEX-EU-AE"),
    "K": ("Intra-Community supply", "VATEX-EU-IC"),
    "G": ("Export outside the EU", "VATEX-EU-G"),
    "O": ("Not subject to VAT", "VATEX-EU-O"),
}
SHAPES = (
    *("plain", "rates", "allowances", "AE", "K", "G", "E", "Z", "O"),
    *("prepaid", "foreign", "yen", "dinar", "rounded", "debited", "everything"),
)
RATES = (190_000, 70_000, 0)


def document_of(number: int, *, shape: str = "", kind: str = "") -> InvoiceDocument:
    """Return the invoice of a number: its shape by turns, its figures at random but always so."""
    random = Random(number)
    shape = shape or SHAPES[number % len(SHAPES)]
    kind = kind or (CREDIT_NOTE if number % 3 == 2 else INVOICE)
    if kind == INVOICE and shape == "prepaid":
        kind = random.choice((INVOICE, PREPAYMENT, CORRECTED))
    currency = {"foreign": "USD", "yen": "JPY", "dinar": "KWD"}.get(shape, "EUR")
    categories = _categories(shape, random)
    lines = tuple(
        _line(at, random, categories, currency=currency, shape=shape)
        for at in range(1, random.randint(2, 6))
    )
    allowances = _allowances(random, lines, shape)
    exemptions = {
        (line.vat_category, line.vat_rate_ppm): REASONS[line.vat_category]
        for line in lines
        if line.vat_category in REASONS
    }
    vat, totals = invoice_totals(lines, allowances, exemptions=exemptions)
    prepaid = totals.gross_minor // 3 if shape in {"prepaid", "everything"} else 0
    rounding = (-totals.gross_minor) % 5 if shape == "rounded" else 0
    totals = replace(
        totals,
        prepaid_minor=prepaid,
        rounding_minor=rounding,
        payable_minor=totals.gross_minor - prepaid + rounding,
    )
    issued = date(2026, 1, 5) + timedelta(days=number % 300)
    made = InvoiceDocument(
        number=f"R-2026-{number:05d}",
        kind=kind,
        issued_on=issued,
        due_on=issued + timedelta(days=30),
        delivered_on=issued - timedelta(days=3),
        currency=currency,
        seller=replace(SELLER, vat_id="") if shape == "O" else SELLER,
        buyer=_buyer(shape),
        buyer_reference="04011000-12345-03",
        order=f"PO-{number}" if number % 2 else "",
        lines=lines,
        vat=vat,
        totals=totals,
        allowances=allowances,
        notes=("Thank you for your order. ÄÖÜ € <&>",),
        terms="Payable within 30 days.",
        pay_by=PayBy(
            code=SEPA_TRANSFER,
            reference=f"RF{number}",
            iban="DE89370400440532013000",
            bic="COBADEFFXXX",
            account_name="Nordlicht Handels GmbH",
        ),
    )
    return _dressed(made, shape, number)


def _buyer(shape: str) -> DocumentParty:
    if shape == "K":
        return replace(BUYER, country="FR", vat_id="FR83404833048", city="Paris", postcode="75001")
    if shape == "G":
        return replace(BUYER, country="US", vat_id="", city="Boston", postcode="02101")
    if shape == "O":
        return replace(BUYER, vat_id="")
    return BUYER


def _categories(shape: str, random: Random) -> list[tuple[str, int]]:
    if shape in {"AE", "K", "G", "E", "Z", "O"}:
        return [(shape, 0)]
    if shape in {"rates", "everything"}:
        return [("S", 190_000), ("S", 70_000), ("E", 0)]
    if shape == "dinar":
        return [("S", 50_000)]
    return [("S", random.choice(RATES[:2]))]


def _line(
    at: int, random: Random, categories: list[tuple[str, int]], *, currency: str, shape: str
) -> DocumentLine:
    category, rate = categories[at % len(categories)]
    quantity = random.choice((1_000_000, 2_500_000, 12_000_000, 333_000))
    price = random.randint(1, 500_000) * 10_000 + random.choice((0, 1_250, 5_000))
    base = 1_000_000
    if shape == "dinar":
        quantity, price = 1_000_000, random.randint(1, 500) * 2_000_000
    elif shape == "yen":
        quantity, price = 3_000_000, random.randint(1, 500) * 100_000_000
    elif random.random() < 0.2:
        base = 100_000_000
    allowances: tuple[Allowance, ...] = ()
    if shape in {"allowances", "everything"}:
        allowances = (
            Allowance(amount_minor=random.randint(1, 9), reason="Damaged box", reason_code="95"),
            Allowance(is_charge=True, amount_minor=random.randint(1, 99), reason="Packing"),
        )
    return DocumentLine(
        number=str(at),
        name=f"Article {at}",
        quantity_micros=quantity,
        unit=random.choice(("C62", "HUR", "KGM")),
        price_micros=price,
        base_quantity_micros=base,
        net_minor=line_net(
            quantity_micros=quantity,
            price_micros=price,
            currency=currency,
            base_quantity_micros=base,
            allowances=allowances,
        ),
        vat_category=category,
        vat_rate_ppm=rate,
        allowances=allowances,
    )


def _allowances(
    random: Random, lines: tuple[DocumentLine, ...], shape: str
) -> tuple[Allowance, ...]:
    if shape not in {"allowances", "everything"}:
        return ()
    base = sum(line.net_minor for line in lines)
    first = lines[0]
    vat = {"vat_category": first.vat_category, "vat_rate_ppm": first.vat_rate_ppm}
    return (
        Allowance(
            amount_minor=percent_of(base, 50_000),
            base_minor=base,
            percent_ppm=50_000,
            reason="Loyalty",
            reason_code="95",
            **vat,
        ),
        Allowance(
            is_charge=True,
            amount_minor=random.randint(100, 2_000),
            reason="Freight",
            reason_code="FC",
            **vat,
        ),
    )


def _dressed(made: InvoiceDocument, shape: str, number: int) -> InvoiceDocument:
    if shape == "foreign":
        tax = percent_of(made.totals.tax_minor, 920_000)
        totals = replace(made.totals, tax_accounting_minor=tax)
        return replace(made, tax_currency="EUR", totals=totals)
    if shape == "debited":
        pay_by = PayBy(
            code=DIRECT_DEBIT,
            mandate="M-1",
            creditor="DE98ZZZ09999999999",
            debited_iban="DE89370400440532013000",
        )
        return replace(made, pay_by=pay_by)
    if shape in {"K", "AE", "G"}:
        place = DocumentParty(
            name="Warehouse",
            street="Quai 3",
            city=made.buyer.city,
            postcode=made.buyer.postcode,
            country=made.buyer.country,
        )
        return replace(made, deliver_to=place)
    if shape == "everything":
        lines = tuple(
            replace(
                line,
                description="Blue, with a lid",
                seller_item=f"S{at}",
                buyer_item=f"B{at}",
                standard_item="4012345678901",
                standard_item_scheme="0160",
                note="Handle with care",
                order_line=str(at),
                from_on=made.issued_on - timedelta(days=30),
                to_on=made.issued_on - timedelta(days=1),
            )
            for at, line in enumerate(made.lines)
        )
        return replace(
            made,
            lines=lines,
            from_on=made.issued_on - timedelta(days=31),
            to_on=made.issued_on - timedelta(days=1),
            order=f"PO-{number}",
            sales_order=f"SO-{number}",
            contract="C-1",
            project="P-7",
            despatch="DN-1",
            preceding=(("R-2025-1", date(2025, 12, 1)),),
            payee=DocumentParty(
                name="Factoring Bank",
                identifier="7300010000100",
                identifier_scheme="0088",
                registration="HRB 1",
            ),
            enclosed=(
                Enclosed(
                    name="times.csv", description="Times", media_type="text/csv", data=b"a;b\n"
                ),
            ),
        )
    return made
