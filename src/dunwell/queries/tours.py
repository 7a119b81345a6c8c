"""Guided tours of the demo: the stops of each role, and which records they lead to.

A stop is the name of a page, with the noun of the record it shows where the page is about one.
The words stand in `templatetags.tours`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from dunwell.models import (
    Company,
    CreditHold,
    CreditLimit,
    Customer,
    DisputeCase,
    Initiative,
    MatchCase,
    ModelVersion,
    OpenItem,
    PaymentPlan,
    PolicyVersion,
    Promise,
    ProvisionRun,
    Report,
)

PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of a tour: its address's name, the record it is about, what it asks for.

    `noun` is empty for a page of many; `right` for a page that everybody may open.
    """

    id: str
    page: str
    noun: str = ""
    right: str = ""
    query: str = ""


TOURS: Mapping[str, Sequence[Stop]] = {
    "credit_manager": (
        Stop("portfolio", "credit-home"),
        Stop("limit", "limit", "limit"),
        Stop("hold", "credit-hold", "hold"),
        Stop("warnings", "early-warnings"),
        Stop("covers", "cover-deadlines"),
        Stop("credit_policy", "credit-policy"),
    ),
    "collector": (
        Stop("my_day", "my-day"),
        Stop("worklist", "worklist", query="show=all"),
        Stop("customer", "customer", "promiser"),
        Stop("promises", "promise-calendar"),
        Stop("plan", "plan", "plan"),
        Stop("inbox", "inbox", right="timeline.words"),
        Stop("strategy", "strategy", "strategy"),
    ),
    "clerk": (
        Stop("cash", "cash"),
        Stop("cash_case", "cash-case", "cash_case"),
        Stop("match_quality", "match-quality"),
        Stop("unapplied", "unapplied"),
        Stop("bank", "bank"),
        Stop("debits", "debits"),
    ),
    "resolver": (
        Stop("disputes", "disputes"),
        Stop("dispute", "dispute", "dispute"),
        Stop("dispute_tasks", "dispute-tasks"),
        Stop("causes", "causes"),
        Stop("credit_requests", "credit-requests"),
    ),
    "finance_director": (
        Stop("home", "home"),
        Stop("course", "analysis-course"),
        Stop("bridge", "analysis-bridge"),
        Stop("forecast", "forecast"),
        Stop("planning", "planning"),
        Stop("provision", "provision", "provision"),
        Stop("initiative", "initiative", "initiative"),
        Stop("report", "report", "report"),
    ),
    "admin": (
        Stop("verify", "verify"),
        Stop("audit", "audit"),
        Stop("imports", "imports"),
        Stop("model", "model", "model"),
        Stop("duties", "kept-apart"),
        Stop("access_reviews", "access-reviews", right="access.review"),
        Stop("privacy", "privacy", right="privacy.edit"),
    ),
    PORTAL: (
        Stop("portal_home", "portal-home"),
        Stop("portal_items", "portal-items"),
        Stop("portal_item", "portal-item", "owed"),
        Stop("portal_pay", "portal-pay"),
        Stop("portal_words", "portal-arrangements"),
        Stop("portal_disputes", "portal-disputes"),
        Stop("portal_credit", "portal-credit"),
        Stop("portal_assistant", "portal-assistant"),
    ),
}
"""The stops of each role, in order."""

RECORD_NAMES: Mapping[str, str] = {
    "limit": "limit_id",
    "hold": "hold_id",
    "promiser": "customer_id",
    "plan": "plan_id",
    "strategy": "version_id",
    "cash_case": "case_id",
    "dispute": "case_id",
    "provision": "provision_id",
    "initiative": "initiative_id",
    "report": "made_report_id",
    "model": "model_id",
    "owed": "item_id",
}
"""What the address of a noun's page calls its record."""


def tour_records(
    company: Company, stops: Sequence[Stop], *, customer: Customer | None = None
) -> dict[str, int]:
    """Return the record of each noun the stops name, missing ones left out; one query.

    `customer` is who looks in the portal: its stops are about what that customer owes.
    """
    nouns = {stop.noun for stop in stops if stop.noun}
    if not nouns:
        return {}
    rows = {name: Subquery(_candidates(name, customer)) for name in nouns}
    found = dict(Company.objects.filter(pk=company.pk).values(**rows).get())
    return {noun: key for noun, key in found.items() if isinstance(key, int)}


def _candidates(noun: str, customer: Customer | None) -> QuerySet[Any, Any]:
    """Return the key of the record that shows a noun best, as part of a query on companies."""
    ours = {"company": OuterRef("pk")}
    found: dict[str, QuerySet[Any]] = {
        "limit": CreditLimit.objects.filter(**ours, status=CreditLimit.Status.PROPOSED).order_by(
            "pk"
        ),
        "hold": CreditHold.objects.filter(**ours, status=CreditHold.Status.RAISED).order_by(
            "kind", "pk"
        ),
        "promiser": Customer.objects.filter(
            pk__in=Promise.objects.filter(
                company=OuterRef(OuterRef("pk")), outcome=Promise.Outcome.OPEN
            ).values("customer")
        ).order_by("pk"),
        "plan": PaymentPlan.objects.filter(**ours).order_by("-pk"),
        "strategy": PolicyVersion.objects.filter(
            **ours,
            kind=PolicyVersion.Kind.STRATEGY,
            name="standard",
            status=PolicyVersion.Status.PUBLISHED,
        ).order_by("-valid_from", "-version"),
        "cash_case": MatchCase.objects.filter(**ours, status=MatchCase.Status.EXCEPTION).order_by(
            "-confidence_ppm", "pk"
        ),
        "dispute": DisputeCase.objects.filter(
            **ours, status=DisputeCase.Status.IN_REVIEW
        ).order_by("pk"),
        "provision": ProvisionRun.objects.filter(**ours).order_by("-pk"),
        "initiative": Initiative.objects.filter(**ours).order_by("pk"),
        "report": Report.objects.filter(**ours).order_by("-pk"),
        "model": ModelVersion.objects.filter(**ours, status=ModelVersion.Status.SERVING).order_by(
            "pk"
        ),
        "owed": OpenItem.objects.filter(**ours, customer=customer, open_minor__gt=0).order_by(
            "due_on", "item"
        ),
    }
    return found[noun].values("item" if noun == "owed" else "pk")[:1]
