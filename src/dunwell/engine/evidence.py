"""Whether what is to be said is proven: each figure, day, amount and address stands in evidence.

Used on every text of the assistant, the follow-ups and the copilot before it is said. It fails
closed: what is not understood counts as claimed, and what evidence does not hold is unproven.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from dunwell.engine.claims import Claim, claims, folded

_ALIKE = {
    "number": ("number", "year"),
    "phone": ("phone", "number", "code"),
}
"""Kinds of evidence that prove a claim; others are proven by their own kind alone."""


def unproven(text: str, evidence: Sequence[str], *, language: str) -> tuple[str, ...]:
    """Return what a text claims and no evidence holds, in order; empty: it may be said.

    Claims are figures (digits of any script, number words), days (written out, weekdays,
    "tomorrow"), amounts with their currency, shares, times, IBANs, document numbers, web, e-mail
    and street addresses, phone numbers. The evidence are texts in any of the languages' forms or
    plain ones ("2026-12-04", "1250.00 EUR"); an amount needs an amount of that currency, a day a
    day, a share a share. `language` is the text's ISO code. What is quoted is folded (lower
    case, no accents). Signs before amounts are not told apart.
    """
    known = _known(evidence, language)
    plain = tuple(f" {' '.join(folded(one).split())} " for one in evidence)
    return tuple(
        dict.fromkeys(
            claim.quote
            for claim in claims(text, language=language)
            if not _is_proven(claim, known, plain)
        )
    )


def _known(evidence: Iterable[str], language: str) -> dict[str, set[str]]:
    """Return what the evidence states, by kind; of days also their parts."""
    known: dict[str, set[str]] = defaultdict(set)
    for one in evidence:
        for claim in claims(one, language=language):
            known[claim.kind] |= claim.keys
            if claim.kind == "amount":
                known["number"] |= {key.partition(" ")[0] for key in claim.keys}
    for key in tuple(known["date"]):
        known["date"] |= _parts(key)
        if len(key) == len("2026-12-04") and not key.startswith("--"):
            day = date.fromisoformat(key)
            known["weekday"].add(str(day.weekday()))
            known["month"].add(f"{day.month:02d}")
            known["year"].add(str(day.year))
    return known


def _parts(key: str) -> set[str]:
    """Return what a day with its year also proves: the day of a year, the month of that year."""
    if key.startswith("--") or len(key) != len("2026-12-04"):
        return set()
    return {f"-{key[4:]}", key[:7]}


def _is_proven(claim: Claim, known: dict[str, set[str]], plain: tuple[str, ...]) -> bool:
    if any(claim.keys & known[kind] for kind in _ALIKE.get(claim.kind, (claim.kind,))):
        return True
    # names of streets and days in words have no value: they must stand there word by word
    is_wording = claim.kind in {"street", "near", "month", "weekday"}
    return is_wording and any(claim.quote in one for one in plain)
