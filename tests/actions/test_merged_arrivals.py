"""What comes in for a record that was merged, by mail, bank or ledger, reaches the survivor."""

from datetime import timedelta

import pytest

from dunwell.actions.delivery_reports import report_delivery
from dunwell.actions.gate import Merged, system
from dunwell.actions.match_cases import park_case, settle_case
from dunwell.actions.unsubscriptions import opt_out
from dunwell.models import (
    ContactRestriction,
    PayerAlias,
    Signal,
    Suppression,
)
from dunwell.queries.unsubscribe_links import unsubscribe_token
from tests.actions.desk import acting
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.mail_rows import contact, letter, take
from tests.actions.match_desk import bank_entry, case_of, money, run
from tests.actions.merge_rows import merged_by, split_by
from tests.actions.test_messages import message_to
from tests.conftest import AT, TODAY, add_customer

HOUR = timedelta(hours=1)
ACCOUNT = "DE89370400440532013000"


@pytest.fixture
def twin(company):
    return add_customer(company, "K2", "Bolt Works AG")


def sent(customer, **fields):
    return message_to(customer, status="sent", sent_at=AT - HOUR, **fields)


def whose(inbound):
    return (inbound.customer, inbound.conversation.customer)


def test_an_answer_to_a_mail_of_the_merged_record_is_the_survivors(
    company, clerk, manager, customer, twin
):
    contact(twin)
    message = sent(twin, to="ann@buyer.example")
    merge = merged_by(clerk, manager, twin, customer)

    answered = take(company, replies_to=message.message_id)
    signal = Signal.objects.get()
    split_by(manager, merge)
    later = take(company, replies_to=message.message_id, message_id="<a2@buyer.example>")

    assert whose(answered) == (customer, customer)
    assert answered.answers == message
    assert (signal.kind, signal.customer, signal.message) == ("replied", twin, message)
    assert later.customer == twin


@pytest.mark.parametrize("by", ["address", "item", "conversation"])
def test_a_mail_of_somebody_of_the_merged_record_is_the_survivors(
    company, clerk, manager, customer, twin, by
):
    invoice(twin, "R-2026-1001", 100_00)
    if by == "address":
        contact(twin)
    if by == "conversation":
        contact(twin)
        take(company, subject="Our delivery", text="Where is it?")
    merged_by(clerk, manager, twin, customer)

    text = "We paid R-2026-1001 yesterday." if by == "item" else "Good morning"
    mail = take(company, letter(text, subject="Our delivery", message_id="<a2@buyer.example>"))

    assert whose(mail) == (customer, customer)


def test_who_opts_out_by_a_mail_of_the_merged_record_opts_the_survivor_out(
    company, clerk, manager, customer, twin
):
    reader = contact(twin, email="ann@buyer.example")
    message = sent(twin, to="ann@buyer.example")
    merged_by(clerk, manager, twin, customer)

    told = [
        opt_out(
            actor=system(company), token=unsubscribe_token(message), choice="reminders",
            as_of=TODAY, at=AT,
        )
        for _ in range(2)
    ]  # fmt: skip

    found = ContactRestriction.objects.get()
    assert told == [(found,)] * 2
    assert (found.customer, found.contact, found.purpose) == (customer, reader, "collection")


def test_a_mail_of_the_merged_record_that_comes_back_marks_the_survivors_contact(
    company, clerk, manager, customer, twin
):
    reader = contact(twin, email="ap@acme.example")
    message = sent(twin)
    merged_by(clerk, manager, twin, customer)

    report_delivery(
        actor=system(company), company=company, kind="bounced", provider="mta", external_id="1",
        message_id=message.message_id, is_hard=True, reason="no such user", at=AT,
    )  # fmt: skip

    reader.refresh_from_db()
    entry = Suppression.objects.get()
    assert (reader.customer, reader.bounced_on) == (customer, TODAY)
    assert (entry.address, entry.customer) == ("ap@acme.example", customer)


@pytest.mark.parametrize("by", ["name", "account", "learned name"])
def test_money_in_the_name_or_from_the_account_of_the_merged_record_is_the_survivors(
    company, clerk, manager, customer, twin, by
):
    payer = "Bolt Works AG" if by == "name" else "B.W. Treasury Ltd"
    if by != "name":
        kind, text = ("account", ACCOUNT) if by == "account" else ("name", "b w treasury")
        PayerAlias.objects.create(
            company=company, customer=twin, kind=kind, text=text, source="by hand", last_on=TODAY,
            recorded_by="ada", recorded_at=AT,
        )  # fmt: skip
    item = invoice(twin, "RE-2026-10044", 1_190_00)
    merged_by(clerk, manager, twin, customer)
    paid = money(company, "B7", 1_190_00, payer=payer, reference="thank you")
    if by == "account":
        bank_entry(paid)

    run(company)

    paid.refresh_from_db()
    (proposal,) = case_of(paid).proposals.all()
    assert paid.customer == customer
    assert proposal.allocations == [[item.pk, 1_190_00]]
    assert (
        proposal.reasons[0]
        == {
            "name": "Bolt Works AG is a known alias",
            "account": "the account is the customer's",
            "learned name": "B.W. Treasury Ltd is a known alias",
        }[by]
    )
    assert breaks(company) == {}


def test_nobody_puts_money_on_a_merged_record_by_hand(company, clerk, manager, customer, twin):
    merged_by(clerk, manager, twin, customer)
    item = invoice(customer, "R9", 10_00)
    paid = money(company, "B7", 10_00)
    run(company)
    case = case_of(paid)
    told = {"actor": acting(clerk), "case": case, "version": case.version, "customer_id": twin.pk}
    on = {"as_of": TODAY, "at": AT}

    for decide in (
        lambda: settle_case(**told, **on, amounts={item.pk: 10_00}, paid={item.pk: 10_00}),
        lambda: park_case(**told, **on, reason="they wait"),
    ):
        with pytest.raises(Merged, match="K2 was merged into K1; go on at K1"):
            decide()

    paid.refresh_from_db()
    assert (paid.customer, breaks(company)) == (None, {})
