"""The case of a customer as inline SVG: lanes of boxes and the lines between them.

The page shows the same nodes as a table; sizes are attributes, so that no style is needed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dunwell.models import HandOff
from dunwell.queries.case_graph import CaseGraph
from dunwell.queries.case_nodes import ITEM, CaseNode
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import NO_VALUE, money
from dunwell.templatetags.ui import translated

register = template.Library()

BOX_WIDTH, BOX_HEIGHT, GAP = 258, 48, 10
LANE_WIDTH = 322
MARGIN, HEAD = 22, 26
LONGEST = 34
"""Characters of a line in a box; the whole text is its title, and stands in the table."""

KINDS: Mapping[str, Promise | str] = {
    "item": _("Item"),
    "dispute": _("Dispute"),
    "promise": _("Promise"),
    "plan": _("Payment plan"),
    "placement": _("Placement"),
    "legal": _("Legal"),
    "hold": _("Hold"),
    "order": _("Order"),
    "credit_hold": _("Credit hold"),
    "conversation": _("Conversation"),
    "escalation": _("Escalation"),
    "hand_off": _("Hand-off"),
    "task": _("Task"),
}
PAGES: Mapping[str, str] = {
    "item": "item",
    "dispute": "dispute",
    "plan": "plan",
    "placement": "placement",
    "legal": "legal-matter",
    "order": "order",
    "credit_hold": "credit-hold",
    "conversation": "conversation",
    "escalation": "escalation",
    "hand_off": "hand-off",
}
"""The page of a record; those without one stand on the customer's page."""

WHYS: Mapping[str, Promise | str] = {
    "covers": _("covers"),
    "holds": _("holds"),
    "about": _("is about"),
}


WORK: Mapping[str, Promise | str] = {
    "customers": _("Customers on the worklist"),
    "promises": _("Promises due by then"),
    "tasks": _("Tasks due by then"),
    "hand_offs": _("Hand-offs"),
    "mentions": _("Mentions not seen"),
    "escalations": _("Escalations"),
    "disputes": _("Disputes"),
    "questions": _("Questions about disputes"),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A node as it is drawn."""

    node: CaseNode
    x: int
    y: int
    title: str
    detail: str
    whole: str
    address: str


@register.filter
def case_kind(kind: str) -> str:
    """Return what a kind of node is called."""
    return str(KINDS.get(kind, kind))


@register.filter
def case_why(why: str) -> str:
    """Return what a line between two nodes says."""
    return str(WHYS.get(why, why))


@register.filter
def desk_label(desk: str) -> str:
    """Return what a desk is called, a dash for none."""
    return translated(str(HandOff.Desk(desk).label)) if desk else NO_VALUE


@register.filter
def node_name(node: CaseNode) -> str:
    """Return what a node is called beside its kind: its number or words, or how many it is."""
    if node.count > 1 or not node.label:
        return ngettext("%(n)d more", "%(n)d more", node.count) % {"n": node.count}
    if node.kind == "promise" and node.on is not None:
        return day_text(node.on)
    return translated(node.label)


@register.simple_tag
def node_address(graph: CaseGraph, node: CaseNode) -> str:
    """Return the page of a node; of several items the list of them, of others the customer's."""
    if node.count > 1 and node.kind == ITEM:
        return f"{reverse('items')}?scope=all&q={graph.customer_number}"
    page = PAGES.get(node.kind)
    if node.id <= 0 or page is None:
        return reverse("customer", args=[graph.customer_id])
    return reverse(page, args=[node.id])


@register.inclusion_tag("web/charts/case.html")
def case_chart(graph: CaseGraph) -> dict[str, Any]:
    """Draw the case: what hangs on the customer, its items, and what covers them."""
    nodes = {node.key: node for node in graph.nodes}
    boxes = {
        key: _box(graph, nodes[key], lane=lane, row=row)
        for lane, keys in enumerate(graph.lanes)
        for row, key in enumerate(keys)
    }
    rows = max((len(keys) for keys in graph.lanes), default=0)
    heads = (_("Desks"), _("Items"), _("Agreed, disputed, placed"))
    return {
        "boxes": list(boxes.values()),
        "lines": [
            {"path": _line(boxes[edge.first], boxes[edge.second]), "why": edge.why}
            for edge in graph.edges
        ],
        "heads": [(_x(lane), head) for lane, head in enumerate(heads)],
        "width": 2 * MARGIN + 2 * LANE_WIDTH + BOX_WIDTH,
        "height": HEAD + rows * (BOX_HEIGHT + GAP) + GAP,
        "box_width": BOX_WIDTH,
        "box_height": BOX_HEIGHT,
        "graph": graph,
    }


def _x(lane: int) -> int:
    return MARGIN + lane * LANE_WIDTH


def _box(graph: CaseGraph, node: CaseNode, *, lane: int, row: int) -> Box:
    title = f"{case_kind(node.kind)} {node_name(node)}"
    parts = [translated(node.status)] if node.status else []
    if node.amount_minor is not None and node.currency:
        parts.insert(0, str(money(node.amount_minor, node.currency)))
    detail = ", ".join(parts)
    return Box(
        node=node,
        x=_x(lane),
        y=HEAD + row * (BOX_HEIGHT + GAP),
        title=_cut(title),
        detail=_cut(detail),
        whole=f"{title}: {detail}" if detail else title,
        address=node_address(graph, node),
    )


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _line(one: Box, other: Box) -> str:
    """Return a curve between two boxes: side to side, or past the left of their own lane."""
    left, right = sorted((one, other), key=lambda box: (box.x, box.y))
    y1, y2 = left.y + BOX_HEIGHT // 2, right.y + BOX_HEIGHT // 2
    if left.x == right.x:
        out = left.x - MARGIN + 4
        return f"M{left.x} {y1}C{out} {y1} {out} {y2} {right.x} {y2}"
    start, end = left.x + BOX_WIDTH, right.x
    bend = (end - start) // 2
    return f"M{start} {y1}C{start + bend} {y1} {end - bend} {y2} {end} {y2}"


@register.simple_tag
def joined_to(graph: CaseGraph, node: CaseNode) -> list[tuple[str, CaseNode]]:
    """Return what a node covers, holds or is about: why, and the other node."""
    nodes = {other.key: other for other in graph.nodes}
    return [(edge.why, nodes[edge.second]) for edge in graph.edges if edge.first == node.key]


@register.simple_tag
def record_address(row: Any) -> str:
    """Return the page of the record a hand-off is about; the customer's where it has none."""
    page = PAGES.get(row.subject)
    if page is None or row.subject_id is None:
        return reverse("customer", args=[row.customer_id])
    return reverse(page, args=[row.subject_id])


@register.filter
def work_label(kind: str) -> str:
    """Return what a kind of work that moves is called."""
    return str(WORK.get(kind, kind))
