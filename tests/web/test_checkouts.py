"""Pages about online payments: providers, payments, refunds, chargebacks, payouts, events."""

import pytest

from dunwell.jobs.checkouts import fetch_payouts
from dunwell.jobs.practice_bank import pay_out, press
from dunwell.models import (
    Chargeback,
    Checkout,
    CheckoutRefund,
    Membership,
    PaymentProvider,
    ProviderEvent,
    ProviderPayout,
)
from tests.actions.checkout_rows import begun, paid, provider_of
from tests.actions.ledger_rows import invoice, open_amounts

COLUMNS = "Payment,Status,Customer number,Customer,Provider,Way to pay"


@pytest.fixture
def provider(company):
    return provider_of(company)


def test_an_admin_adds_a_provider_tests_it_and_ends_it(come_in, company, admin, clerk):
    assert come_in(clerk).get("/online-payments/providers/").status_code == 403
    client = come_in(admin)
    form = {"kind": "loopback", "name": "Practice", "currencies": "EUR", "methods": ["card"]}
    refused = client.post("/online-payments/providers/", {**form, "is_live": "on"})
    assert refused.status_code == 422 and "moves no money" in refused.text
    assert 'value="Practice"' in refused.text

    client.post("/online-payments/providers/", form)
    provider = PaymentProvider.objects.get()
    page = client.get("/online-payments/providers/").text
    assert f"/hooks/payments/{provider.pk}/" in page and "card" in page
    client.post(
        f"/online-payments/providers/{provider.pk}/change/",
        {**form, "name": "Practice two", "methods": ["card", "debit"]},
    )
    provider.refresh_from_db()
    assert (provider.name, provider.methods) == ("Practice two", ["card", "debit"])
    answer = client.post(f"/online-payments/providers/{provider.pk}/test/", follow=True)
    assert "Practice two answers." in answer.text
    client.post(f"/online-payments/providers/{provider.pk}/end/")
    assert "No payment providers" in client.get("/online-payments/providers/").text


def test_a_clerk_sends_a_payment_link_and_the_customer_pays_by_it(
    come_in, company, clerk, customer, provider, client
):
    invoice(customer, "R1", 100_00)
    desk = come_in(clerk)
    form = desk.get(f"/online-payments/links/{customer.pk}/")
    told = {"amount": "60.00", "provider": provider.pk, "method": "card", "key": "form-1"}
    too_much = desk.post(f"/online-payments/links/{customer.pk}/", {**told, "amount": "160"})
    assert form.status_code == 200 and too_much.status_code == 422
    assert "100.00 EUR that can be paid" in too_much.text and 'value="160"' in too_much.text

    desk.post(f"/online-payments/links/{customer.pk}/", told)
    desk.post(f"/online-payments/links/{customer.pk}/", told)
    checkout = Checkout.objects.get()
    page = desk.get(f"/online-payments/{checkout.pk}/").text
    link = page.partition('<p class="break"><a href="')[2].partition('"')[0]
    outside = client.get(link).text
    assert "€60.00" in outside and checkout.address in outside
    assert client.get(f"{link[:-2]}x/").status_code == 404

    bank = client.get(f"/loopback-bank/{checkout.external_id}/").text
    assert "no card number is asked for" in bank and 'value="succeed"' in bank
    back = client.post(f"/loopback-bank/{checkout.external_id}/", {"button": "succeed"})
    assert back["Location"].endswith(f"{link}?back=1")
    assert "it is paid" in client.get(f"{link}?back=1").text
    assert open_amounts(company) == {"R1": 40_00}


def test_a_payment_is_given_back_by_two_people(come_in, clerk, manager, customer, provider):
    checkout = paid(provider, customer, {invoice(customer, "R1", 100_00): 100_00})
    desk = come_in(clerk)
    assert "CK-1" in desk.get("/online-payments/?status=paid&q=CK-1").text
    assert desk.get("/online-payments/export.csv").text.lstrip("\ufeff").startswith(COLUMNS)
    address = f"/online-payments/{checkout.pk}/refund/"
    assert desk.post(address, {"amount": "100.01", "reason": "no"}).status_code == 422
    desk.post(address, {"amount": "40.00", "reason": "damaged"})
    refund = CheckoutRefund.objects.get()
    approve = f"/online-payments/refunds/{refund.pk}/approve/"
    assert desk.post(approve).status_code == 403

    boss = come_in(manager)
    assert approve in boss.get(f"/online-payments/{checkout.pk}/").text
    boss.post(approve)
    refund.refresh_from_db()
    assert refund.status == "done"
    again = boss.post(f"/online-payments/refunds/{refund.pk}/reject/", {"reason": "late"})
    assert again.status_code == 422


def test_chargebacks_payouts_and_events_have_their_pages(
    come_in, company, clerk, customer, provider
):
    items = [invoice(customer, f"R{n}", 50_00) for n in range(2)]
    paid(provider, customer, {items[0]: 50_00}, key="a")
    taken = paid(provider, customer, {items[1]: 50_00}, key="b")
    press(taken.external_id, "charge_back")
    pay_out(provider)
    fetch_payouts(company)
    desk, row = come_in(clerk), Chargeback.objects.get()

    board = desk.get("/online-payments/chargebacks/").text
    assert "The goods did not arrive" in board
    assert "The goods did not arrive" in desk.get(f"/online-payments/{taken.pk}/").text
    Chargeback.objects.update(reason="lost_in_space")
    assert "lost_in_space" in desk.get("/online-payments/chargebacks/").text
    pack = desk.get(f"/online-payments/chargebacks/{row.pk}/evidence.csv").text
    assert "R1" in pack and "checkout.paid" in pack
    desk.post(f"/online-payments/chargebacks/{row.pk}/answered/")
    twice = desk.post(f"/online-payments/chargebacks/{row.pk}/answered/")
    assert twice.status_code == 422
    assert "answered by" in desk.get("/online-payments/chargebacks/?status=opened").text

    page = desk.get("/online-payments/payouts/").text
    assert "Every cent is explained" in page and "lbp_1" in page
    payout = ProviderPayout.objects.get()
    lines = desk.get(f"/online-payments/payouts/{payout.pk}/").text
    assert "lbm_00000001" in lines and "CK-2" in lines
    assert "lbp_1" in desk.get("/online-payments/payouts/export.csv").text
    ProviderEvent.objects.filter(checkout=taken).update(state="failed", error="no")
    events = desk.get("/online-payments/events/").text
    event = ProviderEvent.objects.filter(state="failed").order_by("pk").first()
    assert f"/online-payments/events/{event.pk}/retry/" in events
    desk.post(f"/online-payments/events/{event.pk}/retry/")
    event.refresh_from_db()
    assert event.state == "applied"


def test_another_company_finds_nothing(come_in, company, clerk, rival, customer, provider):
    theirs = Checkout.objects.get(
        pk=begun(provider, customer, {invoice(customer, "R1", 10_00): 10_00}).pk
    )
    desk = come_in(clerk)
    Checkout.objects.filter(pk=theirs.pk).update(
        company=Membership.objects.filter(user=rival).first().company
    )

    for address in ("", "ask/", "stop/", "refund/"):
        act = desk.post if address == "ask/" else desk.get
        assert act(f"/online-payments/{theirs.pk}/{address}").status_code == 404
