"""Pages of duplicates: working through pairs, what a merge moves, deciding it, and the way back."""

import re

import pytest
from django.test import Client

from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import staff
from dunwell.models import Customer, CustomerMerge, DistinctCustomers, Item
from tests.actions.exports import items_csv
from tests.actions.exports import merged as imported
from tests.actions.ledger_rows import invoice, payment
from tests.actions.merge_rows import merged_by, proposed
from tests.conftest import AT, TODAY, add_customer


@pytest.fixture
def twin(company, customer):
    """A second record of Acme that owes and has paid something."""
    found = add_customer(company, "K2", "Acme GmbH")
    invoice(customer, "R9", 7_00)
    invoice(found, "R1", 100_00)
    payment(found, "B1", 30_00)
    return found


def test_pairs_are_listed_with_what_is_alike_and_told_apart(come_in, clerk, customer, twin):
    client = come_in(clerk)
    page = client.get("/duplicates/").text
    assert "Acme GmbH" in page and ">Name<" in page and "Not the same" in page
    answer = client.post(f"/duplicates/of/{customer.pk}/not/{twin.pk}/")
    assert answer["Location"] == "/duplicates/"
    assert DistinctCustomers.objects.get().second == twin
    assert "No duplicates found" in client.get("/duplicates/").text


def test_a_merge_is_previewed_proposed_done_and_split(come_in, clerk, manager, customer, twin):
    client = come_in(clerk)
    answer = client.post(f"/duplicates/of/{twin.pk}/", {"number": "K1"})
    address = f"/duplicates/of/{twin.pk}/into/{customer.pk}/"
    assert answer["Location"] == address
    page = client.get(address).text
    assert "€107.00" in page and "Documents: 1" in page and "Payments: 1" in page
    assert Item.objects.filter(customer=twin).count() == 1

    answer = client.post(address, {"reason": "the same tax number"})
    merge = CustomerMerge.objects.get()
    assert answer["Location"] == f"/duplicates/merges/{merge.pk}/"
    page = client.get(answer["Location"]).text
    assert "Waits for approval" in page and "merge-do" not in page
    assert "the same tax number" in client.get("/duplicates/").text

    second = Client()
    second.force_login(manager)
    assert "/do/" in second.get(f"/duplicates/merges/{merge.pk}/").text
    second.post(f"/duplicates/merges/{merge.pk}/do/")
    assert set(Item.objects.values_list("customer", flat=True)) == {customer.pk}
    page = second.get(f"/customers/{twin.pk}/").text
    assert "it was merged into K1 Acme" in page and f'href="/customers/{customer.pk}/"' in page
    begun = re.compile(r'href="([^"]+)" data-dialog')
    assert begun.findall(second.get(f"/customers/{customer.pk}/").text)
    assert not begun.findall(page)

    address = f"/duplicates/merges/{merge.pk}/"
    page = second.get(address).text
    assert "What goes back with a split" in page and "Came by the number" not in page
    imported(
        merge.company,
        items_csv(
            *(f"K2;A;N{n:02};invoice;2026-02-05;2026-03-04;EUR;9.00;9.00" for n in range(21))
        ),
    )
    page = second.get(address).text
    assert "Documents: 22" in page and "N19, …" in page and "Came by the number K2 since" in page
    assert "Documents: 22, Payments: 1" in second.get(f"{address}split/").text
    german = second.get(address, headers={"accept-language": "de"}).text
    assert "Seither unter der Nummer K2 gekommen: N00, N01" in german

    second.post(f"/duplicates/merges/{merge.pk}/split/", {"reason": "two branches"})
    page = second.get(f"/duplicates/merges/{merge.pk}/").text
    assert "Split again" in page and "two branches" not in page
    assert Item.objects.get(number="R1").customer_id == twin.pk
    assert set(Item.objects.filter(number__startswith="N").values_list("customer")) == {(twin.pk,)}
    assert "What goes back" not in page
    assert "was merged into" not in second.get(f"/customers/{twin.pk}/").text


def test_what_stands_against_it_is_shown_before_anybody_asks(come_in, clerk, customer, twin):
    invoice(customer, "R1", 5_00)
    client = come_in(clerk)
    address = f"/duplicates/of/{twin.pk}/into/{customer.pk}/"
    page = client.get(address).text
    assert "Both records have a document of the same kind and number" in page and "R1" in page
    assert "Propose the merge" not in page
    refused = client.post(address, {"reason": "x"})
    assert refused.status_code == 422 and "K2 cannot be merged into K1" in refused.text
    german = client.get(address, headers={"accept-language": "de"}).text
    assert "Beide Datensätze haben einen Beleg gleicher Art und Nummer" in german


def test_what_ties_both_is_shown_in_place_of_the_split(come_in, clerk, manager, customer, twin):
    merge = merged_by(clerk, manager, twin, customer)
    later = merged_by(clerk, manager, Customer.objects.get(pk=customer.pk), add_customer(
        customer.company, "K3"
    ))  # fmt: skip
    client = come_in(manager)
    page = client.get(f"/duplicates/merges/{merge.pk}/").text
    assert "What stands against a split" in page and "K3" in page
    assert f"/merges/{merge.pk}/split/" not in page
    assert f"/merges/{later.pk}/split/" in client.get(f"/duplicates/merges/{later.pk}/").text


def test_a_proposal_is_turned_down_and_stays_in_the_list(come_in, clerk, customer, twin):
    merge = proposed(clerk, twin, customer)
    client = come_in(clerk)
    client.post(f"/duplicates/merges/{merge.pk}/decline/", {"reason": "a branch"})
    merge.refresh_from_db()
    assert merge.status == "declined" and DistinctCustomers.objects.count() == 1
    assert "K2 Acme GmbH" in client.get("/duplicates/merges/?status=declined").text
    assert "No merges here" in client.get("/duplicates/merges/?status=merged").text


def test_the_list_is_a_file(come_in, clerk, customer, twin):
    client = come_in(clerk)
    text = client.get("/duplicates/export.csv").content.decode("utf-8-sig")
    assert text.splitlines()[1].split(";")[0].split(",")[0] == "K1" and "Acme GmbH" in text
    assert client.get("/duplicates/export.xlsx").content[:2] == b"PK"


def test_who_may_not_and_other_companies_records(come_in, collector, clerk, rival, customer, twin):
    client = come_in(collector)
    assert client.get("/duplicates/").status_code == 200
    assert client.get(f"/duplicates/of/{twin.pk}/into/{customer.pk}/").status_code == 403
    merge = proposed(clerk, twin, customer)
    assert client.post(f"/duplicates/merges/{merge.pk}/do/").status_code == 403
    other = come_in(rival)
    assert other.get(f"/duplicates/merges/{merge.pk}/").status_code == 404


def test_lists_ask_as_little_for_many_as_for_one(
    come_in, clerk, company, customer, twin, django_assert_num_queries
):
    client = come_in(clerk)
    client.get("/duplicates/")
    with django_assert_num_queries(QUERIES):
        client.get("/duplicates/")
    for n in range(5):
        add_customer(company, f"M{n}", "Many Ltd")
    with django_assert_num_queries(QUERIES):
        client.get("/duplicates/")


QUERIES = 11


def test_every_count_of_a_merge_leads_to_as_many_rows(come_in, clerk, manager, customer, twin):
    merge = merged_by(clerk, manager, twin, customer)
    rows = [f"K2;A;N{n:02};invoice;2026-02-05;2026-03-04;EUR;9.00;9.00" for n in range(60)]
    imported(merge.company, items_csv(*rows))
    client = come_in(manager)
    address = f"/duplicates/merges/{merge.pk}/"
    page = client.get(address).text
    for scope, place, count in (
        ("moved", "item", 1),
        ("moved", "payment", 1),
        ("returns", "item", 61),
        ("returns", "payment", 1),
    ):
        assert f'href="{address}{scope}/{place}/">' in page
        file = client.get(f"{address}{scope}/{place}/export.csv")
        assert len(file.text.splitlines()) == 1 + count
    listed = client.get(f"{address}moved/item/").text
    assert ">R1</a>" in listed and "€100.00" in listed and "N00" not in listed
    first = client.get(f"{address}returns/item/")
    assert first.text.count('<th scope="row">') == 50 and 'rel="next"' in first.text
    cursor = first.context["page"].next
    assert client.get(f"{address}returns/item/?cursor={cursor}").text.count('scope="row"') == 11
    assert client.get(f"{address}returns/item/?cursor=x").text.count('scope="row"') == 50
    for wrong in ("moved/contact/", "gone/item/", "moved/item/export.exe"):
        assert client.get(f"{address}{wrong}").status_code == 404
    german = client.get(f"{address}returns/payment/", headers={"accept-language": "de"}).text
    assert "Geht bei einer Trennung zurück" in german


def test_disputed_parts_of_a_merge_are_listed_by_their_documents(
    come_in, clerk, manager, customer, twin
):
    item = Item.objects.get(number="R1")
    open_dispute(
        actor=staff(manager, item.company),
        item=item,
        amount_minor=40_00,
        reason="price",
        as_of=TODAY,
        at=AT,
    )
    merge = merged_by(clerk, manager, twin, customer)
    address = f"/duplicates/merges/{merge.pk}/"
    client = come_in(manager)
    part = client.get(f"{address}moved/dispute/").text
    case = client.get(f"{address}moved/disputecase/").text
    assert ">R1</a>" in part and "/disputes/" in part and "/disputes/" in case
