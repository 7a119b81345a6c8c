"""The words of an evidence pack's PDF, in the languages it is written in."""

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "title": "Claim for collection",
    "placement": "Placement",
    "agency": "Placed with",
    "as_of": "As of",
    "reason": "Reason",
    "commission": "Commission agreed",
    "debtor": "Debtor",
    "number": "Customer number",
    "vat_id": "VAT number",
    "country": "Country",
    "reach": "People and addresses",
    "claim": "The claim",
    "item": "Document",
    "kind": "Kind",
    "reference": "Reference",
    "issued": "Issued",
    "due": "Due",
    "days": "Days late",
    "amount": "Amount",
    "open": "Open",
    "interest": "Interest",
    "fees": "Fees",
    "total": "Total",
    "charged": "Interest and fees are those accrued to the day and not billed yet.",
    "bookings": "Payments and credits",
    "history": "What was sent, said and tried",
    "agreements": "Promises, plans and settlements",
    "disputes": "Disputes",
    "on": "On",
    "channel": "Channel",
    "result": "Result",
    "text": "Text",
    "status": "Status",
    "ended": "Ended",
    "closed": "Closed",
    "outcome": "Outcome",
    "none": "None.",
    "documents": "The words of every message sent are in the folder documents of the pack.",
    "page": "Page {page} of {pages}",
}
GERMAN: Mapping[str, str] = {
    "title": "Forderung zum Einzug",
    "placement": "\u00dcbergabe",
    "agency": "\u00dcbergeben an",
    "as_of": "Stand",
    "reason": "Grund",
    "commission": "Vereinbarte Provision",
    "debtor": "Schuldner",
    "number": "Kundennummer",
    "vat_id": "USt-IdNr.",
    "country": "Land",
    "reach": "Personen und Adressen",
    "claim": "Die Forderung",
    "item": "Beleg",
    "kind": "Art",
    "reference": "Referenz",
    "issued": "Ausgestellt",
    "due": "F\u00e4llig",
    "days": "Tage \u00fcberf\u00e4llig",
    "amount": "Betrag",
    "open": "Offen",
    "interest": "Zinsen",
    "fees": "Geb\u00fchren",
    "total": "Summe",
    "charged": "Zinsen und Geb\u00fchren sind bis zum Stichtag aufgelaufen und nicht berechnet.",
    "bookings": "Zahlungen und Gutschriften",
    "history": "Was gesendet, gesagt und versucht wurde",
    "agreements": "Zusagen, Ratenpl\u00e4ne und Vergleiche",
    "disputes": "Reklamationen",
    "on": "Am",
    "channel": "Kanal",
    "result": "Ergebnis",
    "text": "Text",
    "status": "Stand",
    "ended": "Beendet",
    "closed": "Geschlossen",
    "outcome": "Ausgang",
    "none": "Keine.",
    "documents": "Der Wortlaut jeder gesendeten Nachricht liegt im Ordner documents des Pakets.",
    "page": "Seite {page} von {pages}",
}
LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "de": GERMAN}


def pack_words(language: str) -> Mapping[str, str]:
    """Return the words in a language; English where there are none."""
    return LANGUAGES.get(language, ENGLISH)


def pack_language(language: str) -> str:
    """Return the language a pack is written in."""
    return language if language in LANGUAGES else "en"
