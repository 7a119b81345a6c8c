"""Departures from a strategy by hand: set with a reason and an end, ended, never deleted."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer
from dunwell.actions.texts import fitting
from dunwell.engine.overrides import WRITTEN
from dunwell.models import Customer, Item, StrategyOverride
from dunwell.queries.policies import strategies_in_force

Kind = StrategyOverride.Kind
HIGHEST_LEVEL = 99


@transaction.atomic
def set_override(
    *,
    actor: Actor,
    customer: Customer,
    kind: str,
    reason: str,
    as_of: date,
    at: datetime,
    item: Item | None = None,
    strategy: str = "",
    level: int | None = None,
    channel: str = "",
    until_on: date | None = None,
) -> StrategyOverride:
    """Depart from the strategy for a customer, or one of its items, from `as_of` to `until_on`.

    `kind` says how: another strategy (for a whole customer), a level left out, a level not to be
    passed, another channel for what is written. Setting the same again returns what stands;
    another value replaces it. Raises Refused without a reason, for a strategy that is not in
    force, a level or channel that does not fit, a day that has passed, or somebody else's item.
    """
    actor.require("override.set")
    _check_scope(actor, customer, item)
    chosen = _chosen(
        actor, kind, item=item, strategy=strategy, level=level, channel=channel, as_of=as_of
    )
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the strategy is not followed.")
    if until_on is not None and until_on < as_of:
        raise Refused("The last day of the override has already passed.")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    standing = _standing(customer, item, kind, as_of)
    for override in standing:
        same = {**chosen, "until_on": until_on, "reason": told}
        if all(getattr(override, name) == value for name, value in same.items()):
            return override
    # several levels may be left out; of the other kinds one holds at a time
    replaced = [o for o in standing if kind != Kind.SKIP or o.level == chosen["level"]]
    for override in replaced:
        _end(actor, override, reason=f"replaced: {told}"[:300], as_of=as_of, at=at)
    override = StrategyOverride.objects.create(
        company=actor.company,
        customer=customer,
        item=item,
        kind=kind,
        reason=told,
        from_on=as_of,
        until_on=until_on,
        by=actor.name,
        recorded_at=at,
        **chosen,
    )
    record_event(
        actor,
        "override.set",
        override,
        at=at,
        customer_id=customer.pk,
        item=item.number if item else "",
        kind=kind,
        reason=told,
        until_on=until_on.isoformat() if until_on else "",
        **{name: value for name, value in chosen.items() if value not in {"", None}},
    )
    return override


@transaction.atomic
def end_override(
    *, actor: Actor, override: StrategyOverride, reason: str, as_of: date, at: datetime
) -> None:
    """Follow the strategy again from `as_of` on; raise Refused for one that has ended."""
    actor.require("override.set")
    if override.company_id != actor.company.pk:
        raise Refused("This override belongs to another company.")
    told = fitting(text=reason, most=300, what="reason")
    if not told:
        raise Refused("Say why the override ends.")
    if override.ended_on is not None or (override.until_on and override.until_on < as_of):
        ended = override.ended_on or override.until_on
        raise Refused(f"This override ended on {ended}.")
    _end(actor, override, reason=told, as_of=as_of, at=at)


def _check_scope(actor: Actor, customer: Customer, item: Item | None) -> None:
    open_customer(actor, customer)
    if item is not None and item.customer_id != customer.pk:
        raise Refused("This item belongs to another customer.")


def _chosen(
    actor: Actor,
    kind: str,
    *,
    item: Item | None,
    strategy: str,
    level: int | None,
    channel: str,
    as_of: date,
) -> dict[str, str | int | None]:
    """Return the one value the kind needs, the others empty; refuse what does not fit."""
    if kind not in Kind.values:
        raise Refused(f"There is no override {kind}; use {', '.join(Kind.values)}.")
    if kind == Kind.ASSIGN:
        if item is not None:
            raise Refused("A strategy is assigned to a customer, not to one item.")
        known = [found.name for found in strategies_in_force(actor.company, as_of=as_of)]
        if strategy not in known:
            named = ", ".join(known) or "none at all"
            raise Refused(f"No strategy {strategy} is in force; there is {named}.")
        return {"strategy": strategy, "level": None, "channel": ""}
    if kind == Kind.CHANNEL:
        if channel not in WRITTEN:
            raise Refused(f"Channel {channel} cannot stand in; use {', '.join(WRITTEN)}.")
        return {"strategy": "", "level": None, "channel": channel}
    if level is None or not 0 <= level <= HIGHEST_LEVEL:
        raise Refused(f"State a level between 0 and {HIGHEST_LEVEL}.")
    return {"strategy": "", "level": level, "channel": ""}


def _standing(
    customer: Customer, item: Item | None, kind: str, as_of: date
) -> list[StrategyOverride]:
    return list(
        StrategyOverride.objects.filter(
            Q(until_on=None) | Q(until_on__gte=as_of),
            customer=customer,
            item=item,
            kind=kind,
            ended_on=None,
        ).order_by("id")
    )


def _end(
    actor: Actor, override: StrategyOverride, *, reason: str, as_of: date, at: datetime
) -> None:
    rows = StrategyOverride.objects.filter(pk=override.pk, ended_on=None).update(ended_on=as_of)
    if rows != 1:
        raise Refused("Somebody else has just ended this override; load the page again.")
    record_event(
        actor,
        "override.ended",
        override,
        at=at,
        customer_id=override.customer_id,
        kind=override.kind,
        reason=reason,
    )
