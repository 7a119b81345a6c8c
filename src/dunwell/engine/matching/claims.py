"""What a payment says it pays: one claim per remittance line or per number in its text."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dunwell.engine.matching.inputs import Key, Payment, RemittanceLine, ordered
from dunwell.engine.matching.prose import said_amounts
from dunwell.engine.matching.references import (
    Grade,
    Mention,
    NumberIndex,
    Numbers,
    number_forms,
)
from dunwell.engine.matching.words import folded

LONGEST_FOLDED = 2_000
MOST_UNKNOWN = 8
_NUMBER = re.compile(r"[A-Za-z]{0,8}[-_/.#]{0,2}\d[\d/_.-]*\d{2}(?![A-Za-z0-9])")
MOST_CLAIMS = 400
"""Lines or numbers of one payment that are looked at; more go to a person."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing the payer says it pays.

    `said` is the reference as written, `amount_minor` what is said to be paid on it (None when
    nothing is said), `memo` the words beside it (folded), `mentions` the items it may name.
    """

    said: str
    amount_minor: int | None
    memo: str
    mentions: tuple[Mention, ...]

    @property
    def best(self) -> Grade:
        """Return the surest grade of its mentions."""
        return max((one.grade for one in self.mentions), default=Grade.NONE)


@dataclass(frozen=True, slots=True)
class Claims:
    """All a payment says: its claims and the whole text, folded.

    `is_remittance`: from a remittance advice, not from the bank's text. `unknown`: what looks
    like a number in the text but is no item's.
    """

    claims: tuple[Claim, ...]
    words: str
    is_remittance: bool
    unknown: tuple[str, ...] = ()

    @property
    def is_stated(self) -> bool:
        """Return whether every claim says its amount."""
        return bool(self.claims) and all(one.amount_minor is not None for one in self.claims)


def read_claims(payment: Payment, lines: Sequence[RemittanceLine], index: NumberIndex) -> Claims:
    """Return what the payment says: its remittance lines if it has any, else its text."""
    texts = [one for one in (payment.reference, payment.text, payment.end_to_end_id) if one]
    words = folded(" ".join(texts))[:LONGEST_FOLDED]
    if lines:
        claims = tuple(_line_claim(line, index) for line in lines[:MOST_CLAIMS])
        memos = " ".join(folded(line.memo) for line in lines[:MOST_CLAIMS])
        if any(one.mentions or one.said for one in claims):
            return Claims(claims, f"{words} {memos}".strip()[:LONGEST_FOLDED], is_remittance=True)
    found: list[Claim] = []
    taken: dict[Key, Grade] = {}
    for text in dict.fromkeys(texts):
        for claim in _text_claims(text, index, payment.currency):
            keys = [one.item_id for one in claim.mentions]
            if keys[0] not in taken and len(found) < MOST_CLAIMS:
                found.append(claim)
                taken.update({one.item_id: one.grade for one in claim.mentions[:1]})
    return Claims(tuple(found), words, is_remittance=False, unknown=_unknown(texts, found))


def _unknown(texts: Sequence[str], claims: Sequence[Claim]) -> tuple[str, ...]:
    """Return the words of the texts that look like a number no item has."""
    known = " ".join(claim.said for claim in claims).upper()
    looks = [m[0] for text in texts for m in _NUMBER.finditer(text[:LONGEST_FOLDED])]
    return tuple(dict.fromkeys(one for one in looks if one.upper() not in known))[:MOST_UNKNOWN]


def _line_claim(line: RemittanceLine, index: NumberIndex) -> Claim:
    text = line.item_ref or line.memo
    mentions = sorted(index.mentions(text), key=lambda one: (-one.grade, ordered(one.item_id)))
    return Claim(text, line.amount_minor, folded(line.memo), tuple(mentions))


def _text_claims(text: str, index: NumberIndex, currency: str) -> Iterator[Claim]:
    """Return one claim per number in a text: the surest reading first, others as alternatives."""
    mentions = index.mentions(text)
    if not mentions:
        return
    surest = sorted(
        mentions, key=lambda m: (-m.grade, m.start - m.end, m.start, ordered(m.item_id))
    )
    spans: list[tuple[int, int]] = []
    readings: dict[tuple[int, int], list[Mention]] = {}
    for one in surest:
        place = next((s for s in spans if one.start < s[1] and s[0] < one.end), None)
        if place is None:
            place = (one.start, one.end)
            spans.append(place)
        readings.setdefault(place, []).append(one)
    spans.sort()
    amounts = [one for one in said_amounts(text, currency) if one.marked]
    for n, (start, end) in enumerate(spans):
        until = spans[n + 1][0] if n + 1 < len(spans) else len(text)
        behind = [one for one in amounts if end <= one.start < until]
        said = behind[0].amount_minor if behind else None
        memo = folded(text[end:until])
        yield Claim(text[start:end], said, memo, tuple(readings[start, end]))


def said_keys(texts: Iterable[Numbers]) -> set[str]:
    """Return every form of every number in the texts, to find their items in a large book."""
    keys: set[str] = set()
    for text in texts:
        for run in text.runs:
            keys.update((run.forms.plain, run.forms.stripped, run.forms.core))
        for one in text.structured:
            for forms in (number_forms(one.whole), number_forms(one.body)):
                keys.update((forms.plain, forms.stripped, forms.core))
    keys.discard("")
    return keys
