"""A platform that posts answers, and an answer to an invoice."""

import json

from dunwell.actions.gate import system
from dunwell.actions.invoice_platforms import add_invoice_platform
from dunwell.actions.invoice_responses import take_response_file


def answer(number, *, identity, on):
    """An answer that approves an invoice, as a platform tells it."""
    row = {"id": identity, "invoice_number": number, "code": "AP", "effective_on": on.isoformat()}
    return json.dumps(row).encode()


def keep_deliveries(company, item, *, today, at):
    """Add a platform and an answer to an item; return their keys."""
    actor = system(company)
    platform = add_invoice_platform(actor=actor, name="Access point", at=at)
    kept = take_response_file(
        actor=actor,
        name="answer.json",
        data=answer(item.number, identity="kept", on=today),
        door="upload",
        customer=item.customer,
        as_of=today,
        at=at,
    ).taken[0]
    return {"platform_id": platform.pk, "response_id": kept.pk}
