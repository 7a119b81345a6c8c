"""What each rule of the order check finds: broken or not, by which figures, what would mend it.

One function per rule. None of them decides: severity, exclusions and releases are
`order_checks`'s.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from dunwell.engine.order_facts import (
    GROUP,
    GUARANTOR,
    OWN,
    PARENT,
    PPM,
    Account,
    Figures,
)
from dunwell.engine.order_judged import Judged
from dunwell.engine.order_rules import OrderRule


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What one rule found; broken None: it had nothing to judge.

    What would mend it, where that is an amount or a day: `pay_minor` paid by the customer, an
    exposure of at most `room_minor` with the order, a limit of `raise_to_minor`, the day `on`;
    else `person` says who does what. Company's currency. `excess_minor` is what is over.
    """

    is_broken: bool | None
    text: str
    figures: Figures = field(default_factory=dict)
    pay_minor: int | None = None
    room_minor: int | None = None
    raise_to_minor: int | None = None
    excess_minor: int | None = None
    on: date | None = None
    person: str = ""


Rule = Callable[[Judged, OrderRule], Finding]
"""Finds for an order, by a row of the rule."""


@cache
def clear(text: str) -> Finding:
    """Return the finding that nothing is broken, made once for each sentence."""
    return Finding(is_broken=False, text=text)


_NOT_KNOWN = Finding(is_broken=None, text="Not judged: an amount cannot be valued.")


def days_overdue(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the oldest open item is later than allowed."""
    grace = judged.grace(row)
    if judged.facts.debts is None:
        return _NOT_KNOWN
    allowed = row.value("days") + grace
    debts = judged.overdue()
    days = (judged.as_of - debts[0][0]).days if debts else 0
    figures: Figures = {"days": days, "allowed_days": allowed}
    if days <= allowed:
        text = (
            f"The oldest open item is {days} days past due."
            if days > 1
            else "The oldest open item is 1 day past due."
            if days
            else "Nothing is overdue."
        )
        return Finding(is_broken=False, text=text, figures=figures)
    last = judged.as_of - timedelta(days=allowed)
    pay = sum(amount for day, amount in debts if day < last)
    return Finding(
        is_broken=True,
        text=f"The oldest open item is {days} days past due; {allowed} are allowed."
        if days > 1
        else "The oldest open item is 1 day past due; none is allowed.",
        figures={**figures, "pay_minor": pay},
        pay_minor=pay,
    )


def overdue_amount(judged: Judged, row: OrderRule) -> Finding:
    """Find whether more is overdue than allowed, and the limit used as far as the row asks."""
    grace = judged.grace(row)
    if judged.facts.debts is None:
        return _NOT_KNOWN
    last = judged.as_of - timedelta(days=grace)
    overdue = sum(amount for day, amount in judged.overdue() if day < last)
    most, used = row.value("over_minor"), row.value("used_ppm")
    figures: dict[str, int | str | None] = {"overdue_minor": overdue, "allowed_minor": most}
    pays, part = [overdue - most], ""
    is_broken = overdue > most
    if used and is_broken:
        limit_minor, after = judged.facts.own.limit_minor, judged.after_minor
        if limit_minor is not None and after is not None:
            is_broken = after * PPM >= used * limit_minor
            enough = judged.pay_for((used * limit_minor - 1) // PPM) if is_broken else None
            pays += [enough] if enough is not None else []
            figures["used_ppm"] = after * PPM // limit_minor if limit_minor else None
            part = _percent(after, limit_minor)
    owed, allowed = judged.money(overdue), judged.money(most)
    if not is_broken:
        text = (
            f"{owed} is overdue, with {part} of the limit used." if part else f"{owed} is overdue."
        )
        return Finding(
            is_broken=False, text=text if overdue else "Nothing is overdue.", figures=figures
        )
    return Finding(
        is_broken=True,
        text=f"{owed} is overdue, with {part} of the limit used; {allowed} is allowed."
        if part
        else f"{owed} is overdue; {allowed} is allowed.",
        figures={**figures, "pay_minor": min(pays)},
        pay_minor=min(pays),
    )


def limit(judged: Judged, row: OrderRule) -> Finding:
    """Find whether exposure and order are over the customer's own limit."""
    own = judged.facts.own
    if own.is_suspended and "limit_suspended" in judged.rules:
        return Finding(is_broken=None, text="The limit is suspended: see there.")
    return _account(judged, row, own)


def limit_used(judged: Judged, row: OrderRule) -> Finding:
    """Find whether so much of the limit is used that somebody should know."""
    limit_minor, share, after = (
        judged.facts.own.limit_minor,
        row.value("used_ppm"),
        judged.after_minor,
    )
    if after is None:
        return _NOT_KNOWN
    if not limit_minor:
        return Finding(is_broken=None, text="No limit to be used up.")
    figures: Figures = {
        "used_ppm": after * PPM // limit_minor,
        "allowed_ppm": share,
        "after_minor": after,
        "limit_minor": limit_minor,
    }
    part = _percent(after, limit_minor)
    if after * PPM < share * limit_minor:
        text = f"{part} of the limit is used with this order."
        return Finding(is_broken=False, text=text, figures=figures)
    most = (share * limit_minor - 1) // PPM
    return Finding(
        is_broken=True,
        text=f"{part} of the limit is used with this order; told from {share / 10_000:g} %.",
        figures=figures,
        excess_minor=after - most,
        pay_minor=judged.pay_for(most),
        room_minor=most,
    )


def shared_limit(kind: str, *, unless: Finding) -> Rule:
    """Return the rule about the accounts of a kind: the one furthest over its limit decides.

    `unless` is what is found where the customer has none.
    """

    def found(judged: Judged, row: OrderRule) -> Finding:
        accounts = [one for one in judged.facts.accounts[1:] if one.kind == kind]
        if not accounts:
            return unless
        findings = [_account(judged, row, one) for one in accounts]
        # the strictest of several: broken before unknown before passed, then the larger excess
        rank = {True: 2, None: 1, False: 0}
        return max(findings, key=lambda one: (rank[one.is_broken], one.excess_minor or 0))

    return found


def no_limit(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether nothing was ever granted."""
    own = judged.facts.own
    ended = own.is_ended and "limit_expired" in judged.rules
    if own.limit_minor is not None or ended:
        return clear(text="A limit was granted.")
    return Finding(
        is_broken=True,
        text="No credit limit is granted.",
        raise_to_minor=_granted(judged),
        person="Grant a limit, or take payment in advance.",
    )


def limit_expired(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the limit ran out and nothing followed."""
    own, ended_on = judged.facts.own, judged.facts.own.until_on
    if own.limit_minor is not None or not own.is_ended:
        return clear(text="The limit has not run out.")
    late = (judged.as_of - ended_on).days if ended_on else 0
    return Finding(
        is_broken=ended_on is None or late > judged.grace(row),
        text=f"The limit ran out on {ended_on.isoformat()}." if ended_on else "The limit ran out.",
        figures={"ended_on": ended_on.isoformat() if ended_on else None, "days": late},
        raise_to_minor=_granted(judged),
        person="Renew the limit.",
    )


def limit_expiring(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the limit runs out soon, or before the order is delivered."""
    until, ask = judged.facts.own.until_on, judged.order.ask
    if until is None or judged.facts.own.is_ended:
        return clear(text="The limit has no end.")
    last = max(judged.as_of + timedelta(days=row.value("days")), ask.deliver_on or judged.as_of)
    return Finding(
        is_broken=until <= last,
        text=f"The limit ends on {until.isoformat()}.",
        figures={"until_on": until.isoformat(), "days": (until - judged.as_of).days},
        person="Renew the limit.",
    )


def limit_suspended(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether the limit is suspended."""
    if not judged.facts.own.is_suspended:
        return clear(text="The limit is not suspended.")
    return Finding(
        is_broken=True, text="The limit is suspended.", person="Lift the suspension, or end it."
    )


def _account(judged: Judged, row: OrderRule, account: Account) -> Finding:
    """Find whether an account is over its limit with this order."""
    others, own_after = judged.others(account), judged.after_minor
    if others is None or own_after is None:
        return _NOT_KNOWN
    whose = "" if account.kind == OWN else account.name
    if account.limit_minor is None:
        text = f"No limit of {account.name} is granted." if whose else "No limit is granted."
        return Finding(is_broken=None, text=text)
    most = own_after if account.most_minor is None else min(own_after, account.most_minor)
    after = others + most
    ppm, more = row.value("tolerance_ppm"), row.value("tolerance_minor")
    allowed = account.limit_minor + account.limit_minor * ppm // PPM + more
    excess = after - allowed
    figures: Figures = {
        "account": whose,
        "before_minor": others + (judged.before_minor or 0),
        "after_minor": after,
        "limit_minor": account.limit_minor,
        "allowed_minor": allowed,
        "over_minor": max(0, excess),
    }
    worth, granted = judged.money(after), judged.money(account.limit_minor)
    if excess <= 0:
        text = (
            f"{worth} with this order, of a limit of {whose} of {granted}."
            if whose
            else f"{worth} with this order, of a limit of {granted}."
        )
        return Finding(is_broken=False, text=text, figures=figures, excess_minor=excess)
    over = judged.money(excess)
    return Finding(
        is_broken=True,
        text=f"{worth} with this order, of a limit of {whose} of {granted}: {over} over."
        if whose
        else f"{worth} with this order, of a limit of {granted}: {over} over.",
        figures=figures,
        excess_minor=excess,
        pay_minor=judged.pay_for(allowed - others),
        room_minor=allowed - others,
        raise_to_minor=_least_limit(after - more, ppm),
    )


def _granted(judged: Judged) -> int | None:
    """Return the smallest limit that would do where none holds, None when it is not known."""
    after, row = judged.after_minor, judged.rules.get("limit")
    if after is None or row is None:
        return after
    return _least_limit(after - row.value("tolerance_minor"), row.value("tolerance_ppm"))


def _least_limit(needed_minor: int, tolerance_ppm: int) -> int:
    """Return the smallest limit that with its tolerance reaches what is needed."""
    found = max(0, needed_minor * PPM // (PPM + tolerance_ppm) - 1)
    while found + found * tolerance_ppm // PPM < needed_minor:
        found += 1
    return found


def _percent(part_minor: int, whole_minor: int) -> str:
    return f"{part_minor * 100 / whole_minor:.1f} %" if whole_minor else "all"


AMOUNTS: Mapping[str, Rule] = {
    "days_overdue": days_overdue,
    "overdue_amount": overdue_amount,
    "limit": limit,
    "limit_used": limit_used,
    "group_limit": shared_limit(
        GROUP, unless=Finding(is_broken=None, text="The customer has no group.")
    ),
    "parent_limit": shared_limit(
        PARENT, unless=Finding(is_broken=None, text="The customer has no parent.")
    ),
    "guarantor_limit": shared_limit(
        GUARANTOR, unless=Finding(is_broken=None, text="The customer has no guarantor.")
    ),
    "no_limit": no_limit,
    "limit_expired": limit_expired,
    "limit_expiring": limit_expiring,
    "limit_suspended": limit_suspended,
}
"""The rules about debts and limits."""
