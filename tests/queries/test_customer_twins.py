"""Which customers may be one: why, how sure, and what was decided is not asked again."""

import pytest

from dunwell.actions.aliases import add_alias
from dunwell.actions.contacts import add_contact
from dunwell.actions.customer_merges import mark_distinct
from dunwell.actions.gate import system
from dunwell.queries.customer_twins import twin_rows
from tests.actions.merge_rows import merged_by, proposed
from tests.conftest import AT, TODAY, add_customer


def told(company):
    """Numbers, reasons and points of the pairs."""
    return [
        (row.first.number, row.second.number, row.reasons, row.points)
        for row in twin_rows(company)
    ]


def mail(customer, address):
    add_contact(
        actor=system(customer.company), customer=customer, role="payables", email=address,
        is_primary=True, at=AT,
    )  # fmt: skip


def account(customer, text):
    add_alias(
        actor=system(customer.company), customer=customer, kind="account", text=text,
        as_of=TODAY, at=AT,
    )  # fmt: skip


@pytest.fixture
def four(company):
    """Three spellings of one customer, and a neighbour in the same house."""
    names = ("Acme GmbH", "ACME", "Acne Trading", "Zeta KG")
    return [add_customer(company, f"T{n}", name) for n, name in enumerate(names)]


def test_a_tax_number_an_account_and_a_name_add_up(company, four):
    first, second, third, _ = four
    for one in (first, third):
        one.vat_id = "DE123456789"
        one.save()
        account(one, "DE89370400440532013000")
    assert told(company) == [
        ("T0", "T2", ("tax", "account"), 100),
        ("T0", "T1", ("name",), 40),
    ]
    assert second.number == "T1"


def test_a_domain_counts_only_beside_a_name_that_reads_alike(company):
    for number, name, address in (
        ("A", "Nordwind Logistik", "a@house.example"),
        ("B", "Nordwind Logistic", "b@house.example"),
        ("C", "Bakery Smith", "c@house.example"),
        ("D", "Nordwind Logistik Ost", "d@gmail.com"),
    ):
        mail(add_customer(company, number, name), address)
    assert told(company) == [("A", "B", ("name", "domain"), 70)]


def test_what_many_have_tells_nothing(company):
    for n in range(21):
        account(add_customer(company, f"M{n}", f"Firm {n:02} Ltd"), "DE89370400440532013000")
    assert told(company) == []


def test_what_was_decided_is_not_asked_again(company, clerk, manager, four):
    first, second, *_ = four
    assert told(company) == [("T0", "T1", ("name",), 40)]
    merge = proposed(clerk, second, first)
    assert told(company) == []
    merge.delete()
    mark_distinct(actor=system(company), first=second, second=first, at=AT)
    assert told(company) == []


def test_a_closed_record_is_no_twin_any_more(company, clerk, manager, four):
    first, second, *_ = four
    merged_by(clerk, manager, second, first)
    assert told(company) == []
