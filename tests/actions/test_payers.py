"""Whose payment it is, and who pays for whom."""

import pytest
from django.db import IntegrityError, transaction

from dunwell.actions.aliases import add_alias, add_relation, remove_alias, remove_relation
from dunwell.actions.gate import Refused
from dunwell.actions.match_posting import MatchCounts
from dunwell.actions.payers import assign_payer
from dunwell.actions.payments import apply_payment, reverse_payment
from dunwell.models import EntryLine, PayerAlias, PayerAssignment, PayerRelation
from tests.actions.desk import acting, last_event
from tests.actions.ledger_rows import breaks, invoice
from tests.actions.match_desk import LATER, money, run
from tests.conftest import AT, TODAY, add_customer


def assign(user, payment, customer, reason="told on the phone"):
    return assign_payer(
        actor=acting(user), payment=payment, customer=customer, reason=reason,
        as_of=TODAY, at=LATER,
    )  # fmt: skip


def test_the_payer_is_found_out_later_and_all_its_cash_moves_to_it(company, clerk, customer):
    item, payment = invoice(customer, "R1", 60_00), money(company, "B1", 100_00)
    apply_payment(actor=acting(clerk), payment=payment, amounts={item: 60_00}, as_of=TODAY, at=AT)

    assert assign(clerk, payment, customer).customer == customer
    assert assign(clerk, payment, customer).customer == customer

    assert PayerAssignment.objects.count() == 1
    cash = EntryLine.objects.filter(account__in=("bank", "unapplied"))
    assert set(cash.values_list("customer", flat=True)) == {customer.pk}
    assert last_event(company)[:3] == ("payer.assigned", "carla", customer.pk)
    assert breaks(company) == {}
    other = add_customer(company, "K2")
    assign(clerk, payment, other, reason="its parent pays")
    assert set(cash.values_list("customer", flat=True)) == {other.pk}
    assert breaks(company) == {}


def test_a_finding_is_taken_back_only_while_nothing_is_paid_with_it(company, clerk, customer):
    item, payment = invoice(customer, "R1", 60_00), money(company, "B1", 100_00)
    assign(clerk, payment, customer)
    assign(clerk, payment, None, reason="it was a mistake")
    payment.refresh_from_db()
    assert payment.customer is None
    apply_payment(actor=acting(clerk), payment=payment, amounts={item: 60_00}, as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="Money of payment B1 lies on items"):
        assign(clerk, payment, None)
    with pytest.raises(Refused, match="Say how it was found out"):
        assign(clerk, payment, customer, reason=" ")
    reverse_payment(actor=acting(clerk), payment=payment, reason="NSF", as_of=TODAY, at=AT)
    with pytest.raises(Refused, match="Payment B1 was returned"):
        assign(clerk, payment, customer)
    assert breaks(company) == {}


def test_nobody_names_a_customer_of_another_company(company, clerk, rival):
    theirs = add_customer(rival.memberships.all()[0].company, "X1")
    with pytest.raises(Refused, match="does not belong to Northwind"):
        assign(clerk, money(company, "B1", 100_00), theirs)


def test_a_name_is_kept_as_matching_compares_it(company, clerk, customer):
    def add(text, kind="name"):
        return add_alias(
            actor=acting(clerk), customer=customer, kind=kind, text=text, as_of=TODAY, at=AT
        )

    alias = add("  Müller & Söhne GmbH ")
    assert add("MUELLER SOEHNE") == alias
    assert add("de89 3704", kind="account").text == "DE893704"
    assert PayerAlias.objects.count() == 2
    with pytest.raises(Refused, match="There is no kind phone; use name or account"):
        add("x", kind="phone")
    with pytest.raises(Refused, match="has no letter or digit"):
        add("--")
    remove_alias(actor=acting(clerk), alias=alias, at=LATER)
    with pytest.raises(Refused, match="was removed before"):
        remove_alias(actor=acting(clerk), alias=alias, at=LATER)


@pytest.mark.parametrize("is_customer", [False, True])
def test_the_database_holds_a_payer_once(company, customer, is_customer):
    told = {"company": company, "customer": customer, "kind": "parent", "recorded_at": AT}
    payer = (
        {"payer_customer": add_customer(company, "K2")} if is_customer else {"payer": "Umbrella"}
    )
    PayerRelation.objects.create(**told, **payer)

    with pytest.raises(IntegrityError), transaction.atomic():
        PayerRelation.objects.create(**told, **payer)

    assert PayerRelation.objects.create(**told | {"kind": "agent"}, **payer).pk


def test_a_parent_pays_for_its_subsidiary(company, clerk, customer):
    def add(**told):
        return add_relation(actor=acting(clerk), customer=customer, at=AT, **told)

    relation = add(kind="parent", payer="Umbrella Holding")
    assert add(kind="parent", payer="Umbrella Holding") == relation
    invoice(customer, "RE-2026-10044", 417_93)
    payment = money(company, "B1", 417_93, payer="UMBRELLA HOLDING", reference="RE-2026-10044")
    assert run(company) == MatchCounts(posted=1)
    payment.refresh_from_db()
    assert payment.customer is None

    remove_relation(actor=acting(clerk), relation=relation, at=LATER)
    assert not PayerRelation.objects.get().is_active
    with pytest.raises(Refused, match="was removed before"):
        remove_relation(actor=acting(clerk), relation=relation, at=LATER)
    assert add(kind="parent", payer="Umbrella Holding") == relation
    assert PayerRelation.objects.get().is_active
    with pytest.raises(Refused, match="Say who pays"):
        add(kind="factor")
    with pytest.raises(Refused, match="pays for itself"):
        add(kind="agent", payer_customer=customer)
    with pytest.raises(Refused, match="Say what we owe"):
        add(kind="netting")
    with pytest.raises(Refused, match="Only netting has an amount"):
        add(kind="factor", payer="F", amount_minor=1)
