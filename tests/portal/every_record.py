"""A customer with one record of every kind the portal's addresses name, for walks over them."""

from datetime import timedelta

from dunwell.actions.customer_documents import send_document
from dunwell.actions.dispute_comments import Enclosed, say, write_to_customer
from dunwell.actions.early_payments import offer_by_hand
from dunwell.actions.gate import debtor, staff, system
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.item_documents import add_item_document
from dunwell.actions.portal_keys import add_key
from dunwell.actions.portal_messages import send_portal_message
from dunwell.actions.portal_passkeys import add_passkey
from dunwell.actions.portal_supplier_statements import compare_own_statement
from dunwell.actions.promises import record_promise
from dunwell.actions.receipts import write_receipt
from dunwell.actions.statements import make_statement
from dunwell.actions.transfers import announce_transfer
from dunwell.actions.uploads import Upload
from dunwell.engine.early_payment import OfferStep
from dunwell.models import Autopay, AutopayCharge, Checkout, Survey
from tests.actions import plan_rows, settlement_rows
from tests.actions.dispute_rows import case_over, on, resolve
from tests.actions.invoice_rows import can_invoice, drafted
from tests.actions.ledger_rows import invoice, payment
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY
from tests.portal.pay_rows import account_of, method_of, provider_of
from tests.portal.seats import seat_of

NOW = {"as_of": TODAY, "at": AT}
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 16
LIST = b"Invoice number,Amount\nR1,100.00\n"
SOON = TODAY + timedelta(days=5)
LATE = {"due_on": TODAY - timedelta(days=3), "issued_on": TODAY - timedelta(days=33)}


def with_every_record(customer, manager, *, email="jane@buyer.example"):
    """Return a manager's seat of a customer that has one of everything."""
    company, contact = customer.company, customer.contacts.create(email=email, recorded_at=AT)
    seat = seat_of(customer, email=email)
    seat.contact = contact
    seat.save()
    _keys(seat)
    _papers(company, customer, seat)
    _agreements(customer, manager)
    _queries(customer, manager)
    _words(seat, contact)
    _money(seat, manager)
    return seat


def _keys(seat):
    by = {"actor": debtor(seat), "seat": seat, "site": "", "at": AT}
    add_passkey(name="phone", credential_id="c1", credential=b"x", sign_count=0, **by)
    add_key(
        name="robot",
        rights=["portal.view"],
        expires_on=TODAY + timedelta(days=9),
        as_of=TODAY,
        **by,
    )


def _papers(company, customer, seat):
    boss = can_invoice(company, customer)
    draft = drafted(customer)
    issued = issue_invoice(actor=boss, invoice=draft, version=draft.version, **NOW)
    add_item_document(
        actor=boss, item=issued.item, kind="invoice", name="R.pdf", data=b"%PDF-1.4 x", at=AT
    )
    make_statement(
        actor=boss, customer=customer, from_on=TODAY - timedelta(days=60), to_on=TODAY, **NOW
    )
    message_to(customer, status="sent")
    mine = {"actor": debtor(seat), "customer": customer, "seat": seat, **NOW}
    send_document(kind="resale", file=Upload(name="c.png", data=PNG), expires_on=None, **mine)
    compare_own_statement(
        file=Upload(name="ours.csv", data=LIST), currency="EUR", decimal="", date_order="", **mine
    )


def _agreements(customer, manager):
    promised, planned, settled = (
        invoice(customer, number, 100_00, **LATE) for number in ("P1", "P2", "P3")
    )
    record_promise(
        actor=system(customer.company), customer=customer, amounts={promised: 100_00}, due_on=SOON,
        **NOW,
    )  # fmt: skip
    plan_rows.proposed(manager, [planned])
    settlement_rows.proposed(manager, [settled], 99_00)


def _queries(customer, manager):
    desk = staff(manager, customer.company)
    case = case_over(invoice(customer, "Q1", 100_00), 30_00)
    file = Enclosed(kind="price_agreement", name="deal.png", data=PNG)
    say(desk, case, side="customer", text="See the file.", files=[file], **on())
    write_to_customer(actor=desk, case=case, kind="question", text="Which price?", **on())
    resolve(case_over(invoice(customer, "Q2", 100_00), 30_00), desk, denied=30_00)


def _words(seat, contact):
    send_portal_message(
        actor=debtor(seat), seat=seat, subject="Hello", text="A question.",
        files=[Upload(name="a.png", data=PNG)], key="every-record", at=AT,
    )  # fmt: skip
    Survey.objects.create(
        company=seat.company, customer=seat.customer, contact=contact, kind="effort",
        occasion="case", subject_id=1, nonce="0" * 32, token_hash="0" * 64, asked_on=TODAY,
        until_on=SOON, recorded_at=AT,
    )  # fmt: skip


def _money(seat, manager):
    company, customer = seat.company, seat.customer
    account_of(company)
    provider = provider_of(company)
    paid_in = payment(customer, "Z1", 10_00)
    checkout = Checkout.objects.create(
        company=company, customer=customer, provider=provider, number="C-1", key="k1",
        currency="EUR", amount_minor=10_00, method="card", purpose="portal", status="paid",
        payment=paid_in, started_by="tests", started_on=TODAY, expires_at=AT, closed_at=AT,
        recorded_at=AT,
    )  # fmt: skip
    write_receipt(actor=system(company), checkout=checkout, **NOW)
    autopay = Autopay.objects.create(
        company=company, customer=customer, method=method_of(customer, provider), covers="items",
        currency="EUR", notice_days=2, text="I agree.", sha256="0" * 64, agreed_by="Jane",
        agreed_on=TODAY, recorded_by="tests", recorded_at=AT,
    )  # fmt: skip
    AutopayCharge.objects.create(
        autopay=autopay, charge_on=SOON, amount_minor=10_00, made_on=TODAY, recorded_at=AT
    )
    wanted = invoice(customer, "T1", 50_00)
    announce_transfer(actor=debtor(seat), customer=customer, amounts={wanted: 50_00}, **NOW)
    offer_by_hand(
        actor=staff(manager, company),
        item=invoice(customer, "E1", 1_000_00, due_on=TODAY + timedelta(days=30)),
        reason="needs cash", steps=[OfferStep(until_on=SOON, rate_ppm=10_000)], **NOW,
    )  # fmt: skip
