"""Why a message may go: the decision kept beside it, as JSON."""

import json
from collections.abc import Iterator, Sequence

import polars as pl

from dunwell.formats.json_rows import json_rows
from dunwell.queries.reminders import ContactPlan, gate_policy
from dunwell.queries.texts import MessageText


def message_decisions(plan: ContactPlan, texts: Sequence[MessageText]) -> Iterator[str]:
    """Yield the decision of each text: the contact, the demand, what was looked at.

    With the hour before which it must not go out, where one was chosen. The facts of a day's
    thousands of texts are written a column at a time, which costs a tenth of one by one.
    """
    encode = json.JSONEncoder(sort_keys=True).encode
    policy = gate_policy(plan.company)
    asked = pl.DataFrame(
        {"customer_id": [text.customer_id for text in texts]}, schema={"customer_id": pl.Int64}
    )
    same = {
        "as_of": encode(plan.as_of.isoformat()),
        "bounds": encode({name: getattr(policy, name) for name in policy.__slots__}),
    }
    facts, contacts = _told(plan.facts, asked), _told(plan.contacts, asked)
    demands: dict[int, dict[str, int]] = {}
    for customer_id, currency, amount in plan.totals.select(
        "customer_id", "currency", "demand_minor"
    ).iter_rows():
        demands.setdefault(customer_id, {})[currency] = amount
    for text in texts:
        key = text.customer_id
        parts = {
            **same,
            "contact": contacts[key],
            "demand_minor": encode(demands.get(key, {})),
            "facts": facts[key],
        }
        if text.legal:
            parts["legal"] = encode(list(text.legal))
        if (minute := plan.hours.get(key)) is not None:
            parts["not_before_minute"] = encode(minute)
        if text.tone:
            parts["tone"] = encode(text.tone)
        if text.wording is not None:
            parts["wording"] = encode(text.wording)
        # the parts stand in the order of their names, as an encoder of all of it writes them
        yield "{" + ", ".join([f'"{name}": {part}' for name, part in parts.items()]) + "}"


def _told(rows: pl.DataFrame, asked: pl.DataFrame) -> dict[int, str]:
    """Return the rows of the customers asked for as JSON, by customer."""
    wanted = rows.join(asked, on="customer_id", how="semi")
    return dict(zip(wanted["customer_id"], json_rows(wanted.drop("customer_id")), strict=True))
