"""What would free an order that is held, exact to the cent: paying, prepaying, a limit, a person.

Each amount is the smallest that does it: a cent less and the rule holds the order still.
"""

from collections.abc import Sequence
from itertools import chain

from dunwell.engine.money import amount_words
from dunwell.engine.order_facts import Release
from dunwell.engine.order_findings import Finding
from dunwell.engine.order_judged import Judged

PAY, PREPAY, REDUCE, RAISE_LIMIT, WAIT, PERSON = (
    "pay",
    "prepay",
    "reduce",
    "raise_limit",
    "wait",
    "person",
)


def release_of(judged: Judged, finding: Finding) -> tuple[Release, ...]:
    """Return the ways to mend what one rule found."""
    ways = chain(
        [_pay(judged, finding.pay_minor)] if finding.pay_minor is not None else [],
        _rooms(judged, finding.room_minor) if finding.room_minor is not None else [],
        [_raise(judged, finding.raise_to_minor)] if finding.raise_to_minor is not None else [],
        [_wait(finding)] if finding.on is not None else [],
        [Release(kind=PERSON, text=finding.person)] if finding.person else [],
    )
    return tuple(ways)


def releases(judged: Judged, held: Sequence[tuple[str, Finding]]) -> tuple[Release, ...]:
    """Return the ways to free the whole order: each mends everything that holds it.

    What a person has to do comes last; with several of those all have to be done. Prepaying
    everything always frees an order, for nothing of it is on credit then.
    """
    if not held:
        return ()
    findings = [finding for _name, finding in held]
    found: list[Release] = []
    pays = [finding.pay_minor for finding in findings]
    if all(pay is not None for pay in pays):
        found.append(_pay(judged, max(pay for pay in pays if pay is not None)))
    rooms = [finding.room_minor for finding in findings]
    ways: list[Release] = []
    if all(room is not None for room in rooms):
        ways = _rooms(judged, min(room for room in rooms if room is not None))
    if not any(way.kind == PREPAY for way in ways):
        ways.insert(0, _prepay_all(judged))
    found += ways
    # of limits only the customer's own is raised by a limit of the customer
    raised = [finding.raise_to_minor for name, finding in held if name in _OWN_LIMIT]
    if raised and len(raised) == len(held) and None not in raised:
        found.append(_raise(judged, max(one for one in raised if one is not None)))
    if all(finding.on is not None for finding in findings):
        found.append(_wait(max(findings, key=lambda one: one.on.toordinal() if one.on else 0)))
    found += [Release(kind=PERSON, text=one.person) for one in findings if one.person]
    return tuple(found)


_OWN_LIMIT = ("limit", "no_limit", "limit_expired")


def _pay(judged: Judged, amount_minor: int) -> Release:
    code = judged.facts.currency
    return Release(
        kind=PAY,
        text=f"Paying {amount_words(amount_minor, code)} frees it.",
        amount_minor=amount_minor,
        currency=code,
    )


def _prepay_all(judged: Judged) -> Release:
    ask = judged.order.ask
    more = ask.amount_minor - ask.prepaid_minor
    return Release(
        kind=PREPAY,
        text=f"Prepaying all of it, {amount_words(more, ask.currency)}, frees it.",
        amount_minor=more,
        currency=ask.currency,
    )


def _rooms(judged: Judged, room_minor: int) -> list[Release]:
    """Return what to prepay, and how small the order may be, so that it fits into the room."""
    code = judged.order.ask.currency
    ways = []
    if (more := judged.prepay_for(room_minor)) is not None:
        told = f"Prepaying {amount_words(more, code)} frees it."
        ways.append(Release(kind=PREPAY, text=told, amount_minor=more, currency=code))
    if (smaller := judged.largest_for(room_minor)) is not None:
        told = f"An order of at most {amount_words(smaller, code)} passes."
        ways.append(Release(kind=REDUCE, text=told, amount_minor=smaller, currency=code))
    return ways


def _raise(judged: Judged, amount_minor: int) -> Release:
    code = judged.facts.currency
    return Release(
        kind=RAISE_LIMIT,
        text=f"A limit of {amount_words(amount_minor, code)} frees it.",
        amount_minor=amount_minor,
        currency=code,
    )


def _wait(finding: Finding) -> Release:
    on = finding.on
    told = on.isoformat() if on else ""
    return Release(kind=WAIT, text=f"By itself on {told}.", on=on)
