"""What tests of charges share: a policy in force, late invoices, and the step of the cycle."""

from datetime import date

from dunwell.actions.charges import accrue_charges
from dunwell.actions.gate import system
from dunwell.models import Charge, PolicyVersion
from dunwell.queries.charges_due import charges_due
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

DUE = date(2024, 11, 30)
GOLDEN = date(2025, 7, 31)
"""Up to this day 10,000.00 due on DUE bear 751.15 in Germany."""


def charges_policy(company, *groups, valid_from=date(2024, 1, 1)):
    """Publish a policy; each group as a line of YAML fields."""
    lines = "".join(f"    - {{name: g{n}, {group}}}\n" for n, group in enumerate(groups))
    text = f"charges:\n  name: ours\n  valid_from: {valid_from}\n  groups:\n{lines}"
    return PolicyVersion.objects.create(
        company=company, kind="charges", name="ours", text=text, document={}, author="mona",
        version=PolicyVersion.objects.filter(company=company).count() + 1, approver="max",
        valid_from=valid_from, status="published", recorded_at=AT, published_at=AT,
    )  # fmt: skip


ACCRUE = "mode: accrue, since: 2024-01-01"
BILL = "mode: bill, since: 2024-01-01"


def late(customer, number="R1", amount_minor=10_000_00, due_on=DUE, **changes):
    """A late invoice of the customer."""
    return invoice(
        customer,
        number,
        amount_minor,
        issued_on=min(due_on, TODAY),
        due_on=due_on,
        as_of=TODAY,
        **changes,
    )


def accrue(company, as_of=GOLDEN, at=AT):
    """Run the step of the cycle for a day; how many charges changed."""
    due = charges_due(company, as_of=as_of)
    return accrue_charges(actor=system(company), due=due, as_of=as_of, at=at)


def charged(company, kind="interest", **only):
    """(period, amount) of the company's charges of a kind, in order."""
    rows = Charge.objects.filter(company=company, kind=kind, **only).order_by("period")
    return list(rows.values_list("period", "amount_minor"))


def total(company, kind="interest", **only):
    """The sum of the charges of a kind."""
    return sum(amount for _, amount in charged(company, kind, **only))
