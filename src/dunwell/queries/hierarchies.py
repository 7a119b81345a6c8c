"""The hierarchy a customer stands in, with exposure and limit at every place."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from dunwell.engine.hierarchies import KINDS, PARENT, Graph, Link, RollUp
from dunwell.models import Company, Customer, CustomerLink
from dunwell.queries.exposures import exposures
from dunwell.queries.limits import limits_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class HierarchyNode:
    """One customer of the tree; amounts in the company's currency, None where not known.

    `payer_id`: who pays for it, itself included. `rolled` is what it comes to with all below.
    """

    customer_id: int
    number: str
    name: str
    depth: int
    parent_id: int | None
    payer_id: int
    payer: str
    limit_minor: int | None
    is_suspended: bool
    rolled: RollUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarantee:
    """Who answers for whom, up to what; `exposure_minor` is that of the guaranteed customer."""

    guarantor_id: int
    guarantor: str
    customer_id: int
    customer: str
    exposure_minor: int | None
    counted_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidFor:
    """A customer outside the tree that one of its members pays for."""

    payer_id: int
    payer: str
    customer_id: int
    customer: str
    exposure_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hierarchy:
    """The tree around a customer from its root down, and what hangs on it from outside."""

    customer_id: int
    currency: str
    nodes: tuple[HierarchyNode, ...]
    paid: tuple[PaidFor, ...]
    guarantees: tuple[Guarantee, ...]
    missing_rates: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerLinkRow:
    """A link of a customer as its page shows it; `is_from`: the customer's own, not another's."""

    id: int
    kind: str
    kind_label: str
    customer_id: int
    customer_number: str
    customer: str
    other_id: int
    other_number: str
    other: str
    most_minor: int | None
    currency: str
    from_on: date
    until_on: date | None
    reason: str
    by: str
    ended_by: str


def company_links(
    company: Company, *, kinds: Collection[str] = KINDS, since: date | None = None
) -> list[Link]:
    """Return the links of a company that hold on a day or later; two queries.

    The parent on a customer's record counts where no link of kind parent was ever recorded.
    """
    found = CustomerLink.objects.filter(company=company, kind__in=kinds)
    linked = set()
    if PARENT in kinds:
        parents = CustomerLink.objects.filter(company=company, kind=PARENT)
        linked = set(parents.values_list("customer_id", flat=True))
    if since is not None:
        found = found.filter(Q(until_on=None) | Q(until_on__gte=since))
    links = [
        Link(*values)
        for values in found.order_by("id").values_list(
            "customer_id", "other_id", "kind", "from_on", "until_on", "most_minor"
        )
    ]
    if PARENT in kinds:
        stated = Customer.objects.filter(company=company, parent__isnull=False)
        links += [
            Link(key, parent, PARENT)
            for key, parent in stated.order_by("id").values_list("pk", "parent_id")
            if key not in linked and parent is not None
        ]
    return links


def graph_of(company: Company, *, as_of: date) -> Graph:
    """Return the links of a company that hold on a day."""
    return Graph(company_links(company, since=as_of), on=as_of)


def hierarchy(company: Company, *, customer_id: int, as_of: date) -> Hierarchy:
    """Return the tree around a customer with exposure and limit at every place.

    The number of queries does not depend on the size of the tree. The customer must be one of
    the company's.
    """
    graph = graph_of(company, as_of=as_of)
    places = graph.tree(graph.root(customer_id))
    touched = graph.touched(customer_id)
    payers = {graph.payer(place.customer_id) for place in places}
    found = exposures(company, as_of=as_of, customer_ids=touched)
    limits = limits_in_force(
        company, as_of=as_of, customer_ids=[place.customer_id for place in places]
    )
    names = {
        key: (number, name)
        for key, number, name in Customer.objects.filter(
            company=company, pk__in=touched | payers
        ).values_list("pk", "number", "name")
    }
    amounts = {key: one.exposure_minor for key, one in found.items()}
    nodes = tuple(
        HierarchyNode(
            customer_id=place.customer_id,
            number=names[place.customer_id][0],
            name=names[place.customer_id][1],
            depth=place.depth,
            parent_id=place.parent_id,
            payer_id=graph.payer(place.customer_id),
            payer=names[graph.payer(place.customer_id)][1],
            limit_minor=limits[place.customer_id].limit_minor,
            is_suspended=limits[place.customer_id].is_suspended,
            rolled=graph.roll_up(place.customer_id, amounts),
        )
        for place in places
    )
    return Hierarchy(
        customer_id=customer_id,
        currency=company.currency,
        nodes=nodes,
        paid=tuple(
            PaidFor(
                payer_id=node.customer_id,
                payer=node.name,
                customer_id=key,
                customer=names[key][1],
                exposure_minor=amounts.get(key),
            )
            for node in nodes
            for key in node.rolled.paid_ids
        ),
        guarantees=tuple(
            Guarantee(
                guarantor_id=node.customer_id,
                guarantor=node.name,
                customer_id=one.customer_id,
                customer=names[one.customer_id][1],
                exposure_minor=one.exposure_minor,
                counted_minor=one.counted_minor,
            )
            for node in nodes
            for one in node.rolled.guaranteed
        ),
        missing_rates=tuple(
            sorted({code for one in found.values() for code in one.missing_rates})
        ),
    )


def link_rows(company: Company, *, customer_id: int) -> tuple[CustomerLinkRow, ...]:
    """Return every link of a customer and to it, those that hold and those that ended."""
    found = CustomerLink.objects.filter(company=company).filter(
        Q(customer=customer_id) | Q(other=customer_id)
    )
    return tuple(
        CustomerLinkRow(
            id=link.pk,
            kind=link.kind,
            kind_label=str(CustomerLink.Kind(link.kind).label),
            customer_id=link.customer_id,
            customer_number=link.customer.number,
            customer=link.customer.name,
            other_id=link.other_id,
            other_number=link.other.number,
            other=link.other.name,
            most_minor=link.most_minor,
            currency=company.currency,
            from_on=link.from_on,
            until_on=link.until_on,
            reason=link.reason,
            by=link.by,
            ended_by=link.ended_by,
        )
        for link in found.select_related("customer", "other").order_by("kind", "from_on", "id")
    )
