"""Invoices of another system: received, judged, and taken as items once, each wholly or not."""

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta

import pytest

from dunwell.actions.einvoice_imports import MOST_AT_ONCE, receive_einvoices, take_einvoices
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.uploads import Upload, upload_path
from dunwell.formats.einvoice.cii_write import write_cii
from dunwell.formats.einvoice.ubl_write import write_ubl
from dunwell.jobs.einvoice_intake import take_in
from dunwell.models import Company, EInvoiceFile, Event, Item, ItemDocument
from tests.actions.desk import acting, verbs
from tests.conftest import AT, TODAY, add_customer
from tests.einvoices import document_of

Status = EInvoiceFile.Status


def made(company, *, number="R-1", kind="380", shape="plain", buyer="Acme", **changes):
    document = document_of(1, shape=shape, kind=kind)
    return replace(
        document,
        number=number,
        issued_on=date(2026, 2, 1),
        due_on=date(2026, 3, 3),
        order="PO-9",
        seller=replace(document.seller, name=company.name),
        buyer=replace(document.buyer, name=buyer, identifier="", email="", endpoint=""),
        **changes,
    )


def xml(company, **changes):
    return write_ubl(made(company, **changes), "en16931")


def receive(user, *files):
    sent = [Upload(name=f"{at}.xml", data=data) for at, data in enumerate(files)]
    return take_in(actor=acting(user), files=sent, as_of=TODAY, at=AT)


def take(user, *rows, **more):
    return take_einvoices(
        actor=acting(user), files=[row.pk for row in rows], as_of=TODAY, at=AT, **more
    )


def told(rows):
    return [(row.status, row.reason) for row in rows]


def test_an_invoice_waits_and_becomes_an_item_with_its_file(company, clerk, customer):
    data = xml(company)
    (row,) = receive(clerk, data)
    assert (row.status, row.number, row.kind, row.customer, row.due_on, row.order_number) == (
        Status.WAITING, "R-1", "invoice", customer, date(2026, 3, 3), "PO-9",
    )  # fmt: skip
    assert not Item.objects.filter(number="R-1").exists()

    (one,) = take(clerk, row)

    item = Item.objects.get(number="R-1")
    assert (one.item_id, one.trouble) == (item.pk, "")
    assert (item.customer, item.kind, item.amount_minor, item.due_on, item.reference) == (
        customer, "invoice", made(company).totals.payable_minor, date(2026, 3, 3), "PO-9",
    )  # fmt: skip
    document = ItemDocument.objects.get(item=item)
    assert (document.media_type, document.name) == ("application/xml", "0.xml")
    assert upload_path(document.sha256).read_bytes() == data
    assert verbs(company) == ["einvoices.received", "einvoice.taken"]
    row.refresh_from_db()
    assert (row.status, row.item, row.taken_at) == (Status.TAKEN, item, AT)


def test_the_same_file_again_changes_nothing(company, clerk, customer):
    data = xml(company)
    (row,) = receive(clerk, data)
    (first,) = take(clerk, row)
    before = Event.objects.count()
    assert take(clerk, row) == (first,)
    assert Event.objects.count() == before
    (again,) = receive(clerk, data)
    assert (again.pk, again.status) == (row.pk, Status.TAKEN)
    assert (Item.objects.filter(number="R-1").count(), ItemDocument.objects.count()) == (1, 1)


def test_the_same_invoice_in_another_file_is_the_same_item_and_other_figures_are_refused(
    company, clerk, customer
):
    first, cii = receive(clerk, xml(company), write_cii(made(company), "en16931"))
    other = receive(clerk, write_ubl(made(company, shape="rates"), "en16931"))[0]
    told = take(clerk, first, cii, other)
    item = Item.objects.get(number="R-1")
    assert [one.item_id for one in told] == [item.pk, item.pk, None]
    assert "already in the ledger with other figures" in told[2].trouble
    assert item.documents.count() == 2
    other.refresh_from_db()
    assert other.status == Status.WAITING


def test_a_credit_note_is_a_credit_and_a_negative_invoice_as_well(company, clerk, customer):
    document = made(company, number="G-1", kind="381")
    (row,) = receive(clerk, write_ubl(document, "en16931"))
    take(clerk, row)
    item = Item.objects.get(number="G-1")
    assert (item.kind, item.amount_minor) == ("credit_note", -document.totals.payable_minor)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda one, company: replace(one, issued_on=TODAY + timedelta(days=1)), "in the future"),
        (
            lambda one, company: replace(
                one, seller=replace(one.seller, name="Rival"),
                buyer=replace(one.buyer, name=company.name),
            ),
            "Give it to accounts payable",
        ),
        (
            lambda one, company: replace(
                one, totals=replace(one.totals, payable_minor=0,
                                    prepaid_minor=one.totals.gross_minor),
            ),
            "Nothing is due",
        ),
        (
            lambda one, company: replace(
                one, totals=replace(one.totals, payable_minor=one.totals.payable_minor + 1)
            ),
            "BR-CO-16",
        ),
    ],
)  # fmt: skip
def test_what_can_never_be_our_item_is_refused_with_the_reason(
    company, clerk, customer, change, why
):
    (row,) = receive(clerk, write_ubl(change(made(company), company), "en16931"))
    assert row.status == Status.REFUSED and why in row.reason
    (one,) = take(clerk, row)
    assert one.item_id is None and why in one.trouble
    assert not Item.objects.filter(number="R-1").exists()


def test_what_is_no_invoice_is_refused_by_its_name(company, clerk):
    assert told(receive(clerk, b"%PDF-1.7 paper", b"<cXML/>")) == [
        (Status.REFUSED, EInvoiceFile.objects.get(name="0.xml").reason),
        (Status.REFUSED, EInvoiceFile.objects.get(name="1.xml").reason),
    ]
    assert "a cXML message" in EInvoiceFile.objects.get(name="1.xml").reason


def test_a_foreign_seller_needs_a_word_once_and_is_known_from_then(company, clerk, customer):
    document = made(company)
    ours = replace(document, seller=replace(document.seller, name="Old Brand Ltd"))
    first, second = receive(
        clerk, write_ubl(ours, "en16931"), write_ubl(replace(ours, number="R-2"), "en16931")
    )
    (one,) = take(clerk, first)
    assert "The seller is Old Brand Ltd, not" in one.trouble
    assert take(clerk, first, sellers_are_ours=True)[0].item_id is not None
    assert take(clerk, second)[0].item_id is not None


def test_a_buyer_is_found_by_vat_id_then_by_number_then_by_name(company, clerk, customer):
    by_vat = add_customer(company, "V1", "Acme", vat_id="DE987654321")
    (row,) = receive(clerk, xml(company))
    assert row.customer == by_vat
    document = made(company, number="R-2")
    numbered = replace(
        document, buyer=replace(document.buyer, vat_id="", identifier=customer.number)
    )
    (row,) = receive(clerk, write_ubl(numbered, "en16931"))
    assert row.customer == customer


def test_a_buyer_that_is_none_or_several_is_asked_for(company, clerk, customer):
    stranger, twin = receive(
        clerk, xml(company, buyer="Nobody", number="R-8"), xml(company, number="R-9")
    )
    add_customer(company, "T2", customer.name)
    told = take(clerk, stranger, twin)
    assert "No customer has the VAT id" in told[0].trouble
    assert f"may be {customer.number}, T2" in told[1].trouble
    told = take(clerk, stranger, twin, customers={stranger.pk: "T2", twin.pk: "nope"})
    assert told[0].item_id and "There is no customer nope" in told[1].trouble
    assert Item.objects.get(number="R-8").customer.number == "T2"


def test_files_of_a_zip_count_one_by_one_and_too_many_are_refused(company, clerk, customer):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.xml", xml(company))
        archive.writestr("b.txt", b"hello")
    rows = take_in(
        actor=acting(clerk),
        files=[Upload(name="all.zip", data=stream.getvalue())],
        as_of=TODAY,
        at=AT,
    )
    assert [row.status for row in rows] == [Status.WAITING, Status.REFUSED]
    with pytest.raises(Refused, match="Choose one or several"):
        receive(clerk)
    sent = [Upload(name="x.xml", data=b"<x/>")] * (MOST_AT_ONCE + 1)
    with pytest.raises(Refused, match="at most"):
        take_in(actor=acting(clerk), files=sent, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="damaged"):
        take_in(
            actor=acting(clerk),
            files=[Upload(name="bad.zip", data=b"PK\x03\x04bad")],
            as_of=TODAY,
            at=AT,
        )


def test_without_the_right_nothing_is_received_or_taken(company, clerk, reader, customer):
    (row,) = receive(clerk, xml(company))
    before = Event.objects.count()
    with pytest.raises(Forbidden):
        receive(reader, xml(company, number="R-2"))
    with pytest.raises(Forbidden):
        receive_einvoices(actor=acting(reader), files=[], as_of=TODAY, at=AT)
    with pytest.raises(Forbidden):
        take(reader, row)
    assert (EInvoiceFile.objects.count(), Event.objects.count()) == (1, before)


def test_a_file_of_another_company_is_not_there(company, clerk, customer):
    (row,) = receive(clerk, xml(company))
    other = Company.objects.create(name="Rival", zone="UTC", created_at=AT)
    EInvoiceFile.objects.filter(pk=row.pk).update(company=other, customer=None)
    with pytest.raises(Refused, match="of the list"):
        take(clerk, row)
