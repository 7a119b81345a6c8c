"""How strong an early warning is, from 0 to 1,000,000, and what a customer's signs come to.

Strength = by severity (notable 300,000, serious 550,000, urgent 800,000), plus 15,000 for each row
of evidence beyond the first up to ten, plus 50,000 where another sign points the same way, plus
100,000 for news from a bureau, which is not our own noise; at most 1,000,000. It orders the
watch-list and says from where on a company wants to hear of it; it is no probability.

Hardship and refusal: broken promises, returned and part payments say "it tries and cannot";
silence after reminders and disputes raised only after a reminder say "it can and will not". A
customer with signs of both is mixed; with signs of neither, unclear: talk first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PPM = 1_000_000
BY_SEVERITY: Mapping[int, int] = {1: 300_000, 2: 550_000, 3: 800_000}
BY_ROW, MOST_ROWS = 15_000, 10
AGREED, EXTERNAL = 50_000, 100_000

HARDSHIP, REFUSAL, UNCLEAR, MIXED = "hardship", "refusal", "unclear", "mixed"
BUREAU_DROP = "bureau_drop"
"""A bureau's report that is clearly worse than its last one, or tells of an insolvency."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Sign:
    """A sign of one customer as it was found; `evidence` counts the rows behind it."""

    code: str
    kind: str
    severity: int
    evidence: int


def strengths(signs: Sequence[Sign]) -> tuple[int, ...]:
    """Return the strength of each sign of one customer, in their order, ppm."""
    return tuple(_strength(sign, signs) for sign in signs)


def stance(kinds: Iterable[str]) -> str:
    """Return hardship, refusal, mixed or unclear for the kinds of a customer's signs."""
    told = set(kinds)
    if {HARDSHIP, REFUSAL} <= told:
        return MIXED
    return next((kind for kind in (HARDSHIP, REFUSAL) if kind in told), UNCLEAR)


def _strength(sign: Sign, signs: Sequence[Sign]) -> int:
    rows = min(max(sign.evidence - 1, 0), MOST_ROWS)
    agrees = sign.kind != UNCLEAR and any(
        other.kind == sign.kind and other.code != sign.code for other in signs
    )
    total = BY_SEVERITY.get(sign.severity, 0) + BY_ROW * rows + (AGREED if agrees else 0)
    return min(total + (EXTERNAL if sign.code == BUREAU_DROP else 0), PPM)
