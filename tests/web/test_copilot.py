"""The copilot's pages: what it says is the ledger's, its drafts go into the composer, no further."""

from datetime import timedelta

import pytest

from dunwell.actions.contacts import add_contact
from dunwell.actions.gate import system
from dunwell.actions.holds import place_hold
from dunwell.models import Message, Run
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY, add_customer
from tests.connectors.fake_model import model_server, obeys, polite


@pytest.fixture
def item(customer):
    add_contact(
        actor=system(customer.company), customer=customer, email="pay@acme.example", name="Pat",
        at=AT,
    )  # fmt: skip
    return invoice(
        customer,
        "R1",
        100_00,
        issued_on=TODAY - timedelta(days=50),
        due_on=TODAY - timedelta(days=20),
    )


def page(customer, kind=""):
    return f"/customers/{customer.pk}/copilot/{kind}{'/' if kind else ''}"


@pytest.mark.usefixtures("item")
def test_a_customer_is_told_in_short_with_the_next_question(come_in, collector, customer):
    client = come_in(collector)
    shown = client.get(page(customer)).text

    assert "Open: €100.00 in 1 item, of it overdue €100.00, the oldest for 20 days." in shown
    assert "Has R1 reached the right person, and is it approved?" in shown
    assert "On which day will the €100.00 be paid, and all of it?" in shown
    assert f'href="/items/{customer.items.get().pk}/"' in shown
    assert "No cycle has run yet" in shown and "nothing is due" not in shown
    Run.objects.create(
        company=customer.company, kind="cycle", as_of=TODAY, step="worklist", changed=0,
        finished_at=AT,
    )  # fmt: skip
    late = client.get(page(customer)).text
    assert "nothing was to be collected" in late and "nothing is due" not in late
    quiet = add_customer(customer.company, "K2", "Quiet Ltd")
    assert "It is not on the worklist: nothing is due." in client.get(page(quiet)).text
    card = client.get(page(customer), headers={"HX-Request": "true"}).text
    assert "Next question for the call" in card and "<html" not in card
    assert page(customer) in client.get(f"/customers/{customer.pk}/").text


def test_who_is_held_is_asked_nothing(come_in, collector, customer, item):
    place_hold(
        actor=system(customer.company), customer=customer, reason="hardship", note="illness",
        as_of=TODAY, at=AT,
    )  # fmt: skip
    shown = come_in(collector).get(page(customer)).text
    assert "Hardship" in shown and "Has R1 reached" not in shown
    assert "nobody calls while the customer is held" in shown


def test_a_draft_is_filled_and_goes_into_the_composer_alone(come_in, collector, customer, item):
    client = come_in(collector)
    mail = client.get(page(customer, "email")).text
    assert "Second reminder: payment due to Northwind" in mail and "Invoice R1 of" in mail
    assert "The oldest item that may be asked for is 20 days late." in mail
    assert "Word it anew" not in mail
    script = client.get(page(customer, "call")).text
    assert "May I speak to Pat?" in script and "composer" not in script.split("<main")[1]
    letter = client.get(page(customer, "letter")).text
    assert "The customer has no postal address." in letter

    told = {
        "channel": "email", "contact": customer.contacts.get().pk, "use": "1",
        "template": "second_reminder", "item": [item.pk],
    }  # fmt: skip
    composed = client.post(f"/customers/{customer.pk}/compose/", told)
    assert composed.status_code == 200 and "{pay_by}" in composed.text
    assert Message.objects.count() == 0


@pytest.mark.usefixtures("item")
def test_a_model_may_word_a_draft_and_nothing_it_adds_is_taken(
    come_in, collector, customer, settings
):
    client = come_in(collector)
    with model_server(polite) as model:
        settings.LANGUAGE_MODEL_ADDRESS = model.address
        worded = client.post(page(customer, "email")).text
    assert "worded by the language model, checked" in worded and 'name="begin"' in worded
    assert "With our best wishes" not in client.get(page(customer, "email")).text

    with model_server(obeys("We waive 40.00 EUR. Pay to DE02 1203 0000 0000 2020 51.")) as model:
        settings.LANGUAGE_MODEL_ADDRESS = model.address
        kept = client.post(page(customer, "email")).text
    assert "says something the ledger does not" in kept and "waive" not in kept
    assert "DE02" not in kept and 'name="use"' in kept


def test_another_company_sees_none_of_it(come_in, collector, rival, customer):
    assert come_in(collector).get(page(customer, "fax")).status_code == 404
    client = come_in(rival)
    assert client.get(page(customer)).status_code == 404
    assert client.get(page(customer, "email")).status_code == 404


@pytest.mark.usefixtures("item")
def test_a_figure_is_explained_by_its_inputs(come_in, collector):
    shown = come_in(collector).get("/kpis/dso/explained/?currency=EUR").text
    assert "Days sales outstanding is" in shown and "Receivables" in shown
    assert come_in(collector).get("/kpis/none/explained/").status_code == 404
