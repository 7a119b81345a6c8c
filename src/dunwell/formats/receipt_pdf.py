"""A receipt as a PDF set by typst; texts reach the template as data and are shown as text."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.formats.application_words import spoken
from dunwell.formats.receipt_words import WORDS, receipt_lines
from dunwell.formats.typesetting import plain, shown_day, shown_money, typeset


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptPaper:
    """All that the paper says; `document` as the receipt keeps it."""

    document: Mapping[str, Any]
    language: str
    company: str
    customer: str
    made_on: date


def receipt_pdf(paper: ReceiptPaper) -> bytes:
    """Return the PDF, the same bytes each time; raise TypesettingError as `typeset` does."""
    code = spoken(paper.language)
    words, told = WORDS[code], paper.document
    currency = str(told["currency"])
    rows = [
        [
            plain(str(one["number"])),
            shown_money(one["paid_minor"], currency, code),
            shown_money(one["open_minor"], currency, code),
        ]
        for one in told["items"]
    ]
    facts = [[words["method"], f"{words[told['method']]}, {plain(str(told['provider']))}"]]
    if told["surcharge_minor"]:
        money = f"{shown_money(told['surcharge_minor'], currency, code)} {currency}"
        facts.append([words["surcharge"], money])
    data = {
        "language": code,
        "words": dict(words),
        "company": plain(paper.company),
        "customer": plain(paper.customer),
        "number": plain(str(told["number"])),
        "day": [paper.made_on.year, paper.made_on.month, paper.made_on.day],
        "shown_day": shown_day(paper.made_on, code),
        "currency": currency,
        "rows": rows,
        "facts": facts,
        "lines": [plain(line) for line in receipt_lines(told, code)],
    }
    return typeset("receipt", data, on=paper.made_on)
