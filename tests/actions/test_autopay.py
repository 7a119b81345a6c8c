"""Standing orders: agreed to a text, announced, charged once, retried by the reason, stopped."""

from datetime import timedelta

import pytest

from dunwell.actions.autopay import agree_autopay, end_autopay, pause_autopay, resume_autopay
from dunwell.actions.autopay_charges import drop_charge, run_autopay
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Forbidden, Refused, debtor, system
from dunwell.actions.saved_methods import keep_method, note_forgotten, remove_method
from dunwell.engine.checkout_facts import SavedMethodFacts
from dunwell.models import (
    Autopay,
    AutopayCharge,
    Checkout,
    Message,
    ProviderEvent,
    SavedMethod,
)
from dunwell.queries.autopay import autopay_charge_rows, autopay_rows, autopay_terms
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY
from tests.portal.pay_rows import method_of, provider_of
from tests.portal.seats import seat_of


@pytest.fixture
def jane(customer):
    return debtor(seat_of(customer))


@pytest.fixture
def method(company, customer):
    return method_of(customer, provider_of(company))


def agree(jane, customer, method, **changes):
    choices = {
        "covers": "items",
        "currency": "EUR",
        "cap_minor": None,
        "day_offset": 0,
        **changes,
    }
    terms = autopay_terms(customer, method, **choices)
    return agree_autopay(
        actor=jane,
        customer=customer,
        method=method,
        **choices,
        name="Jane Buyer",
        sha256=terms.sha256,
        as_of=TODAY,
        at=AT,
    )


def run(company, days=0):
    at = AT + timedelta(days=days)
    return run_autopay(actor=system(company), as_of=TODAY + timedelta(days=days), at=at)


def ended(charge, status, reason="", days=0):
    """Let the provider have told how the checkout of a charge ended."""
    checkout = charge.checkout
    if reason:
        ProviderEvent.objects.create(
            provider=checkout.provider,
            event_id=f"evt-{checkout.pk}",
            kind="failed",
            checkout=checkout,
            payload={"reason": reason},
            happened_at=AT + timedelta(days=days),
            told_at=AT,
        )
    Checkout.objects.filter(pk=checkout.pk).update(status=status)


def states():
    return list(
        AutopayCharge.objects.order_by("pk").values_list("status", "amount_minor", "attempt")
    )


def test_a_customer_agrees_to_the_text_of_its_choices_once(company, customer, jane, method):
    order = agree(jane, customer, method, cap_minor=50_000, day_offset=-3)

    assert "Visa •••• 4242" in order.text
    assert "3 days before it is due" in order.text
    assert "at most €500.00" in order.text
    assert last_event(company)[:3] == ("autopay.agreed", jane.name, customer.pk)
    assert agree(jane, customer, method, cap_minor=50_000, day_offset=-3) == order
    with pytest.raises(Refused, match="set up already"):
        agree(jane, customer, method)
    with pytest.raises(Refused, match="does not say what you chose"):
        agree_autopay(
            actor=jane,
            customer=customer,
            method=method,
            covers="both",
            currency="EUR",
            name="Jane Buyer",
            sha256=order.sha256,
            as_of=TODAY,
            at=AT,
        )


def test_an_invoice_is_announced_then_charged_once_on_its_day(company, customer, jane, method):
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    invoice(customer, "R2", 10_000, due_on=TODAY + timedelta(days=30))
    agree(jane, customer, method)

    assert (run(company), run(company)) == (1, 0)
    notice = Message.objects.get()
    assert (notice.to, notice.channel) == ("jane@buyer.example", "email")
    assert "R1: €600.00" in notice.body
    assert "pause automatic payment in our portal.\n" in notice.body  # its address is not known
    assert states() == [("planned", 60_000, 1)]
    assert not Checkout.objects.exists()

    assert (run(company, 3), run(company, 3)) == (1, 0)
    checkout = Checkout.objects.get()
    assert (checkout.saved_token, checkout.purpose, checkout.amount_minor) == (
        "pm_1",
        "autopay",
        60_000,
    )
    assert states() == [("taken", 60_000, 1)]
    (row,) = autopay_charge_rows(company).rows
    assert (row.items, row.checkout) == (("R1",), checkout.number)


def test_a_notice_leads_to_the_page_where_the_order_is_paused(
    company, customer, jane, method, settings
):
    settings.SITE = "https://desk.example"
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    agree(jane, customer, method)
    run(company)
    body = Message.objects.get().body
    assert "in our portal:\nhttps://desk.example/portal/ways/\n" in body


def test_what_is_questioned_after_the_notice_is_not_charged(company, customer, jane, method):
    item = invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    agree(jane, customer, method)
    run(company)
    open_dispute(
        actor=system(company), item=item, amount_minor=100, reason="price", as_of=TODAY, at=AT
    )

    run(company, 3)

    assert states() == [("dropped", 60_000, 1)]
    assert not Checkout.objects.exists()
    assert run(company, 4) == 0


def test_missing_money_is_tried_again_and_a_stolen_card_ends_the_order(
    company, customer, jane, method
):
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    order = agree(jane, customer, method)
    run(company)
    run(company, 3)
    ended(AutopayCharge.objects.get(), "failed", "insufficient_funds")

    assert (run(company, 3), run(company, 3)) == (1, 0)
    again = AutopayCharge.objects.latest("pk")
    assert (again.charge_on, again.attempt) == (TODAY + timedelta(days=6), 2)
    assert "We will try again on" in Message.objects.latest("pk").body

    run(company, 6)
    ended(AutopayCharge.objects.latest("pk"), "failed", "stolen_card")
    run(company, 6)

    order.refresh_from_db()
    assert order.status == "ended"
    assert [state for state, *_ in states()] == ["declined", "declined"]
    assert run(company, 20) == 0


def test_a_card_that_needs_its_owner_pauses_the_order(company, customer, jane, method):
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    order = agree(jane, customer, method)
    run(company)
    run(company, 3)
    ended(AutopayCharge.objects.get(), "failed", "expired_card")
    run(company, 3)

    order.refresh_from_db()
    assert (order.status, order.reason) == ("paused", "expired_card")
    resume_autopay(actor=jane, autopay=order, at=AT)
    assert run(company, 4) == 1
    assert states()[-1] == ("planned", 60_000, 1)


def test_what_is_above_the_cap_waits_for_a_person(company, customer, jane, method):
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=2))
    invoice(customer, "R2", 10_000, due_on=TODAY + timedelta(days=3))
    agree(jane, customer, method, cap_minor=20_000)

    run(company)

    assert states() == [("planned", 10_000, 1)]


def test_pausing_ending_leaving_out_and_removing_the_card_stop_what_was_announced(
    company, customer, jane, method, collector
):
    invoice(customer, "R1", 60_000, due_on=TODAY + timedelta(days=3))
    order = agree(jane, customer, method)
    run(company)
    pause_autopay(actor=jane, autopay=order, reason="holiday", at=AT)
    assert states() == [("dropped", 60_000, 1)]
    resume_autopay(actor=acting(collector), autopay=order, at=AT)
    run(company)
    charge = AutopayCharge.objects.latest("pk")
    assert drop_charge(actor=acting(collector), charge=charge, at=AT).status == "dropped"

    remove_method(actor=jane, method=method, at=AT)
    order.refresh_from_db()
    assert (order.status, order.reason) == ("ended", "The way to pay was removed.")
    with pytest.raises(Refused, match="not saved any more"):
        resume_autopay(actor=jane, autopay=order, at=AT)
    (row,) = autopay_rows(company).rows
    assert row.status == "ended"
    note_forgotten(actor=system(company), method=method, at=AT)
    assert SavedMethod.objects.get().forgotten_at == AT


def test_a_saved_card_is_kept_once_and_never_for_another_customer(company, customer):
    provider = provider_of(company)
    told = SavedMethodFacts(token="pm_7", kind="card", brand="visa", last4="4242")
    keep = {"actor": system(company), "customer": customer, "provider": provider, "at": AT}

    first = keep_method(method=told, **keep)
    again = keep_method(method=told, **keep)

    assert first == again
    assert SavedMethod.objects.count() == 1
    other = type(customer).objects.create(company=company, number="K2", name="K2", recorded_at=AT)
    with pytest.raises(Refused, match="another customer's"):
        keep_method(method=told, **{**keep, "customer": other})


def test_others_may_not(company, customer, jane, method, reader):
    order = agree(jane, customer, method)
    other = type(customer).objects.create(company=company, number="K2", name="K2", recorded_at=AT)
    stranger = debtor(seat_of(other, email="other@buyer.example"))
    payer = debtor(seat_of(customer, role="payer", email="payer@buyer.example"))

    with pytest.raises(Refused, match="another customer's"):
        end_autopay(actor=stranger, autopay=order, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="another customer's"):
        remove_method(actor=stranger, method=method, at=AT)
    for actor in (payer, acting(reader)):
        with pytest.raises(Forbidden):
            end_autopay(actor=actor, autopay=order, as_of=TODAY, at=AT)
    assert Autopay.objects.get().status == "active"
