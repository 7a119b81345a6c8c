"""One customer's case as every desk sees it: what stands, what joins it, whose it is.

Derived from the records each time it is asked for; nothing of it is kept.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from dunwell.engine.case_layout import placed
from dunwell.models import CaseComment, Customer, HandOff
from dunwell.queries.case_matters import matters
from dunwell.queries.case_nodes import ITEM, SUBJECTS, CaseEdge, CaseNode, open_items

MOST_ITEMS, MOST_OF_KIND = 12, 6
"""Nodes drawn of one kind; the rest is one node that says how many and how much."""

MOST_COMMENTS = 50
READS_REMARKS = frozenset({"timeline.words", "case.share"})
LANES = ("desk", ITEM, "collect")
COLLECT_LANE = frozenset({"promise", "plan", "placement", "legal", "dispute"})
"""What stands beside the items it covers; everything else hangs on the customer."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSum:
    """What is open and what of it is overdue, of all items of a currency."""

    currency: str
    items: int
    open_minor: int
    overdue_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DeskSum:
    """How many matters a desk has with the customer, and how many of them are late."""

    desk: str
    matters: int
    late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseRemark:
    """What a colleague said, and the record it stands at."""

    id: int
    text: str
    by: str
    at: datetime
    subject: str
    subject_id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseGraph:
    """The whole case of a customer; items and what is left of them sum to `sums`.

    `nodes` are in the order they are drawn, lane by lane (`lanes` holds their keys).
    """

    customer_id: int
    customer_number: str
    customer_name: str
    as_of: date
    nodes: tuple[CaseNode, ...]
    edges: tuple[CaseEdge, ...]
    lanes: tuple[tuple[str, ...], ...]
    sums: tuple[OpenSum, ...]
    desks: tuple[DeskSum, ...]
    remarks: tuple[CaseRemark, ...]


def case_graph(customer: Customer, *, rights: Collection[str], as_of: date) -> CaseGraph:
    """Return the case of a customer; the same queries however much there is.

    Subjects of conversations are told to who may read words (`timeline.words`), and what
    colleagues said to them and to who shares cases (`case.share`): nobody from outside the
    area of messages reads it.
    """
    items = open_items(customer, as_of=as_of)
    others, edges = matters(customer, may_read_words="timeline.words" in rights, as_of=as_of)
    everything = [*items, *others]
    joined = {edge.second for edge in edges} | {edge.first for edge in edges}
    nodes, moved = _folded(everything, joined)
    keys = {node.key for node in nodes}
    told = sorted(
        {
            (moved.get(edge.first, edge.first), moved.get(edge.second, edge.second), edge.why)
            for edge in edges
        }
    )
    kept = tuple(
        CaseEdge(first=first, second=second, why=why)
        for first, second, why in told
        if first in keys and second in keys
    )
    lanes = placed(
        [[node.key for node in nodes if _lane(node) == lane] for lane in LANES],
        [(edge.first, edge.second) for edge in kept],
    )
    by_key = {node.key: node for node in nodes}
    return CaseGraph(
        customer_id=customer.pk,
        customer_number=customer.number,
        customer_name=customer.name,
        as_of=as_of,
        nodes=tuple(by_key[key] for lane in lanes for key in lane),
        edges=kept,
        lanes=tuple(tuple(lane) for lane in lanes),
        sums=_sums(items),
        desks=_desks(others),
        remarks=_remarks(customer) if READS_REMARKS & set(rights) else (),
    )


def stands(customer: Customer, subject: str, subject_id: int) -> bool:
    """Return whether a customer has a record of such a name and key; one query."""
    rows = SUBJECTS.get(subject)
    return rows is not None and rows.filter(customer=customer, pk=subject_id).exists()


def _lane(node: CaseNode) -> str:
    if node.kind == ITEM:
        return ITEM
    return LANES[2] if node.kind in COLLECT_LANE else LANES[0]


def _folded(
    nodes: Sequence[CaseNode], joined: Collection[str]
) -> tuple[list[CaseNode], dict[str, str]]:
    """Return what is drawn, and for each node that is not the key of the one it went into.

    Of too many of a kind and currency those that something is joined to come first, then in the
    order given: the oldest.
    """
    kept: list[CaseNode] = []
    moved: dict[str, str] = {}
    for kind in dict.fromkeys(node.kind for node in nodes):
        of = [node for node in nodes if node.kind == kind]
        most = MOST_ITEMS if kind == ITEM else MOST_OF_KIND
        if len(of) <= most:
            kept += of
            continue
        ranked = sorted(of, key=lambda node: node.key not in joined)
        drawn = {node.key for node in ranked[: most - 1]}
        kept += [node for node in of if node.key in drawn]
        rest: dict[str, list[CaseNode]] = {}
        for node in ranked[most - 1 :]:
            rest.setdefault(node.currency, []).append(node)
        for number, (currency, some) in enumerate(sorted(rest.items())):
            together = CaseNode(
                kind=kind,
                id=-number,
                label="",
                desk=some[0].desk,
                amount_minor=sum(node.amount_minor or 0 for node in some) if currency else None,
                currency=currency,
                is_late=any(node.is_late for node in some),
                count=len(some),
            )
            kept.append(together)
            moved |= {node.key: together.key for node in some}
    return kept, moved


def _sums(items: Sequence[CaseNode]) -> tuple[OpenSum, ...]:
    sums: dict[str, OpenSum] = {}
    for node in items:
        minor = node.amount_minor or 0
        before = sums.get(
            node.currency,
            OpenSum(currency=node.currency, items=0, open_minor=0, overdue_minor=0),
        )
        sums[node.currency] = replace(
            before,
            items=before.items + 1,
            open_minor=before.open_minor + minor,
            overdue_minor=before.overdue_minor + (minor if node.is_late else 0),
        )
    return tuple(sums[code] for code in sorted(sums))


def _desks(nodes: Sequence[CaseNode]) -> tuple[DeskSum, ...]:
    return tuple(
        DeskSum(
            desk=desk,
            matters=sum(node.desk == desk for node in nodes),
            late=sum(node.desk == desk and node.is_late for node in nodes),
        )
        for desk in HandOff.Desk.values
    )


def _remarks(customer: Customer) -> tuple[CaseRemark, ...]:
    found = CaseComment.objects.filter(customer=customer).order_by("-pk")[:MOST_COMMENTS]
    return tuple(
        CaseRemark(
            id=one.pk,
            text=one.text,
            by=one.by,
            at=one.at,
            subject=one.subject,
            subject_id=one.subject_id,
        )
        for one in found
    )
