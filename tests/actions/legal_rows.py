"""Legal matters, written-off debts and what belongs to them, made by the real actions."""

from datetime import timedelta

from dunwell.actions.adjustments import record_adjustment
from dunwell.actions.legal import open_matter
from tests.actions.desk import acting
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

ON = {"as_of": TODAY, "at": AT}


def late_items(customer, *amounts, days=30, tag="L"):
    """Items due so many days before TODAY, one per amount."""
    due = TODAY - timedelta(days=days)
    return [
        invoice(customer, f"{tag}{n}", amount, issued_on=due - timedelta(days=30), due_on=due)
        for n, amount in enumerate(amounts, 1)
    ]


def opened(user, items, *, kind="claim", **changes):
    """A matter over items, opened ten days ago with a deadline in twenty."""
    values = {
        "opened_on": TODAY - timedelta(days=10),
        "file_by_on": TODAY + timedelta(days=20),
        **ON,
        **changes,
    }
    return open_matter(
        actor=acting(user), customer=items[0].customer, kind=kind, items=items, **values
    )


def written_off(user, item, amount_minor=None, **changes):
    """An item written off in part or in full."""
    return record_adjustment(
        actor=acting(user), item=item, kind="write_off",
        amount_minor=item.amount_minor if amount_minor is None else amount_minor,
        reason="nothing to be had", **{**ON, **changes},
    )  # fmt: skip
