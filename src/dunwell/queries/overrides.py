"""Overrides of strategies as pages and the API show them."""

from dataclasses import dataclass
from datetime import date

from dunwell.models import Company, StrategyOverride


@dataclass(frozen=True, kw_only=True, slots=True)
class OverrideRow:
    """One departure from a strategy; `value` is the strategy, level or channel it names."""

    id: int
    customer_id: int
    item_id: int | None
    item: str
    kind: str
    kind_label: str
    value: str
    reason: str
    from_on: date
    until_on: date | None
    ended_on: date | None
    by: str
    is_active: bool


def override_rows(company: Company, *, customer_id: int, as_of: date) -> tuple[OverrideRow, ...]:
    """Return a customer's overrides, the newest first, those that ended too."""
    found = StrategyOverride.objects.filter(company=company, customer=customer_id)
    return tuple(_row(one, as_of) for one in found.select_related("item").order_by("-id"))


def _row(found: StrategyOverride, as_of: date) -> OverrideRow:
    is_over = (found.ended_on is not None and found.ended_on <= as_of) or (
        found.until_on is not None and found.until_on < as_of
    )
    level = "" if found.level is None else str(found.level)
    return OverrideRow(
        id=found.pk,
        customer_id=found.customer_id,
        item_id=found.item_id,
        item=found.item.number if found.item else "",
        kind=found.kind,
        kind_label=str(StrategyOverride.Kind(found.kind).label),
        value=found.strategy or found.channel or level,
        reason=found.reason,
        from_on=found.from_on,
        until_on=found.until_on,
        ended_on=found.ended_on,
        by=found.by,
        is_active=found.from_on <= as_of and not is_over,
    )
