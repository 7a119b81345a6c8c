"""Short builders for agencies and placements, made by the real actions."""

import hashlib
from datetime import timedelta

from dunwell.actions.agencies import add_agency, seat_partner
from dunwell.actions.gate import staff, system
from dunwell.actions.placement_batches import claim_batch, hand_over_batch
from dunwell.actions.placement_reports import report_collection
from dunwell.actions.placement_work import accept_placement
from dunwell.actions.placements import approve_placement, propose_placement
from dunwell.models import Message, MessageItem
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

FINAL = "Pay now, or an agency will collect it."
ON = {"as_of": TODAY, "at": AT}
TIERS = [
    {"from_days": 0, "rate_ppm": 100_000},
    {"from_days": 91, "rate_ppm": 200_000},
    {"from_days": 366, "rate_ppm": 350_000},
]


def agency(company, name="Collecta", **changes):
    """An agency that takes everything at 10, 20 or 35 percent, fourteen days after the demand."""
    return add_agency(
        actor=system(company), name=name, commission=changes.pop("commission", TIERS), at=AT,
        **changes,
    )  # fmt: skip


def old_item(customer, number="R1", minor=600_00, days=120, **changes):
    """An item that many days past due."""
    return invoice(
        customer, number, minor, issued_on=TODAY - timedelta(days=days + 30),
        due_on=TODAY - timedelta(days=days), **changes,
    )  # fmt: skip


def demanded(items, *, days=20, template="final_notice"):
    """A final notice about the items that was sent some days ago."""
    customer, day = items[0].customer, TODAY - timedelta(days=days)
    message, _ = Message.objects.get_or_create(
        company=customer.company, customer=customer, channel="letter", as_of=day,
        defaults={
            "status": "sent", "strategy": "standard", "level": 5, "template": template,
            "language": "en", "subject": f"Final notice {items[0].number}",
            "body": FINAL, "body_sha256": hashlib.sha256(FINAL.encode()).hexdigest(),
            "decision": {"contact": {"customer_id": customer.pk}},
            "message_id": f"{items[0].number}-{customer.pk}-{template}-{days}",
            "sent_at": AT - timedelta(days=days), "recorded_at": AT,
        },
    )  # fmt: skip
    for item in items:
        MessageItem.objects.create(
            message=message, item=item, level=5, open_minor=item.amount_minor
        )
    return message


def ready(customer, *numbers):
    """Old items of the customer that may be placed: demanded, and the customer has an address."""
    if not customer.address:
        customer.address, customer.country = "Street 1\nTown", "DE"
        customer.save()
    items = [old_item(customer, number) for number in numbers or (f"R-{customer.pk}",)]
    demanded(items)
    return items


def proposed(user, items, to, **changes):
    """A placement of the items, proposed by the user."""
    return propose_placement(
        actor=acting(user), customer=items[0].customer, agency=to, items=items,
        reason="no answer for months", **{**ON, **changes},
    )  # fmt: skip


def approved(company, user, items, to):
    """A placement that the system itself approved."""
    placement = proposed(user, items, to)
    return approve_placement(actor=system(company), placement=placement, **ON)


def handed(company, user, items, to):
    """A placement that went to the agency in a file."""
    placement = approved(company, user, items, to)
    batch = claim_batch(actor=system(company), agency=to, **ON)
    hand_over_batch(actor=system(company), batch=batch, **ON)
    placement.refresh_from_db()
    return placement


def running(company, user, items, to, reference="A-1"):
    """A placement the agency works on."""
    placement = handed(company, user, items, to)
    return accept_placement(actor=system(company), placement=placement, reference=reference, **ON)


def collected(company, placement, gross_minor, reference="M-1", kind="remitted", **changes):
    """Money the agency reports."""
    return report_collection(
        actor=system(company), placement=placement, kind=kind, reference=reference,
        gross_minor=gross_minor, reported_on=TODAY, **{**ON, **changes},
    )  # fmt: skip


def partner(company, to, name="paula"):
    """A person of the agency with a seat."""
    seat = seat_partner(
        actor=system(company), agency=to, username=name, email=f"{name}@agency.example", at=AT
    )
    return seat.user


def as_partner(user, company):
    """The partner as an actor."""
    return staff(user, company)
