"""Something to tell of, and the telling of it, at a moment."""

import time_machine

from dunwell.actions.gate import system
from dunwell.actions.notes import record_note
from dunwell.jobs.webhooks import tell_webhooks
from tests.conftest import AT, TODAY


def note(customer, text, at=AT):
    record_note(
        actor=system(customer.company), customer=customer, kind="note", text=text, as_of=TODAY, at=at
    )  # fmt: skip


def tell(company, at=AT):
    with time_machine.travel(at, tick=False):
        return tell_webhooks(company.pk)
