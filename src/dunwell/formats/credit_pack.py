"""The portfolio review pack: the book of credit on a few pages, as PDF and as a workbook.

The text is in English or the company's language where there are words for it. The same facts give
the same bytes.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter  # type: ignore[import-untyped]  # ships no types

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value, safe_text
from dunwell.formats.typesetting import plain, shown_day, shown_money, typeset

PPM = 1_000_000
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "title": "Credit portfolio review",
        "as_of": "As of",
        "book": "The book",
        "exposure": "Exposure",
        "limits": "Limits",
        "used": "Used of the limits",
        "over": "Over their limit",
        "loss": "Expected loss of a year",
        "customers": "Customers",
        "unknown": "Exposure not known for want of a rate",
        "waits": "What waits",
        "appetite": "Risk appetite",
        "limit": "Limit",
        "now": "Now",
        "most": "At most",
        "reached": "over",
        "classes": "By risk class",
        "countries": "By country",
        "segments": "By segment",
        "group": "Group",
        "share": "Share",
        "largest": "The ten largest customers",
        "rest": "Everybody else",
        "customer": "Customer",
        "class": "Risk class",
        "stress": "Stress",
        "scenario": "Scenario",
        "after": "Expected loss after",
        "none": "None.",
        "page": "Page {page} of {pages}",
    },
    "de": {
        "title": "Bericht zum Kreditbestand",
        "as_of": "Stand",
        "book": "Der Bestand",
        "exposure": "Obligo",
        "limits": "Limite",
        "used": "Auslastung der Limite",
        "over": "\u00dcber dem Limit",
        "loss": "Erwarteter Verlust eines Jahres",
        "customers": "Kunden",
        "unknown": "Obligo unbekannt, weil ein Kurs fehlt",
        "waits": "Was wartet",
        "appetite": "Risikoappetit",
        "limit": "Grenze",
        "now": "Jetzt",
        "most": "H\u00f6chstens",
        "reached": "\u00fcberschritten",
        "classes": "Nach Risikoklasse",
        "countries": "Nach Land",
        "segments": "Nach Segment",
        "group": "Gruppe",
        "share": "Anteil",
        "largest": "Die zehn gr\u00f6\u00dften Kunden",
        "rest": "Alle anderen",
        "customer": "Kunde",
        "class": "Risikoklasse",
        "stress": "Stress",
        "scenario": "Szenario",
        "after": "Erwarteter Verlust danach",
        "none": "Keine.",
        "page": "Seite {page} von {pages}",
    },
}


@dataclass(frozen=True, kw_only=True, slots=True)
class PackGroup:
    """A group of the book: minor units and ppm."""

    name: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PackGauge:
    """A limit of the appetite; values are ppm where `is_share`, else minor units."""

    name: str
    value: int
    most: int
    is_share: bool
    is_reached: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PackCustomer:
    """One of the largest customers."""

    number: str
    name: str
    risk_class: str
    exposure_minor: int
    limit_minor: int | None
    loss_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PackStress:
    """A scenario by its name and the expected loss it leads to."""

    name: str
    loss_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPack:
    """Everything the pack says, in minor units of `currency`; `waits` are (what, how many)."""

    company: str
    language: str
    as_of: date
    currency: str
    customers: int
    unknown: int
    exposure_minor: int
    limit_minor: int
    usage_ppm: int
    over_minor: int
    loss_minor: int
    rest_minor: int
    waits: tuple[tuple[str, int], ...]
    gauges: tuple[PackGauge, ...]
    classes: tuple[PackGroup, ...]
    countries: tuple[PackGroup, ...]
    segments: tuple[PackGroup, ...]
    largest: tuple[PackCustomer, ...]
    stress: tuple[PackStress, ...]


def pack_pdf(pack: CreditPack) -> bytes:
    """Return the pack as PDF; raise TypesettingError when typst cannot set it."""
    return typeset("credit_pack", _data(pack), on=pack.as_of)


def pack_xlsx(pack: CreditPack) -> bytes:
    """Return the pack as a workbook, a sheet for each table; amounts and shares are numbers."""
    words, code, target = _words(pack), pack.currency, io.BytesIO()

    def amount(minor: int | None) -> Value:
        return None if minor is None else from_minor(minor, code)

    def groups(rows: Sequence[PackGroup]) -> Iterable[Sequence[Value]]:
        return [
            (
                row.name,
                row.customers,
                amount(row.exposure_minor),
                row.share_ppm / PPM,
                amount(row.loss_minor),
            )
            for row in rows
        ]

    heads = [words[name] for name in ("group", "customers", "exposure", "share", "loss")]
    sheets: list[tuple[str, Sequence[str], Iterable[Sequence[Value]]]] = [
        (
            words["book"],
            (words["book"], code),
            [
                (words["as_of"], pack.as_of.isoformat()),
                (words["customers"], pack.customers),
                (words["exposure"], amount(pack.exposure_minor)),
                (words["limits"], amount(pack.limit_minor)),
                (words["used"], pack.usage_ppm / PPM),
                (words["over"], amount(pack.over_minor)),
                (words["loss"], amount(pack.loss_minor)),
                (words["unknown"], pack.unknown),
                *pack.waits,
            ],
        ),
        (
            words["appetite"],
            [words[name] for name in ("limit", "now", "most")],
            [
                (
                    one.name,
                    one.value / PPM if one.is_share else amount(one.value),
                    one.most / PPM if one.is_share else amount(one.most),
                )
                for one in pack.gauges
            ],
        ),
        (words["classes"], heads, groups(pack.classes)),
        (words["countries"], heads, groups(pack.countries)),
        (words["segments"], heads, groups(pack.segments)),
        (
            words["largest"],
            [words[name] for name in ("customer", "class", "exposure", "limits", "loss")],
            [
                (
                    f"{one.number} {one.name}",
                    one.risk_class,
                    amount(one.exposure_minor),
                    amount(one.limit_minor),
                    amount(one.loss_minor),
                )
                for one in pack.largest
            ],
        ),
        (
            words["stress"],
            (words["scenario"], words["after"]),
            [(one.name, amount(one.loss_minor)) for one in pack.stress],
        ),
    ]
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        bold = book.add_format({"bold": True})
        for title, columns, rows in sheets:
            page = book.add_worksheet(title[:31])
            page.set_column(0, 0, 32)
            page.freeze_panes(1, 0)
            page.write_row(0, 0, [str(safe_text(column)) for column in columns], bold)
            for line, row in enumerate(rows, start=1):
                page.write_row(line, 0, [safe_text(value) for value in row])
    return target.getvalue()


def _words(pack: CreditPack) -> Mapping[str, str]:
    return WORDS.get(pack.language, WORDS["en"])


def _data(pack: CreditPack) -> dict[str, object]:
    """Return everything the template shows, as text in the pack's language."""
    language = pack.language if pack.language in WORDS else "en"
    words, code = WORDS[language], pack.currency

    def money(minor: int | None) -> str:
        return "\N{EN DASH}" if minor is None else shown_money(minor, code, language)

    def share(ppm: int) -> str:
        return f"{ppm / 10_000:.1f}\N{NO-BREAK SPACE}%"

    def groups(rows: Sequence[PackGroup]) -> list[list[str]]:
        return [
            [
                plain(row.name) or "\N{EN DASH}",
                str(row.customers),
                money(row.exposure_minor),
                share(row.share_ppm),
                money(row.loss_minor),
            ]
            for row in rows
        ]

    return {
        "language": language,
        "words": dict(words),
        "day": [pack.as_of.year, pack.as_of.month, pack.as_of.day],
        "shown_day": shown_day(pack.as_of, language),
        "company": plain(pack.company),
        "currency": code,
        "facts": [
            [words["exposure"], money(pack.exposure_minor)],
            [words["limits"], money(pack.limit_minor)],
            [words["used"], share(pack.usage_ppm)],
            [words["over"], money(pack.over_minor)],
            [words["loss"], money(pack.loss_minor)],
            [words["customers"], str(pack.customers)],
            *([[words["unknown"], str(pack.unknown)]] if pack.unknown else []),
        ],
        "waits": [[plain(name), str(n)] for name, n in pack.waits],
        "gauges": [
            [
                plain(one.name) + (f" ({words['reached']})" if one.is_reached else ""),
                share(one.value) if one.is_share else money(one.value),
                share(one.most) if one.is_share else money(one.most),
            ]
            for one in pack.gauges
        ],
        "classes": groups(pack.classes),
        "countries": groups(pack.countries),
        "segments": groups(pack.segments),
        "largest": [
            [
                plain(f"{one.number} {one.name}"),
                one.risk_class,
                money(one.exposure_minor),
                money(one.limit_minor),
                money(one.loss_minor),
            ]
            for one in pack.largest
        ],
        "rest": money(pack.rest_minor),
        "stress": [[plain(one.name), money(one.loss_minor)] for one in pack.stress],
    }
