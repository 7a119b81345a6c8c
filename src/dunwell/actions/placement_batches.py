"""Files of placements for an agency: claimed, handed over, and marked, as `docs/why/004` says.

A claim binds placements to one file that is the same bytes each time it is downloaded. Whoever
sent it marks it as handed over; one that was not sent is released, and its placements are free
for the next file. So a crash in between neither loses a placement nor sends it in two files.
"""

import hashlib
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.placement_moves import (
    Status,
    bring_up_to_date,
    change,
    locked_placement,
    reason_of,
)
from dunwell.actions.placement_work import hand_over
from dunwell.formats.placement_files import FORMAT, batch_file
from dunwell.models import Agency, Company, Placement, PlacementBatch
from dunwell.queries.placement_batches import batch_packs
from dunwell.queries.placement_evidence import evidence_of


@transaction.atomic
def claim_batch(*, actor: Actor, agency: Agency, as_of: date, at: datetime) -> PlacementBatch:
    """Put the agency's approved placements into one file; those that cannot go are left out.

    What was paid since the approval is taken off. Raises Refused for an agency that works over
    the API, while another of its files is claimed and not handed over, and when nothing can go:
    then with the reasons.
    """
    actor.require("placement.approve")
    if agency.company_id != actor.company.pk:
        raise Refused("This agency belongs to another company.")
    # the company numbers its files; two people at once queue here
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    if agency.transport != Agency.Transport.FILE:
        raise Refused(f"{agency.name} fetches its placements over the API; there is no file.")
    claimed = agency.batches.filter(status=PlacementBatch.Status.CLAIMED).order_by("pk").first()
    if claimed is not None:
        raise Refused(
            f"{claimed.number} is claimed and not handed over; mark it as handed over, or "
            "release it if it was not sent."
        )
    going, left_out = _going(actor, agency, as_of=as_of)
    if not going:
        why = " ".join(left_out.values())
        raise Refused(f"Nothing can go to {agency.name} now. {why}".strip())
    number = f"PB-{PlacementBatch.objects.filter(company=actor.company).count() + 1}"
    document = _document(number, agency, going, as_of=as_of)
    packs = batch_packs([placement.pk for placement in going])
    sha256 = hashlib.sha256(batch_file(document, packs)).hexdigest()
    batch = PlacementBatch.objects.create(
        company=actor.company,
        agency=agency,
        number=number,
        document=document,
        sha256=sha256,
        claimed_by=actor.name,
        claimed_on=as_of,
        recorded_at=at,
    )
    for placement in going:
        change(placement, batch=batch, version=placement.version + 1)
    record_event(
        actor,
        "placement.claimed",
        batch,
        at=at,
        number=number,
        agency=agency.name,
        placements=[placement.number for placement in going],
        left_out=left_out,
        sha256=sha256,
    )
    return batch


@transaction.atomic
def hand_over_batch(
    *, actor: Actor, batch: PlacementBatch, as_of: date, at: datetime
) -> PlacementBatch:
    """Mark a file as handed over: its placements are with the agency now; once is enough."""
    actor.require("placement.approve")
    batch = _locked_batch(actor, batch)
    if batch.status == PlacementBatch.Status.HANDED:
        return batch
    _end(actor, batch, PlacementBatch.Status.HANDED, as_of=as_of)
    for placement in _members(actor, batch):
        hand_over(actor, placement, batch=batch, as_of=as_of, at=at)
    record_event(
        actor,
        "placement.handed_over",
        batch,
        at=at,
        number=batch.number,
        agency=batch.agency.name,
        sha256=batch.sha256,
    )
    return batch


@transaction.atomic
def release_batch(
    *, actor: Actor, batch: PlacementBatch, reason: str, as_of: date, at: datetime
) -> PlacementBatch:
    """Say that a claimed file was not sent: its placements go into the next one."""
    actor.require("placement.approve")
    batch = _locked_batch(actor, batch)
    told = reason_of(reason, "Say how you know that the file was not sent.")
    _end(actor, batch, PlacementBatch.Status.RELEASED, as_of=as_of)
    for placement in _members(actor, batch):
        change(placement, batch=None, version=placement.version + 1)
    record_event(
        actor,
        "placement.released",
        batch,
        at=at,
        number=batch.number,
        agency=batch.agency.name,
        reason=told,
    )
    return batch


def _going(actor: Actor, agency: Agency, *, as_of: date) -> tuple[list[Placement], dict[str, str]]:
    """Lock the approved placements and bring them up to date; return them, and who cannot go."""
    going: list[Placement] = []
    left_out: dict[str, str] = {}
    waiting = Placement.objects.filter(agency=agency, status=Status.APPROVED, batch=None)
    for one in waiting.order_by("customer_id", "pk"):
        placement = locked_placement(actor, one)
        if placement.status != Status.APPROVED or placement.batch_id is not None:
            continue
        try:
            with transaction.atomic():
                bring_up_to_date(placement, as_of=as_of)
        except Refused as refusal:
            left_out[placement.number] = str(refusal)
            continue
        going.append(placement)
    return going, left_out


def _document(
    number: str, agency: Agency, going: list[Placement], *, as_of: date
) -> dict[str, Any]:
    """Return what the file says, as it is kept: days as text, amounts in minor units."""
    rows = []
    for placement in going:
        evidence = evidence_of(placement, as_of=as_of)
        debtor = evidence.debtor
        rows.append(
            {
                "placement": placement.number,
                "customer": debtor.number,
                "name": debtor.name,
                "address": debtor.address,
                "country": debtor.country,
                "vat_id": debtor.vat_id,
                "language": debtor.language,
                "currency": placement.currency,
                "placed_minor": placement.placed_minor,
                "charges_minor": evidence.charges_minor,
                "commission_ppm": placement.commission_ppm,
                "age_days": placement.age_days,
                "pack": f"packs/{placement.number}.zip",
                "pack_sha256": placement.pack_sha256,
                "items": [
                    {
                        "number": item.number,
                        "kind": item.kind,
                        "reference": item.reference,
                        "issued_on": item.issued_on.isoformat(),
                        "due_on": item.due_on.isoformat(),
                        "days_past_due": item.days_past_due,
                        "amount_minor": item.amount_minor,
                        "open_minor": item.open_minor,
                        "interest_minor": item.interest_minor,
                        "fees_minor": item.fees_minor,
                    }
                    for item in evidence.items
                ],
            }
        )
    return {
        "format": FORMAT,
        "batch": number,
        "agency": agency.name,
        "company": agency.company.name,
        "made_on": as_of.isoformat(),
        "placements": rows,
    }


def _locked_batch(actor: Actor, batch: PlacementBatch) -> PlacementBatch:
    found = (
        PlacementBatch.objects.select_for_update(no_key=True, of=("self",))
        .select_related("agency")
        .filter(company=actor.company, pk=batch.pk)
        .first()
    )
    if found is None:
        raise Refused("This file belongs to another company.")
    return found


def _end(actor: Actor, batch: PlacementBatch, status: str, *, as_of: date) -> None:
    before = PlacementBatch.Status(batch.status)
    if status not in PlacementBatch.MOVES[before]:
        raise Refused(f"{batch.number} is marked: {before.label.lower()}; load the page again.")
    rows = PlacementBatch.objects.filter(pk=batch.pk, status=before)
    if rows.update(status=status, ended_by=actor.name, ended_on=as_of) != 1:
        raise Refused(f"Somebody else has just changed {batch.number}; load the page again.")
    batch.status, batch.ended_by, batch.ended_on = status, actor.name, as_of


def _members(actor: Actor, batch: PlacementBatch) -> list[Placement]:
    """Lock the placements of a file in the order of their customers."""
    found = Placement.objects.filter(batch=batch).order_by("customer_id", "pk")
    return [locked_placement(actor, one) for one in found]
