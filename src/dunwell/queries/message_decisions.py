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
    bounds = encode({name: getattr(policy, name) for name in policy.__slots__})
    asked = pl.DataFrame(
        {"customer_id": [text.customer_id for text in texts]}, schema={"customer_id": pl.Int64}
    )
    facts, contacts = _told(plan.facts, asked), _told(plan.contacts, asked)
    demands = _demands(plan, asked)
    # the parts stand in the order of their names, as an encoder of all of it writes them
    same = f'{{"as_of": {encode(plan.as_of.isoformat())}, "bounds": {bounds}, "contact": '
    rest: dict[tuple[object, ...], str] = {}
    for text in texts:
        key = text.customer_id
        minute = plan.hours.get(key)
        case = (text.legal, minute, text.tone, text.wording)
        if (more := rest.get(case)) is None:
            said = {
                "legal": list(text.legal) or None,
                "not_before_minute": minute,
                "tone": text.tone or None,
                "wording": text.wording,
            }
            more = "".join(
                f', "{name}": {encode(value)}' for name, value in said.items() if value is not None
            )
            rest[case] = more
        yield (
            f'{same}{contacts[key]}, "demand_minor": {{{", ".join(demands.get(key, ()))}}}, '
            f'"facts": {facts[key]}{more}}}'
        )


def _demands(plan: ContactPlan, asked: pl.DataFrame) -> dict[int, list[str]]:
    """Return what is asked for in each currency as it stands in JSON, by customer."""
    totals = plan.totals.select("customer_id", "currency", "demand_minor").join(
        asked, on="customer_id", how="semi"
    )
    names = {code: json.dumps(code) for code in totals["currency"].unique()}
    found: dict[int, list[str]] = {}
    for customer_id, currency, amount in totals.sort("customer_id", "currency").iter_rows():
        found.setdefault(customer_id, []).append(f"{names[currency]}: {amount}")
    return found


def _told(rows: pl.DataFrame, asked: pl.DataFrame) -> dict[int, str]:
    """Return the rows of the customers asked for as JSON, by customer."""
    wanted = rows.join(asked, on="customer_id", how="semi")
    return dict(zip(wanted["customer_id"], json_rows(wanted.drop("customer_id")), strict=True))
