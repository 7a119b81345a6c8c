"""What became of a message that left us, by what carriers report: the same in whatever order.

A report is joined to what is known: what came back stays so, the earliest moment of each kind
counts. Joining is commutative, associative and idempotent, so late, doubled and shuffled
reports end in the same state.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

DELIVERED, BOUNCED, COMPLAINED, OPENED = "delivered", "bounced", "complained", "opened"
REPORTS = (DELIVERED, BOUNCED, COMPLAINED, OPENED)


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryReport:
    """What a carrier says happened to a message, and when; `reason` in its own words."""

    kind: str
    happened_at: datetime
    reason: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryState:
    """What is known of a message that left us; `reason` is why it came back."""

    delivered_at: datetime | None = None
    bounced_at: datetime | None = None
    reason: str = ""

    @property
    def status(self) -> str:
        """Return sent, delivered or bounced; who opened or complained about it got it."""
        if self.bounced_at is not None:
            return "bounced"
        return "sent" if self.delivered_at is None else "delivered"


def joined(state: DeliveryState, report: DeliveryReport) -> DeliveryState:
    """Return what is known with one more report."""
    if report.kind != BOUNCED:
        known = state.delivered_at
        first = report.happened_at if known is None else min(known, report.happened_at)
        return replace(state, delivered_at=first)
    told = (report.happened_at, report.reason)
    if state.bounced_at is not None:
        told = min(told, (state.bounced_at, state.reason))
    return replace(state, bounced_at=told[0], reason=told[1])


def state_of(reports: Iterable[DeliveryReport]) -> DeliveryState:
    """Return what is known after all reports of a message."""
    return reduce(joined, reports, DeliveryState())
