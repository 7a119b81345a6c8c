"""How invoice to cash reads: activities, stages, loops, deviations, parties, times, the map."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.engine.process import path
from dunwell.engine.process.conformance import LATE_NOT_REMINDED
from dunwell.engine.process.graph import Activity, Follow
from dunwell.engine.process.layout import BOX_HEIGHT, BOX_WIDTH, Box, layout
from dunwell.engine.process.marks import ARROW, STILL_WAITING
from dunwell.engine.process.variants import ELLIPSIS
from dunwell.models import Role

register = template.Library()

Words = Mapping[str, str | Promise]

ACTIVITIES: Words = {
    path.ORDER_PLACED: _("Order placed"),
    path.CREDIT_HELD: _("Order held"),
    path.CREDIT_RELEASED: _("Order released"),
    path.GOODS_DELIVERED: _("Goods delivered"),
    path.ISSUED: _("Invoice issued"),
    path.CORRECTED: _("Invoice corrected"),
    path.SENT: _("Invoice sent"),
    path.BOUNCED: _("Sending failed"),
    path.RECEIVED: _("Invoice received"),
    path.APPROVED: _("Invoice approved"),
    path.DUE: _("Invoice due"),
    path.REMINDED: _("Reminder sent"),
    path.PROMISED: _("Promise made"),
    path.BROKEN: _("Promise broken"),
    path.PLANNED: _("Plan accepted"),
    path.PLAN_BROKEN: _("Plan defaulted"),
    path.DISPUTED: _("Dispute opened"),
    path.RESOLVED: _("Dispute resolved"),
    path.PLACED: _("With an agency"),
    path.IN_COURT: _("Legal matter"),
    path.CREDITED: _("Credited"),
    path.WRITTEN_OFF: _("Written off"),
    path.PART_PAID: _("Paid in part"),
    path.PAID: _("Paid"),
    path.BOOKED: _("Cash applied"),
    path.RETURNED: _("Payment returned"),
    STILL_WAITING: _("still waiting"),
    "": _("end"),
    ELLIPSIS: "…",
}
STAGES: Words = {
    "order_to_delivery": _("Order to delivery"),
    "delivery_to_invoice": _("Delivery to invoice"),
    "invoice_to_sent": _("Invoice to sent"),
    "sent_to_received": _("Sent to received"),
    "due_to_paid": _("Due to paid"),
    "dispute_to_resolved": _("Dispute to resolved"),
    "paid_to_applied": _("Paid to applied"),
}
LOOPS: Words = {
    "reminded_after_promise": _("Reminded after a promise"),
    "promised_again": _("Promised again after a broken promise"),
    "dispute_reopened": _("Dispute opened again"),
    "sent_again": _("Invoice sent again"),
    "corrected": _("Invoice corrected"),
    "held_again": _("Order held again"),
    "returned": _("Payment returned"),
    "plan_anew": _("New plan after a default"),
}
RULES: Words = {
    "reminded_in_dispute": _("Reminded during a dispute"),
    "reminded_under_promise": _("Reminded under a promise"),
    "reminded_under_plan": _("Reminded under a plan"),
    "reminded_after_payment": _("Reminded after payment"),
    "delivered_while_held": _("Delivered while the order was held"),
    "issued_before_delivery": _("Billed before delivery"),
    LATE_NOT_REMINDED: _("Two weeks late and nobody reminded"),
}
PARTIES: Words = {
    "system": _("System"),
    "customer": _("Customer"),
    "program": _("Program"),
    "staff": _("Colleague"),
    path.LEDGER: _("Other system"),
    **dict(Role.choices),
}
NONE = "\N{EN DASH}"
WIDEST, THINNEST = 7, 1
"""Width of a way in the map, by how often it was taken."""
HEAT = 4
"""Shades of how much money waited on a way."""
LABEL_WIDTH, LABEL_HEIGHT = 60, 11
"""Room for the figures beside a way."""
LETTERS = 20
"""Of a name that fits in a box on one line."""


@register.filter
def activity_label(name: str) -> str:
    """Return an activity in words."""
    return str(ACTIVITIES.get(name, name))


@register.filter
def step_label(name: str) -> str:
    """Return two activities, one after the other, in words."""
    return variant_label(name)


@register.filter
def variant_label(name: str) -> str:
    """Return a sequence of activities in words."""
    return " → ".join(activity_label(one) for one in name.split(ARROW))


@register.filter
def variant_parts(name: str) -> list[str]:
    """Return the activities of a sequence in words, one by one."""
    return [activity_label(one) for one in name.split(ARROW)]


@register.filter
def party_label(name: str) -> str:
    """Return a kind of party, or one that hands over to another, in words."""
    return " → ".join(str(PARTIES.get(one, one)) for one in name.split(ARROW))


@register.filter
def deviation_label(name: str) -> str:
    """Return how a case left the path in words."""
    kind, _, rest = name.partition(":")
    first, _, then = rest.partition(":")
    words = {"first": activity_label(first), "then": activity_label(then)}
    if kind == "skipped":
        return gettext("Left out: %(first)s") % words
    if kind == "before":
        return gettext("%(first)s before %(then)s") % words
    if kind == "outside":
        return gettext("Beside the path: %(first)s") % words
    return str(RULES.get(name, name))


LABELS = {
    "step": step_label,
    "variant": variant_label,
    "again": activity_label,
    "handover": party_label,
    "deviation": deviation_label,
}


@register.simple_tag
def process_label(kind: str, name: str) -> str:
    """Return what a figure tells of, in words."""
    if kind == "fit":
        fits = name == "fits"
        return gettext("Kept to the path") if fits else gettext("Left the path")
    if kind in LABELS:
        return LABELS[kind](name)
    return str({**STAGES, **LOOPS}.get(name, name))


@register.filter
def whole_days(days: int | None) -> str:
    """Return a time in calendar days, a dash for none."""
    if days is None:
        return NONE
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


@register.filter
def whole_hours(hours: int | None) -> str:
    """Return business hours, a dash for none."""
    return NONE if hours is None else gettext("%(n)d h") % {"n": hours}


@register.inclusion_tag("web/charts/process_map.html")
def process_map(follows: Sequence[Follow], activities: Sequence[Activity]) -> dict[str, Any]:
    """Draw what follows what: the wider a way the more often, the warmer the more money waited."""
    drawn = layout(follows)
    told = {one.name: one for one in activities}
    most = max((one.follow.times for one in drawn.ways), default=1)
    money = max(
        (one.follow.money_days for one in drawn.ways if not one.follow.is_agreed), default=0
    )
    boxes = [_boxed(box, told[box.name]) for box in drawn.boxes if box.name in told]
    ways = [
        {
            "d": _curve(way.points),
            "follow": way.follow,
            "width": max(THINNEST, round(WIDEST * way.follow.times / most)),
            "heat": _heat(way.follow, money),
            "is_back": way.is_back,
            "label_x": x,
            "label_y": y - 5,
        }
        for way, (x, y) in zip(
            reversed(drawn.ways),
            _apart([_label_at(way.points) for way in reversed(drawn.ways)]),
            strict=True,
        )
    ]
    return {
        "boxes": boxes,
        "ways": ways,
        "width": drawn.width,
        "height": drawn.height,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
    }


def _boxed(box: Box, activity: Activity) -> dict[str, Any]:
    """Return a box with what stands in it: its name, and below how often it happened."""
    names = _named(activity_label(box.name), box.y)
    return {
        "x": box.x,
        "y": box.y,
        "middle": box.x + BOX_WIDTH // 2,
        "names": names,
        "count_y": box.y + (36 if len(names) == 1 else 41),
        "activity": activity,
    }


def _named(label: str, top: int) -> list[tuple[int, str]]:
    """Return the lines of a box's name with their height: two where one is wider than the box."""
    if len(label) <= LETTERS:
        return [(top + 19, label)]
    first, _blank, second = label.rpartition(" ")
    return [(top + 15, first), (top + 28, second)] if first else [(top + 19, second)]


def _apart(places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the places of labels, each moved down until it covers none before it."""
    kept: list[tuple[int, int]] = []
    for x, y in places:
        free = y
        while any(abs(x - a) < LABEL_WIDTH and abs(free - b) < LABEL_HEIGHT for a, b in kept):
            free += LABEL_HEIGHT
        kept.append((x, free))
    return kept


def _heat(follow: Follow, most: int) -> int:
    """Return 0 to HEAT: the share of the largest wait that was not agreed."""
    if follow.is_agreed or not most:
        return 0
    return -(-HEAT * follow.money_days // most) if follow.money_days > 0 else 0


def _label_at(points: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the middle of a way: within its lane where it has one, for lanes never meet."""
    middle = len(points) // 2
    (x, y), (to_x, to_y) = points[middle - 1], points[middle]
    return (x + to_x) // 2, (y + to_y) // 2


def _curve(points: Sequence[tuple[int, int]]) -> str:
    """Return a smooth way through points: level where it leaves and where it arrives."""
    (x, y), *rest = points
    found = [f"M{x} {y}"]
    for to_x, to_y in rest:
        if to_y == y:
            found.append(f"H{to_x}")
        else:
            middle = (x + to_x) // 2
            found.append(f"C{middle} {y} {middle} {to_y} {to_x} {to_y}")
        x, y = to_x, to_y
    return "".join(found)
