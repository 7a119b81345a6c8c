"""The words of a statement of account, in the languages it is written in.

A statement speaks the customer's language, not the reader's, and is made without Django:
its words stand here and not in the catalogs of the pages.
"""

from collections.abc import Mapping

from dunwell.engine.aging import BUCKETS

LANGUAGES = ("en", "de")
"""Languages a statement can be written in; the first one for every other language."""

_EN: Mapping[str, str] = {
    "title": "Statement of account",
    "number": "Statement",
    "customer_number": "Customer number",
    "span": "Period",
    "known": "As recorded by",
    "made_for": "Statement for",
    "section": "Section",
    "currency": "Currency",
    "date": "Date",
    "kind": "Type",
    "document": "Document",
    "reference": "Reference",
    "due": "Due",
    "amount": "Amount",
    "balance": "Balance",
    "open": "Open",
    "days": "Days past due",
    "key": "Key",
    "opening": "Opening balance",
    "movements": "Movements",
    "closing": "Closing balance",
    "activity": "Account activity",
    "open_items": "Open items",
    "unapplied": "Payments not yet put on items",
    "ageing": "Ageing",
    "bucket": "Past due",
    "overdue": "of which overdue",
    "no_activity": "Nothing was booked in this period.",
    "no_open": "No item is open.",
    "nothing": "Nothing was booked and nothing is open: the balance is zero.",
    "in_credit": "This balance is in your favour.",
    "reconciles": "Opening balance plus movements equals closing balance; closing balance equals "
    "open items less payments not yet put on items.",
    "slip": "Remittance slip",
    "slip_lead": "Please return this part with your payment, or name the documents in the payment "
    "text.",
    "pay": "Paid",
    "total": "Balance to pay",
    "contact": "Questions",
    "page": "Page {page} of {pages}",
    "hash": "SHA-256 of the JSON file",
    "to": "to",
}
_DE: Mapping[str, str] = {
    "title": "Kontoauszug",
    "number": "Kontoauszug",
    "customer_number": "Kundennummer",
    "span": "Zeitraum",
    "known": "Buchungsstand",
    "made_for": "Kontoauszug für",
    "section": "Abschnitt",
    "currency": "Währung",
    "date": "Datum",
    "kind": "Art",
    "document": "Beleg",
    "reference": "Referenz",
    "due": "Fällig",
    "amount": "Betrag",
    "balance": "Saldo",
    "open": "Offen",
    "days": "Tage überfällig",
    "key": "Schlüssel",
    "opening": "Anfangssaldo",
    "movements": "Bewegungen",
    "closing": "Endsaldo",
    "activity": "Kontobewegungen",
    "open_items": "Offene Posten",
    "unapplied": "Noch nicht zugeordnete Zahlungen",
    "ageing": "Altersstruktur",
    "bucket": "Überfällig",
    "overdue": "davon überfällig",
    "no_activity": "In diesem Zeitraum wurde nichts gebucht.",
    "no_open": "Kein Posten ist offen.",
    "nothing": "Es wurde nichts gebucht und nichts ist offen: der Saldo ist null.",
    "in_credit": "Dieser Saldo ist ein Guthaben zu Ihren Gunsten.",
    "reconciles": "Anfangssaldo plus Bewegungen ergibt den Endsaldo; der Endsaldo ist die Summe "
    "der offenen Posten abzüglich noch nicht zugeordneter Zahlungen.",
    "slip": "Zahlungsavis",
    "slip_lead": "Bitte senden Sie diesen Abschnitt mit Ihrer Zahlung zurück oder nennen Sie die "
    "Belege im Verwendungszweck.",
    "pay": "Bezahlt",
    "total": "Zu zahlender Saldo",
    "contact": "Rückfragen",
    "page": "Seite {page} von {pages}",
    "hash": "SHA-256 der JSON-Datei",
    "to": "bis",
}
_WORDS = {"en": _EN, "de": _DE}

_KINDS = {
    "invoice": ("Invoice", "Rechnung"),
    "credit_note": ("Credit note", "Gutschrift"),
    "fee": ("Fee", "Gebühr"),
    "interest": ("Interest", "Zinsen"),
    "opening": ("Opening item", "Übernommener Posten"),
    "refund": ("Refund", "Erstattung"),
    "payment": ("Payment", "Zahlung"),
    "payment_returned": ("Payment returned", "Rückgabe einer Zahlung"),
    "payout": ("Paid out", "Auszahlung"),
    "offset": ("Offset", "Verrechnung"),
    "paid_by_other": ("Paid by customer", "Bezahlt von Kunde"),
    "paid_for_other": ("Used for customer", "Verwendet für Kunde"),
    "exchange": ("Exchange into another currency", "Umbuchung in andere Währung"),
    "applied": ("Put on item later", "Später zugeordnet"),
    "netting": ("Credit netting", "Verrechnung mit Gutschrift"),
    "adjustment": ("Adjustment", "Korrektur"),
    "write_off": ("Write-off", "Ausbuchung"),
    "small_balance": ("Small balance", "Kleindifferenz"),
    "discount": ("Discount", "Skonto"),
    "fx": ("Exchange difference", "Kursdifferenz"),
    "concession": ("Concession", "Nachlass"),
    "rebate": ("Rebate for paying on time", "Bonus für pünktliche Zahlung"),
    "recovery": ("Recovery of a written-off debt", "Wiederauflebende Forderung"),
    "commission": ("Paid to the collection agency", "An das Inkassounternehmen gezahlt"),
}
"""English and German name of every kind of line and open item."""
_NOT_DUE = ("Not due", "Nicht fällig")
_DAYS = ("days", "Tage")


def written_language(*wishes: str) -> str:
    """Return the first of the wished languages that a statement can be written in, else English.

    `de-AT` and `de_AT` are German.
    """
    for wish in wishes:
        code = wish.replace("_", "-").partition("-")[0].lower()
        if code in LANGUAGES:
            return code
        if code:
            return LANGUAGES[0]
    return LANGUAGES[0]


def words(language: str) -> Mapping[str, str]:
    """Return the fixed words of a statement by name."""
    return _WORDS[written_language(language)]


def kind_words(kind: str, language: str, *, other: str = "") -> str:
    """Return the name of a kind of line; `other` is the number of another customer.

    Money from a payer who is not known is a payment like any.
    """
    name = "payment" if kind == "paid_by_other" and not other else kind
    text = _KINDS[name][_place(language)] if name in _KINDS else name.replace("_", " ")
    return f"{text} {other}" if other else text


def bucket_words(bucket: str, language: str) -> str:
    """Return the name of an ageing bucket."""
    place = _place(language)
    if bucket == BUCKETS[0]:
        return _NOT_DUE[place]
    return f"{bucket.replace('-', chr(0x2013))} {_DAYS[place]}"


def _place(language: str) -> int:
    return LANGUAGES.index(written_language(language))
