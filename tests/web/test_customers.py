from datetime import timedelta

import pytest

from dunwell.actions.gate import system
from dunwell.actions.promises import record_promise
from dunwell.models import Contact
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer
from tests.queries.test_worklist import ranked

LATE = {"issued_on": TODAY - timedelta(days=60), "due_on": TODAY - timedelta(days=30)}
QUERIES_OF_THE_LIST = 7


def test_the_list_shows_what_each_customer_owes_and_what_is_late(come_in, reader, customer):
    invoice(customer, "R1", 1_234_56, **LATE)
    invoice(customer, "R2", 100_00)

    page = come_in(reader).get("/customers/")

    assert page.status_code == 200
    assert "Acme" in page.text and "€1,334.56" in page.text and "€1,234.56" in page.text


def test_a_customer_is_shown_with_items_promises_contacts_and_timeline(
    come_in, collector, customer
):
    late = invoice(customer, "R1", 100_00, **LATE)
    invoice(customer, "R2", 50_00)
    payment(customer, "P1", 40_00)
    Contact.objects.create(customer=customer, name="Eva", email="eva@acme.example", recorded_at=AT)
    record_promise(
        actor=system(customer.company),
        customer=customer,
        amounts={late: 60_00},
        due_on=TODAY + timedelta(days=3),
        as_of=TODAY,
        at=AT,
    )
    ranked(customer, 7, reasons={"promises_broken": 2, "settled_items": 3, "usual_days_late": 12})

    page = come_in(collector).get(f"/customers/{customer.pk}/").text

    assert "30 days late" in page and "due in 20 days" in page
    assert "€40.00" in page and "Unapplied cash" in page
    assert "eva@acme.example" in page
    assert "promised for Mar 8, 2026" in page and "Promised for Mar 8, 2026" in page
    assert (
        "€65 to collect, oldest 40 days late, broke 2 promises, usually pays 12 days late, "
        "never contacted." in " ".join(page.split())
    )


def test_a_person_without_the_right_is_offered_no_action(come_in, reader, collector, customer):
    address = f"/customers/{customer.pk}/"
    assert "/call/" in come_in(collector).get(address).text
    assert "/call/" not in come_in(reader).get(address).text


def test_another_company_s_customer_is_not_found(come_in, rival, customer):
    client = come_in(rival)
    for path in ("", "call/", "note/", "promise/", "dispute/", "hold/", "snooze/", "contact/"):
        assert client.get(f"/customers/{customer.pk}/{path}").status_code == 404
    assert "Acme" not in client.get("/customers/").text
    assert "Acme" not in client.get("/search/?q=acme").text


def test_search_finds_by_name_number_and_item(come_in, reader, customer):
    invoice(customer, "R77", 10_00)
    client = come_in(reader)

    for text in ("acm", "K1", "R77"):
        assert "Acme" in client.get("/search/", {"q": text}).text
    assert "Nothing found." in client.get("/search/?q=zzz").text


def test_names_are_shown_and_never_run(come_in, reader, company):
    add_customer(company, "X", "<script>alert(1)</script>")

    page = come_in(reader).get("/customers/")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
    assert "script-src 'self'" in page["Content-Security-Policy"].split("; ")


@pytest.mark.parametrize("count", [1, 3])
def test_listing_costs_the_same_however_long_it_is(
    come_in, reader, company, count, django_assert_num_queries
):
    for number in range(count):
        invoice(add_customer(company, f"K{number}"), f"R{number}", 5_00)
    client = come_in(reader)

    with django_assert_num_queries(QUERIES_OF_THE_LIST):
        client.get("/customers/")


def test_a_cursor_from_elsewhere_starts_at_the_first_page(come_in, reader, customer):
    assert "Acme" in come_in(reader).get("/customers/?cursor=nonsense").text
