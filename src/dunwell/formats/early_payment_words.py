"""The mail that tells a customer of discounts for early payment, in each language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are words in; the first one stands in for all others."""

_SUBJECTS: Mapping[str, str] = {
    "en": "Pay sooner and pay less: {company}",
    "de": "Früher zahlen, weniger zahlen: {company}",
    "fr": "Payez plus tôt, payez moins : {company}",
    "es": "Pague antes y pague menos: {company}",
}
_BODIES: Mapping[str, str] = {
    "en": "Dear {name},\n\nif you like to pay before the due date, we take less:\n\n{lines}\n\n"
    "You need not do anything: what is not paid early stays due in full on its due date.{link}"
    "\n\nKind regards\n{company}\n",
    "de": "Guten Tag {name},\n\nwenn Sie vor der Fälligkeit zahlen möchten, verlangen wir weniger:"
    "\n\n{lines}\n\nSie müssen nichts tun: Was nicht früher gezahlt wird, bleibt am "
    "Fälligkeitstag in voller Höhe fällig.{link}\n\nFreundliche Grüße\n{company}\n",
    "fr": "Bonjour {name},\n\nsi vous souhaitez payer avant l'échéance, nous demandons moins :"
    "\n\n{lines}\n\nRien n'est obligatoire : ce qui n'est pas payé plus tôt reste dû en totalité "
    "à l'échéance.{link}\n\nCordialement\n{company}\n",
    "es": "Estimado/a {name}:\n\nsi desea pagar antes del vencimiento, pedimos menos:\n\n{lines}"
    "\n\nNo es obligatorio: lo que no se pague antes sigue venciendo por su importe total.{link}"
    "\n\nUn saludo\n{company}\n",
}
_LINES: Mapping[str, str] = {
    "en": "{number}: {pay} instead of {whole} by {until} (due {due}); {rate} off, {apr} a year",
    "de": "{number}: {pay} statt {whole} bis {until} (fällig {due}); {rate} Abzug, {apr} p. a.",
    "fr": "{number} : {pay} au lieu de {whole} avant le {until} (échéance {due}) ; "
    "{rate} de moins, {apr} par an",
    "es": "{number}: {pay} en lugar de {whole} hasta el {until} (vence el {due}); "
    "{rate} menos, {apr} al año",
}
_LINKS: Mapping[str, str] = {
    "en": "\nSee all offers and pay here: {address}",
    "de": "\nAlle Angebote sehen und zahlen: {address}",
    "fr": "\nVoir toutes les offres et payer : {address}",
    "es": "\nVer todas las ofertas y pagar: {address}",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferWords:
    """One offer as it is read: amounts, days and rates as texts."""

    number: str
    pay: str
    whole: str
    until: str
    due: str
    rate: str
    apr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferMail:
    """Subject and body, in a language of LANGUAGES."""

    language: str
    subject: str
    body: str


def offer_language(wish: str) -> str:
    """Return the language of LANGUAGES that fits a wish such as de-AT."""
    spoken = wish[:2].lower()
    return spoken if spoken in LANGUAGES else LANGUAGES[0]


def offer_mail(
    *, language: str, company: str, name: str, offers: Sequence[OfferWords], address: str
) -> OfferMail:
    """Return the mail about offers; `address` of the portal, empty where it is not known."""
    chosen = offer_language(language)
    lines = "\n".join(_filled(_LINES[chosen], _values(one)) for one in offers)
    link = _LINKS[chosen].replace("{address}", address) if address else ""
    # lines last: a brace in a number means nothing then
    plain = {"company": company, "name": name}
    body = _filled(_BODIES[chosen], plain).replace("{link}", link).replace("{lines}", lines)
    subject = _filled(_SUBJECTS[chosen], plain)
    return OfferMail(language=chosen, subject=subject[:200], body=body)


def _values(one: OfferWords) -> dict[str, str]:
    return {
        "number": one.number,
        "pay": one.pay,
        "whole": one.whole,
        "until": one.until,
        "due": one.due,
        "rate": one.rate,
        "apr": one.apr,
    }


def _filled(text: str, values: Mapping[str, str]) -> str:
    for field, value in values.items():
        text = text.replace(f"{{{field}}}", " ".join(value.split()))
    return text
