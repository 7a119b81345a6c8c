"""The letter with a decision on a credit application, as a PDF set by typst.

Texts reach the template as data and are shown as text. English or German; the same letter gives
the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dunwell.formats.application_words import spoken
from dunwell.formats.decision_words import WORDS, condition_text, terms_text
from dunwell.formats.typesetting import plain, plain_lines, shown_day, shown_money, typeset


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionLetter:
    """All that the letter says; `decision` as the application keeps it."""

    number: str
    language: str
    company: str
    applicant: str
    address: str
    decided_on: date
    decision: Mapping[str, Any]
    signed_by: str


def decision_letter_pdf(letter: DecisionLetter) -> bytes:
    """Return the PDF, dated the day of the decision; raise TypesettingError as `typeset` does."""
    return typeset("decision_letter", letter_data(letter), on=letter.decided_on)


def letter_data(letter: DecisionLetter) -> dict[str, object]:
    """Return what the template shows."""
    code = spoken(letter.language)
    w, told = WORDS[code], letter.decision
    currency = str(told.get("currency", ""))
    is_declined = told.get("outcome") == "declined"
    facts = [] if is_declined else [
        [w["limit"], f"{shown_money(int(told['limit_minor']), currency, code)} {currency}"],
        [w["terms"], terms_text(int(told["terms_days"]), code)],
    ]  # fmt: skip
    points = (
        [plain(str(one)) for one in told.get("reasons", [])]
        if is_declined
        else [plain(condition_text(one, currency, code)) for one in told.get("conditions", [])]
    )
    after = [w["automatic"]] if told.get("is_automatic") else []
    return {
        "language": code,
        "words": dict(w),
        "company": plain(letter.company),
        "number": plain(letter.number),
        "day": [letter.decided_on.year, letter.decided_on.month, letter.decided_on.day],
        "shown_day": shown_day(letter.decided_on, code),
        "receiver": [plain(letter.applicant), *plain_lines(letter.address)],
        "lead": w["declined"] if is_declined else w["approved"],
        "facts": facts,
        "points_lead": w["conditions"] if points and not is_declined else "",
        "points": points,
        "after": [*after, *([w["change"]] if is_declined else [])],
        "notices": [plain(str(one)) for one in told.get("notices", [])],
        "signed_by": plain(letter.signed_by),
    }
