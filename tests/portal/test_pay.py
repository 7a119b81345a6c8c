"""Paying in the portal: what, how, the surcharge, the transfer, and where it stands afterwards."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import system
from dunwell.models import Allocation, Checkout, OpenItem, Transfer
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.portal.pay_rows import OURS, account_of, hidden, method_of, provider_of
from tests.portal.seats import onlooker, seat_of, seated

PAY, HOW, START = "/portal/pay/", "/portal/pay/how/", "/portal/pay/start/"


@pytest.fixture(autouse=True)
def _now():
    cache.clear()
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def items(customer):
    late, due = TODAY - timedelta(days=9), TODAY - timedelta(days=2)
    return {
        "R1": invoice(customer, "R1", 60_000, due_on=late),
        "R2": invoice(customer, "R2", 40_000, due_on=due),
        "R3": invoice(customer, "R3", 25_000),
    }


@pytest.fixture
def jane(customer, items):
    return seated(seat_of(customer))


def lines(checkout):
    return {one.item.number: one.amount_minor for one in checkout.lines.select_related("item")}


def start(jane, query, way, **more):
    """Go on from a choice with a way to pay, as the page's form does."""
    page = jane.get(HOW, query)
    assert page.status_code == 200, page.content.decode()
    sent = {**query, "key": hidden(page, "key"), "way": way, **more}
    sent[f"shown_{way}"] = more.get("shown") or hidden(page, f"shown_{way}")
    return jane.post(START, sent)


def test_all_that_is_due_is_offered_first_and_what_is_questioned_is_left_out(
    company, customer, items, jane
):
    provider = provider_of(company)
    open_dispute(
        actor=system(company),
        item=items["R1"],
        amount_minor=10_000,
        reason="price",
        as_of=TODAY,
        at=AT,
    )

    page = jane.get(PAY)
    assert "is left out because you have questioned it" in page.content.decode()
    answer = start(jane, {"mode": "all"}, f"provider:{provider.pk}:card")

    checkout = Checkout.objects.get()
    assert answer.url == f"/portal/pay/{checkout.pk}/?go"
    assert lines(checkout) == {"R1": 50_000, "R2": 40_000}
    assert (checkout.method, checkout.status, checkout.surcharge_minor) == ("card", "open", 0)
    onward = jane.get(answer.url).content.decode()
    assert f'content="0;url={checkout.address}' in onward.replace("&amp;", "&")


def test_an_amount_goes_on_the_oldest_and_the_page_says_which_before(company, jane):
    provider_of(company)

    page = jane.get(HOW, {"mode": "part", "amount": "700.00"}).content.decode()

    assert page.index("R1") < page.index("R2")
    assert "€600.00" in page
    assert "€100.00" in page
    assert "R3" not in page


def test_ticked_invoices_are_paid_whole_or_by_the_amount_beside_them(company, items, jane):
    provider = provider_of(company)
    query = {
        "mode": "selected",
        "item": [items["R2"].pk, items["R3"].pk],
        f"amount_{items['R3'].pk}": "100.00",
    }
    start(jane, query, f"provider:{provider.pk}:wallet")

    assert lines(Checkout.objects.get()) == {"R2": 40_000, "R3": 10_000}


def test_credits_are_used_only_when_chosen(company, customer, items, jane):
    provider = provider_of(company)
    credit = invoice(customer, "C1", -15_000)
    way = f"provider:{provider.pk}:card"

    start(jane, {"mode": "selected", "item": items["R3"].pk}, way)
    assert OpenItem.objects.get(item=credit).open_minor == -15_000
    start(jane, {"mode": "selected", "item": items["R2"].pk, "credit": credit.pk}, way)

    assert lines(Checkout.objects.latest("pk")) == {"R2": 25_000}
    assert not OpenItem.objects.filter(item=credit).exists()
    assert Allocation.objects.filter(item=credit).count() == 1


def test_a_double_click_pays_once_and_another_amount_than_shown_is_refused(company, items, jane):
    provider = provider_of(company)
    way = f"provider:{provider.pk}:card"
    query = {"mode": "selected", "item": str(items["R1"].pk)}
    page = jane.get(HOW, query)
    sent = {**query, "key": hidden(page, "key"), "way": way, f"shown_{way}": "60000"}

    assert jane.post(START, sent).url == jane.post(START, sent).url
    assert Checkout.objects.count() == 1
    refused = jane.post(START, {**sent, "key": "another-key-12", f"shown_{way}": "59000"})
    assert refused.status_code == 422
    assert "Look at it again before you pay" in refused.content.decode()
    assert Checkout.objects.count() == 1


def test_a_surcharge_is_shown_before_choosing_and_only_where_the_law_allows(
    company, customer, items, jane
):
    asked = {"rate_ppm": 20_000, "cost_ppm": 15_000}
    provider = provider_of(company, settings={"surcharges": {"card": asked}})
    customer.party = "company"
    customer.save()
    company_card = method_of(customer, provider, is_commercial=True)
    private_card = method_of(customer, provider, token="pm_2", is_commercial=False)
    query = {"mode": "selected", "item": items["R1"].pk}

    page = jane.get(HOW, query)

    assert hidden(page, f"shown_saved:{company_card.pk}") == "60900"
    assert hidden(page, f"shown_saved:{private_card.pk}") == "60000"
    assert hidden(page, f"shown_provider:{provider.pk}:card") == "60000"
    assert "This includes €9.00 that this way to pay costs." in page.content.decode()


def test_a_transfer_has_its_own_reference_a_code_and_keeps_both(company, items, jane):
    account_of(company)
    query = {"mode": "selected", "item": [str(items["R1"].pk), str(items["R2"].pk)]}

    first = start(jane, query, "transfer")
    again = start(jane, query, "transfer")

    transfer = Transfer.objects.get()
    assert first.url == again.url == f"/portal/pay/transfer/{transfer.pk}/"
    assert (transfer.amount_minor, transfer.reference[:2]) == (100_000, "RF")
    page = jane.get(first.url).content.decode()
    assert "DE89 3704 0044 0532 0130 00" in page
    assert "1 to 2 working days" in page
    svg = jane.get(f"{first.url}code.svg")
    png = jane.get(f"{first.url}code.png")
    assert (svg.headers["Content-Type"], png.content[:4]) == ("image/svg+xml", b"\x89PNG")
    assert jane.get(f"{first.url}code.gif").status_code == 404
    assert OURS in jane.get(first.url).context["to"].iban


def test_nothing_chosen_a_wrong_amount_and_no_way_to_pay_are_said_kindly(company, items, jane):
    for query, sentence in [
        ({"mode": "selected"}, "Tick at least one invoice."),
        ({"mode": "part", "amount": "x"}, "x is not an amount"),
        ({"mode": "part", "amount": "0"}, "Write the amount you want to pay."),
        ({"mode": "part", "amount": "9999999.00"}, "This is more than is open."),
        ({"mode": "selected", "item": items["R1"].pk, f"amount_{items['R1'].pk}": "601"}, "open"),
        ({"instalment": "77"}, "This instalment is paid, or not yours."),
    ]:
        answer = jane.get(HOW, query)
        assert (answer.status_code, sentence in answer.content.decode()) == (422, True), query
    alone = jane.get(HOW, {"mode": "all"}).content.decode()
    assert "There is no way to pay online here" in alone


def test_others_see_and_start_nothing(company, customer, items, jane):
    provider = provider_of(company)
    account_of(company)
    start(jane, {"mode": "all"}, f"provider:{provider.pk}:card")
    start(jane, {"mode": "selected", "item": items["R3"].pk}, "transfer")
    checkout, transfer = Checkout.objects.get(), Transfer.objects.get()
    stranger = seated(seat_of(add_customer(company, "K2"), email="other@buyer.example"))
    looking, _ = onlooker(customer)

    assert stranger.get(f"/portal/pay/{checkout.pk}/").status_code == 404
    assert stranger.post(f"/portal/pay/{checkout.pk}/cancel/").status_code == 404
    assert stranger.get(f"/portal/pay/transfer/{transfer.pk}/").status_code == 404
    assert stranger.get(f"/portal/pay/transfer/{transfer.pk}/code.svg").status_code == 404
    assert stranger.get(HOW, {"mode": "selected", "item": items["R1"].pk}).status_code == 422
    assert looking.get(PAY).status_code == 200
    assert looking.get(HOW, {"mode": "all"}).status_code == 403
    assert looking.post(START, {"mode": "all"}).status_code == 403


def test_a_payment_not_made_can_be_stopped_and_tried_another_way(company, jane):
    provider = provider_of(company)
    start(jane, {"mode": "all"}, f"provider:{provider.pk}:card")
    checkout = Checkout.objects.get()

    waiting = jane.get(f"/portal/pay/{checkout.pk}/").content.decode()
    assert "Waiting for your payment" in waiting
    assert 'http-equiv="refresh" content="5"' in waiting
    assert jane.post(f"/portal/pay/{checkout.pk}/cancel/").url == PAY
    page = jane.get(f"/portal/pay/{checkout.pk}/").content.decode()
    assert "Try another way" in page
    part = jane.get(f"/portal/pay/{checkout.pk}/", headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith('<div id="pay-state"')
