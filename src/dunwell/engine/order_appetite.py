"""The rules that hold an order for the whole book's sake: limits of the appetite it would pass.

A limit holds an order only where the order makes its measure worse. What stands above already and
does not rise by the order is not this order's doing.
"""

from collections.abc import Mapping

from dunwell.engine.appetite_measures import REFER, STOP, AppetiteLimit
from dunwell.engine.money import percent_words
from dunwell.engine.order_book import KeptBook, Place, is_amount, measured
from dunwell.engine.order_facts import Figures
from dunwell.engine.order_findings import Finding, Rule, clear
from dunwell.engine.order_judged import Judged, book_growth, own_exposure
from dunwell.engine.order_rules import OrderRule

Breach = tuple[AppetiteLimit, int]


def appetite_rule(then: str) -> Rule:
    """Return the rule about the limits of the appetite after which `then` follows."""

    def found(judged: Judged, _row: OrderRule) -> Finding:
        kept = judged.order.appetite
        limits = [] if kept is None else [one for one in kept.appetite.limits if one.then == then]
        if kept is None or not limits:
            return clear(text="No limit of the appetite is for orders.")
        if kept.as_of is None:
            return Finding(is_broken=None, text="No figures of the book are kept yet.")
        if judged.before_minor is None or judged.after_minor is None:
            return Finding(is_broken=None, text="Not judged: an amount cannot be valued.")
        broken = _broken(judged, kept, limits, judged.after_minor)
        if not broken:
            return clear(text="The appetite has room for it.")
        return _finding(judged, kept, broken, room_minor=_room(judged, kept, limits), then=then)

    return found


def _broken(
    judged: Judged, kept: KeptBook, limits: list[AppetiteLimit], after_minor: int
) -> list[Breach]:
    """Return the limits an exposure of the customer passes and makes worse, with the value."""
    before = _parts(judged, kept, judged.before_minor or 0)
    after = _parts(judged, kept, after_minor)
    own = judged.place
    found = []
    for limit in limits:
        now, then = measured(limit, before, own), measured(limit, after, own)
        if now is not None and then is not None and then > limit.most and then > now:
            found.append((limit, then))
    return found


def _parts(judged: Judged, kept: KeptBook, own_minor: int) -> Mapping[Place, int]:
    """Return the kept parts with orders since, and the customer at an exposure."""
    facts = judged.facts
    stored = judged.book.parts.get(facts.customer_id, facts.parts)
    was = own_exposure(facts, stored) or 0
    parts = dict(kept.parts)
    for place, more in judged.book.grown.items():
        parts[place] = parts.get(place, 0) + more
    # whoever is too small to be kept by name is as large as it is now
    parts.setdefault(("name", str(facts.customer_id)), was)
    parts.setdefault(("group", str(judged.place.group_id)), _group(judged) + was)
    for place, more in book_growth(judged.order, was, own_minor).items():
        parts[place] = parts.get(place, 0) + more
    return parts


def _group(judged: Judged) -> int:
    """Return what the others of the customer's group owe, as far as it is known."""
    root = judged.root
    return 0 if root is None else judged.others(root) or 0


def _room(judged: Judged, kept: KeptBook, limits: list[AppetiteLimit]) -> int:
    """Return the largest exposure of the customer that passes none of the limits.

    By bisection: with more exposure a measure falls and then rises, and only a rise holds.
    """
    low, high = judged.before_minor or 0, judged.after_minor or 0
    while high - low > 1:
        middle = (low + high) // 2
        is_free = not _broken(judged, kept, limits, middle)
        low, high = (middle, high) if is_free else (low, middle)
    return low


def _finding(
    judged: Judged, kept: KeptBook, broken: list[Breach], *, room_minor: int, then: str
) -> Finding:
    limit, value = max(broken, key=lambda one: one[1] * 1_000_000 // max(one[0].most, 1))
    unit = "minor" if is_amount(limit) else "ppm"
    figures: Figures = {
        "limit": limit.name,
        "measure": limit.measure,
        f"value_{unit}": value,
        f"allowed_{unit}": limit.most,
        "kept_on": kept.as_of.isoformat() if kept.as_of else None,
        "limits": ", ".join(one.name for one, _value in broken),
    }
    told = " ".join(_breach(judged, one, number).text for one, number in broken)
    person = "Somebody with the authority decides." if then == REFER else _STOPPED
    return Finding(
        is_broken=True,
        text=f"{told} {_by(kept).text}",
        figures=figures,
        # no payment: what is kept of the book does not change by it before the next cycle
        room_minor=room_minor,
        person=person,
    )


def _breach(judged: Judged, limit: AppetiteLimit, value: int) -> Finding:
    then, most = _words(judged, limit, value), _words(judged, limit, limit.most)
    return Finding(is_broken=True, text=f"{limit.name} would be {then}; at most {most} is wanted.")


def _by(kept: KeptBook) -> Finding:
    """Return by which figures of the book a limit is asked."""
    return Finding(
        is_broken=None, text=f"By the book of {kept.as_of} and the orders approved since."
    )


_STOPPED = "Nothing more of it on credit: cover it, or change the risk appetite first."


def _words(judged: Judged, limit: AppetiteLimit, value: int) -> str:
    if is_amount(limit):
        return judged.money(value)
    return percent_words(value)


APPETITE: Mapping[str, Rule] = {
    "appetite_stop": appetite_rule(STOP),
    "appetite_refer": appetite_rule(REFER),
}
"""The rules about the risk appetite."""
