"""The words on an invoice in its language; sentences with places for amounts and days."""

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "invoice": "Invoice", "credit_note": "Credit note", "prepayment": "Prepayment invoice",
        "corrected": "Corrected invoice", "draft": "DRAFT",
        "owed": "You owe {amount} by {day} for {what}.",
        "credited": "We credit you {amount} for {what}. There is nothing to pay.",
        "number": "Number", "issued": "Date", "due": "Due", "delivered": "Delivered",
        "period": "Period", "order": "Your order", "reference": "Your reference",
        "customer": "Customer number", "your_vat": "Your VAT number", "about": "For invoice",
        "line": "No.", "name": "What", "quantity": "Quantity", "price": "Price", "net": "Net",
        "discount": "less {amount} {reason}", "rate": "VAT", "taxable": "On", "tax": "Tax",
        "sum_lines": "Sum of lines", "sum_net": "Net total", "sum_tax": "VAT",
        "sum_gross": "Total", "prepaid": "Paid before", "payable": "To pay",
        "credit": "Credited", "allowance": "Allowance: {reason}", "charge": "Charge: {reason}",
        "how": "How to pay", "to": "To", "amount": "Amount", "by": "By",
        "quote": "Quote this reference", "scan": "Or scan with a banking app",
        "code": "Payment code", "online": "See, pay or download it online",
        "terms": "Terms: {terms}",
        "late": "After {day} the law lets us charge interest and costs on what is late.",
        "dispute": "Something is not right? Tell us before {day}: {where}",
        "vat_id": "VAT number {number}", "tax_number": "Tax number {number}",
        "registration": "Registered as {number}", "page": "Page {page} of {pages}",
    },
    "de": {
        "invoice": "Rechnung", "credit_note": "Gutschrift (Rechnungskorrektur)",
        "prepayment": "Anzahlungsrechnung", "corrected": "Korrigierte Rechnung",
        "draft": "ENTWURF",
        "owed": "Sie schulden {amount} bis zum {day} für {what}.",
        "credited": "Wir schreiben Ihnen {amount} für {what} gut. Es ist nichts zu zahlen.",
        "number": "Nummer", "issued": "Datum", "due": "Fällig", "delivered": "Geliefert",
        "period": "Zeitraum", "order": "Ihre Bestellung", "reference": "Ihr Zeichen",
        "customer": "Kundennummer", "your_vat": "Ihre USt-IdNr.", "about": "Zu Rechnung",
        "line": "Nr.", "name": "Leistung", "quantity": "Menge", "price": "Preis",
        "net": "Netto",
        "discount": "abzüglich {amount} {reason}", "rate": "USt", "taxable": "Auf",
        "tax": "Steuer",
        "sum_lines": "Summe der Positionen", "sum_net": "Netto gesamt", "sum_tax": "USt",
        "sum_gross": "Gesamt", "prepaid": "Bereits gezahlt", "payable": "Zu zahlen",
        "credit": "Gutgeschrieben", "allowance": "Nachlass: {reason}",
        "charge": "Zuschlag: {reason}",
        "how": "So zahlen Sie", "to": "An", "amount": "Betrag", "by": "Bis",
        "quote": "Mit dieser Referenz", "scan": "Oder mit der Banking-App scannen",
        "code": "Zahlungscode", "online": "Online ansehen, zahlen oder laden",
        "terms": "Zahlungsbedingungen: {terms}",
        "late": "Nach dem {day} dürfen wir nach dem Gesetz Zinsen und Kosten des Verzugs "
        "verlangen.",
        "dispute": "Etwas stimmt nicht? Sagen Sie es uns vor dem {day}: {where}",
        "vat_id": "USt-IdNr. {number}", "tax_number": "Steuernummer {number}",
        "registration": "Registriert unter {number}", "page": "Seite {page} von {pages}",
    },
}  # fmt: skip


def invoice_words(language: str) -> Mapping[str, str]:
    """Return the words of a language, English where we have none."""
    return WORDS.get(language, WORDS["en"])
