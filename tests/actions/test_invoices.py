"""From a draft to what is owed: numbers without gaps, one item, a document that stays."""

import pytest

from dunwell.actions.gate import Actor, Forbidden, Refused, Stale, staff, system
from dunwell.actions.invoice_credits import credit_invoice
from dunwell.actions.invoice_drafts import approve_invoice, edit_invoice, void_invoice
from dunwell.actions.invoice_files import issued_paper
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.invoice_orders import invoice_order
from dunwell.actions.invoice_schedules import add_schedule, run_schedules
from dunwell.actions.invoicing import save_profile, set_series
from dunwell.models import EntryLine, Event, Invoice, Item, NumberSeries, OpenItem, Order
from dunwell.queries.invoice_drafts import Draft
from tests.actions.invoice_rows import NOW, OURS, can_invoice, drafted, line
from tests.conftest import AT, TODAY, add_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(company):
    customer = add_customer(company, "K1", country="DE")
    can_invoice(company, customer)
    return customer


def issued(invoice, **more):
    return issue_invoice(
        actor=system(invoice.company), invoice=invoice, version=invoice.version, **more, **NOW
    )


def test_issuing_writes_number_item_entries_document_and_event(customer):
    invoice = issued(drafted(customer, line("100", "2"), line("50", tax="DE7")))
    assert invoice.number == f"INV-{TODAY.year}-00001"
    assert (invoice.net_minor, invoice.tax_minor) == (250_00, 38_00 + 3_50)
    item = invoice.item
    assert (item.amount_minor, item.kind) == (291_50, "invoice")
    assert (item.due_on - TODAY).days == 30
    assert OpenItem.objects.get(item=item).open_minor == 291_50
    lines = EntryLine.objects.filter(source="item", source_id=item.pk)
    assert sum(lines.values_list("amount_minor", flat=True)) == 0
    paper = issued_paper(invoice)
    assert paper.document.number == invoice.number
    assert paper.document.totals.payable_minor == 291_50
    assert Event.objects.latest("seq").verb == "invoice.issued"


def test_issuing_again_returns_the_same_and_draws_no_number(customer):
    draft = drafted(customer)
    first = issued(draft)
    again = issued(draft)
    assert again.number == first.number
    assert Item.objects.count() == 1
    assert NumberSeries.objects.get().next_number == 2


def test_a_refused_issue_leaves_no_gap(customer):
    blocked = drafted(customer, delivered_on=None)
    with pytest.raises(Refused, match="Confirm"):
        issued(blocked)
    assert issued(drafted(customer)).number.endswith("00001")
    assert issued(blocked, is_confirmed=True).number.endswith("00002")


def test_two_clerks_do_not_overwrite_each_other(customer):
    draft = drafted(customer)
    actor = system(customer.company)
    changed = edit_invoice(
        actor=actor, invoice=draft, version=1,
        draft=Draft(lines=[line("10")], currency="EUR", delivered_on=TODAY), **NOW,
    )  # fmt: skip
    assert changed.gross_minor == 11_90
    with pytest.raises(Stale):
        issue_invoice(actor=actor, invoice=draft, version=1, **NOW)
    with pytest.raises(Stale):
        edit_invoice(
            actor=actor, invoice=draft, version=1,
            draft=Draft(lines=[line("11")], currency="EUR"), **NOW,
        )  # fmt: skip


def test_an_issued_invoice_cannot_be_changed_or_voided(customer):
    invoice = issued(drafted(customer))
    actor = system(customer.company)
    with pytest.raises(Refused, match="credit note"):
        void_invoice(actor=actor, invoice=invoice, reason="wrong", at=AT)
    with pytest.raises(Refused, match="credit note"):
        edit_invoice(
            actor=actor, invoice=invoice, version=invoice.version,
            draft=Draft(lines=[line()], currency="EUR"), **NOW,
        )  # fmt: skip


def test_a_credit_note_of_the_whole_settles_its_invoice(customer):
    invoice = issued(drafted(customer, line("33.33", "3"), line("50", tax="DE7")))
    note = credit_invoice(
        actor=system(customer.company), invoice=invoice, reason="Returned", **NOW
    )
    note = issued(note)
    assert note.number == f"CN-{TODAY.year}-00001"
    assert note.item.amount_minor == -invoice.item.amount_minor
    assert not OpenItem.objects.exists()
    with pytest.raises(Refused, match="More than"):
        issued(
            credit_invoice(actor=system(customer.company), invoice=invoice, reason="Again", **NOW)
        )


def test_a_part_is_credited_by_quantity(customer):
    invoice = issued(drafted(customer, line("10", "4")))
    note = issued(
        credit_invoice(
            actor=system(customer.company), invoice=invoice, reason="One was broken",
            quantities={1: 1_000_000}, **NOW,
        )
    )  # fmt: skip
    assert note.gross_minor == 11_90
    assert OpenItem.objects.get().open_minor == 35_70


def test_somebody_else_approves_over_the_amount(company, customer, clerk, manager):
    save_profile(actor=system(company), texts=OURS, approve_over_minor=100_00, version=1, at=AT)
    karl, mona = staff(clerk, company), staff(manager, company)
    draft = drafted(customer, actor=karl)
    with pytest.raises(Refused, match="somebody else approves"):
        issue_invoice(actor=karl, invoice=draft, version=1, **NOW)
    with pytest.raises(Forbidden):
        approve_invoice(actor=karl, invoice=draft, version=1, **NOW)
    own = drafted(customer, actor=mona)
    with pytest.raises(Refused, match="You wrote"):
        approve_invoice(actor=mona, invoice=own, version=1, **NOW)
    done = approve_invoice(actor=mona, invoice=draft, version=1, **NOW)
    assert issue_invoice(actor=karl, invoice=done, version=2, **NOW).status == "issued"


def test_an_order_is_closed_when_it_is_billed(company, customer):
    order = Order.objects.create(
        company=company, customer=customer, number="SO-1", status="approved", currency="EUR",
        amount_minor=200_00, ordered_on=TODAY, terms="Net 30", recorded_at=AT,
    )  # fmt: skip
    actor = system(company)
    draft = invoice_order(actor=actor, order=order, tax_code="DE19", delivered_on=TODAY, **NOW)
    assert invoice_order(actor=actor, order=order, tax_code="DE19", **NOW).pk == draft.pk
    issued(draft)
    order.refresh_from_db()
    assert (order.billed_minor, order.status) == (200_00, "closed")
    with pytest.raises(Refused, match="cannot be billed"):
        invoice_order(actor=actor, order=order, tax_code="DE19", **NOW)


def test_a_schedule_bills_each_period_once(company, customer):
    add_schedule(
        actor=system(company), customer=customer, name="Hosting", every="month", day=1,
        starts_on=TODAY.replace(day=1), currency="EUR", lines=[line("20")], terms="Net 30",
        is_auto_issued=True, **NOW,
    )  # fmt: skip
    assert run_schedules(actor=system(company), **NOW) == 1
    assert run_schedules(actor=system(company), **NOW) == 0
    assert Invoice.objects.get().status == "issued"


def test_numbers_go_forward_only_and_a_taken_one_is_refused(company, customer):
    actor = system(company)
    set_series(actor=actor, kind="invoice", pattern="R{number:4}", next_number=7, **NOW)
    with pytest.raises(Refused, match="forward"):
        set_series(actor=actor, kind="invoice", pattern="R{number:4}", next_number=6, **NOW)
    assert issued(drafted(customer)).number == "R0007"


def test_without_the_right_nothing_is_drafted(company, customer):
    with pytest.raises(Forbidden):
        drafted(customer, actor=Actor(company=company, name="nobody"))
    assert not Invoice.objects.exists()
