"""Steps of disputes: opened, closed by hand, resolved with amounts, answered by a credit note."""

from dunwell.actions.credit_requests import refuse_request, settle_request
from dunwell.actions.dispute_bookings import ResolvedPart
from dunwell.actions.dispute_cases import open_case
from dunwell.actions.dispute_intake import DisputedPart
from dunwell.actions.dispute_moves import reopen_case, withdraw_case
from dunwell.actions.dispute_resolutions import decide_resolution, propose_resolution
from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.items import add_item
from dunwell.models import CreditRequest, Dispute, DisputeCase, DisputeResolution, OpenItem
from tests.simulator.world import Nothing, step

REASONS = ("price", "quality", "duplicate", "already_paid")


@step(3, "I20", "D7", then=("close_by_hand",))
def dispute_item(world):
    item, minor = world.open_item()
    open_dispute(
        **world.by("anna", "carla"), item=item, amount_minor=world.amount(minor),
        reason=world.chance.choice(REASONS),
    )  # fmt: skip


@step(2, "I20", "D7", then=("propose_an_end",))
def open_a_case(world):
    customer = world.customer()
    parts = [
        DisputedPart(item=item, amount_minor=world.amount(minor))
        for item, minor in world.open_items_of(customer, 3).items()
    ]
    open_case(
        **world.by("anna", "rita"), customer=customer, parts=parts, source="staff",
        reason=world.chance.choice(REASONS),
    )  # fmt: skip


@step(1, "I20", "D7")
def close_by_hand(world):
    rows = Dispute.objects.filter(company=world.company, closed_on=None)
    outcome = world.chance.choice(("valid", "not valid"))
    close_dispute(**world.by("mona"), dispute=world.one(rows), outcome=outcome)


def _parts(world, case):
    """Every open part, divided at chance into credit, denied and written off."""
    parts = []
    for dispute in Dispute.objects.filter(case=case, closed_on=None).order_by("pk"):
        row = OpenItem.objects.filter(item=dispute.item_id).first()
        left = min(dispute.amount_minor, row.open_minor if row else 0)
        credit = world.chance.choice((0, left, left // 2))
        off = world.chance.choice((0, left - credit, 1))
        parts.append(
            ResolvedPart(
                dispute=dispute, credit_minor=credit, written_off_minor=off,
                denied_minor=left - credit - off,
            )
        )  # fmt: skip
    if not parts:
        raise Nothing
    return parts


@step(4, "I20", "D7", then=("decide_an_end", "answer_request", "answer_request"))
def propose_an_end(world):
    parts = Dispute.objects.filter(company=world.company, closed_on=None).exclude(case=None)
    case = world.one(DisputeCase.objects.filter(pk__in=parts.values("case")))
    propose_resolution(
        **world.by("rita", "mona"), case=case, parts=_parts(world, case), reason="looked into it",
        root_cause="price_master", missing_evidence="none kept",
        only_proposed=world.chance.random() < 0.6,
    )  # fmt: skip


@step(3, "I20", "D7", then=("answer_request", "end_case"))
def decide_an_end(world):
    rows = DisputeResolution.objects.filter(case__company=world.company)
    if world.chance.random() < 0.9:
        rows = rows.filter(status__in=("proposed", "pending"))
    resolution = world.one(rows)
    decide_resolution(
        **world.other_than(resolution.proposed_by, "mona", "max"), resolution=resolution,
        reason="so be it",
        approve=world.chance.random() < 0.8,
    )  # fmt: skip


@step(3, "I20", "D7")
def answer_request(world):
    request = world.one(CreditRequest.objects.filter(company=world.company))
    if world.chance.random() < 0.3:
        refuse_request(**world.by("carla"), request=request, reason="not ours")
        return
    note = add_item(
        **world.by("carla"), customer=request.dispute.customer, number=world.number("C"),
        kind="credit_note", currency=request.currency, issued_on=world.day, due_on=world.day,
        amount_minor=-world.amount(request.amount_minor),
    )  # fmt: skip
    settle_request(**world.by("carla"), request=request, credit_item=note)


@step(1, "I20", "D7")
def end_case(world):
    case = world.one(DisputeCase.objects.filter(company=world.company))
    action = withdraw_case if world.chance.random() < 0.6 else reopen_case
    action(**world.by("rita", "mona"), case=case, reason="the customer wrote")
