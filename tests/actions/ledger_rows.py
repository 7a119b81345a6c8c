"""Short builders for ledger records, made by the real actions as the system itself."""

from datetime import date, timedelta

from dunwell.actions.gate import system
from dunwell.actions.items import add_item
from dunwell.actions.payments import record_payment
from tests.conftest import AT, TODAY


def invoice(customer, number, amount_minor, **changes):
    """An item of the customer, issued ten days before TODAY and due in twenty."""
    values = {
        "kind": "credit_note" if amount_minor < 0 else "invoice",
        "currency": "EUR",
        "issued_on": TODAY - timedelta(days=10),
        "due_on": TODAY + timedelta(days=20),
        "as_of": TODAY,
        "at": AT,
        **changes,
    }
    return add_item(
        actor=system(customer.company),
        customer=customer,
        number=number,
        amount_minor=amount_minor,
        **values,
    )


def payment(customer, number, amount_minor, **changes):
    """A payment of the customer that reached us a day before TODAY."""
    values = {"currency": "EUR", "value_on": date(2026, 3, 4), "as_of": TODAY, "at": AT, **changes}
    return record_payment(
        actor=system(customer.company),
        customer=customer,
        number=number,
        amount_minor=amount_minor,
        **values,
    )


def open_amounts(company):
    """Open amount by number, as the projection says."""
    return dict(company.open_items.values_list("item__number", "open_minor"))


def postings(source, row):
    """The entry lines of a ledger row as (account, amount)."""
    from dunwell.models import EntryLine

    lines = EntryLine.objects.filter(source=source, source_id=row.pk).order_by("-amount_minor")
    return list(lines.values_list("account", "amount_minor"))


def breaks(company):
    """Ids of the checks that found something, with their rows."""
    from dunwell.queries.verify import verify_books

    return {proof.id: proof.rows for proof in verify_books(company).proofs if proof.broken}
