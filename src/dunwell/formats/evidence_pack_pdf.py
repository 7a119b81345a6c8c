"""The evidence of a claim as a PDF, set by typst: the same bytes each time."""

from datetime import date
from typing import Any

from babel.numbers import format_percent

from dunwell.formats.evidence_pack import Evidence, Party
from dunwell.formats.evidence_pack_words import pack_language, pack_words
from dunwell.formats.typesetting import plain, plain_lines, shown_day, shown_money, typeset

MOST_TEXT = 400
"""Characters of a note in the table; `history.csv` and `claim.json` hold all of it."""
PPM = 1_000_000


def evidence_pdf(evidence: Evidence) -> bytes:
    """Return the PDF of a claim in its company's language, dated on its day.

    The same evidence gives the same bytes. Raises TypesettingError when typst cannot set it.
    """
    return typeset("evidence_pack", _data(evidence), on=evidence.as_of)


def _data(evidence: Evidence) -> dict[str, object]:
    """Return everything the template shows, as text in the pack's language."""
    language = pack_language(evidence.language)
    words = pack_words(language)
    rate = format_percent(evidence.commission_ppm / PPM, "0.##%", locale=language)
    day = evidence.as_of
    return {
        "language": language,
        "words": dict(words),
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
