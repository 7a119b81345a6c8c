"""What may be done about a message of a customer: suggestions that a person accepts with one key.

Pure: labels and extracts in, suggestions out. Nothing here writes; and nothing is ever suggested
of a bank account somebody wrote in a mail, which is how invoices are stolen.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from dunwell.engine.intents import Reading
from dunwell.engine.reply_contacts import ask, contact_change, quotes_of, redirect
from dunwell.engine.reply_facts import Attached, Facts, Said, Suggestion, Told, suggestion_of
from dunwell.engine.reply_promises import (
    known_items,
    lines_paid,
    part,
    plan,
    promises,
    quoted,
    traced,
)
from dunwell.engine.reply_reasons import reason_of

__all__ = ["ACTIONS", "AT_ONCE", "Attached", "Said", "Suggestion", "suggest", "suggestion_of"]

ACTIONS = (
    "promise",
    "dispute",
    "remittance",
    "copies",
    "contact",
    "hold",
    "plan",
    "cease",
    "task",
    "ask_proof",
    "set_aside",
    "complaint",
)
"""Everything a suggestion can do."""

AT_ONCE = ("cease", "set_aside")
"""Done by the system as soon as it is read for sure: waiting would harm the customer, and
undoing is easy."""

MOST_MONEY = 5
"""Payments shown that may be the one a customer means."""


def suggest(
    reading: Reading, facts: Facts | None, said: Said | None = None
) -> tuple[Suggestion, ...]:
    """Return what may be done about a message, the most important first; empty for nothing.

    `facts` is None while nobody knows whose message it is: then only what needs no customer.
    Every field that was said carries its quote. Several labels give the suggestions of each;
    the same is not suggested twice.
    """
    told = None if facts is None else Told(reading=reading, facts=facts, said=said or Said())
    found: list[Suggestion] = []
    for label in dict.fromkeys((reading.label, *reading.labels)):
        if label in _ANYBODY:
            found += _ANYBODY[label](reading)
        elif told is not None and label in _OF_CUSTOMER:
            found += _OF_CUSTOMER[label](told)
    distinct: list[Suggestion] = []
    for one in found:
        if all((one.action, one.fields) != (known.action, known.fields) for known in distinct):
            distinct.append(one)
    return tuple(distinct)


def _promise(told: Told) -> list[Suggestion]:
    return promises(told.reading, told.facts)


def _dispute(told: Told) -> list[Suggestion]:
    """Return the case over the items named; without an amount all that is open is disputed."""
    reading, facts = told.reading, told.facts
    lines = [line for line in lines_paid(reading, facts) if line[1].open_minor > 0]
    named = [one for one, _, _ in lines]
    owed = [(item, amount) for _, item, amount in lines]
    if not lines:
        owed = [(item, None) for item in facts.items if item.open_minor > 0]
        if len(owed) != 1:
            return ask(facts, label="dispute", why="which_item", extracts=())
    reason, words = reason_of(told.said.text)
    disputed = [one for one in reading.extracts if one.kind == "amount" and one.role == "disputed"]
    alone = disputed[0] if disputed and len(owed) == 1 else None
    parts, amounts = [], []
    for item, near in owed:
        amount = near if near in disputed else alone
        minor = item.open_minor
        if amount is not None and amount.money[1] == item.currency:
            minor = min(amount.money[0], item.open_minor)
            amounts.append(amount)
        parts.append(part(item, minor))
    return [
        Suggestion(
            action="dispute",
            label="dispute",
            fields={"customer_id": facts.customer_id, "parts": parts, "reason": reason},
            quotes=quotes_of(parts=quoted(named), amount=quoted(amounts), reason=words),
            why="disputes_part" if amounts else "disputes_all",
        )
    ]


def _remittance(told: Told) -> list[Suggestion]:
    """Return the advice: its lines as written, or the attachments that may hold them."""
    reading, facts, said = told.reading, told.facts, told.said
    lines = lines_paid(reading, facts)
    if not lines and not said.attachments:
        return []
    rows = [
        {
            **part(item, amount.money[0] if amount else item.open_minor),
            "is_said": amount is not None,
        }
        for _, item, amount in lines
    ]
    days = [one for one in reading.extracts if one.kind == "date" and one.role != "until"]
    paid = next((one for one in days if one.role == "paid_on"), days[0] if days else None)
    files = [] if lines else [one.attachment_id for one in said.attachments]
    return [
        Suggestion(
            action="remittance",
            label="remittance",
            fields={
                "customer_id": facts.customer_id,
                "payer": facts.customer_name,
                "lines": rows,
                "paid_on": paid.value if paid else "",
                "attachment_ids": files,
            },
            quotes=quotes_of(
                lines=quoted([one for one, _, _ in lines]),
                amount=quoted([amount for _, _, amount in lines if amount]),
                paid_on=quoted([paid] if paid else []),
            ),
            why="advice_attached" if files else "advice_in_text",
        )
    ]


def _copies(told: Told) -> list[Suggestion]:
    """Return the reply with the papers asked for; items without any are named."""
    facts = told.facts
    named = known_items(told.reading, facts)
    items = [item for _, item in named] or [i for i in facts.items if i.due_on <= facts.as_of]
    if not items:
        return ask(facts, label="copy_request", why="which_item", extracts=())
    documents = [key for item in items for key, kind in item.documents if kind == "invoice"]
    without = [item.number for item in items if not any(k == "invoice" for _, k in item.documents)]
    return [
        Suggestion(
            action="copies",
            label="copy_request",
            fields={
                "customer_id": facts.customer_id,
                "item_ids": [item.item_id for item in items],
                "document_ids": documents,
                "without": without,
            },
            quotes=quotes_of(item_ids=quoted([one for one, _ in named])),
            why="copies_missing" if without else "copies_here",
        )
    ]


def _missing_order(told: Told) -> list[Suggestion]:
    """Return the dispute for a missing order number, or a task where no item is named."""
    reading, facts = told.reading, told.facts
    named = [(one, item) for one, item in known_items(reading, facts) if item.open_minor > 0]
    if not named:
        orders = [one for one in reading.extracts if one.kind == "po"]
        return ask(facts, label="missing_po", why="order_number", extracts=orders)
    return [
        Suggestion(
            action="dispute",
            label="missing_po",
            fields={
                "customer_id": facts.customer_id,
                "parts": [part(item, item.open_minor) for _, item in named],
                "reason": "no_po",
            },
            quotes=quotes_of(parts=quoted([one for one, _ in named])),
            why="order_missing",
        )
    ]


def _hardship(told: Told) -> list[Suggestion]:
    """Return a hold of some days, then a plan."""
    facts = told.facts
    held = _hold(facts, label="hardship", reason="hardship", days=facts.hardship_days)
    return [*held, _plan_for(told, label="hardship", why="plan_after_hardship")]


def _plan_request(told: Told) -> list[Suggestion]:
    return [_plan_for(told, label="plan_request", why="plan_asked")]


def _plan_for(told: Told, *, label: str, why: str) -> Suggestion:
    reading, facts = told.reading, told.facts
    named = known_items(reading, facts)
    days = [
        one
        for one in reading.extracts
        if one.kind == "date" and one.role != "paid_on" and one.day >= facts.as_of
    ]
    return plan(
        facts,
        label=label,
        named=[item for _, item in named],
        quotes=quotes_of(item_ids=quoted([one for one, _ in named]), first_on=quoted(days[:1])),
        first_on=days[0].day if days else None,
        why=why,
    )


def _insolvency(told: Told) -> list[Suggestion]:
    """Return a hold without an end, and the work of the legal desk."""
    held = _hold(told.facts, label="insolvency", reason="insolvency", days=None)
    return [*held, *ask(told.facts, label="insolvency", why="insolvency_proof", extracts=())]


def _hold(facts: Facts, *, label: str, reason: str, days: int | None) -> list[Suggestion]:
    """Return the hold of a reason, none where the customer is held for it already."""
    if reason in facts.held_for:
        return []
    until = "" if days is None else (facts.as_of + timedelta(days=days)).isoformat()
    return [
        Suggestion(
            action="hold",
            label=label,
            fields={"customer_id": facts.customer_id, "reason": reason, "until_on": until},
            why=f"hold_{reason}",
        )
    ]


def _cease(told: Told) -> list[Suggestion]:
    if told.facts.is_ceased:
        return []
    fields = {"customer_id": told.facts.customer_id, "kind": "cease"}
    return [Suggestion(action="cease", label="cease", fields=fields, why="asked_to_cease")]


def _paid_already(told: Told) -> list[Suggestion]:
    """Return the money that fits what is said to be paid, else that proof be asked for."""
    reading, facts = told.reading, told.facts
    named = known_items(reading, facts)
    days = [one for one in reading.extracts if one.kind == "date" and one.role == "paid_on"]
    amounts = [one for one in reading.extracts if one.kind == "amount"]
    quotes = quotes_of(
        items=quoted([one for one, _ in named]), paid_on=quoted(days[:1]), amount=quoted(amounts)
    )
    fields: dict[str, Any] = {
        "customer_id": facts.customer_id,
        "items": [{"item_id": item.item_id, "number": item.number} for _, item in named],
    }
    found = traced(reading, facts)
    if not found:
        fields["paid_on"] = days[0].value if days else ""
        return [
            Suggestion(
                action="ask_proof", label="paid_already", fields=fields, quotes=quotes,
                why="payment_not_found",
            )
        ]  # fmt: skip
    fields["task"] = "apply_payment"
    fields["money"] = [one.as_dict() for one in found[:MOST_MONEY]]
    return [
        Suggestion(
            action="task", label="paid_already", fields=fields, quotes=quotes, why="payment_found"
        )
    ]


def _out_of_office(reading: Reading) -> list[Suggestion]:
    """Return that the message is set aside, with the day somebody is back."""
    days = [one for one in reading.extracts if one.kind == "date"]
    back = next((one for one in days if one.role == "until"), days[0] if days else None)
    return [
        Suggestion(
            action="set_aside",
            label="out_of_office",
            fields={"back_on": back.value if back else ""},
            quotes=quotes_of(back_on=quoted([back] if back else [])),
            why="away",
        )
    ]


def _hostile(_reading: Reading) -> list[Suggestion]:
    return [Suggestion(action="complaint", label="hostile", why="angry")]


_ANYBODY: Mapping[str, Callable[[Reading], list[Suggestion]]] = {
    "out_of_office": _out_of_office,
    "hostile": _hostile,
}
_OF_CUSTOMER: Mapping[str, Callable[[Told], list[Suggestion]]] = {
    "promise": _promise,
    "dispute": _dispute,
    "remittance": _remittance,
    "copy_request": _copies,
    "missing_po": _missing_order,
    "contact_change": contact_change,
    "redirect": redirect,
    "hardship": _hardship,
    "plan_request": _plan_request,
    "cease": _cease,
    "insolvency": _insolvency,
    "paid_already": _paid_already,
}
