"""How provisions and financing read: rates, buckets, reasons, what a way of financing is."""

from collections.abc import Mapping
from decimal import Decimal

from babel.numbers import format_decimal
from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.formats.provision_disclosure import (
    BUCKET,
    MINOR,
    POOL,
    SHARE,
    WORD,
    Cell,
    NoteTable,
    ProvisionNote,
    named_cell,
    words_of,
)
from dunwell.templatetags.money import NO_VALUE, locale, money
from dunwell.templatetags.ui import bucket_label

register = template.Library()

REASON_LABELS: Mapping[str, Promise] = {
    "assigned": _("Assigned already"),
    "currency": _("Another currency"),
    "intercompany": _("Own group"),
    "foreign": _("Other countries"),
    "disputed": _("Disputed"),
    "retained": _("Held back, due later"),
    "past_due": _("Past due too long"),
    "age": _("Too old"),
    "terms": _("Terms too long"),
    "cross_aged": _("Debtor late with too much"),
    "contra": _("Taken off by credit"),
    "concentration": _("Above one debtor\N{RIGHT SINGLE QUOTATION MARK}s share"),
}
"""Labels of `engine.financing_eligibility.REASONS`."""

SPANS: Mapping[str, Promise] = {
    "due": _("Due"),
    "within 1 year": _("Within 1 year"),
    "1 to 2 years": _("1 to 2 years"),
    "2 to 5 years": _("2 to 5 years"),
    "later": _("Later"),
}


@register.filter
def rate(ppm: int | None) -> str:
    """Return parts per million as percent with two decimals in the reader's style."""
    if ppm is None:
        return NO_VALUE
    text: str = format_decimal(Decimal(ppm).scaleb(-4), "#,##0.00", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"


@register.filter
def provision_bucket(bucket: str) -> str:
    """Return the name of a bucket: of lateness, held back, assessed, or a risk class."""
    named = {"retained": _("Held back, due later"), "assessed": _("Assessed one by one")}
    if bucket in named:
        return str(named[bucket])
    if bucket == "not_due" or bucket[:1].isdigit():
        return bucket_label(bucket)
    return bucket.replace(", defaulted", gettext(", defaulted"))


@register.filter
def exclusion(reason: str) -> str:
    """Return why an item does not count, in words."""
    return str(REASON_LABELS.get(reason, reason))


@register.filter
def span_label(span: str) -> str:
    """Return a class of time until a part is due."""
    return str(SPANS.get(span, span))


@register.filter
def pool_name(name: str) -> str:
    """Return the name of a pool or group; that of everybody and of nobody in words."""
    return {
        "*": gettext("Everybody else"),
        "all": gettext("Everybody"),
        "": gettext("In all"),
    }.get(name, name)


@register.simple_tag
def note_word(note: ProvisionNote, key: str) -> str:
    """Return a heading of the note in the note's language."""
    return words_of(note.language)[key]


@register.simple_tag
def note_heads(note: ProvisionNote, table: NoteTable) -> list[tuple[str, bool]]:
    """Return a table's headings, and whether figures stand below each."""
    words = words_of(note.language)
    return [
        (words[name], kind in (MINOR, SHARE))
        for name, kind in zip(table.columns, table.kinds, strict=True)
    ]


@register.simple_tag
def note_rows(note: ProvisionNote, table: NoteTable) -> list[list[tuple[str, bool]]]:
    """Return a table's cells as they are shown, and whether each is a figure."""
    return [
        [
            (_cell(cell, kind, note), kind in (MINOR, SHARE))
            for cell, kind in zip(row, table.kinds, strict=True)
        ]
        for row in table.rows
    ]


def _cell(cell: Cell, kind: str, note: ProvisionNote) -> str:
    if kind in (WORD, POOL, BUCKET):
        return named_cell(cell, kind, note.language)
    if cell is None or isinstance(cell, str):
        return cell or NO_VALUE
    return money(cell, note.currency) if kind == MINOR else rate(cell)
