"""Addresses in running text: e-mail, telephone, names of people; and bank accounts, flagged."""

import re
from collections.abc import Iterator

from phonenumbers import (
    Leniency,
    PhoneNumberFormat,
    PhoneNumberMatcher,
    format_number,
    is_valid_number,
)

from dunwell.formats.bank.references import is_iban
from dunwell.formats.extracts.finds import Around, Find, plain

_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?![A-Za-z0-9])")
_PHONE_WORD = re.compile(
    r"\b(?:phone|tel|call|mobile|mobil|cell|handy|fon|durchwahl|portable|movil|whatsapp|fax"
    r"|rufnummer)"
    r"\w{0,10}\W{0,3}(?:\w+\W+){0,2}$"
)
_NAME = re.compile(
    r"(?:\b(?i:new contact(?: person)?|neuer? ansprechpartner(?:in)?|nouveau contact"
    r"|nuevo contacto)"
    r"[^\n:]{0,20}:\s*"
    r"|\b(?:Mr|Mrs|Ms|Messrs|Frau|Herrn?|Mme|Mlle|M\.|Sra?\.|Dr)\.?\s+)"
    r"(?P<name>[A-ZÀ-Ý][\w'\u2019-]+(?:[ ](?:de |von |van |la )?[A-ZÀ-Ý][\w'\u2019-]+){0,2})"
)
_REGIONS = {"en": "GB", "de": "DE", "fr": "FR", "es": "ES"}

SHORTEST_IBAN = 15

FEWEST_DIGITS = 8
"""A number after "call me on" has so many digits at least; the 214 of an extension has not."""


def contacts(text: str, around: Around) -> Iterator[Find]:
    """Yield e-mail addresses, telephone numbers, names after a title, and IBANs.

    An IBAN is given so that a page can warn of it; new bank details are never suggested.
    """
    for found in _MAIL.finditer(text):
        address = found.group().rstrip(".-")
        yield Find(
            kind="email",
            value=address.lower(),
            start=found.start(),
            end=found.start() + len(address),
            rank=0,
        )
    yield from _ibans(text)
    yield from _phones(text, around)
    for found in _NAME.finditer(text):
        yield Find(
            kind="name",
            value=found["name"],
            start=found.start("name"),
            end=found.end("name"),
            rank=60,
        )


def _ibans(text: str) -> Iterator[Find]:
    for found in _IBAN.finditer(text):
        # words in capitals may follow: the longest beginning with right check digits counts
        for end in range(found.end(), found.start() + SHORTEST_IBAN - 1, -1):
            quote = text[found.start() : end]
            if quote == quote.strip() and is_iban(quote):
                yield Find(
                    kind="iban",
                    value=quote.replace(" ", ""),
                    start=found.start(),
                    end=end,
                    rank=0,
                    role="sensitive",
                )
                break


def _phones(text: str, around: Around) -> Iterator[Find]:
    """Yield numbers that are telephone numbers by their form and by what stands before them."""
    region = around.country or _REGIONS.get(around.language[:2], "GB")
    for match in PhoneNumberMatcher(text, region, leniency=Leniency.POSSIBLE, max_tries=200):
        quote = match.raw_string
        before = plain(text[max(0, match.start - 40) : match.start])
        is_named = _PHONE_WORD.search(before) is not None
        is_written_so = quote.startswith(("+", "00")) or (
            quote.lstrip("(").startswith("0") and any(one in quote for one in " -/()")
        )
        digits = sum(one.isdigit() for one in quote)
        is_named = is_named and digits >= FEWEST_DIGITS
        if is_named or (is_written_so and is_valid_number(match.number)):
            yield Find(
                kind="phone",
                value=format_number(match.number, PhoneNumberFormat.E164),
                start=match.start,
                end=match.end,
                rank=5,
            )
