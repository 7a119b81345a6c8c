"""What insight is about, in the demo: appetite, planning, risk, provisions, improvement, reports.

Every scene is played once, whole or not at all, and looks for what it made before, so a killed
call goes on. Dora, Lea and Felix each do what their roles let them; nobody approves their own.
"""

from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.appetite_statements import state_appetite
from dunwell.actions.policies_by_kind import publish_document
from dunwell.demo.customers import LEAD
from dunwell.engine.appetite_form import Answer
from dunwell.engine.appetite_measures import REFER, WATCH
from dunwell.jobs.demo_credit_desk import DIRECTOR, THOUSAND, CreditDesk, open_desk, played
from dunwell.jobs.demo_improvement import IMPROVEMENT
from dunwell.jobs.demo_planning import PLANNING
from dunwell.jobs.demo_risk import RISK
from dunwell.models import AppetiteStatement, Company

ANSWERS = {
    "yearly_loss": Answer(value=240 * THOUSAND, then=WATCH),
    "largest_name": Answer(value=300_000, then=REFER),
    "largest_group": Answer(value=350_000, then=WATCH),
    "sector": Answer(value=400_000, then=WATCH),
    "country": Answer(value=350_000, then=WATCH),
    "currency": Answer(value=400_000, then=WATCH),
    "weak_classes": Answer(value=150_000, then=WATCH),
    "new_customers": Answer(value=100_000, then=WATCH),
    "insured": Answer(value=10_000, then=WATCH),
    "cash_gap": Answer(value=400 * THOUSAND, then=WATCH),
}
"""To each of the ten questions; the order of a name that grows past three tenths is referred."""


def state_demo_appetite(company: Company, *, as_of: date, at: datetime) -> bool:
    """Let Lea state the appetite and Felix publish it, before the day rates under it; once."""
    desk = open_desk(company, as_of=as_of, at=at)
    if desk is None or desk.has(AppetiteStatement):
        return False
    with transaction.atomic():
        stated = state_appetite(
            actor=desk.actor(LEAD), answers=ANSWERS, valid_from=as_of, **desk.when
        )
        version = stated.policy_version
        publish_document(actor=desk.actor(DIRECTOR), version=version, **desk.when)
    return True


def play_insight(company: Company, *, as_of: date, at: datetime) -> int:
    """Play every scene that was not played yet; return how many were, 0 in a small ledger."""
    desk = open_desk(company, as_of=as_of, at=at)
    if desk is None:
        return 0
    return played(desk, _SCENES)


_SCENES: tuple[Callable[[CreditDesk], bool], ...] = (*RISK, *PLANNING, *IMPROVEMENT)
"""In this order: plans count what risk cost and financed, reports tell of all of it."""
