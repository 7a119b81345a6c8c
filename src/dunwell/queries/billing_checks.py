"""What to look at before the next bill: what customers were right to dispute more than once."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, OuterRef, Subquery

from dunwell.models import Company, Dispute, DisputeLine, DisputeResolution
from dunwell.queries.dispute_causes import YEAR_DAYS
from dunwell.queries.dispute_facts import DECIDED, IN_PART, RIGHT
from dunwell.queries.dispute_policies import dispute_policy_in_force

LEAST_CASES = 2
"""So many times a reason has to come up before billing is told to look at it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BillingCheck:
    """What to look at before the next bill: a reason a customer, or a product, was right about.

    `product` is the line's description, empty where whole items were disputed.
    """

    customer_id: int
    customer_number: str
    customer_name: str
    product: str
    reason: str
    reason_label: str
    cases: int
    last_on: date


def billing_checks(
    company: Company, *, as_of: date, customer_id: int | None = None, language: str = "en"
) -> tuple[BillingCheck, ...]:
    """Return what to check before billing: reasons customers were right about in the last year.

    A reason that came up at least LEAST_CASES times with a customer and a product, credited at
    least in part; the most frequent first. Two queries.
    """
    right = DisputeResolution.objects.filter(
        case__company=company, status__in=DECIDED, kind__in=(*RIGHT, *IN_PART)
    )
    line = DisputeLine.objects.filter(dispute=OuterRef("pk")).order_by("pk")
    found = Dispute.objects.filter(
        company=company,
        case__in=right.values("case"),
        opened_on__gt=as_of - timedelta(days=YEAR_DAYS),
        opened_on__lte=as_of,
    )
    if customer_id is not None:
        found = found.filter(customer=customer_id)
    rows = (
        found.annotate(product=Subquery(line.values("description")[:1]))
        .order_by()
        .values("customer", "customer__number", "customer__name", "product", "reason")
        .annotate(cases=Count("case", distinct=True), last_on=Max("opened_on"))
        .filter(cases__gte=LEAST_CASES)
        .order_by("-cases", "customer__number", "reason", "product")
    )
    policy = dispute_policy_in_force(company, as_of=as_of).policy
    return tuple(
        BillingCheck(
            customer_id=row["customer"],
            customer_number=row["customer__number"],
            customer_name=row["customer__name"],
            product=row["product"] or "",
            reason=row["reason"],
            reason_label=policy.reason_label(row["reason"], language),
            cases=row["cases"],
            last_on=row["last_on"],
        )
        for row in rows
    )
