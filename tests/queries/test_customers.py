import pytest

from dunwell.queries.customers import CustomerRow, Owed, customer_page, segments_of
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY, add_customer


def found(company, **asked):
    return [row.number for row in customer_page(company, as_of=TODAY, **asked).rows]


def test_a_row_shows_what_the_customer_owes_per_currency(company, customer, collector):
    customer.collector = collector
    customer.save()
    invoice(customer, "R1", 100_00)
    invoice(customer, "R2", 50_00, issued_on=TODAY.replace(month=1), due_on=TODAY.replace(month=2))
    invoice(customer, "R3", 7_00, currency="USD")

    assert customer_page(company, as_of=TODAY).rows == (
        CustomerRow(
            id=customer.pk,
            number="K1",
            name="Acme",
            segment="standard",
            country="",
            collector_id=collector.pk,
            collector="anna",
            credit_limit_minor=None,
            is_opted_out=False,
            owed=(
                Owed(currency="EUR", open_minor=150_00, overdue_minor=50_00, items=2),
                Owed(currency="USD", open_minor=7_00, overdue_minor=0, items=1),
            ),
        ),
    )


def test_customers_are_found_by_name_number_and_item_number(company, customer):
    other = add_customer(company, "Z-77", "Beta")
    invoice(other, "R-900", 1_00)

    assert found(company) == ["K1", "Z-77"]
    assert found(company, search="cme") == ["K1"]
    assert found(company, search="z-7") == ["Z-77"]
    assert found(company, search="r-900") == ["Z-77"]
    assert found(company, search="900") == []
    assert found(company, only_owing=True) == ["Z-77"]


def test_customers_are_filtered_and_sorted(company, customer, collector):
    add_customer(company, "A1", "Zeta", segment="small", collector=collector)

    assert found(company, sort="number") == ["A1", "K1"]
    assert found(company, segment="small") == ["A1"]
    assert found(company, collector_id=collector.pk) == ["A1"]
    assert found(company, unassigned=True) == ["K1"]
    assert segments_of(company) == ("small", "standard")
    with pytest.raises(ValueError, match="Customers cannot be sorted by age"):
        found(company, sort="age")


def test_pages_go_on_where_the_last_one_ended(company):
    for number in ("K1", "K2", "K3", "K4", "K5"):
        add_customer(company, number, "Same name")
    seen, text = [], ""
    while True:
        page = customer_page(company, as_of=TODAY, cursor=text, limit=2)
        seen += [row.number for row in page.rows]
        text = page.next
        if not text:
            break
    assert seen == ["K1", "K2", "K3", "K4", "K5"]


def test_one_row_and_three_take_the_same_queries(
    company, customer, rival, django_assert_num_queries
):
    invoice(customer, "R1", 1_00)
    with django_assert_num_queries(2):
        found(company)
    for number in ("K2", "K3"):
        invoice(add_customer(company, number), number, 1_00)
    with django_assert_num_queries(2):
        assert found(company) == ["K1", "K2", "K3"]
    assert found(rival.memberships.all()[0].company) == []
