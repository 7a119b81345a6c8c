"""What the rules about a customer's standing find: court, holds, class, reviews, covers, data."""

from collections.abc import Mapping
from datetime import date, timedelta

from dunwell.engine.order_findings import Finding, Rule, clear
from dunwell.engine.order_judged import Judged
from dunwell.engine.order_rules import OrderRule
from dunwell.engine.risk_conditions import PROMISE_DAYS


def insolvency(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether an insolvency of the customer is open."""
    on = judged.facts.insolvent_on
    return _since(
        on,
        text=f"Insolvency proceedings are open since {on}.",
        unless="No insolvency is recorded.",
        person="Close it.",
    )


def legal_matter(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether a claim against the customer is in court."""
    on = judged.facts.legal_on
    return _since(
        on,
        text=f"A claim is in court since {on}.",
        unless="No claim is in court.",
        person="Close the matter.",
    )


def write_off(judged: Judged, row: OrderRule) -> Finding:
    """Find whether a debt of the customer was written off within the days of the row."""
    on, days = judged.facts.written_off_on, row.value("days")
    if on is None or (judged.as_of - on).days >= days:
        return Finding(is_broken=False, text=f"Nothing was written off within {days} days.")
    return Finding(
        is_broken=True,
        text=f"A debt was written off on {on.isoformat()}, within {days} days.",
        figures={"written_off_on": on.isoformat(), "days": (judged.as_of - on).days},
        on=on + timedelta(days=days),
    )


def forced_hold(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether a person holds the customer, or this order."""
    order, facts = judged.order, judged.facts
    by, why = order.forced_by, order.forced_reason
    if not by:
        by, why = facts.forced_by, facts.forced_reason
    if not by:
        return clear(text="Nobody holds the customer.")
    return Finding(
        is_broken=True,
        text=f"Held by {by}: {why}",
        figures={"by": by},
        person=f"{by}, or somebody else with the right, releases the hold.",
    )


def exposure_freeze(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether the exposure is frozen: nothing more on credit while it stands."""
    on = judged.facts.frozen_on
    return _since(
        on,
        text=f"The exposure is frozen since {on}.",
        unless="No freeze stands.",
        person="Lift the freeze.",
    )


def risk_class(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the customer's risk class gets nothing on credit."""
    found = judged.facts.risk_class
    if found not in row.classes:
        text = f"Risk class {found}." if found else "The customer has no risk class."
        return Finding(is_broken=False, text=text, figures={"risk_class": found})
    return Finding(
        is_broken=True,
        text=f"Risk class {found}: nothing on credit."
        if found
        else "The customer has no risk class: nothing on credit.",
        figures={"risk_class": found},
        person="Review the customer, or take payment in advance.",
    )


def terms(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the order's terms are longer than those agreed."""
    grace = judged.grace(row)
    ask, granted = judged.order.ask, judged.facts.granted_days
    if not ask.terms and ask.terms_days is None:
        return clear(text="The order states no terms of its own.")
    person = "Agree on the terms, or shorten those of the order."
    if ask.terms_days is None:
        text = f"The order's terms ({ask.terms}) cannot be read."
        return Finding(is_broken=True, text=text, figures={"terms": ask.terms}, person=person)
    allowed = (granted or 0) + row.value("extra_days") + grace
    return Finding(
        is_broken=ask.terms_days > allowed,
        text=f"The order's terms are {ask.terms_days} days; none are agreed."
        if granted is None
        else f"The order's terms are {ask.terms_days} days; {granted} days are agreed.",
        figures={"days": ask.terms_days, "granted_days": granted, "allowed_days": allowed},
        person=person,
    )


def order_amount(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the order is larger than one order may be."""
    worth, most = judged.order.home(judged.order.ask.amount_minor), row.value("most_minor")
    if worth is None:
        return Finding(is_broken=None, text="Not judged: the order cannot be valued.")
    figures: Mapping[str, int | str | None] = {"order_minor": worth, "allowed_minor": most}
    if worth <= most:
        return Finding(is_broken=False, text=f"{judged.money(worth)}.", figures=figures)
    return Finding(
        is_broken=True,
        text=f"The order is worth {judged.money(worth)}; {judged.money(most)} is the largest.",
        figures=figures,
        person="Split the order, or have it released.",
    )


def review_overdue(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the customer should have been reviewed."""
    grace = judged.grace(row)
    due = judged.facts.review_due_on
    if due is None:
        return clear(text="No review is due.")
    late = (judged.as_of - due).days
    return Finding(
        is_broken=late > row.value("days") + grace,
        text=f"A review was due on {due.isoformat()}." if late > 0 else "No review is late.",
        figures={"due_on": due.isoformat(), "days": late},
        person="Review the customer.",
    )


def dunning_level(judged: Judged, row: OrderRule) -> Finding:
    """Find whether an open item has reached a level."""
    found, level = judged.facts.dunning_level, row.value("level")
    if not found:
        return clear(text="No open item was chased.")
    return Finding(
        is_broken=found >= level,
        text=f"An open item is on level {found}; held from level {level}."
        if found >= level
        else f"An open item is on level {found}.",
        figures={"level": found, "allowed_level": level - 1},
        person="What was chased has to be paid.",
    )


def broken_promises(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the customer broke several promises within PROMISE_DAYS."""
    due = sorted(judged.facts.broken_promises)
    if not due:
        return clear(text=f"No promise was broken within {PROMISE_DAYS} days.")
    found, count = len(due), row.value("count")
    is_broken = found >= count
    return Finding(
        is_broken=is_broken,
        text=f"{found} promises were broken within {PROMISE_DAYS} days."
        if found > 1
        else f"1 promise was broken within {PROMISE_DAYS} days.",
        figures={"broken": found, "allowed": count - 1},
        on=due[found - count] + timedelta(days=PROMISE_DAYS) if is_broken else None,
    )


def cover_missing(judged: Judged, _row: OrderRule) -> Finding:
    """Find whether nothing stands behind a customer who needs cover."""
    if judged.facts.covers_in_force:
        return clear(text="A cover is in force.")
    return Finding(is_broken=True, text="No cover is in force.", person="Ask for cover.")


def cover_expired(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the cover ran out and nothing followed."""
    grace = judged.grace(row)
    ended = judged.facts.cover_ended_on
    if ended is None or judged.facts.covers_in_force:
        return clear(text="No cover has run out.")
    return Finding(
        is_broken=(judged.as_of - ended).days > grace,
        text=f"The cover ended on {ended.isoformat()}.",
        figures={"ended_on": ended.isoformat()},
        person="Renew the cover.",
    )


def cover_expiring(judged: Judged, row: OrderRule) -> Finding:
    """Find whether the cover runs out soon, or before the order is delivered."""
    until, ask = judged.facts.cover_until_on, judged.order.ask
    if until is None:
        return clear(text="No cover runs out.")
    last = max(judged.as_of + timedelta(days=row.value("days")), ask.deliver_on or judged.as_of)
    return Finding(
        is_broken=until <= last,
        text=f"The cover ends on {until.isoformat()}.",
        figures={"until_on": until.isoformat()},
        person="Renew the cover.",
    )


def stale_data(judged: Judged, row: OrderRule) -> Finding:
    """Find whether what we know of payments is too old to judge by."""
    grace = judged.grace(row)
    age, days = judged.facts.feed_age_days, row.value("days") + grace
    if age is None:
        return Finding(is_broken=None, text="No bank statement was imported yet.")
    return Finding(
        is_broken=age > days,
        text=f"Bank statements reach to {age} days ago."
        if age > 1
        else "Bank statements reach to yesterday."
        if age == 1
        else "Bank statements reach to today.",
        figures={"days": age, "allowed_days": days},
        person="Import the bank statements that are missing.",
    )


def _since(on: date | None, *, text: str, unless: str, person: str) -> Finding:
    if on is None:
        return clear(text=unless)
    return Finding(is_broken=True, text=text, figures={"since": on.isoformat()}, person=person)


STANDING: Mapping[str, Rule] = {
    "insolvency": insolvency,
    "legal_matter": legal_matter,
    "write_off": write_off,
    "forced_hold": forced_hold,
    "exposure_freeze": exposure_freeze,
    "risk_class": risk_class,
    "terms": terms,
    "order_amount": order_amount,
    "review_overdue": review_overdue,
    "dunning_level": dunning_level,
    "broken_promises": broken_promises,
    "cover_missing": cover_missing,
    "cover_expired": cover_expired,
    "cover_expiring": cover_expiring,
    "stale_data": stale_data,
}
"""The rules about a customer's standing."""
