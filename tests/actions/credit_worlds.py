"""A company with customers that pay well, late and not at all, and a credit policy of its own."""

from datetime import timedelta

from dunwell.actions.gate import system
from dunwell.actions.payments import apply_payment
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.models import PolicyVersion
from dunwell.queries.policy_documents import standard_text
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice, payment
from tests.conftest import AT, TODAY, add_customer, add_user


def credit_text(*, start=TODAY, **pieces):
    """The shipped credit policy from a day on, without its cases, pieces of it replaced."""
    text = standard_text("credit").split("cases:")[0].replace("2026-01-01", start.isoformat(), 1)
    text = text.replace("2027-01-01", (start + timedelta(days=365)).isoformat(), 1)
    for before, after in pieces.values():
        assert before in text
        text = text.replace(before, after, 1)
    return text


def drafted_credit(user, **changes):
    return draft_document(actor=acting(user), kind="credit", text=credit_text(**changes), at=AT)


def published_credit(company, *, start=TODAY, as_of=None, **pieces):
    """A version in force from a day on, drafted by one manager and published by another."""
    tag = PolicyVersion.objects.count()
    author = add_user(company, f"author{tag}", "credit_manager")
    approver = add_user(company, f"approver{tag}", "credit_manager")
    version = drafted_credit(author, start=start, **pieces)
    publish_document(actor=acting(approver), version=version, as_of=as_of or start, at=AT)
    return version


def paying(company, number, *, late, months=12, amount=1_000_00, **fields):
    """A customer that has paid an invoice of every month so many days late."""
    customer = add_customer(company, number, country="DE", party="company", **fields)
    for month in range(months, 0, -1):
        issued = TODAY - timedelta(days=30 * month + 40)
        due = issued + timedelta(days=14)
        paid = due + timedelta(days=late)
        item = invoice(customer, f"{number}-{month}", amount, issued_on=issued, due_on=due)
        money = payment(customer, f"{number}P{month}", amount, value_on=paid, as_of=paid)
        apply_payment(
            actor=system(company), payment=money, amounts={item: amount}, as_of=paid, at=AT
        )
    return customer


def silent(company, number, *, issued_days=200, amount=5_000_00, **fields):
    """A customer with one old invoice that nobody has paid."""
    customer = add_customer(company, number, country="DE", party="company", **fields)
    issued = TODAY - timedelta(days=issued_days)
    invoice(customer, f"{number}-1", amount, issued_on=issued, due_on=issued + timedelta(days=14))
    return customer
