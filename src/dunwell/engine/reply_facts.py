"""What is known when a message is answered: the customer's items, contacts, money and policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dunwell.engine.intents import Reading

HARDSHIP_HOLD_DAYS = 30
"""Days a customer in hardship is left alone while a plan is found; the first of two months of
breathing space that UK rules give (Debt Respite Scheme Regulations 2020), a default."""
PLAN_HOLD_DAYS = 14
"""Days reminders rest while a plan that was asked for is proposed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attached:
    """A file that came with a message and may be opened."""

    attachment_id: int
    name: str
    media_type: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """The message itself: its new words, who sent it, what came with it."""

    text: str = ""
    sender: str = ""
    sender_name: str = ""
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class OwedItem:
    """An item of the customer; `free_minor` is what is open and neither disputed nor planned.

    `documents` are the kinds of papers we hold of it, with their keys. `promised_on` is the day
    an open promise names for it.
    """

    item_id: int
    number: str
    currency: str
    open_minor: int
    free_minor: int
    due_on: date
    promised_on: date | None = None
    is_planned: bool = False
    documents: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownContact:
    """Somebody we write to at the customer."""

    contact_id: int
    role: str
    name: str
    email: str
    phone: str
    is_primary: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FreeMoney:
    """Money that is here and not put on items: a payment's rest, or a bank entry nobody claimed.

    `kind` is payment or bank_entry.
    """

    kind: str
    key: int
    number: str
    currency: str
    amount_minor: int
    value_on: date
    payer: str

    def as_dict(self) -> dict[str, Any]:
        """Return the money as JSON."""
        return {
            "kind": self.kind,
            "key": self.key,
            "number": self.number,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "value_on": self.value_on.isoformat(),
            "payer": self.payer,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What is known of one customer on a day. Items stand with the oldest due first."""

    as_of: date
    customer_id: int
    customer_name: str = ""
    items: tuple[OwedItem, ...] = ()
    contacts: tuple[KnownContact, ...] = ()
    money: tuple[FreeMoney, ...] = ()
    most_promise_days: int = 30
    no_promises_until: date | None = None
    hardship_days: int = HARDSHIP_HOLD_DAYS
    plan_days: int = PLAN_HOLD_DAYS
    held_for: frozenset[str] = frozenset()
    """Reasons for which the whole customer is held already."""
    is_ceased: bool = False

    def item(self, number: str) -> OwedItem | None:
        """Return the item of a number as the ledger writes it, None where it has none such."""
        return next((one for one in self.items if one.number == number), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What suggestions rest on: how a message was read, what is known, and the message itself."""

    reading: Reading
    facts: Facts
    said: Said


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """Words of the message that a field rests on: text[start:end] == quote."""

    quote: str
    start: int
    end: int

    def as_dict(self) -> dict[str, Any]:
        """Return the quote as JSON."""
        return {"quote": self.quote, "start": self.start, "end": self.end}


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """What one key does: the act, its fields, and the words each field was read from.

    `why` is a code that pages turn into a sentence. A field without a quote was not said: it
    comes from the ledger or the policy, and `why` tells so.
    """

    action: str
    label: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    quotes: Mapping[str, tuple[Quote, ...]] = field(default_factory=dict)
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the suggestion as JSON; `suggestion_of` reads it again."""
        return {
            "action": self.action,
            "label": self.label,
            "fields": dict(self.fields),
            "quotes": {
                name: [one.as_dict() for one in told] for name, told in self.quotes.items()
            },
            "why": self.why,
        }


def suggestion_of(document: Mapping[str, Any]) -> Suggestion:
    """Return the suggestion that `as_dict` wrote; raise KeyError for what is none."""
    return Suggestion(
        action=document["action"],
        label=document["label"],
        fields=document["fields"],
        quotes={
            name: tuple(
                Quote(quote=one["quote"], start=one["start"], end=one["end"]) for one in told
            )
            for name, told in document["quotes"].items()
        },
        why=document["why"],
    )
