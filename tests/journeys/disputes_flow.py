"""Crash scenario: a dispute is asked about, approved, credited, denied in part, reopened, closed."""

from datetime import UTC, date, datetime, timedelta

from dunwell.actions.companies import add_company
from dunwell.actions.dispute_cases import DisputedPart, open_case
from dunwell.actions.dispute_moves import reopen_case
from dunwell.actions.dispute_resolutions import (
    ResolvedPart,
    decide_resolution,
    propose_resolution,
)
from dunwell.actions.dispute_steps import watch_disputes
from dunwell.actions.dispute_tasks import answer_task, ask_colleague
from dunwell.actions.gate import Actor, system
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import (
    Company,
    CreditRequest,
    Customer,
    Dispute,
    DisputeCase,
    DisputeResolution,
    DisputeTask,
    Item,
    Membership,
    User,
)
from tests.actions.ledger_rows import invoice

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)


def on(days=0, minutes=0):
    """The day and the moment of a step."""
    return {
        "as_of": DAY + timedelta(days=days),
        "at": AT + timedelta(days=days, minutes=minutes),
    }


def prepare():
    """Two people and an invoice of which a third will be disputed."""
    company = add_company(
        name="Claims", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    for name in ("anna", "mona"):
        Membership.objects.create(
            company=company, user=User.objects.create_user(name), role="credit_manager"
        )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    invoice(customer, "R1", 90_000_00)


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company, item = Company.objects.get(), Item.objects.get(number="R1")
    anna, mona = (_acting(company, name) for name in ("anna", "mona"))
    if not DisputeCase.objects.exists():
        open_case(
            actor=anna, customer=item.customer, reason="price", source="mail",
            parts=[DisputedPart(item=item, amount_minor=30_000_00)], **on(),
        )  # fmt: skip
    case = DisputeCase.objects.get()
    if not DisputeTask.objects.exists():
        user = User.objects.get(username="mona")
        ask_colleague(actor=anna, case=case, question="Which price?", assignee=user, **on(1))
    task = DisputeTask.objects.get()
    if task.answered_at is None:
        answer_task(actor=mona, task=task, answer="The new one", verdict="partly", **on(1, 1))
    if not DisputeResolution.objects.exists():
        _propose(anna, case, credit_minor=26_000_00, denied_minor=4_000_00, **on(2))
    _credited(company, item, anna, mona, case)
    if (second := DisputeResolution.objects.order_by("pk")[1]).status == "pending":
        decide_resolution(actor=anna, resolution=second, approve=True, **on(7))
    watch_disputes(actor=system(company), **on(8))


def _credited(company, item, anna, mona, case):
    """Approve the first end, let its credit note come, and reopen what was denied."""
    first = DisputeResolution.objects.order_by("pk")[0]
    if first.status == "pending":
        decide_resolution(actor=mona, resolution=first, approve=True, **on(3))
    if not Item.objects.filter(number="G1").exists():
        day = DAY + timedelta(days=4)
        invoice(
            item.customer, "G1", -26_000_00, issued_on=day, due_on=day, reference="R1", **on(4)
        )
    if CreditRequest.objects.filter(status="open").exists():
        watch_disputes(actor=system(company), **on(4))
    case.refresh_from_db()
    if case.status == "closed" and DisputeResolution.objects.count() == 1:
        reopen_case(actor=anna, case=case, reason="new proof", **on(5))
    if DisputeResolution.objects.count() == 1:
        _propose(mona, case, written_off_minor=4_000_00, **on(6))


def _propose(actor, case, *, as_of, at, **amounts):
    part = ResolvedPart(dispute=Dispute.objects.get(case=case, closed_on=None), **amounts)
    propose_resolution(
        actor=actor, case=case, parts=[part], reason="agreed", missing_evidence="by phone",
        as_of=as_of, at=at,
    )  # fmt: skip


def _acting(company, name):
    role, user = "credit_manager", User.objects.get(username=name)
    return Actor(
        company=company, name=name, user_id=user.pk, roles=frozenset({role}),
        rights=ROLE_RIGHTS[role],
    )  # fmt: skip
