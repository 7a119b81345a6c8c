"""What the credit policy proposes for an application, as the application keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicationProposal:
    """Outcome approve, refer or decline; amounts in minor units of `currency`, our own.

    `reasons` are documents with at least `text`, each with what would change the decision.
    `conditions` are kinds of conditions, `missing` the facts that must be known and are not.
    """

    outcome: str
    limit_minor: int
    currency: str
    terms_days: int
    risk_class: str
    risk: str
    points: int | None
    pd_ppm: int
    reasons: tuple[Mapping[str, object], ...] = ()
    conditions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    expected_loss_minor: int | None = None
    margin_minor: int | None = None
    carry_minor: int | None = None
    policy_version: int | None = None

    @property
    def reason_texts(self) -> tuple[str, ...]:
        """Return the sentences of the reasons."""
        return tuple(str(one.get("text", "")) for one in self.reasons)

    def document(self) -> dict[str, object]:
        """Return the proposal as JSON holds it."""
        return {
            "outcome": self.outcome,
            "limit_minor": self.limit_minor,
            "currency": self.currency,
            "terms_days": self.terms_days,
            "risk_class": self.risk_class,
            "risk": self.risk,
            "points": self.points,
            "pd_ppm": self.pd_ppm,
            "reasons": [dict(one) for one in self.reasons],
            "conditions": list(self.conditions),
            "missing": list(self.missing),
            "expected_loss_minor": self.expected_loss_minor,
            "margin_minor": self.margin_minor,
            "carry_minor": self.carry_minor,
            "policy_version": self.policy_version,
        }
