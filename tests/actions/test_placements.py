"""Placements: the checks, four eyes, holds, every move from every status, files, recalls."""

import hashlib
import io
import json
import zipfile

import pypdf
import pytest
from django.db import transaction

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, system
from dunwell.actions.payments import apply_payment
from dunwell.actions.placement_batches import claim_batch, hand_over_batch, release_batch
from dunwell.actions.placement_moves import move
from dunwell.actions.placement_work import (
    accept_placement,
    acknowledge_placement,
    end_placement,
    refuse_placement,
)
from dunwell.actions.placements import (
    approve_placement,
    cancel_placement,
    close_placement,
    propose_placement,
    recall_placement,
)
from dunwell.formats.evidence_pack import read_manifest
from dunwell.models import EvidencePack, Hold, Placement, PlacementBatch
from dunwell.queries.placement_batches import batch_bytes
from tests.actions.desk import acting, verbs
from tests.actions.ledger_rows import payment
from tests.actions.placement_rows import (
    ON,
    agency,
    approved,
    demanded,
    handed,
    old_item,
    proposed,
    ready,
    running,
)
from tests.conftest import add_user

Status = Placement.Status
WHY = "they moved away"


def held(placement):
    """Items of the placement that may not be chased."""
    return Hold.objects.filter(note=placement.number, released_on=None).count()


def test_items_are_proposed_approved_by_another_and_held(company, collector, manager, customer):
    to = agency(company)
    items = [*ready(customer, "R1"), old_item(customer, "R2", 400_00, days=400)]
    demanded(items[1:])
    placement = proposed(collector, items, to)
    assert (placement.number, placement.status) == ("PL-1", "proposed")
    assert (placement.placed_minor, placement.age_days) == (1_000_00, 400)
    assert placement.commission_ppm == 350_000
    failed = [check["code"] for check in placement.checks if not check["is_passed"]]
    assert failed == ["contact"]
    assert held(placement) == 0

    placement = approve_placement(actor=acting(manager), placement=placement, **ON)
    assert (placement.status, placement.approved_by) == ("approved", "mona")
    assert held(placement) == 2
    pack = EvidencePack.objects.get()
    assert hashlib.sha256(bytes(pack.content)).hexdigest() == placement.pack_sha256
    assert verbs(company) == ["agency.added", "placement.proposed", "placement.approved"]


def test_the_author_cannot_approve_but_may_cancel(company, manager, customer):
    add_user(company, "other", "credit_manager")
    placement = proposed(manager, ready(customer), agency(company))
    with pytest.raises(Refused, match="somebody else has to approve"):
        approve_placement(actor=acting(manager), placement=placement, **ON)
    cancel_placement(actor=acting(manager), placement=placement, reason=WHY, **ON)
    placement.refresh_from_db()
    assert (placement.status, placement.ended_as) == ("cancelled", "cancelled")
    assert not placement.lines.filter(is_live=True).exists()


@pytest.mark.parametrize(
    ("break_it", "message"),
    [
        (lambda c, i: open_dispute(
            actor=system(c), item=i[0], amount_minor=1_00, reason="price", **ON
        ), "Disputed: R1"),
        (lambda c, i: i[0].message_lines.all().delete(), "No final demand was sent for R1"),
        (lambda c, i: (i[0].message_lines.all().delete(), demanded(i, days=3)), "wait until 14 days"),
        (lambda c, i: Hold.objects.create(
            company=c, customer=i[0].customer, reason="insolvency", from_on=ON["as_of"],
            recorded_at=ON["at"],
        ), "insolvent"),
    ],
)  # fmt: skip
def test_a_failed_check_refuses_with_its_words(company, collector, customer, break_it, message):
    to, items = agency(company), ready(customer, "R1")
    break_it(company, items)
    with pytest.raises(Refused, match=message):
        proposed(collector, items, to)
    assert not Placement.objects.exists()


def test_an_agency_s_own_terms_refuse(company, collector, customer):
    items = ready(customer, "R1")
    with pytest.raises(Refused, match="does not work in DE"):
        proposed(collector, items, agency(company, "Abroad", countries=["FR"]))
    with pytest.raises(Refused, match="smaller than the agency takes"):
        proposed(collector, items, agency(company, "Large", least_minor=600_01))
    first = proposed(collector, items, agency(company))
    with pytest.raises(Refused, match=f"stand in {first.number}"):
        proposed(collector, items, agency(company, "Second"))
    with pytest.raises(Refused, match="Choose at least one item"):
        propose_placement(
            actor=acting(collector), customer=customer, agency=agency(company, "Third"),
            items=[], reason="why", **ON,
        )  # fmt: skip


def pay(customer, number, item, minor):
    money = payment(customer, number, minor)
    apply_payment(actor=system(customer.company), payment=money, amounts={item: minor}, **ON)


def test_what_is_paid_before_the_hand_over_is_taken_off_and_the_evidence_made_anew(
    company, collector, customer
):
    to, items = agency(company), ready(customer, "R1", "R2")
    placement = approved(company, collector, items, to)
    before = placement.pack_sha256
    pay(customer, "P1", items[0], 600_00)
    batch = claim_batch(actor=system(company), agency=to, **ON)
    placement.refresh_from_db()
    assert placement.placed_minor == 600_00 and placement.pack_sha256 != before
    (row,) = batch.document["placements"]
    assert (row["placed_minor"], row["pack_sha256"]) == (600_00, placement.pack_sha256)


def test_a_file_is_the_same_bytes_each_time_and_nothing_goes_twice(company, collector, customer):
    to, items = agency(company), ready(customer, "R1")
    placement = approved(company, collector, items, to)
    batch = claim_batch(actor=system(company), agency=to, **ON)
    content = batch_bytes(PlacementBatch.objects.get())
    assert content == batch_bytes(PlacementBatch.objects.get())
    assert hashlib.sha256(content).hexdigest() == batch.sha256
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert read_manifest(content)["batch"] == "PB-1"
        pack = archive.read("packs/PL-1.zip")
        assert b"PL-1,K1,Acme" in archive.read("placements.csv")
    assert hashlib.sha256(pack).hexdigest() == placement.pack_sha256

    with pytest.raises(Refused, match="PB-1 is claimed and not handed over"):
        claim_batch(actor=system(company), agency=to, **ON)
    with pytest.raises(Refused, match="stands in the file PB-1"):
        cancel_placement(actor=system(company), placement=placement, reason=WHY, **ON)
    release_batch(actor=system(company), batch=batch, reason="the mail came back", **ON)
    again = claim_batch(actor=system(company), agency=to, **ON)
    hand_over_batch(actor=system(company), batch=again, **ON)
    hand_over_batch(actor=system(company), batch=again, **ON)
    placement.refresh_from_db()
    assert (placement.status, placement.batch_id) == ("transmitted", again.pk)
    with pytest.raises(Refused, match="PB-1 is marked: released"):
        hand_over_batch(actor=system(company), batch=batch, **ON)
    with pytest.raises(Refused, match="Nothing can go to Collecta now"):
        claim_batch(actor=system(company), agency=to, **ON)
    assert verbs(company).count("placement.transmitted") == 1


def test_what_cannot_go_is_left_out_with_the_reason(company, collector, customer):
    to, items = agency(company), ready(customer, "R1")
    approved(company, collector, items, to)
    pay(customer, "P1", items[0], 600_00)
    with pytest.raises(Refused, match="Nothing is open on PL-1 any more; cancel it"):
        claim_batch(actor=system(company), agency=to, **ON)
    assert not PlacementBatch.objects.exists()


def test_the_pack_holds_the_claim_its_history_and_the_words_of_the_demand(
    company, collector, customer
):
    to, items = agency(company), ready(customer, "R1", "R2")
    pay(customer, "P1", items[0], 100_00)
    placement = approved(company, collector, items, to)
    pack = bytes(EvidencePack.objects.get().content)
    names = [row["name"] for row in read_manifest(pack)["files"]]
    assert names == sorted(names) and "claim.pdf" in names
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        claim = json.loads(archive.read("claim.json"))
        pdf = pypdf.PdfReader(io.BytesIO(archive.read("claim.pdf")))
        (text,) = [name for name in archive.namelist() if name.startswith("documents/")]
        words = archive.read(text).decode()
    assert words == "Final notice R1\n\nPay now, or an agency will collect it.\n"
    assert (claim["open_minor"], claim["placement"]) == (1_100_00, placement.number)
    assert [item["open_minor"] for item in claim["items"]] == [500_00, 600_00]
    assert [(row["number"], row["amount_minor"]) for row in claim["bookings"]] == [("P1", 100_00)]
    page = pdf.pages[0].extract_text()
    for told in ("PL-1", "Acme", "Collecta", "R1", "R2", "1,100.00", "Final notice R1", "P1"):
        assert told in page


def at(status, company, collector, customer):
    """A placement in a status, brought there by the moves themselves."""
    placement = running(company, collector, ready(customer), agency(company))
    if status in (Status.PROPOSED, Status.APPROVED, Status.TRANSMITTED):
        Placement.objects.filter(pk=placement.pk).update(status=status)
        placement.refresh_from_db()
    elif status != Status.ACCEPTED:
        Placement.objects.filter(pk=placement.pk).update(status=status, ended_on=ON["as_of"])
        placement.refresh_from_db()
    return placement


@pytest.mark.parametrize("before", list(Status))
def test_from_every_status_exactly_the_listed_moves_are_taken(
    company, collector, customer, before
):
    placement = at(before, company, collector, customer)
    for after in Status:
        placement.refresh_from_db()
        if after in Placement.MOVES[before]:
            move(placement, after)
            Placement.objects.filter(pk=placement.pk).update(status=before)
        else:
            with pytest.raises(Refused, match=f"PL-1 is marked: {before.label.lower()}"):
                move(placement, after)


ACTIONS = {
    "approve": (approve_placement, {}, {Status.PROPOSED}),
    "cancel": (cancel_placement, {"reason": WHY}, {Status.PROPOSED, Status.APPROVED}),
    "accept": (accept_placement, {"reference": "B-9"}, {Status.TRANSMITTED}),
    "refuse": (refuse_placement, {"reason": WHY}, {Status.TRANSMITTED}),
    "return": (
        end_placement, {"status": "returned", "reason": WHY}, {Status.ACCEPTED, Status.LEGAL},
    ),
    "legal": (end_placement, {"status": "legal", "reason": WHY}, {Status.ACCEPTED}),
    "recall": (
        recall_placement,
        {"reason": WHY},
        {Status.TRANSMITTED, Status.ACCEPTED, Status.LEGAL},
    ),
    "close": (
        close_placement, {},
        {Status.REFUSED, Status.PAID, Status.SETTLED, Status.RETURNED, Status.RECALLED},
    ),
}  # fmt: skip


@pytest.mark.parametrize("before", list(Status))
def test_every_action_moves_from_its_statuses_and_from_no_other(
    company, collector, customer, before
):
    placement = at(before, company, collector, customer)
    for name, (action, facts, allowed) in ACTIONS.items():
        when = {"at": ON["at"]} if name == "close" else ON
        mark = transaction.savepoint()
        if before == Status.PROPOSED:
            placement.lines.update(is_live=True)
        try:
            action(actor=system(company), placement=placement, **facts, **when)
            moved = True
        except Refused:
            moved = False
        assert moved == (before in allowed), name
        transaction.savepoint_rollback(mark)
        placement.refresh_from_db()


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        (refuse_placement, {"reason": WHY}),
        (recall_placement, {"reason": WHY}),
        (cancel_placement, {"reason": WHY}),
        (end_placement, {"status": "returned", "reason": WHY}),
    ],
)
def test_every_ending_lets_go_of_the_items_at_once(company, collector, customer, action, facts):
    to, items = agency(company), ready(customer)
    if action is cancel_placement:
        placement = approved(company, collector, items, to)
    elif action is end_placement:
        placement = running(company, collector, items, to)
    else:
        placement = handed(company, collector, items, to)
    assert held(placement) == 1
    action(actor=system(company), placement=placement, **facts, **ON)
    assert held(placement) == 0 and not placement.lines.filter(is_live=True).exists()
    placement.refresh_from_db()
    assert placement.ended_on == ON["as_of"] and placement.ending == WHY
    assert proposed(collector, items, to).number == "PL-2"


def test_an_agency_on_the_api_fetches_and_files_are_not_for_it(company, collector, customer):
    to, items = agency(company, transport="api"), ready(customer)
    placement = approved(company, collector, items, to)
    with pytest.raises(Refused, match="over the API"):
        claim_batch(actor=system(company), agency=to, **ON)
    for _ in range(2):
        acknowledge_placement(actor=system(company), placement=placement, reference="A", **ON)
    placement.refresh_from_db()
    assert (placement.status, placement.reference) == ("transmitted", "A")
    assert verbs(company).count("placement.transmitted") == 1
    by_file = agency(company, "Paper")
    other = approved(company, collector, [old_item_ready(customer)], by_file)
    with pytest.raises(Refused, match="gets its placements as files"):
        acknowledge_placement(actor=system(company), placement=other, **ON)


def old_item_ready(customer):
    (item,) = ready(customer, "R9")
    return item


def test_strangers_and_clerks_are_turned_away(company, rival, clerk, collector, customer):
    placement = proposed(collector, ready(customer), agency(company))
    with pytest.raises(Refused, match="no such placement"):
        approve_placement(actor=acting(rival), placement=placement, **ON)
    with pytest.raises(Forbidden):
        approve_placement(actor=acting(clerk), placement=placement, **ON)
    with pytest.raises(Forbidden):
        accept_placement(actor=acting(collector), placement=placement, reference="x", **ON)
