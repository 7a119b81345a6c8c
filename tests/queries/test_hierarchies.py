from datetime import timedelta

import pytest

from dunwell.engine.hierarchies import Link, RollUp
from dunwell.models import CustomerLink
from dunwell.queries.hierarchies import (
    Guarantee,
    HierarchyNode,
    PaidFor,
    company_links,
    hierarchy,
    link_rows,
)
from tests.actions.ledger_rows import invoice
from tests.actions.limit_rows import LONG_AGO, approved
from tests.conftest import AT, TODAY, add_customer


def linked(customer, other, kind="parent", **fields):
    return CustomerLink.objects.create(
        company=customer.company, customer=customer, other=other, kind=kind, by="nina",
        recorded_at=AT, **{"from_on": LONG_AGO, **fields},
    )  # fmt: skip


def test_the_tree_has_exposure_and_limit_at_every_place(company, customer):
    child = add_customer(company, "N1", "Child", parent=customer)
    paid = add_customer(company, "N2", "Paid")
    answered = add_customer(company, "N3", "Answered")
    linked(paid, child, "payer")
    linked(answered, customer, "guarantor", most_minor=5_00)
    linked(child, paid, "bill_to")
    for number, one in enumerate((customer, child, paid, answered)):
        invoice(one, f"R{number}", 10_00 * (number + 1))
    approved(500_00, customer=child)

    found = hierarchy(company, customer_id=child.pk, as_of=TODAY)

    assert found.nodes == (
        HierarchyNode(
            customer_id=customer.pk, number="K1", name="Acme", depth=0, parent_id=None,
            payer_id=customer.pk, payer="Acme", limit_minor=None, is_suspended=False,
            rolled=RollUp(
                customer.pk, 10_00, 20_00, 0, 30_00, 5_00, 10_00, below_ids=(child.pk,),
                guaranteed=found.nodes[0].rolled.guaranteed,
            ),
        ),
        HierarchyNode(
            customer_id=child.pk, number="N1", name="Child", depth=1, parent_id=customer.pk,
            payer_id=paid.pk, payer="Paid", limit_minor=500_00, is_suspended=False,
            rolled=RollUp(child.pk, 20_00, 0, 30_00, 50_00, 0, 30_00, paid_ids=(paid.pk,)),
        ),
    )  # fmt: skip
    assert found.paid == (
        PaidFor(
            payer_id=child.pk, payer="Child", customer_id=paid.pk, customer="Paid",
            exposure_minor=30_00,
        ),
    )  # fmt: skip
    assert found.guarantees == (
        Guarantee(
            guarantor_id=customer.pk, guarantor="Acme", customer_id=answered.pk,
            customer="Answered", exposure_minor=40_00, counted_minor=5_00,
        ),
    )  # fmt: skip


def test_a_link_of_kind_parent_goes_before_what_the_record_says_even_after_its_end(
    company, customer
):
    other = add_customer(company, "N1")
    child = add_customer(company, "N2", parent=customer)
    plain = add_customer(company, "N3", parent=customer)
    until = TODAY - timedelta(days=1)
    linked(child, other, until_on=until)

    assert company_links(company, since=TODAY) == [Link(plain.pk, customer.pk, "parent")]
    assert company_links(company) == [
        Link(child.pk, other.pk, "parent", LONG_AGO, until),
        Link(plain.pk, customer.pk, "parent"),
    ]


def test_all_links_of_a_customer_are_told_from_both_sides(company, customer):
    other = add_customer(company, "N1", "Other")
    linked(customer, other, "payer")
    linked(other, customer, "guarantor", most_minor=5_00)
    linked(other, add_customer(company, "N2"), "payer")

    rows = link_rows(company, customer_id=customer.pk)

    assert [(x.kind, x.customer, x.other, x.most_minor) for x in rows] == [
        ("guarantor", "Other", "Acme", 5_00),
        ("payer", "Acme", "Other", None),
    ]


@pytest.mark.parametrize("n", [1, 3])
def test_the_size_of_a_tree_costs_no_queries(company, customer, n, django_assert_num_queries):
    for number in range(n):
        child = add_customer(company, f"N{number}", parent=customer)
        linked(add_customer(company, f"M{number}"), child, "payer")
        invoice(child, f"R{number}", 10_00)

    with django_assert_num_queries(13):
        hierarchy(company, customer_id=customer.pk, as_of=TODAY)
