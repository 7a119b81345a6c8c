"""Agencies, seats, and a placement in every state that a call needs."""

from datetime import timedelta

from dunwell.actions.agencies import seat_partner
from dunwell.actions.gate import Actor, system
from dunwell.actions.placement_batches import claim_batch
from dunwell.actions.placement_reports import reconcile_reports, report_collection
from dunwell.actions.placement_work import (
    accept_placement,
    acknowledge_placement,
    refuse_placement,
)
from dunwell.actions.placements import approve_placement, propose_placement
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import Agency, AgencySeat
from tests.actions.ledger_rows import payment
from tests.actions.placement_rows import agency, ready
from tests.conftest import TODAY, add_customer

FETCHING = "Fetchers"
"""The agency in which a caller who is a partner has a seat."""


def take_seat(company, person):
    """Give a person who was added as a partner the seat of the agency on the API."""
    return AgencySeat.objects.create(
        company=company, agency=Agency.objects.get(company=company, name=FETCHING), user=person,
        granted_by="test", recorded_at=company.created_at,
    )  # fmt: skip


def keep_placements(company, tag="", *, today, at):
    """Add agencies on files and on the API with a placement in each state; return the keys."""
    on = {"as_of": today, "at": at}
    desk = system(company)
    role = "collector"
    author = Actor(
        company=company, name="placer", roles=frozenset({role}), rights=ROLE_RIGHTS[role]
    )
    fetching = agency(company, FETCHING, transport="api", demand_days=0)
    paper, post = agency(company, "Paper", demand_days=0), agency(company, "Post", demand_days=0)

    def proposed(name, to):
        (item,) = ready(add_customer(company, f"PLACE{tag}{name}"), f"PLACED{tag}{name}")
        return propose_placement(
            actor=author, customer=item.customer, agency=to, items=[item],
            reason="no answer for months", **on,
        )  # fmt: skip

    def approved(name, to):
        return approve_placement(actor=desk, placement=proposed(name, to), **on)

    def handed(name):
        return acknowledge_placement(
            actor=desk, placement=approved(name, fetching), reference=name, **on
        )

    running = accept_placement(actor=desk, placement=handed("run"), reference="run", **on)
    ended = refuse_placement(actor=desk, placement=handed("end"), reason="too old", **on)
    report = report_collection(
        actor=desk, placement=running, kind="remitted", reference="M-0", gross_minor=10_00,
        reported_on=today, **on,
    )  # fmt: skip
    settled = report_collection(
        actor=desk, placement=running, kind="remitted", reference="M-1", gross_minor=10_00,
        reported_on=today, **on,
    )  # fmt: skip
    money = payment(running.customer, f"REMIT{tag}", 100_00, value_on=min(today, TODAY))
    reconcile_reports(actor=desk, payment=money, reports=[settled], **on)
    approved("next", paper)
    approved("claimed", post)
    batch = claim_batch(actor=desk, agency=post, **on)
    seat = seat_partner(
        actor=desk, agency=paper, username=f"paper{tag}", email=f"paper{tag}@a.example", at=at
    )
    (free,) = ready(add_customer(company, f"PLACE{tag}free"), f"PLACED{tag}free")
    assert today >= TODAY - timedelta(days=1)
    return {
        "agency_id": paper.pk,
        "seat_id": seat.pk,
        "placement_batch_id": batch.pk,
        "placement_id": running.pk,
        "proposed_placement_id": proposed("new", paper).pk,
        "waiting_placement_id": approved("wait", fetching).pk,
        "handed_placement_id": handed("hand").pk,
        "ended_placement_id": ended.pk,
        "placeable_id": free.pk,
        "placeable_customer_id": free.customer_id,
        "agency_report_id": report.pk,
        "agency_payment_id": money.pk,
    }
