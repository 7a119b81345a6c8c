"""What the assistant answers to questions: sentences filled from facts alone, nothing done."""

from collections.abc import Callable, Mapping

from dunwell.engine.assistant_facts import Facts, ItemFact
from dunwell.engine.assistant_intents import Understood
from dunwell.engine.assistant_moves import Move, Say, Slot, spoken

SHOWN_ITEMS = 10
"""So many invoices are named in one answer; the page of invoices has all."""

SHOWN_PAYMENTS = 3


def answered(understood: Understood, facts: Facts) -> Move | None:
    """Return the answer to a question; None for a text that is none."""
    told = _ANSWERS.get(understood.intent)
    return None if told is None else spoken(*told(understood, facts))


def named_items(understood: Understood, facts: Facts) -> tuple[ItemFact, ...]:
    """Return the open items of the customer whose numbers a text names."""
    wanted = {number.casefold() for number in understood.items}
    return tuple(one for one in facts.items if one.number.casefold() in wanted)


def _plain(key: str) -> Callable[[Understood, Facts], tuple[Say, ...]]:
    return lambda _understood, _facts: (Say(key=key),)


def _balance(_understood: Understood, facts: Facts) -> tuple[Say, ...]:
    if not facts.balances:
        return (Say(key="nothing_open"),)
    return tuple(
        Say(
            key="balance",
            slots={
                "owed": (one.owed_minor, one.currency),
                "overdue": (one.overdue_minor, one.currency),
            },
        )
        for one in facts.balances
    )


def _items(understood: Understood, facts: Facts) -> tuple[Say, ...]:
    """Return the items named, or all: amount, due day, and what stands in the way of each."""
    named = named_items(understood, facts)
    wanted = {number.casefold() for number in understood.items}
    paid = tuple(
        Say(key="item_settled", slots={"number": number})
        for number in facts.settled
        if number.casefold() in wanted
    )
    if wanted and not named:
        return paid or (Say(key="item_not_open"),)
    rows = named or facts.items
    if not rows:
        return (Say(key="nothing_open"),)
    more = (Say(key="more_items"),) if len(rows) > SHOWN_ITEMS else ()
    return (*(say for one in rows[:SHOWN_ITEMS] for say in _item(one)), *paid, *more)


def _item(one: ItemFact) -> tuple[Say, ...]:
    found = [
        Say(
            key="item",
            slots={
                "number": one.number,
                "open": (one.open_minor, one.currency),
                "due": one.due_on,
            },
        )
    ]
    if one.disputed_minor:
        slots: dict[str, Slot] = {
            "number": one.number,
            "amount": (one.disputed_minor, one.currency),
        }
        found.append(Say(key="item_disputed", slots=slots))
    if one.promised_on is not None:
        found.append(
            Say(key="item_promised", slots={"number": one.number, "day": one.promised_on})
        )
    if one.bound_by:
        found.append(Say(key="item_agreed", slots={"number": one.number}))
    return tuple(found)


def _bank(_understood: Understood, facts: Facts) -> tuple[Say, ...]:
    if not facts.iban:
        return (Say(key="payment_link"),)
    return (Say(key="bank_details", slots={"name": facts.account_name, "iban": facts.iban}),)


def _payment_link(understood: Understood, facts: Facts) -> tuple[Say, ...]:
    """Return what there is to pay, then where: an invoice named, or the balance."""
    about = _items(understood, facts) if understood.items else _balance(understood, facts)
    return (*about, Say(key="payment_link")) if facts.items else about


def _statement(understood: Understood, facts: Facts) -> tuple[Say, ...]:
    return (*_balance(understood, facts), Say(key="statement"))


def _documents(_understood: Understood, facts: Facts) -> tuple[Say, ...]:
    count = (Say(key="documents_of", slots={"count": facts.documents}),) if facts.documents else ()
    return (*count, Say(key="documents"))


def _paid_already(understood: Understood, facts: Facts) -> tuple[Say, ...]:
    """Return the payments that arrived last and what is still open of the invoices named."""
    arrived = tuple(
        Say(
            key="payment",
            slots={"amount": (one.amount_minor, one.currency), "day": one.value_on},
        )
        for one in facts.payments[:SHOWN_PAYMENTS]
    )
    named = _items(understood, facts) if understood.items else ()
    return (*(arrived or (Say(key="no_payment"),)), *named, Say(key="paid_already"))


_ANSWERS: Mapping[str, Callable[[Understood, Facts], tuple[Say, ...]]] = {
    "balance": _balance,
    "open_items": _items,
    "due_dates": _items,
    "item_status": _items,
    "bank_details": _bank,
    "payment_link": _payment_link,
    "statement": _statement,
    "documents": _documents,
    "paid_already": _paid_already,
    "greeting": _plain("greeting"),
    "thanks": _plain("thanks"),
    "who_are_you": _plain("who_are_you"),
}
