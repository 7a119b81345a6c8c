"""The evidence of a claim as a PDF, set by typst: the same bytes each time."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from babel.numbers import format_percent

from dunwell.formats.evidence_pack import Evidence, Party
from dunwell.formats.evidence_pack_words import pack_language, pack_words
from dunwell.formats.typesetting import plain, plain_lines, shown_day, shown_money, typeset

MOST_TEXT = 400
"""Characters of a note in the table; `history.csv` and `claim.json` hold all of it."""
PPM = 1_000_000


OF_A_COVER = {
    "title": "cover_title",
    "placement": "cover",
    "agency": "provider",
    "commission": "share",
}
"""What a claim under a cover calls what a placement's pack names otherwise."""


def evidence_pdf(evidence: Evidence, *, names: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """Return the PDF of a claim in its company's language, dated on its day.

    `names` gives words of the pack other ones: a claim under a cover takes OF_A_COVER.
    The same evidence gives the same bytes. Raises TypesettingError when typst cannot set it.
    """
    return typeset("evidence_pack", _data(evidence, names), on=evidence.as_of)


def _data(evidence: Evidence, names: Mapping[str, str]) -> dict[str, object]:
    """Return everything the template shows, as text in the pack's language."""
    language = pack_language(evidence.language)
    told = pack_words(language)
    words = {**told, **{name: told[other] for name, other in names.items()}}
    rate = format_percent(evidence.commission_ppm / PPM, "0.##%", locale=language)
    day = evidence.as_of
    return {
        "language": language,
        "words": words,
        "day": [day.year, day.month, day.day],
        "company": plain(evidence.company),
        "pay_to": plain_lines(evidence.pay_to),
        "placement": plain(evidence.placement),
        "currency": evidence.currency,
        "facts": [
            [words["placement"], plain(evidence.placement)],
            [words["agency"], plain(evidence.agency)],
            [words["as_of"], shown_day(day, language)],
            [words["commission"], rate],
            [words["reason"], plain(evidence.reason)],
        ],
        "debtor": _debtor(evidence.debtor, words),
        **_tables(evidence, language),
    }


def _debtor(debtor: Party, words: Any) -> dict[str, object]:
    facts = [
        [words["number"], plain(debtor.number)],
        [words["country"], plain(debtor.country)],
        [words["vat_id"], plain(debtor.vat_id)],
    ]
    return {
        "name": plain(debtor.name),
        "address": plain_lines(debtor.address),
        "facts": [row for row in facts if row[1]],
        "reach": [[plain(text) for text in row] for row in debtor.reach],
    }


def _tables(evidence: Evidence, language: str) -> dict[str, object]:
    def money(minor: int) -> str:
        return shown_money(minor, evidence.currency, language)

    def day(value: date | None) -> str:
        return shown_day(value, language) if value else ""

    return {
        "items": [
            [
                plain(item.number),
                plain(item.reference),
                day(item.issued_on),
                day(item.due_on),
                str(item.days_past_due),
                money(item.amount_minor),
                money(item.open_minor),
                money(item.interest_minor),
                money(item.fees_minor),
            ]
            for item in evidence.items
        ],
        "totals": [
            money(evidence.open_minor),
            money(sum(item.interest_minor for item in evidence.items)),
            money(sum(item.fees_minor for item in evidence.items)),
        ],
        "bookings": [
            [day(row.on), plain(row.item), plain(row.source), plain(row.number),
             money(row.amount_minor)]
            for row in evidence.bookings
        ],
        "history": [
            [day(row.on), plain(row.kind), plain(row.channel), plain(row.result),
             plain(row.text)[:MOST_TEXT]]
            for row in evidence.contacts
        ],
        "agreements": [
            [plain(row.kind), plain(row.number), plain(row.status), day(row.made_on),
             day(row.due_on), day(row.ended_on), money(row.amount_minor)]
            for row in evidence.agreements
        ],
        "disputes": [
            [plain(row.item), plain(row.reason), day(row.opened_on), day(row.closed_on),
             plain(row.outcome), money(row.amount_minor)]
            for row in evidence.disputes
        ],
    }  # fmt: skip
