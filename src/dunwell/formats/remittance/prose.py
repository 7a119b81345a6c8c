"""Remittance advices in text: mail bodies and the text extracted from PDF documents."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from dunwell.engine.money import UNKNOWN_CURRENCY
from dunwell.formats.bank.references import structured_reference
from dunwell.formats.bank.statement import StatementError, StatementFinding
from dunwell.formats.bank.unstated import NO_CURRENCY
from dunwell.formats.dates import read_days
from dunwell.formats.remittance.advice import Advice, AdviceLine, sum_findings
from dunwell.formats.remittance.phrases import (
    Found,
    amounts,
    document_numbers,
    line_currencies,
)

MOST_LINES = 20_000
LONGEST_LINE = 1_000
"""Longer lines are cut for reading; no advice writes such."""
LONGEST_MEMO = 200
EPOCH = date(1970, 1, 1)

_TOTAL = re.compile(
    r"\b(?:grand total|total|sum|amount paid|payment amount|paid amount|net payment|check amount|"
    r"cheque amount|wire amount|remitting|remitted|gesamt\w*|summe|zahlbetrag|überweisungsbetrag|"
    r"montant total|montant du paiement|montant réglé|total a pagar|importe total|totaal)\b",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:less|deduct\w*|allowance|minus|discount|short\s?pa\w+|chargeback|damage\w*|"
    r"abzüglich|abzug|skonto|minderung|déduction|escompte|moins|remise|descuento|deducción|"
    r"menos|korting)\b",
    re.IGNORECASE,
)
_DISCOUNT = re.compile(r"\b(?:discount|skonto|escompte|descuento|korting)\b", re.IGNORECASE)
_CREDIT = re.compile(
    r"\b(?:credit\s?(?:note|memo)|credit|gutschrift|avoir|abono|nota de cr\w+|CN|CM)\b",
    re.IGNORECASE,
)
_PAYER = re.compile(
    r"^\W*(?:payer|payor|paid by|remitter|remitted by|from|ordering (?:customer|party)|customer|"
    r"zahler|auftraggeber|absender|payeur|donneur d'ordre|émetteur|ordenante|pagador|vendor "
    r"payer)\s*[:=]\s*(?P<name>.{2,120}?)\s*$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:payment|check|cheque|wire|transfer|eft|ach|trace|remittance|zahlungs|überweisungs|"
    r"paiement|virement|pago|transferencia)[ -]?(?:ref(?:erence|erenz|érence)?|no|number|nr|id|#|"
    r"advice no)?\.?\s*[:#]\s*(?P<ref>[A-Z0-9][A-Z0-9/_-]*\d[A-Z0-9/_-]*)",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:payment date|paid on|date of payment|value date|settlement date|zahlungsdatum|valuta|"
    r"date de paiement|fecha de pago)\s*[:=]\s*(?P<day>[^\t|;]{6,30})",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"^\s*(?:>|On .{5,80} wrote:|-{2,}\s*(?:Original|Forwarded) Message)")


def read_advice_text(text: str, name: str, *, currency: str = "") -> Advice:
    """Return what a text says is paid: mail bodies, or the text extracted from a PDF.

    `currency` counts where no amount of the text names one. Each line with a document number
    becomes a line; one amount on it is what is paid, three that fit are gross, discount and net.
    Words such as `less` make an amount a deduction. Raises StatementError when no document is
    named.
    """
    lines = [
        line[:LONGEST_LINE].rstrip()
        for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:MOST_LINES]
    ]
    named = {code for line in lines for code in line_currencies(line)}
    main = currency or (named.copy().pop() if len(named) == 1 else "")
    found: list[AdviceLine] = []
    totals: list[int] = []
    for number, line in enumerate(lines, 1):
        if _QUOTED.match(line):
            continue
        made, total = _read_line(line, f"line {number}", main)
        found += made
        totals += total
    if not any(line.item_ref for line in found) and not structured_reference(text):
        raise StatementError(
            name, "whole file", "the text names no document that is paid. Ask the payer for a list"
        )
    kept = _distinct(found)
    used = main or UNKNOWN_CURRENCY
    advice = Advice(
        lines=kept,
        payer=_first(lines, _PAYER, "name"),
        total_minor=totals[-1] if totals else None,
        references=tuple(_references(lines, text)),
        currency=used,
        paid_on=_day(_first(lines, _DAY, "day")),
        place=name,
    )
    return replace(advice, findings=(*sum_findings(advice), *_currency_findings(kept, name)))


def _currency_findings(lines: Iterable[AdviceLine], name: str) -> list[StatementFinding]:
    if any(one.currency == UNKNOWN_CURRENCY and one.amount_minor is not None for one in lines):
        return [StatementFinding(code="no_currency", place=name, reason=NO_CURRENCY)]
    return []


def _read_line(line: str, place: str, currency: str) -> tuple[list[AdviceLine], list[int]]:
    """Return the advice lines of a line of text, and the totals it states."""
    documents = document_numbers(line)
    if _REFERENCE.search(line) and not _has_label(line):
        documents = []
    money = list(amounts(line, outside=documents, currency=currency))
    told = [one.minor for one in money if one.minor is not None]
    if not documents:
        if _TOTAL.search(line) and told:
            return [], [told[-1]]
        if _LESS.search(line) and told and not _TOTAL.search(line):
            return [_adjustment(line, money, place, currency)], []
        return [], []
    memo = " ".join(line.split())[:LONGEST_MEMO]
    if len(documents) == 1:
        return [_document(line, documents[0], money, place, currency)], []
    if len(told) == len(money) == len(documents):
        return [
            AdviceLine(
                item_ref=one.text,
                amount_minor=amount.minor,
                currency=amount.currency or currency or UNKNOWN_CURRENCY,
                memo=memo,
                place=place,
            )
            for one, amount in zip(documents, money, strict=True)
        ], []
    total = told[-1:] if len(told) == 1 and not _LESS.search(line) else []
    return [
        AdviceLine(
            item_ref=one.text,
            amount_minor=None,
            currency=currency or UNKNOWN_CURRENCY,
            memo=memo,
            place=place,
        )
        for one in documents
    ], total


def _has_label(line: str) -> bool:
    return bool(re.search(r"\b(?:inv\w*|rechnung\w*|fact\w*|credit|gutschrift)\b", line, re.I))


def _adjustment(line: str, money: Sequence[Found], place: str, currency: str) -> AdviceLine:
    """Return a deduction that names no document: what it takes from the payment, < 0."""
    last = next(one for one in reversed(money) if one.minor is not None)
    return AdviceLine(
        item_ref="",
        amount_minor=-abs(last.minor or 0),
        currency=last.currency or currency or UNKNOWN_CURRENCY,
        memo=" ".join(line.split())[:LONGEST_MEMO],
        deduction_minor=abs(last.minor or 0),
        place=place,
    )


def _document(
    line: str, document: Found, money: Sequence[Found], place: str, currency: str
) -> AdviceLine:
    """Return the line of one document by how many amounts stand beside it."""
    read = [one for one in money if one.minor is not None]
    code = next((one.currency for one in read if one.currency), "") or currency
    base = AdviceLine(
        item_ref=document.text,
        amount_minor=None,
        currency=code or UNKNOWN_CURRENCY,
        memo=" ".join(line.split())[:LONGEST_MEMO],
        place=place,
    )
    if not read or len(read) < len(money):
        return base
    if len(read) == 1:
        return _single(base, line, document, read[0])
    gross, less, net = (0, *(one.minor or 0 for one in read))[-3:]
    if len(read) == 2:  # noqa: PLR2004  gross and net
        return replace(base, amount_minor=net, gross_minor=less)
    if abs(gross) - abs(less) == abs(net):
        return replace(base, amount_minor=net, gross_minor=gross, discount_minor=abs(less))
    return base


def _single(base: AdviceLine, line: str, document: Found, money: Found) -> AdviceLine:
    """Return the line with its only amount: paid, a deduction, or a credit note's."""
    amount = money.minor or 0
    first, behind = _LESS.search(line), _LESS.search(line, document.end)
    if first and first.start() < min(money.start, document.start):
        return replace(base, amount_minor=-abs(amount), deduction_minor=abs(amount))
    if behind and behind.start() < money.start:
        if _DISCOUNT.search(line):
            return replace(base, discount_minor=abs(amount))
        return replace(base, deduction_minor=abs(amount))
    if amount > 0 and _is_credit(line, document):
        return replace(base, amount_minor=-amount)
    return replace(base, amount_minor=amount)


def _is_credit(line: str, document: Found) -> bool:
    """Return whether the document itself is called a credit note, just before its number."""
    return bool(_CREDIT.search(line[max(0, document.start - 20) : document.start])) or bool(
        re.match(r"(?:CN|CM|CR)[-_/]?\d", document.text, re.IGNORECASE)
    )


def _distinct(lines: Sequence[AdviceLine]) -> tuple[AdviceLine, ...]:
    """Return the lines; one without an amount gives way to one of the same document with one."""
    priced = {line.item_ref for line in lines if line.amount_minor is not None}
    seen: set[str] = set()
    kept = []
    for line in lines:
        if line.item_ref and line.amount_minor is None and _is_empty(line):
            if line.item_ref in priced or line.item_ref in seen:
                continue
            seen.add(line.item_ref)
        kept.append(line)
    return tuple(kept)


def _is_empty(line: AdviceLine) -> bool:
    return line.discount_minor is None and line.deduction_minor is None


def _first(lines: Iterable[str], pattern: re.Pattern[str], group: str) -> str:
    for line in lines:
        if found := pattern.search(line):
            return re.sub(r"\s*<[^>]*>$", "", found[group]).strip(" \"'")
    return ""


def _references(lines: Iterable[str], text: str) -> list[str]:
    told = [match["ref"] for line in lines for match in _REFERENCE.finditer(line)]
    structured = structured_reference(text)
    return list(dict.fromkeys([*told, *([structured] if structured else [])]))


def _day(text: str) -> date | None:
    """Return a day that fits one reading only, else None."""
    words = text.split("  ", maxsplit=1)[0].strip()
    if not words:
        return None
    number = read_days(pl.Series([words], dtype=pl.String), order="rows").get_column("day")[0]
    return None if number is None else EPOCH + timedelta(days=int(number))
