"""Crash scenario: two records are merged and split again, two others merged in a chain.

A file comes by the number of a closed record while the first merge stands, and at the end.
"""

from datetime import UTC, date, datetime, timedelta

from dunwell.actions.companies import add_company
from dunwell.actions.contacts import add_contact
from dunwell.actions.customer_merges import merge_customers, propose_merge, split_customers
from dunwell.actions.disputes import open_dispute
from dunwell.actions.gate import Actor, system
from dunwell.actions.imports import import_ledger
from dunwell.actions.payments import apply_payment
from dunwell.actions.promises import record_promise
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import Company, Customer, CustomerMerge, Dispute, Item
from tests.actions.exports import items_csv, ledger
from tests.actions.ledger_rows import invoice, payment

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
DAY = date(2026, 3, 5)
NUMBERS = ("K1", "K2", "K3", "K4")


def on(days=0):
    """The day and the moment of a step."""
    return {"as_of": DAY + timedelta(days=days), "at": AT + timedelta(days=days)}


def prepare():
    """Four records of one customer, each with a contact, documents, money and a promise."""
    company = add_company(
        name="Twins", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    for number in NUMBERS:
        actor, customer = (
            system(company),
            Customer.objects.create(company=company, number=number, name="Acme", recorded_at=AT),
        )
        add_contact(
            actor=actor, customer=customer, role="payables", email=f"{number}@acme.example",
            is_primary=True, at=AT,
        )  # fmt: skip
        first, second = (invoice(customer, f"R{n}-{number}", 90_00) for n in (1, 2))
        money = payment(customer, f"P-{number}", 50_00)
        apply_payment(actor=actor, payment=money, amounts={first: 30_00}, **on())
        record_promise(
            actor=actor, customer=customer, amounts={second: 90_00},
            due_on=DAY + timedelta(days=9), **on(),
        )  # fmt: skip
    Customer.objects.filter(number="K2").update(is_opted_out=True)


def run():
    """Go through it all; run again after a crash it goes on where it was."""
    company = Company.objects.get()
    anna, mona = (_acting(company, name) for name in ("anna", "mona"))
    merge = _merged(anna, mona, "K2", "K1", days=1)
    if not Dispute.objects.exists():
        item = Item.objects.get(number="R1-K2")
        open_dispute(actor=anna, item=item, reason="price", amount_minor=5_00, **on(2))
    _imported(company, "K2", days=2)
    split_customers(actor=mona, merge=merge, reason="two branches", **on(3))
    _merged(anna, mona, "K4", "K3", days=4)
    _merged(anna, mona, "K3", "K1", days=5)
    _imported(company, "K4", days=6)


def _imported(company, number, *, days):
    """A file with a document by the number of a closed record, paid in part; taken in once."""
    if not Item.objects.filter(number=f"N-{number}").exists():
        row = f"{number};Acme;N-{number};invoice;2026-03-05;2026-04-04;EUR;80.00;30.00"
        import_ledger(actor=system(company), ledger=ledger(items_csv(row)), **on(days))


def _merged(asks, decides, merged, survivor, *, days):
    """A merge that one proposes and the other does; one that was split is not done again."""
    one, other = (Customer.objects.get(number=number) for number in (merged, survivor))
    merge = CustomerMerge.objects.filter(merged=one, survivor=other).first()
    if merge is None:
        merge = propose_merge(
            actor=asks, merged=one, survivor=other, reason="one tax number", **on(days)
        )
    if merge.status == "proposed":
        merge = merge_customers(actor=decides, merge=merge, **on(days))
    return merge


def _acting(company, name):
    role = "credit_manager"
    return Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])
