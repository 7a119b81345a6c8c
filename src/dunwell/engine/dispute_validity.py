"""How likely a customer's claim is right: the reason's base rate, moved by what is known.

The chance is a logistic sum of contributions, each with its own sentence, so that whoever decides
sees why. Base rate: (policy's rate x its cases + claims of the reason found right) / (its cases +
claims decided), a beta prior's mean; the customer's own record is shrunk towards it likewise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

from dunwell.engine.dispute_policy import PPM, ReasonRule, ValidityRule

VALID, PARTLY, INVALID = "valid", "partly", "invalid"
VERDICTS = (VALID, PARTLY, INVALID)
"""What a colleague's answer says of the claim."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimFacts:
    """What is known of a claim: decided ones of its reason and of its customer, evidence, answers.

    `right` of `decided` were found right, in part counts as half (halves are stated as 0.5).
    `is_whole`: all that was billed on the items is disputed. `is_accepted`: the customer's system
    had approved an item before it was disputed.
    """

    decided: int = 0
    right: float = 0.0
    customer_decided: int = 0
    customer_right: float = 0.0
    evidence: frozenset[str] = frozenset()
    verdicts: Sequence[str] = ()
    is_whole: bool = False
    is_accepted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Contribution:
    """What one thing adds to the logit of the chance, in thousandths: above 0 for the customer."""

    code: str
    detail: str
    weight_milli: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Validity:
    """The chance in ppm that the claim is right, and what it is made of."""

    chance_ppm: int
    contributions: tuple[Contribution, ...]

    def document(self) -> dict[str, object]:
        """Return it as the record of the case keeps it."""
        return {
            "contributions": [
                {"code": one.code, "detail": one.detail, "weight_milli": one.weight_milli}
                for one in self.contributions
            ]
        }


def validity(reason: ReasonRule, rule: ValidityRule, facts: ClaimFacts) -> Validity:
    """Return the chance that a claim is right, with the contributions that make it up."""
    base = _shrunk(reason.base_ppm / PPM, rule.base_cases, facts.right, facts.decided)
    found = [Contribution(code="base", detail=reason.code, weight_milli=_logit_milli(base))]
    if facts.customer_decided:
        own = _shrunk(base, rule.customer_cases, facts.customer_right, facts.customer_decided)
        moved = _logit_milli(own) - _logit_milli(base)
        found.append(
            Contribution(code="customer", detail=str(facts.customer_decided), weight_milli=moved)
        )
    for code, kinds, weight in (
        ("for_customer", reason.customer, rule.evidence_milli),
        ("for_us", reason.us, -rule.evidence_milli),
    ):
        found += [
            Contribution(code=code, detail=kind, weight_milli=weight)
            for kind in kinds
            if kind in facts.evidence
        ]
    weights = {
        VALID: rule.answer_milli,
        PARTLY: rule.answer_milli // 3,
        INVALID: -rule.answer_milli,
    }
    found += [
        Contribution(code="answer", detail=verdict, weight_milli=weights[verdict])
        for verdict in facts.verdicts
        if verdict in weights
    ]
    if facts.is_whole and rule.whole_milli:
        found.append(Contribution(code="whole", detail="", weight_milli=rule.whole_milli))
    if facts.is_accepted:
        # as much as a colleague's word that the claim is not right
        found.append(Contribution(code="accepted", detail="", weight_milli=-rule.answer_milli))
    total = sum(one.weight_milli for one in found) / 1_000
    return Validity(chance_ppm=round(PPM / (1 + exp(-total))), contributions=tuple(found))


def _shrunk(base: float, weight: int, right: float, decided: int) -> float:
    """Return a rate that begins at `base` and moves with the cases; strictly within 0 and 1."""
    share = (base * weight + right) / (weight + decided) if weight + decided else base
    return min(max(share, 0.01), 0.99)


def _logit_milli(share: float) -> int:
    return round(1_000 * log(share / (1 - share)))
