"""Pages of an outside ledger beside our books: documents that changed there since they came."""

from datetime import date
from decimal import Decimal

from dunwell.formats.connection_known import Known, KnownItem, KnownPair, KnownPayment
from dunwell.formats.connection_ledger import page_ledger
from dunwell.formats.connection_rows import (
    OutsideAllocation,
    OutsideItem,
    OutsidePayment,
    Pulled,
)

TODAY = date(2026, 3, 2)
CUSTOMERS = {"7": "C7"}


def known(number, amount, left=None):
    kind = "credit_note" if amount < 0 else "invoice"
    return KnownItem(
        number=number, customer="C7", kind=kind, currency="EUR", amount_minor=amount,
        open_minor=amount if left is None else left, issued_on=TODAY, due_on=TODAY,
    )  # fmt: skip


def books(*items, pairs=()):
    told = {}
    for source, item, minor in pairs:
        pair = KnownPair(source=source, item=item, amount_minor=minor, applied_on=TODAY)
        told[item] = (*told.get(item, ()), pair)
    return Known(customers=CUSTOMERS, items={one.number: one for one in items}, pairs=told)


def item(number, amount, **told):
    return OutsideItem(
        number=number, customer="7", currency="EUR", amount=Decimal(amount), issued=TODAY, due=TODAY,
        **told,
    )  # fmt: skip


def paid(source, number, amount, money="200.00"):
    money = OutsidePayment(
        number=source, customer="7", currency="EUR", amount=Decimal(money), received=TODAY
    )
    pair = OutsideAllocation(source=source, item=number, amount=Decimal(amount), applied=TODAY)
    return {"payments": (money,), "allocations": (pair,)}


def page(our, **told):
    """The documents and the pairs that go to the import, with their amounts, and the notes."""
    pulled = Pulled(cursor="1", is_last=True, **told)
    made = page_ledger(pulled, our, as_of=TODAY)
    documents = dict(made.ledger.items.select("number", "amount_minor").iter_rows())
    rows = made.ledger.allocations.select("source_number", "item_number", "amount_minor")
    # what a credit note is put on is told of both; the item's side says it all
    pairs = {(source, number): minor for source, number, minor in rows.iter_rows() if minor > 0}
    return documents, pairs, [one.code for one in made.notes]


def test_money_on_a_document_that_grew_goes_on_what_it_grew_by_as_well():
    our = books(known("R1", 100_00), known("R1/changed-1", 50_00))
    documents, pairs, notes = page(our, **paid("P1", "R1", "150.00"))
    assert documents == {"R1": 100_00, "R1/changed-1": 50_00}
    assert pairs == {("P1", "R1"): 100_00, ("P1", "R1/changed-1"): 50_00}
    assert notes == []


def test_what_is_on_it_already_stays_and_the_rest_comes_on_top():
    pairs = [("P1", "R1", 100_00), ("P1", "R1/changed-1", 20_00)]
    our = books(known("R1", 100_00, 0), known("R1/changed-1", 50_00, 30_00), pairs=pairs)
    _, pairs, notes = page(our, **paid("P1", "R1", "150.00"))
    assert pairs == {("P1", "R1"): 100_00, ("P1", "R1/changed-1"): 50_00}
    again = page(our, **paid("P1", "R1", "110.00"))
    assert (notes, again[2]) == ([], ["taken_back"])
    assert again[1] == {("P1", "R1"): 100_00, ("P1", "R1/changed-1"): 20_00}


def test_a_credit_note_that_grew_settles_with_all_that_it_is():
    our = books(known("G1", -1), known("R1", 119_00))
    pair = OutsideAllocation(source="G1", item="R1", amount=Decimal("119.00"), applied=TODAY)
    documents, pairs, notes = page(our, items=(item("G1", "-800.00"),), allocations=(pair,))
    assert documents == {"G1": -1, "G1/changed-1": -799_99, "R1": 119_00}
    assert pairs == {("G1", "R1"): 1, ("G1/changed-1", "R1"): 118_99}
    assert notes == ["amount_changed"]


def test_a_credit_note_that_settles_more_is_told_with_all_that_it_settled_before():
    pairs = [("G1", "R1", 30_00), ("G2", "R1", 10_00), ("G2", "R0", 5_00)]
    our = books(
        known("G1", -800_00, -770_00), known("G2", -20_00, -5_00), known("R1", 40_00, 0),
        known("R0", 5_00, 0), pairs=pairs,
    )  # fmt: skip
    pair = OutsideAllocation(source="G1", item="R2", amount=Decimal("50.00"), applied=TODAY)
    documents, told, notes = page(our, items=(item("R2", "50.00"),), allocations=(pair,))
    assert documents == {"R2": 50_00, "G1": -800_00, "R1": 40_00, "G2": -20_00, "R0": 5_00}
    assert told == {
        ("G1", "R2"): 50_00, ("G1", "R1"): 30_00, ("G2", "R1"): 10_00, ("G2", "R0"): 5_00
    }  # fmt: skip
    assert notes == []


def test_what_finds_no_room_is_laid_on_the_document_for_the_import_to_tell():
    our = books(known("R1", 100_00), known("R1/changed-1", 50_00))
    pulled = Pulled(cursor="1", is_last=True, **paid("P1", "R1", "170.00"))
    made = page_ledger(pulled, our, as_of=TODAY)
    told = made.ledger.findings.filter(made.ledger.findings["file"] == "allocations")
    assert told["code"].to_list() == ["overpaid"]


def test_a_void_document_is_taken_back_with_all_that_it_grew_by():
    our = books(known("R1", 100_00), known("R1/changed-1", 50_00))
    documents, pairs, notes = page(our, items=(item("R1", "150.00", is_void=True),))
    assert documents["R1/void"] == -150_00
    assert pairs == {("R1/void", "R1"): 100_00, ("R1/void", "R1/changed-1"): 50_00}
    assert notes == ["void"]


def test_a_document_that_shrinks_after_it_grew_lowers_both():
    our = books(known("R1", 100_00), known("R1/changed-1", 50_00))
    documents, pairs, _ = page(our, items=(item("R1", "20.00"),))
    assert documents["R1/changed-2"] == -130_00
    assert pairs == {("R1/changed-2", "R1"): 100_00, ("R1/changed-2", "R1/changed-1"): 30_00}


def test_what_a_person_took_off_here_stays_off_and_what_is_told_beyond_it_comes_on_top():
    pair = KnownPair(
        source="P1", item="R1", amount_minor=0, applied_on=TODAY, imported_minor=60_00
    )
    our = Known(
        customers=CUSTOMERS, items={"R1": known("R1", 100_00)}, pairs={"R1": (pair,)},
        payments={
            "P1": KnownPayment(
                number="P1", customer="C7", currency="EUR", amount_minor=200_00, value_on=TODAY
            )
        },
    )  # fmt: skip
    assert page(our, **paid("P1", "R1", "60.00"))[1:] == ({}, ["taken_back_here"])
    assert page(our, **paid("P1", "R1", "0.00"))[1:] == ({}, [])
    # told in all, for the import to know what of it is new
    assert page(our, **paid("P1", "R1", "75.00"))[1:] == ({("P1", "R1"): 75_00}, [])
