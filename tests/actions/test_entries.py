"""Double entry: which accounts each ledger row moves; every posting sums to 0."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum

from dunwell.actions.entries import post_entries
from dunwell.actions.gate import system
from dunwell.actions.payments import apply_credit, apply_payment
from dunwell.models import EntryLine
from tests.actions.ledger_rows import invoice, payment, postings
from tests.conftest import AT, TODAY, add_customer


@pytest.mark.parametrize(
    ("kind", "amount", "account"),
    [
        ("invoice", 100, "sales"),
        ("credit_note", -100, "sales"),
        ("opening", 100, "opening"),
        ("opening", -100, "opening"),
        ("fee", 5, "charges"),
        ("interest", 5, "charges"),
    ],
)
def test_an_item_moves_receivables_against_its_account(company, customer, kind, amount, account):
    item = invoice(customer, "R1", amount, kind=kind)
    expected = [("receivable", amount), (account, -amount)]
    assert postings("item", item) == sorted(expected, key=lambda line: -line[1])
    line = EntryLine.objects.get(account="receivable")
    assert (line.customer, line.currency, line.posted_on, line.recorded_on) == (
        customer, "EUR", item.issued_on, TODAY,
    )  # fmt: skip


def test_who_paid_and_who_owed_are_told_apart(company, customer):
    child = add_customer(company, "K2")
    item, money = invoice(child, "R1", 100), payment(customer, "P1", 100)
    credit = invoice(child, "C1", -40)
    when = {"as_of": TODAY, "at": AT}
    apply_payment(actor=system(company), payment=money, amounts={item: 60}, **when)
    apply_credit(actor=system(company), credit=credit, amounts={item: 40}, **when)

    sums = EntryLine.objects.values_list("account", "customer__number")
    assert sorted(sums.annotate(total=Sum("amount_minor")).order_by()) == [
        ("bank", "K1", 100),
        ("netting", "K2", 0),
        ("receivable", "K2", 0),
        ("sales", "K2", -60),
        ("unapplied", "K1", -40),
    ]
    assert EntryLine.objects.aggregate(total=Sum("amount_minor")) == {"total": 0}


def test_nothing_is_posted_twice(company, customer):
    item = invoice(customer, "R1", 100)
    with pytest.raises(IntegrityError), transaction.atomic():
        post_entries(company=company, items=[item.pk])
    assert post_entries(company=company) == 0
    assert EntryLine.objects.count() == 2
