"""Claims under covers: drawn up, filed with evidence, answered, paid."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from dunwell.actions.cover_claims import (
    answer_claim,
    draw_claim,
    drop_claim,
    file_claim,
    pay_claim,
)
from dunwell.actions.covers import end_cover
from dunwell.actions.gate import Refused
from dunwell.actions.uploads import upload_path
from dunwell.formats.evidence_pack import read_manifest
from dunwell.models import CoverNotice
from tests.actions.cover_rows import credit_policy, granted, overdue, watched, who
from tests.actions.desk import verbs
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def cover(company, customer):
    credit_policy(company)
    return granted(customer)


def draw(cover, *items, reason="insolvent"):
    return draw_claim(
        actor=who(cover.company, "nora"),
        cover=cover,
        items=items,
        reason=reason,
        as_of=TODAY,
        at=AT,
    )


def acted(action, claim, **values):
    return action(actor=who(claim.company, "nora"), claim=claim, as_of=TODAY, at=AT, **values)


def test_a_claim_is_the_share_of_what_is_open_and_its_pack_is_kept(company, customer, cover):
    items = [overdue(customer, f"R{n}", 60_000, days=20 + n) for n in range(2)]
    watched(company)
    claim = draw(cover, *items)
    # 1,200.00 are open, the cover ends at 1,000.00, of which 90 %
    assert (claim.open_minor, claim.amount_minor, claim.status) == (120_000, 90_000, "draft")
    with pytest.raises(Refused, match="marked: draft"):
        draw(cover, items[0])
    claim = acted(file_claim, claim, reference="C-77")
    assert (claim.status, claim.reference, claim.filed_by) == ("filed", "C-77", "nora")
    pack = upload_path(claim.pack_sha256).read_bytes()
    assert read_manifest(pack)["format"] == "dunwell.cover-claim.1"
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        stated = json.loads(archive.read("cover.json"))
        told = json.loads(archive.read("claim.json"))
        assert archive.read("claim.pdf").startswith(b"%PDF")
    assert (stated["claimed_minor"], stated["share_ppm"], stated["provider"]) == (
        90_000,
        900_000,
        "Coface",
    )
    assert [row["number"] for row in told["items"]] == ["R1", "R0"]
    assert "agency" not in told
    done = CoverNotice.objects.filter(kind="report").values_list("status", flat=True)
    assert set(done) == {"done"}
    claim = acted(answer_claim, claim, is_accepted=True, amount_minor=80_000)
    claim = acted(pay_claim, claim, paid_minor=80_000)
    assert (claim.status, claim.paid_minor, claim.paid_on) == ("paid", 80_000, TODAY)
    assert verbs(company)[-4:] == [
        "cover.claim_drawn",
        "cover.claim_filed",
        "cover.claim_accepted",
        "cover.claim_paid",
    ]


def test_what_cannot_be_claimed_is_refused(company, customer, cover):
    late = overdue(customer, "R1")
    other = overdue(add_customer(company, "K2"), "X1")
    foreign = overdue(customer, "R2", currency="USD")
    young = invoice(customer, "R3", 1_000)
    early = overdue(customer, "R4", days=400)
    for items, message in (
        ((), "Choose at least one"),
        ((other,), "not an item of the customer"),
        ((foreign,), "R2 is in USD, the cover in EUR"),
        ((young,), "R3 is not past due"),
        ((early,), "R4 was not issued while the cover ran"),
    ):
        with pytest.raises(Refused, match=message):
            draw(cover, *items)
    with pytest.raises(Refused, match="Say why the provider should pay"):
        draw(cover, late, reason=" ")


def test_moves_that_are_not_allowed_are_refused(company, customer, cover):
    claim = draw(cover, overdue(customer))
    with pytest.raises(Refused, match="marked: draft"):
        acted(answer_claim, claim, is_accepted=True)
    with pytest.raises(Refused, match="finish or drop it first"):
        end_cover(actor=who(company, "nora"), cover=cover, reason="x", as_of=TODAY, at=AT)
    claim = acted(file_claim, claim)
    with pytest.raises(Refused, match="marked: filed"):
        acted(drop_claim, claim, reason="paid")
    with pytest.raises(Refused, match="Say why the provider refused"):
        acted(answer_claim, claim, is_accepted=False)
    with pytest.raises(Refused, match="at most what was claimed"):
        acted(answer_claim, claim, is_accepted=True, amount_minor=90_000_00)
    claim = acted(answer_claim, claim, is_accepted=True)
    with pytest.raises(Refused, match="at most what was accepted"):
        acted(pay_claim, claim, paid_minor=45_001)
    with pytest.raises(Refused, match="between the day of filing and today"):
        acted(pay_claim, claim, paid_minor=1, paid_on=TODAY + timedelta(days=1))


def test_a_refused_claim_leaves_room_for_another(customer, cover):
    first = overdue(customer)
    claim = acted(file_claim, draw(cover, first))
    acted(answer_claim, claim, is_accepted=False, answer="disputed")
    assert acted(drop_claim, draw(cover, first), reason="paid").status == "dropped"
