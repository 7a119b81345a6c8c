"""The words of a receipt, in English and German, and the mail that brings it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.formats.application_words import spoken
from dunwell.formats.typesetting import shown_day, shown_money

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Receipt",
        "page": "Page {page} of {pages}",
        "lead": "We have received {amount} on {day}. Thank you.",
        "subject": "Receipt {number}: {amount} received",
        "hello": "Hello {name},",
        "item": "Invoice",
        "paid": "Paid",
        "left": "Still open",
        "method": "Paid by",
        "card": "card",
        "wallet": "wallet",
        "debit": "direct debit",
        "transfer": "bank transfer",
        "surcharge": "of which surcharge",
        "discounts": "{amount} was taken off for paying early.",
        "on_account": "{amount} is kept on your account.",
        "closed": "Paid in full: {numbers}.",
        "nothing_left": "Nothing else is open in {currency}.",
        "still_open": "{amount} is still open, {overdue} of it overdue.",
        "still_open_not_due": "{amount} is still open, nothing of it overdue.",
        "credit": "This freed {freed} of your credit; {free} is free now.",
        "orders": "Orders that go on: {numbers}.",
        "orders_ready": "Orders we look at now: {numbers}.",
        "promises": "Your promise for {days} is kept.",
        "reminders": "Reminders about these invoices are stopped.",
        "see": "See it here: {address}",
        "bye": "Kind regards",
    },
    "de": {
        "title": "Zahlungsbestätigung",
        "page": "Seite {page} von {pages}",
        "lead": "Wir haben {amount} am {day} erhalten. Vielen Dank.",
        "subject": "Zahlungsbestätigung {number}: {amount} erhalten",
        "hello": "Guten Tag {name},",
        "item": "Rechnung",
        "paid": "Bezahlt",
        "left": "Noch offen",
        "method": "Bezahlt mit",
        "card": "Karte",
        "wallet": "Wallet",
        "debit": "Lastschrift",
        "transfer": "Überweisung",
        "surcharge": "davon Aufschlag",
        "discounts": "{amount} wurden für frühe Zahlung abgezogen.",
        "on_account": "{amount} bleiben auf Ihrem Konto stehen.",
        "closed": "Vollständig bezahlt: {numbers}.",
        "nothing_left": "In {currency} ist nichts weiter offen.",
        "still_open": "{amount} sind noch offen, davon {overdue} überfällig.",
        "still_open_not_due": "{amount} sind noch offen, nichts davon überfällig.",
        "credit": "Damit sind {freed} Ihres Kreditrahmens frei geworden; frei sind jetzt {free}.",
        "orders": "Aufträge, die weitergehen: {numbers}.",
        "orders_ready": "Aufträge, die wir jetzt prüfen: {numbers}.",
        "promises": "Ihre Zusage für den {days} ist eingehalten.",
        "reminders": "Mahnungen zu diesen Rechnungen sind gestoppt.",
        "see": "Hier sehen Sie sie: {address}",
        "bye": "Mit freundlichen Grüßen",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptMail:
    """The mail that brings a receipt."""

    language: str
    subject: str
    body: str


def receipt_lines(document: Mapping[str, Any], language: str) -> list[str]:
    """Return the sentences of a receipt: received, closed, taken off, left, credit, orders,
    promises."""
    code = spoken(language)
    words, currency = WORDS[code], str(document["currency"])

    def money(minor: int, unit: str = currency) -> str:
        return f"{shown_money(minor, unit, code)} {unit}"

    closed = [one["number"] for one in document["items"] if not one["open_minor"]]
    left, overdue = int(document["left_minor"]), int(document["overdue_minor"])
    paid_on = shown_day(date.fromisoformat(document["paid_on"]), code)
    told = [words["lead"].format(amount=money(document["paid_minor"]), day=paid_on)]
    if closed:
        told.append(words["closed"].format(numbers=", ".join(closed)))
    if taken_off := sum(one["discount_minor"] for one in document["items"]):
        told.append(words["discounts"].format(amount=money(taken_off)))
    if document["on_account_minor"]:
        told.append(words["on_account"].format(amount=money(document["on_account_minor"])))
    if not left:
        told.append(words["nothing_left"].format(currency=currency))
    else:
        name = "still_open" if overdue else "still_open_not_due"
        told.append(words[name].format(amount=money(left), overdue=money(overdue)))
    if document["free_credit_minor"] is not None:
        free = money(document["free_credit_minor"], str(document["credit_currency"]))
        told.append(words["credit"].format(freed=money(document["freed_minor"]), free=free))
    return [*told, *released_lines(document, code)]


def released_lines(document: Mapping[str, Any], language: str) -> list[str]:
    """Return the sentences about what the payment set free: orders, promises, reminders."""
    code = spoken(language)
    words: Mapping[str, str] = WORDS[code]
    told: list[str] = []
    for state, name in (("released", "orders"), ("ready", "orders_ready")):
        numbers = [one["number"] for one in document["orders"] if one["state"] == state]
        if numbers:
            told.append(words[name].format(numbers=", ".join(numbers)))
    if document["promises"]:
        days = (shown_day(date.fromisoformat(one), code) for one in document["promises"])
        told.append(words["promises"].format(days=", ".join(days)))
    if document["reminders"]:
        told.append(words["reminders"])
    return told


def receipt_mail(
    document: Mapping[str, Any], *, language: str, name: str, company: str, address: str
) -> ReceiptMail:
    """Return the mail of a receipt; `address` leads to it in the portal, or is empty."""
    code = spoken(language)
    words = WORDS[code]
    currency = str(document["currency"])
    amount = f"{shown_money(document['paid_minor'], currency, code)} {currency}"
    parts = [words["hello"].format(name=name), *receipt_lines(document, code)]
    if address:
        parts.append(words["see"].format(address=address))
    parts.append(f"{words['bye']}\n{company}")
    return ReceiptMail(
        language=code,
        subject=words["subject"].format(number=document["number"], amount=amount),
        body="\n\n".join(parts) + "\n",
    )
