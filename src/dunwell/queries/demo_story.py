"""What is left of the story of a demo company: the records its chapters are about."""

from datetime import date
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from dunwell.models import (
    CauseAction,
    Company,
    Event,
    LegalMatter,
    PaymentPlan,
    Settlement,
)


def story_records(company: Company) -> dict[str, int]:
    """Return the record of each chapter of the story that was played; one query."""
    rows = {name: Subquery(found.values("pk")[:1]) for name, found in _candidates().items()}
    found = dict(Company.objects.filter(pk=company.pk).values(**rows).get())
    return {name: key for name, key in found.items() if isinstance(key, int)}


def loaded_on(company: Company) -> date:
    """Return the day whose sample ledger a demo company was made with; one query."""
    event = Event.objects.get(company=company, verb="demo.loaded")
    return date.fromisoformat(event.data["as_of"])


def _candidates() -> dict[str, QuerySet[Any]]:
    ours = {"company": OuterRef("pk")}
    plans, status = PaymentPlan.objects.filter(**ours).order_by("pk"), PaymentPlan.Status
    return {
        "failed": LegalMatter.objects.filter(
            **ours, kind=LegalMatter.Kind.INSOLVENCY, status=LegalMatter.Status.CLOSED
        ).order_by("pk"),
        "cause": CauseAction.objects.filter(
            **ours, status__in=(CauseAction.Status.DONE, CauseAction.Status.EFFECTIVE)
        ).order_by("pk"),
        "kept": plans.filter(status=status.COMPLETED, defaulted_on=None),
        "broken": plans.filter(
            status__in=(status.ACCELERATED, status.COMPLETED), defaulted_on__isnull=False
        ),
        "settled": Settlement.objects.filter(**ours, status=Settlement.Status.COMPLETED).order_by(
            "pk"
        ),
    }
