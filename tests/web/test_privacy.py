"""The pages of privacy: the register, the purpose log, handing out, erasing, and who may."""

import json

from dunwell.models import Company, Contact, Erasure, Event, Hold
from tests.conftest import AT, TODAY, add_customer


def person(company, number="P1", name="Ina Quill"):
    customer = add_customer(company, number, name, party="person")
    contact = Contact.objects.create(
        customer=customer, name="Ina Quill", email="ina@quill.example", recorded_at=AT
    )
    return customer, contact


def test_i33_a_file_is_handed_out_for_a_purpose_and_is_on_record(come_in, manager, company):
    customer, contact = person(company)
    client = come_in(manager)
    assert "Ina Quill" in client.get(f"/privacy/customers/{customer.pk}/").text
    address = f"/privacy/contacts/{contact.pk}/file/"
    assert "Purpose" in client.get(address).text and not Event.objects.exists()

    read = client.post(address, {"purpose": "access", "kind": "page"})
    assert read["Content-Disposition"].startswith("attachment; ")
    assert "What we know of Ina Quill" in read.text and "ina@quill.example" in read.text
    assert "Purpose: Reaching the person." in read.text
    program = client.post(address, {"purpose": "moving", "kind": "json"})
    assert json.loads(program.content)["about"] == "Ina Quill"
    refused = client.post(address, {"purpose": "sale", "kind": "json"})
    assert refused.status_code == 422 and Event.objects.count() == 2
    whole = f"/privacy/customers/{customer.pk}/file/"
    assert "Ina Quill" in client.post(whole, {"purpose": "checking", "kind": "page"}).text

    log = client.get("/privacy/log/").text
    assert "The person asks what we know" in log and "Ina Quill" not in log
    assert client.get("/privacy/log/?cursor=none").status_code == 200
    assert b"Handed out" in client.get("/privacy/log/export.csv").content


def test_i33_a_person_is_erased_from_the_page_and_a_hold_stops_it(come_in, manager, company):
    customer, contact = person(company)
    client = come_in(manager)
    held = Hold.objects.create(
        company=company, customer=customer, reason="legal", from_on=TODAY, recorded_at=AT
    )
    address = f"/privacy/contacts/{contact.pk}/erase/"
    refused = client.post(address, {"ground": "asked on the first"})
    assert refused.status_code == 422 and "asked on the first" in refused.text
    assert (
        "Nothing is erased while there is" in client.get(f"/privacy/customers/{customer.pk}/").text
    )
    assert "Nothing is erased while this stands" in client.get("/privacy/").text
    Hold.objects.filter(pk=held.pk).delete()

    assert "Erased." in client.post(address, {"ground": "asked"}, follow=True).text
    whole = f"/privacy/customers/{customer.pk}/erase/"
    told = client.post(whole, {"ground": "asked"}, follow=True).text
    assert "restricted until its time is over" in told
    assert Erasure.objects.count() == 2
    assert "P1" in client.get("/privacy/").text
    assert client.get("/privacy/export.csv").content.count(b"\n") > 100


def test_a8_2_2_persons_of_another_company_are_absent_and_others_may_not(
    come_in, manager, collector, company
):
    rival = Company.objects.create(name="Rival", zone="UTC", created_at=AT)
    customer, contact = person(rival)
    paths = [
        f"/privacy/{kind}/{key}/{what}/"
        for kind, key in (("customers", customer.pk), ("contacts", contact.pk))
        for what in ("file", "erase")
    ]
    client = come_in(manager)
    for path in (*paths, f"/privacy/customers/{customer.pk}/"):
        assert client.get(path).status_code == 404, path
    for path in paths:
        answer = client.post(path, {"purpose": "access", "kind": "json", "ground": "x"})
        assert answer.status_code == 404, path
    client = come_in(collector)
    for path in ("/privacy/", "/privacy/log/", "/privacy/export.csv"):
        assert client.get(path).status_code == 403, path
