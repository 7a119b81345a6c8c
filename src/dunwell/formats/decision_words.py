"""The words of a decision letter, in English and German."""

from collections.abc import Mapping, Sequence
from datetime import date

from dunwell.formats.application_words import spoken
from dunwell.formats.typesetting import shown_day, shown_money

_EN = {
    "title": "Decision on your credit application",
    "page": "Page {page} of {pages}",
    "number": "Application",
    "applicant": "Applicant",
    "day": "Date",
    "approved": "We are glad to grant you credit on these terms:",
    "conditions": "The credit can be used once these conditions are met:",
    "declined": "We are sorry that we cannot grant the credit you asked for. The reasons are:",
    "limit": "Credit limit",
    "terms": "Terms of payment",
    "days": "{days} days net",
    "prepaid": "payment in advance",
    "until": "by {day}",
    "automatic": "This decision was made automatically by the rules of our credit policy.",
    "change": "If you believe that a fact is wrong or has changed, write to us.",
    "close": "Kind regards",
    "deposit": "Deposit",
    "guarantee": "Guarantee",
    "insurance": "Credit insurance",
    "document": "Document",
    "notices": "Your rights",
}
_DE = {
    "title": "Entscheidung über Ihren Kreditantrag",
    "page": "Seite {page} von {pages}",
    "number": "Antrag",
    "applicant": "Antragsteller",
    "day": "Datum",
    "approved": "Gern gewähren wir Ihnen Kredit zu diesen Bedingungen:",
    "conditions": "Der Kredit steht Ihnen zur Verfügung, sobald diese Auflagen erfüllt sind:",
    "declined": "Leider können wir den gewünschten Kredit nicht gewähren. Die Gründe:",
    "limit": "Kreditlimit",
    "terms": "Zahlungsziel",
    "days": "{days} Tage netto",
    "prepaid": "Vorauszahlung",
    "until": "bis {day}",
    "automatic": "Diese Entscheidung wurde automatisch nach unserer Kreditrichtlinie getroffen.",
    "change": "Wenn eine Angabe nicht stimmt oder sich geändert hat, schreiben Sie uns bitte.",
    "close": "Mit freundlichen Grüßen",
    "deposit": "Anzahlung",
    "guarantee": "Bürgschaft",
    "insurance": "Warenkreditversicherung",
    "document": "Unterlage",
    "notices": "Ihre Rechte",
}
WORDS: Mapping[str, Mapping[str, str]] = {"en": _EN, "de": _DE}


def terms_text(days: int, language: str) -> str:
    """Return terms of payment in words."""
    w = WORDS[spoken(language)]
    return w["days"].format(days=days) if days else w["prepaid"]


def condition_text(told: Mapping[str, object], currency: str, language: str) -> str:
    """Return a condition in words: kind, amount, text, and by when."""
    code = spoken(language)
    w = WORDS[code]
    parts = [w[str(told["kind"])]]
    amount = told.get("amount_minor")
    if isinstance(amount, int):
        parts.append(f"{shown_money(amount, currency, code)} {currency}")
    if told.get("text"):
        parts.append(str(told["text"]))
    due = date.fromisoformat(str(told["due_on"]))
    return f"{', '.join(parts)}, {w['until'].format(day=shown_day(due, code))}"


def summary(decision: Mapping[str, object], language: str) -> str:
    """Return the decision as the text of a mail."""
    code = spoken(language)
    w = WORDS[code]
    currency = str(decision.get("currency", ""))
    if decision.get("outcome") == "declined":
        lines = [w["declined"], *(f"- {one}" for one in _texts(decision.get("reasons")))]
        return "\n".join(lines)
    limit = decision.get("limit_minor")
    days = decision.get("terms_days")
    shown = shown_money(limit if isinstance(limit, int) else 0, currency, code)
    lines = [
        w["approved"],
        f"{w['limit']}: {shown} {currency}",
        f"{w['terms']}: {terms_text(days if isinstance(days, int) else 0, code)}",
    ]
    conditions = decision.get("conditions")
    if isinstance(conditions, Sequence) and conditions:
        lines += ["", w["conditions"]]
        lines += [f"- {condition_text(one, currency, code)}" for one in conditions]
    return "\n".join(lines)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list | tuple) else []
