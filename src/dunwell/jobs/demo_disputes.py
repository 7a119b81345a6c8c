"""Dispute cases of the demo, in every state that the board shows, made by the real actions."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from dunwell import clock
from dunwell.actions.cause_actions import add_cause_action
from dunwell.actions.dispute_cases import DisputedLine, DisputedPart, open_case
from dunwell.actions.dispute_evidence import add_evidence
from dunwell.actions.dispute_moves import assign_case, review_case, wait_for, withdraw_case
from dunwell.actions.dispute_resolutions import ResolvedPart, propose_resolution
from dunwell.actions.dispute_tasks import ask_colleague
from dunwell.actions.gate import Actor, staff
from dunwell.models import Company, Dispute, DisputeCase, Item
from dunwell.queries.demo_disputes import first_manager, free_items

OPENED_DAYS = 12
"""The oldest case was opened so many days ago."""
STORIES = (
    ("price", "new", "Price list of last year"),
    ("short_delivery", "lines", "Two pallets missing"),
    ("quality", "assigned", "Surface scratched"),
    ("no_po", "review", "Order number missing"),
    ("damage", "evidence", "Crates broken on arrival"),
    ("tax", "customer", "Tax number changed"),
    ("short_delivery", "guest", "Carrier is to confirm the count"),
    ("discount", "colleague", "Discount taken after its days"),
    ("price", "denied", "Price as agreed"),
    ("duplicate", "credit", "Billed twice"),
    ("freight", "proposed", "Freight was to be free"),
    ("already_paid", "withdrawn", "Found the payment after all"),
)
"""Reason, what is done with it, and title."""


@transaction.atomic
def add_demo_cases(company_id: int) -> int:
    """Open the cases of STORIES and move each along; return how many, 0 where they are there.

    Without a credit manager or enough open invoices there are none, or fewer.
    """
    company = Company.objects.get(pk=company_id)
    manager = first_manager(company)
    titles = [title for _reason, _act, title in STORIES]
    if manager is None or DisputeCase.objects.filter(company=company, title__in=titles).exists():
        return 0
    actor, today, at = staff(manager, company), clock.today(company.zone), clock.now()
    first = today - timedelta(days=OPENED_DAYS)
    items = free_items(company, issued_by=first, most=len(STORIES))
    for n, (item, (reason, act, title)) in enumerate(zip(items, STORIES, strict=False)):
        opened_on = first + timedelta(days=n // 2)
        case = _opened(actor, item, reason, act, title, as_of=opened_on, at=at)
        _moved(actor, case, act, as_of=today, at=at)
    if items:
        add_cause_action(
            actor=actor,
            root_cause="picking",
            action="Count every pallet at the gate and have the driver sign",
            owner=manager,
            due_on=today + timedelta(days=21),
            as_of=today,
            at=at,
        )
    return len(items)


def _opened(
    actor: Actor, item: Item, reason: str, act: str, title: str, *, as_of: date, at: datetime
) -> DisputeCase:
    """Open a case over a quarter of what is open of an item, once by line."""
    quarter = item.open_now.open_minor // 4
    lines: tuple[DisputedLine, ...] = ()
    if act == "lines":
        lines = (
            DisputedLine(
                line="10",
                description="Pallet of bolts M8",
                quantity_milli=8_000,
                disputed_quantity_milli=2_000,
                price_minor=quarter // 2,
            ),
        )
    part = DisputedPart(item=item, amount_minor=0 if lines else quarter, lines=lines)
    return open_case(
        actor=actor,
        customer=item.customer,
        reason=reason,
        parts=[part],
        source=DisputeCase.Source.STAFF,
        title=title,
        as_of=as_of,
        at=at,
    )


def _moved(actor: Actor, case: DisputeCase, act: str, *, as_of: date, at: datetime) -> None:
    """Do with a case what its story says."""
    on: dict[str, Any] = {"actor": actor, "case": case, "as_of": as_of, "at": at}
    if act == "assigned":
        assign_case(**on, owner=first_manager(actor.company))
    elif act == "review":
        review_case(**on, note="The customer's buyer is on leave until Monday")
    elif act == "evidence":
        add_evidence(**on, kind="photos", note="Seven photographs, sent by the customer")
        add_evidence(**on, kind="proof_of_delivery", note="Signed without a remark")
    elif act == "customer":
        wait_for(**on, who="customer", note="We asked for the new tax number")
    elif act == "guest":
        ask_colleague(
            **on,
            question="How many pallets did you unload, and who signed for them?",
            guest_name="Pit Fahrmann",
            guest_email="dispo@carrier.example",
        )
    elif act == "colleague":
        ask_colleague(
            **on,
            question="On which day did the payment reach the account?",
            assignee=first_manager(actor.company),
        )
    elif act == "withdrawn":
        withdraw_case(**on, reason="The customer found our credit note")
    elif act in {"denied", "credit", "proposed"}:
        _ended(on, act)


def _ended(on: dict[str, Any], act: str) -> None:
    """Propose how a case ends; a proposal alone is left to a colleague."""
    dispute = Dispute.objects.get(case=on["case"], closed_on=None)
    field = "denied_minor" if act == "denied" else "credit_minor"
    propose_resolution(
        **on,
        parts=[ResolvedPart(dispute=dispute, **{field: dispute.amount_minor})],
        reason="The price list in force was attached to the offer"
        if act == "denied"
        else "The customer is right, the order says so",
        missing_evidence="Seen in the order system",
        only_proposed=act == "proposed",
    )
