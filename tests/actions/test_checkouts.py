"""Paying through a provider: one payment whatever is told how often, refunds, chargebacks."""

from datetime import timedelta

import pytest

from dunwell import clock
from dunwell.actions.chargebacks import note_evidence
from dunwell.actions.checkout_refunds import approve_checkout_refund, refund_checkout
from dunwell.actions.checkouts import cancel_checkout, start_checkout
from dunwell.actions.gate import Forbidden, Refused, debtor, staff, system
from dunwell.actions.payments import apply_payment
from dunwell.jobs.checkouts import (
    apply_events,
    ask_provider,
    hand_over_checkout,
    tend_payments,
)
from dunwell.jobs.practice_bank import pay_out, press
from dunwell.models import (
    Chargeback,
    Checkout,
    CheckoutRefund,
    EntryLine,
    Event,
    Item,
    Message,
    Payment,
    ProviderEvent,
    ProviderPayout,
    Receipt,
    SavedMethod,
    Task,
)
from tests.actions.checkout_rows import begun, paid, provider_of
from tests.actions.ledger_rows import breaks, invoice, open_amounts, payment, postings
from tests.conftest import TODAY, add_customer
from tests.portal.seats import seat_of


@pytest.fixture
def provider(company):
    return provider_of(company)


def start(actor, provider, customer, **fields):
    values = {
        "actor": actor,
        "customer": customer,
        "provider": provider,
        "method": "card",
        "currency": "EUR",
        "key": "k1",
        "purpose": "portal",
        "as_of": clock.today(provider.company.zone),
        "at": clock.now(),
        **fields,
    }
    return start_checkout(**values)


def accounts(company):
    """Return the balance of every account, in minor units."""
    found: dict[str, int] = {}
    for account, minor in EntryLine.objects.filter(company=company).values_list(
        "account", "amount_minor"
    ):
        found[account] = found.get(account, 0) + minor
    return {name: minor for name, minor in sorted(found.items()) if minor}


def test_a_payment_closes_its_item_and_the_receipt_says_so(company, customer, provider):
    item = invoice(customer, "R1", 100_00)
    seat = seat_of(customer)

    checkout = paid(provider, customer, {item: 100_00}, actor=debtor(seat), seat=seat)

    assert checkout.status == "paid"
    assert open_amounts(company) == {}
    assert postings("payment", checkout.payment) == [("provider", 100_00), ("unapplied", -100_00)]
    receipt = Receipt.objects.get()
    assert receipt.document["items"] == [
        {"number": "R1", "paid_minor": 100_00, "discount_minor": 0, "open_minor": 0}
    ]
    assert (receipt.document["left_minor"], receipt.document["freed_minor"]) == (0, 100_00)
    assert receipt.message.to == "jane@buyer.example"
    assert "Paid in full: R1." in receipt.message.body
    assert breaks(company) == {}
    told = list(Event.objects.filter(verb__startswith="checkout.").values_list("verb", flat=True))
    assert told == ["checkout.started", "checkout.opened", "checkout.paid"]


def test_a_double_click_is_one_checkout_and_another_amount_under_its_key_is_refused(
    company, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    actor = debtor(seat_of(customer))

    first = start(actor, provider, customer, amounts={item: 60_00})

    assert start(actor, provider, customer, amounts={item: 60_00}) == first
    with pytest.raises(Refused, match="begun as CK-1 with other amounts"):
        start(actor, provider, customer, amounts={item: 61_00})
    assert Checkout.objects.count() == 1


def test_an_amount_alone_goes_on_the_oldest_items_and_leaves_disputed_ones(
    company, customer, provider
):
    old = invoice(customer, "R1", 50_00, due_on=TODAY)
    young = invoice(customer, "R2", 80_00)

    checkout = start(system(company), provider, customer, amount_minor=70_00)

    lines = checkout.lines.order_by("item__due_on").values_list("item__number", "amount_minor")
    assert list(lines) == [(old.number, 50_00), (young.number, 20_00)]
    with pytest.raises(Refused, match=r"130\.01 EUR is more than the 130\.00 EUR that can be"):
        start(system(company), provider, customer, amount_minor=130_01, key="k2")


def test_what_is_not_the_payers_is_refused_without_a_trace(company, customer, provider):
    mine = invoice(customer, "R1", 100_00)
    other = add_customer(company, "C9")
    theirs = invoice(other, "R9", 100_00)
    actor = debtor(seat_of(customer))

    with pytest.raises(Refused, match="not known here"):
        start(actor, provider, customer, amounts={theirs: 1_00})
    with pytest.raises(Refused, match="another customer's"):
        start(actor, provider, other, amounts={theirs: 1_00})
    with pytest.raises(Refused, match=r"100\.01 EUR is more than the 100\.00 EUR"):
        start(actor, provider, customer, amounts={mine: 100_01})
    with pytest.raises(Refused, match="does not take USD"):
        start(actor, provider, customer, amounts={mine: 1_00}, currency="USD")
    with pytest.raises(Forbidden):
        start(debtor(seat_of(other, role="viewer")), provider, other, amounts={theirs: 1_00})
    assert (Checkout.objects.count(), Event.objects.filter(verb="checkout.started").count()) == (
        0,
        0,
    )


def test_money_for_an_item_that_was_paid_meanwhile_stays_on_account(
    company, clerk, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    checkout = begun(provider, customer, {item: 100_00})
    by_bank = payment(customer, "P1", 70_00)
    today = clock.today(company.zone)
    apply_payment(
        actor=staff(clerk, company),
        payment=by_bank,
        amounts={item: 70_00},
        as_of=today,
        at=clock.now(),
    )

    press(checkout.external_id, "succeed")

    receipt = Receipt.objects.get().document
    assert open_amounts(company) == {}
    assert (receipt["items"][0]["paid_minor"], receipt["on_account_minor"]) == (30_00, 70_00)
    assert breaks(company) == {}


def test_webhook_return_page_and_poll_make_one_payment(company, customer, provider):
    item = invoice(customer, "R1", 100_00)
    checkout = paid(provider, customer, {item: 100_00})

    for _ in range(3):
        ask_provider(checkout)
        ProviderEvent.objects.update(state="new")
        apply_events(company)
        tend_payments(company)

    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="checkout.paid").count() == 1


def test_a_surcharge_is_owed_and_paid_as_a_fee(company, customer, provider):
    item = invoice(customer, "R1", 100_00)

    checkout = paid(provider, customer, {item: 100_00}, surcharge_minor=1_40)

    fee = Item.objects.get(kind="fee")
    assert (checkout.payment.amount_minor, fee.number, fee.amount_minor) == (
        101_40,
        "CK-1-S",
        1_40,
    )
    assert (open_amounts(company), breaks(company)) == ({}, {})


def test_a_declined_payment_may_still_be_paid_later_and_a_cancelled_one_is_closed(
    company, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    declined = begun(provider, customer, {item: 40_00})
    press(declined.external_id, "decline")
    stopped = begun(provider, customer, {item: 40_00}, key="k2")

    cancel_checkout(actor=system(company), checkout=stopped, reason="by phone", at=clock.now())
    tend_payments(company)

    found = Checkout.objects.order_by("pk").values_list("status", "error")
    assert list(found) == [("failed", "card_declined"), ("cancelled", "by phone")]
    press(stopped.external_id, "succeed")
    assert Payment.objects.count() == 0


def test_three_d_secure_and_slow_money_take_their_steps(company, customer, provider):
    item, slow = invoice(customer, "R1", 100_00), invoice(customer, "R2", 30_00)
    asked = begun(provider, customer, {item: 100_00})
    press(asked.external_id, "challenge")
    press(asked.external_id, "confirm")
    under_way = begun(provider, customer, {slow: 30_00}, key="k2", method="debit")
    press(under_way.external_id, "delay")

    assert list(Checkout.objects.order_by("pk").values_list("status", flat=True)) == [
        "paid",
        "processing",
    ]
    with pytest.raises(Refused, match="R2 is being paid by CK-2 already"):
        begun(provider, customer, {slow: 30_00}, key="k3")
    press(under_way.external_id, "arrive")
    assert open_amounts(company) == {}


def test_a_refund_takes_two_people_and_what_it_was_put_on_is_owed_again(
    company, clerk, manager, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    checkout = paid(provider, customer, {item: 100_00})
    today, now = clock.today(company.zone), clock.now()
    refund = refund_checkout(
        actor=staff(clerk, company),
        checkout=checkout,
        amount_minor=30_00,
        reason="Damaged goods",
        as_of=today,
        at=now,
    )
    with pytest.raises(Forbidden):
        approve_checkout_refund(actor=staff(clerk, company), refund=refund, as_of=today, at=now)
    with pytest.raises(Refused, match=r"70\.00 EUR of CK-1 can be given back"):
        refund_checkout(
            actor=staff(clerk, company),
            checkout=checkout,
            amount_minor=71_00,
            reason="More",
            as_of=today,
            at=now,
        )

    approve_checkout_refund(actor=staff(manager, company), refund=refund, as_of=today, at=now)
    tend_payments(company)

    refund.refresh_from_db()
    assert (refund.status, refund.item.kind) == ("done", "refund")
    assert open_amounts(company) == {"R1": 30_00}
    assert breaks(company) == {}


def test_a_refund_the_provider_refuses_is_taken_back_in_the_books(
    company, clerk, manager, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    checkout = paid(provider, customer, {item: 100_00})
    today, now = clock.today(company.zone), clock.now()
    refund = refund_checkout(
        actor=staff(clerk, company),
        checkout=checkout,
        amount_minor=30_00,
        reason="Damaged goods",
        as_of=today,
        at=now,
    )
    approve_checkout_refund(actor=staff(manager, company), refund=refund, as_of=today, at=now)
    Checkout.objects.update(external_id="nobody")

    tend_payments(company)

    refund.refresh_from_db()
    assert (refund.status, refund.error) == ("failed", "nobody is not known here")
    assert breaks(company) == {}


def test_a_chargeback_opens_the_item_again_and_a_won_one_closes_it(
    company, clerk, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    checkout = paid(provider, customer, {item: 100_00})

    press(checkout.external_id, "charge_back")

    row = Chargeback.objects.get()
    task = Task.objects.get(kind="chargeback")
    assert (row.status, row.fee_minor, open_amounts(company)) == (
        "opened",
        15_00,
        {"R1": 100_00},
    )
    assert (task.status, row.evidence_due_on) == (
        "open",
        clock.today(company.zone) + timedelta(days=7),
    )
    note_evidence(actor=staff(clerk, company), chargeback=row, at=clock.now())
    press(checkout.external_id, "give_way")

    row.refresh_from_db()
    task.refresh_from_db()
    assert (row.status, task.status, open_amounts(company)) == ("won", "done", {})
    assert breaks(company) == {}


def test_a_chargeback_after_a_refund_takes_what_is_left(
    company, clerk, manager, customer, provider
):
    item = invoice(customer, "R1", 100_00)
    checkout = paid(provider, customer, {item: 100_00})
    today, now = clock.today(company.zone), clock.now()
    refund = refund_checkout(
        actor=staff(clerk, company),
        checkout=checkout,
        amount_minor=30_00,
        reason="Damaged goods",
        as_of=today,
        at=now,
    )
    approve_checkout_refund(actor=staff(manager, company), refund=refund, as_of=today, at=now)
    tend_payments(company)

    press(checkout.external_id, "charge_back")

    assert Chargeback.objects.get().amount_minor == 70_00
    assert open_amounts(company) == {"R1": 100_00}
    assert breaks(company) == {}
    pay_out(provider)
    tend_payments(company)
    # the fees are all that is left of it: 1.65 for the payment, 15.00 for the chargeback
    left = accounts(company)
    assert (left["bank"], left["fees"], left.get("provider"), left.get("refunds")) == (
        -16_65,
        16_65,
        None,
        None,
    )


def test_what_is_paid_out_is_gross_less_fees_refunds_and_chargebacks(company, customer, provider):
    items = [invoice(customer, f"R{n}", 100_00) for n in range(3)]
    for n, item in enumerate(items):
        checkout = paid(provider, customer, {item: 100_00}, key=f"k{n}")
    press(checkout.external_id, "charge_back")

    pay_out(provider)
    tend_payments(company)

    payout = ProviderPayout.objects.get()
    assert payout.net_minor == 300_00 - 3 * 1_65 - 100_00 - 15_00
    left = accounts(company)
    assert (left["bank"], left["fees"], left.get("provider")) == (
        payout.net_minor,
        3 * 1_65 + 15_00,
        None,
    )
    assert breaks(company) == {}


def test_a_way_to_pay_is_saved_only_where_the_payer_asked_for_it(company, customer, provider):
    item = invoice(customer, "R1", 100_00)
    paid(provider, customer, {item: 40_00})
    assert SavedMethod.objects.count() == 0
    paid(provider, customer, {item: 30_00}, key="k2", saves_method=True)

    saved = SavedMethod.objects.get()
    again = begun(provider, customer, {item: 30_00}, key="k3", saved_token=saved.token)

    assert (saved.last4, again.status, open_amounts(company)) == ("4242", "paid", {})


def test_a_provider_that_cannot_be_reached_is_tried_again(company, customer, provider):
    item = invoice(customer, "R1", 100_00)
    type(provider).objects.filter(pk=provider.pk).update(kind="stripe")
    checkout = start(system(company), provider, customer, amounts={item: 100_00})

    found = hand_over_checkout(Checkout.objects.get(pk=checkout.pk))

    assert found.status == "failed"
    assert "The setting DUNWELL_PAYMENT_STRIPE_KEY is empty" in found.error


def test_a_receipt_is_one_mail_however_often_events_are_applied(company, customer, provider):
    item = invoice(customer, "R1", 100_00)
    paid(provider, customer, {item: 100_00}, seat=seat_of(customer))

    apply_events(company)

    assert Message.objects.filter(template="receipt").count() == 1
    assert CheckoutRefund.objects.count() == 0
