"""The message wordings in force, and amounts and days as their readers write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files

from babel.dates import format_date
from babel.numbers import format_currency, get_decimal_symbol, get_group_symbol
from django.db.models import QuerySet

from dunwell.engine.legal_blocks import LegalBlock, read_legal_blocks
from dunwell.engine.money import minor_digits
from dunwell.engine.phrases import Phrase, PhraseHit, allowed_phrases, read_phrases
from dunwell.engine.wording import Wording, read_wordings
from dunwell.engine.wording_documents import (
    NEUTRAL,
    WordingsDocument,
    read_wordings_document,
    wording_hits,
)
from dunwell.formats.policies import read_policy
from dunwell.ml.holdout import positions
from dunwell.models import Company, PolicyVersion

LANGUAGES = ("en", "de", "fr", "es")
"""Languages there are wordings in; the first one stands in for all others."""

SPOKEN: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
}
"""The languages by their own names."""

HOW_TO_PAY = {
    "en": "by bank transfer to the account printed on the invoice",
    "de": "per Überweisung auf das auf der Rechnung genannte Konto",
    "fr": "par virement sur le compte indiqué sur la facture",
    "es": "por transferencia a la cuenta indicada en la factura",
}
"""What is said where a company has not stored its bank details yet."""

KINDS = {
    "en": {
        "invoice": "Invoice",
        "credit_note": "Credit note",
        "fee": "Fee",
        "interest": "Interest",
        "opening": "Opening balance",
        "refund": "Refund",
        "payment": "Payment",
    },
    "de": {
        "invoice": "Rechnung",
        "credit_note": "Gutschrift",
        "fee": "Gebühr",
        "interest": "Zinsen",
        "opening": "Saldovortrag",
        "refund": "Erstattung",
        "payment": "Zahlung",
    },
    "fr": {
        "invoice": "Facture",
        "credit_note": "Avoir",
        "fee": "Frais",
        "interest": "Intérêts",
        "opening": "Report à nouveau",
        "refund": "Remboursement",
        "payment": "Règlement",
    },
    "es": {
        "invoice": "Factura",
        "credit_note": "Abono",
        "fee": "Gastos",
        "interest": "Intereses",
        "opening": "Saldo inicial",
        "refund": "Reembolso",
        "payment": "Pago",
    },
}
"""What a line calls a document, by `Item.Kind`; a payment is cash not yet put on an item."""


KIND = PolicyVersion.Kind.WORDINGS


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenWording:
    """The text a customer gets: in which tone, and of which variant (empty for the plain one)."""

    wording: Wording
    tone: str
    variant: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WordingsInForce:
    """The texts of a language as they hold, and the version; None where the shipped ones do."""

    document: WordingsDocument
    version_id: int | None
    version: int | None = None

    @property
    def language(self) -> str:
        """Return the language."""
        return self.document.language

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """Return the phrases that are not said in it: the shipped ones and the company's own."""
        return phrases_of(self.document)

    def chosen(self, template: str, *, segment: str, customer_id: int) -> ChosenWording:
        """Return the text of a template for a customer; KeyError where there is none.

        A segment's tone goes before a comparison: variants are of the neutral text. Who gets
        which follows from the customer's key alone, whatever else there is.
        """
        document = self.document
        tone = document.tone_of(template, segment)
        if tone != NEUTRAL:
            return ChosenWording(wording=document.worded(template, tone), tone=tone, variant="")
        if variants := document.variants.get(template):
            [place] = positions([customer_id], key=f"{document.name}.{template}", salt=SALT)
            for variant in variants:
                if place < variant.share_ppm:
                    return ChosenWording(wording=variant.wording, tone=tone, variant=variant.name)
                place -= variant.share_ppm
        return ChosenWording(wording=document.wordings[template], tone=tone, variant="")

    def same_for_all(self, template: str, *, segment: str) -> ChosenWording | None:
        """Return the text every customer of a segment gets; None where it is drawn or missing."""
        document = self.document
        tone = document.tone_of(template, segment)
        if template not in document.wordings or (
            tone == NEUTRAL and template in document.variants
        ):
            return None
        return ChosenWording(wording=document.worded(template, tone), tone=tone, variant="")


SALT = "wordings"
"""Of the draw of variants: the same customer gets the same one as long as the shares stay."""


def wordings_in_force(company: Company, language: str, *, as_of: date) -> WordingsInForce:
    """Return the texts of a language of LANGUAGES that apply on a day: one query.

    Of the company's published documents the one with the greatest valid_from not after it; the
    shipped texts stand behind what it leaves out.
    """
    found = _published(company, as_of, language)
    return found.get(language) or shipped_document(language)


def every_wording_in_force(company: Company, *, as_of: date) -> Mapping[str, WordingsInForce]:
    """Return the texts of every language that apply on a day, by language: one query."""
    found = _published(company, as_of)
    return {language: found.get(language) or shipped_document(language) for language in LANGUAGES}


def published_wordings(
    company: Company, *, as_of: date, language: str | None = None
) -> QuerySet[PolicyVersion]:
    """Return the published versions that apply on a day or did before, the latest at the end."""
    versions = PolicyVersion.objects.filter(
        company=company,
        kind=KIND,
        status=PolicyVersion.Status.PUBLISHED,
        valid_from__lte=as_of,
        **({} if language is None else {"name": f"wordings_{language}"}),
    )
    return versions.order_by("valid_from", "id")


def _published(
    company: Company, as_of: date, language: str | None = None
) -> dict[str, WordingsInForce]:
    versions = published_wordings(company, as_of=as_of, language=language)
    rows = versions.values_list("id", "version", "name", "text")
    latest = {row[2]: row for row in rows}
    return {
        document.language: WordingsInForce(document=document, version_id=key, version=version)
        for key, version, _, text in latest.values()
        if (document := _document(text))
    }


@lru_cache(maxsize=64)
def _document(text: str) -> WordingsDocument:
    """Return a text as read; a day asks for the same few again and again."""
    return read_wordings_document(read_policy(text).document, shipped=every_shipped())


def read_document(document: Mapping[str, object]) -> WordingsDocument:
    """Return a document read over the shipped texts; raise WordingError or PhraseError."""
    found = read_wordings_document(document, shipped=every_shipped())
    phrases_of(found)  # what it allows has to be there
    return found


def phrases_of(document: WordingsDocument) -> tuple[Phrase, ...]:
    """Return the phrases that are not said under a document, in its language.

    Raises PhraseError where it allows one that is not there or that the law forbids.
    """
    shipped = (one for one in shipped_phrases() if one.language == document.language)
    return allowed_phrases((*shipped, *document.phrases), document.allow)


def hits_of(document: WordingsDocument) -> tuple[PhraseHit, ...]:
    """Return what the texts a document states say that is not said, blocks and warnings."""
    return wording_hits(document, phrases_of(document))


@cache
def every_shipped() -> Mapping[str, Mapping[str, Wording]]:
    """Return the shipped wordings by language and template."""
    return {language: shipped_wordings(language) for language in LANGUAGES}


@lru_cache
def shipped_wordings(language: str) -> Mapping[str, Wording]:
    """Return the shipped wordings of a language of LANGUAGES, by template."""
    return read_wordings(read_policy(shipped_text(language)).document)


@cache
def shipped_document(language: str) -> WordingsInForce:
    """Return the shipped texts as they hold where a company has none of its own."""
    return WordingsInForce(document=_document(shipped_text(language)), version_id=None)


def shipped_text(language: str) -> str:
    """Return the YAML text of the wordings the product ships in a language."""
    return _shipped(f"wordings_{language}")


@cache
def shipped_phrases() -> tuple[Phrase, ...]:
    """Return the phrases that are not said, of every language."""
    return read_phrases(read_policy(_shipped("phrases")).document["phrases"])


@cache
def shipped_legal_blocks() -> tuple[LegalBlock, ...]:
    """Return the sentences the law asks for in some messages."""
    return read_legal_blocks(read_policy(_shipped("legal_blocks")).document)


def _shipped(name: str) -> str:
    return (files("dunwell") / "policies" / f"{name}.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=1024)
def language_of(*wishes: str) -> str:
    """Return the first wished language there are wordings in, else the first of LANGUAGES."""
    spoken = (wish[:2].lower() for wish in wishes if wish)
    return next((language for language in spoken if language in LANGUAGES), LANGUAGES[0])


def money_text(amount_minor: int, currency: str, language: str) -> str:
    """Return an amount as Babel writes it in the language: €1,234.50 or -1.234,50 €."""
    before, after, group, point = money_form(currency, language)
    digits = minor_digits(currency)
    whole, rest = divmod(abs(amount_minor), 10**digits)
    number = f"{whole:,}".replace(",", group)
    if digits:
        number = f"{number}{point}{rest:0{digits}d}"
    return f"{'-' if amount_minor < 0 else ''}{before}{number}{after}"


@lru_cache(maxsize=4096)
def day_text(on: date, language: str) -> str:
    """Return a day as readers of the language write it: Mar 5, 2026 or 05.03.2026."""
    before, after, digits = _day_form(on.year, on.month, language)
    return f"{before}{on.day:0{digits}}{after}"


@lru_cache(maxsize=1024)
def _day_form(year: int, month: int, language: str) -> tuple[str, str, int]:
    """Return what stands before and after the days of a month, and their least digits.

    Read off three days of Babel's, because a book names a thousand days.
    """
    first, second, tenth = (
        str(format_date(date(year, month, day), "medium", locale=language)) for day in (1, 2, 10)
    )
    place = next(n for n, (one, two) in enumerate(zip(first, second, strict=True)) if one != two)
    before, after = first[:place], first[place + 1 :]
    return (before, after, 1) if tenth == f"{before}10{after}" else (before[:-1], after, 2)


@lru_cache(maxsize=1024)
def money_form(currency: str, language: str) -> tuple[str, str, str, str]:
    """Return what stands before and after the number, and its two separators.

    Read off one example of Babel's, because a day's cycle formats a hundred thousand amounts.
    """
    example = format_currency(Decimal(1), currency, locale=language)
    first = example.index("1")
    last = max(n for n, character in enumerate(example) if character.isdigit())
    return (
        example[:first],
        example[last + 1 :],
        get_group_symbol(language),
        get_decimal_symbol(language),
    )
