"""What stands about a customer besides its items: read once, as nodes and edges of its case."""

from collections.abc import Iterator, Sequence
from datetime import date

from dunwell.models import (
    Conversation,
    CreditHold,
    Customer,
    Dispute,
    DisputeCase,
    Escalation,
    HandOff,
    Hold,
    Item,
    LegalMatter,
    Order,
    PaymentPlan,
    Placement,
    PlanItem,
    Promise,
    Task,
)
from dunwell.queries.case_nodes import ITEM, SUBJECTS, CaseEdge, CaseNode
from dunwell.queries.holds import holds_standing

Desk = HandOff.Desk
Parts = tuple[list[CaseNode], list[CaseEdge]]

PLANS = ("pending", "offered", "active", "defaulted", "accelerated")
PLACED = ("proposed", "approved", "transmitted", "accepted")


def matters(customer: Customer, *, may_read_words: bool, as_of: date) -> Parts:
    """Return what else stands about a customer, with what joins it; the same queries ever."""
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for found in (
        _disputes(customer, as_of),
        _promises(customer, as_of),
        _plans(customer),
        _placements(customer),
        _legal(customer),
        _holds(customer, as_of),
        _orders(customer),
        _conversations(customer, may_read_words=may_read_words),
        _asked(customer, as_of),
        _tasks(customer, as_of),
    ):
        nodes += found[0]
        edges += found[1]
    return nodes, edges


def _covers(key: str, items: Sequence[int | None]) -> Iterator[CaseEdge]:
    for item in items:
        if item is not None:
            yield CaseEdge(first=key, second=f"{ITEM}-{item}", why="covers")


def _disputes(customer: Customer, as_of: date) -> Parts:
    cases = (
        DisputeCase.objects.filter(customer=customer)
        .exclude(status__in=DisputeCase.OVER)
        .order_by("id")
    )
    parts: dict[int, list[Dispute]] = {}
    for part in Dispute.objects.filter(customer=customer, case__in=cases, closed_on=None):
        parts.setdefault(part.case_id or 0, []).append(part)
    currency = _currencies(customer, (part.item_id for of in parts.values() for part in of))
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for case in cases:
        of = parts.get(case.pk, [])
        amount, code = _sum([(part.amount_minor, currency.get(part.item_id, "")) for part in of])
        node = CaseNode(
            kind="dispute",
            id=case.pk,
            label=case.number,
            status=str(DisputeCase.Status(case.status).label),
            desk=Desk.DISPUTES,
            amount_minor=amount,
            currency=code,
            on=case.resolve_by,
            is_late=case.resolve_by is not None and case.resolve_by < as_of,
        )
        nodes.append(node)
        edges += _covers(node.key, [part.item_id for part in of])
    return nodes, edges


def _promises(customer: Customer, as_of: date) -> Parts:
    found = (
        Promise.objects.filter(customer=customer, outcome=Promise.Outcome.OPEN)
        .prefetch_related("lines__item")
        .order_by("due_on", "id")
    )
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in found:
        lines = list(one.lines.all())
        sums = [(line.amount_minor, line.item.currency) for line in lines]
        amount, code = _sum(sums or [(one.amount_minor or 0, one.currency)])
        node = CaseNode(
            kind="promise",
            id=one.pk,
            label=one.due_on.isoformat(),
            status=str(Promise.Outcome(one.outcome).label),
            desk=Desk.COLLECTIONS,
            amount_minor=amount,
            currency=code,
            on=one.due_on,
            is_late=one.due_on < as_of,
        )
        nodes.append(node)
        edges += _covers(node.key, [line.item_id for line in lines])
    return nodes, edges


def _plans(customer: Customer) -> Parts:
    found = PaymentPlan.objects.filter(customer=customer, status__in=PLANS).order_by("id")
    items: dict[int, list[int]] = {}
    for plan_id, item_id in PlanItem.objects.filter(plan__in=found).values_list(
        "plan_id", "item_id"
    ):
        items.setdefault(plan_id, []).append(item_id)
    nodes = [
        CaseNode(
            kind="plan",
            id=one.pk,
            label=f"#{one.pk}",
            status=str(PaymentPlan.Status(one.status).label),
            desk=Desk.COLLECTIONS,
            amount_minor=one.covered_minor,
            currency=one.currency,
            on=one.first_on,
            is_late=one.status == PaymentPlan.Status.DEFAULTED,
        )
        for one in found
    ]
    return nodes, [edge for one in nodes for edge in _covers(one.key, items.get(one.id, []))]


def _placements(customer: Customer) -> Parts:
    found = (
        Placement.objects.filter(customer=customer, status__in=PLACED)
        .select_related("agency")
        .prefetch_related("lines")
        .order_by("id")
    )
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in found:
        node = CaseNode(
            kind="placement",
            id=one.pk,
            label=f"{one.number}, {one.agency.name}",
            status=str(Placement.Status(one.status).label),
            desk=Desk.COLLECTIONS,
            amount_minor=one.placed_minor,
            currency=one.currency,
            on=one.proposed_on,
        )
        nodes.append(node)
        edges += _covers(node.key, [line.item_id for line in one.lines.all()])
    return nodes, edges


def _legal(customer: Customer) -> Parts:
    found = (
        LegalMatter.objects.filter(customer=customer)
        .exclude(status=LegalMatter.Status.CLOSED)
        .prefetch_related("lines")
        .order_by("id")
    )
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in found:
        node = CaseNode(
            kind="legal",
            id=one.pk,
            label=str(LegalMatter.Kind(one.kind).label),
            status=str(LegalMatter.Status(one.status).label),
            desk=Desk.COLLECTIONS,
            amount_minor=one.claim_minor,
            currency=one.currency,
            on=one.file_by_on,
        )
        nodes.append(node)
        edges += _covers(node.key, [line.item_id for line in one.lines.all()])
    return nodes, edges


def _holds(customer: Customer, as_of: date) -> Parts:
    begun = Hold.objects.filter(customer=customer, from_on__lte=as_of)
    found = begun.filter(holds_standing(as_of=as_of)).order_by("id")
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in found:
        node = CaseNode(
            kind="hold",
            id=one.pk,
            label=str(Hold.Reason(one.reason).label),
            desk=Desk.COLLECTIONS,
            on=one.until_on,
        )
        nodes.append(node)
        edges += _covers(node.key, [one.item_id])
    return nodes, edges


def _orders(customer: Customer) -> Parts:
    """Return orders that are not billed, and what holds them."""
    standing = (Order.Status.HELD, Order.Status.APPROVED)
    nodes = [
        CaseNode(
            kind="order",
            id=one.pk,
            label=one.number,
            status=str(Order.Status(one.status).label),
            desk=Desk.SALES,
            amount_minor=one.amount_minor - one.billed_minor,
            currency=one.currency,
            on=one.deliver_on,
            is_late=one.status == Order.Status.HELD,
        )
        for one in Order.objects.filter(customer=customer, status__in=standing).order_by("id")
    ]
    edges: list[CaseEdge] = []
    for hold in CreditHold.objects.filter(
        customer=customer, status__in=CreditHold.STANDING
    ).order_by("id"):
        node = CaseNode(
            kind="credit_hold",
            id=hold.pk,
            label=f"#{hold.pk}",
            status=str(CreditHold.Status(hold.status).label),
            desk=Desk.CREDIT,
            on=hold.review_on,
        )
        nodes.append(node)
        if hold.order_id is not None:
            edges.append(CaseEdge(first=node.key, second=f"order-{hold.order_id}", why="holds"))
    return nodes, edges


def _conversations(customer: Customer, *, may_read_words: bool) -> Parts:
    found = (
        Conversation.objects.filter(customer=customer, merged_into=None)
        .exclude(status=Conversation.Status.DONE)
        .prefetch_related("lines")
        .order_by("id")
    )
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in found:
        node = CaseNode(
            kind="conversation",
            id=one.pk,
            label=one.subject if may_read_words and one.subject else f"#{one.pk}",
            status=str(Conversation.Status(one.status).label),
            desk=Desk.SUPPORT,
            on=one.last_in_at.date() if one.last_in_at else None,
        )
        nodes.append(node)
        edges += _covers(node.key, [line.item_id for line in one.lines.all()])
    return nodes, edges


def _asked(customer: Customer, as_of: date) -> Parts:
    """Return what was escalated and handed over, each joined to the record it is about."""
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    escalated = Escalation.objects.filter(customer=customer).exclude(
        status=Escalation.Status.RESOLVED
    )
    for one in escalated.order_by("id"):
        node = CaseNode(
            kind="escalation",
            id=one.pk,
            label=str(Escalation.Kind(one.kind).label),
            status=str(Escalation.Status(one.status).label),
            on=one.answer_by_on,
            is_late=one.status == Escalation.Status.RAISED and one.answer_by_on < as_of,
        )
        nodes.append(node)
        edges += _about(node, one.subject, one.subject_id)
    waiting = (HandOff.Status.ASKED, HandOff.Status.TAKEN)
    for work in HandOff.objects.filter(customer=customer, status__in=waiting).order_by("id"):
        node = CaseNode(
            kind="hand_off",
            id=work.pk,
            label=work.what,
            status=str(HandOff.Status(work.status).label),
            desk=work.to_desk,
            on=work.due_on,
            is_late=work.due_on is not None and work.due_on < as_of,
        )
        nodes.append(node)
        edges += _about(node, work.subject, work.subject_id)
    return nodes, edges


def _about(node: CaseNode, subject: str, subject_id: int | None) -> list[CaseEdge]:
    if subject not in SUBJECTS or subject_id is None:
        return []
    return [CaseEdge(first=node.key, second=f"{subject}-{subject_id}", why="about")]


def _tasks(customer: Customer, as_of: date) -> Parts:
    nodes: list[CaseNode] = []
    edges: list[CaseEdge] = []
    for one in Task.objects.filter(customer=customer, status=Task.Status.OPEN).order_by("id"):
        node = CaseNode(
            kind="task",
            id=one.pk,
            label=str(Task.Kind(one.kind).label),
            desk=Desk.COLLECTIONS,
            on=one.due_on,
            is_late=one.due_on < as_of,
        )
        nodes.append(node)
        edges += _covers(node.key, [one.item_id])
    return nodes, edges


def _currencies(customer: Customer, items: Iterator[int]) -> dict[int, str]:
    keys = set(items)
    found = Item.objects.filter(company_id=customer.company_id, pk__in=keys)
    return dict(found.values_list("pk", "currency"))


def _sum(amounts: Sequence[tuple[int, str]]) -> tuple[int | None, str]:
    """Return the sum of amounts of one currency; none of several, which have no sum."""
    codes = {code for _, code in amounts}
    if len(codes) != 1:
        return None, ""
    return sum(minor for minor, _ in amounts), codes.pop()
