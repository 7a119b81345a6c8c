"""What an order check looks at: the order, and what is known of its customer on the day.

Amounts of a customer are in the company's currency. What cannot be known because a rate is
missing is None, and never counts as 0.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dunwell.engine.exposure import CoverPart, ExposureRate, Part
from dunwell.engine.money import part
from dunwell.engine.order_book import KeptBook

PPM = 1_000_000
ORDER = "order"
"""The checkpoint where nothing has left the house yet."""

OWN, GROUP, PARENT, GUARANTOR = "own", "group", "parent", "guarantor"
KINDS = (OWN, GROUP, PARENT, GUARANTOR)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderAsk:
    """An order as another system tells it, in minor units of its own currency.

    `prepaid_minor` is paid before delivery, `delivered_minor` has left the house, `billed_minor`
    of it stands on invoices. `terms_days` are the days its terms give, None where the text of
    the terms says nothing readable. Raises ValueError for amounts that cannot be.
    """

    number: str
    currency: str
    amount_minor: int
    prepaid_minor: int = 0
    delivered_minor: int = 0
    billed_minor: int = 0
    terms: str = ""
    terms_days: int | None = None
    kind: str = ""
    ordered_on: date
    deliver_on: date | None = None
    checkpoint: str = ORDER
    source: str = ""

    def __post_init__(self) -> None:
        """Refuse parts below 0 and parts larger than the order."""
        if self.amount_minor < 0:
            raise ValueError("the amount of an order cannot be below 0")
        for name in ("prepaid_minor", "delivered_minor", "billed_minor"):
            if not 0 <= getattr(self, name) <= self.amount_minor:
                what = name.removesuffix("_minor")
                raise ValueError(f"the {what} part must lie between 0 and the order's amount")

    @property
    def on_credit_minor(self) -> int:
        """Return what is neither delivered nor prepaid: all that a check can hold.

        What is prepaid pays for what was delivered first.
        """
        return self.amount_minor - max(self.prepaid_minor, self.delivered_minor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a limit is held against: the customer, its group, a parent with all below, a guarantor.

    `key` is the same for everybody who shares it. `others_minor` is the exposure of the others
    in it, without the customer (of a guarantor its own), None where a rate is missing. Limit
    None: none is granted; `is_ended`: there was one until `until_on`. `most_minor`: a guarantor
    answers for so much of the customer's exposure at most.
    """

    key: str
    kind: str
    name: str
    limit_minor: int | None
    others_minor: int | None = 0
    until_on: date | None = None
    is_ended: bool = False
    is_suspended: bool = False
    most_minor: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiver:
    """A rule that somebody let pass: until a day, and of amounts up to so much over the limit."""

    rule: str
    by: str
    until_on: date | None
    most_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditFacts:
    """What is known of a customer. Amounts in minor units of `currency`, the company's.

    `parts`, `covers` and `rates` are what its exposure is made of (see `engine.exposure`).
    `debts`: open overdue amounts by due day, the oldest first; None once a rate is missing.
    `credit_minor`: money and credit notes not applied yet, which count as put on the oldest
    debts. `granted_days`: terms agreed, None where nothing readable is agreed. `broken_promises`
    are the days they were for. `feed_age_days`: None without a bank feed.
    """

    customer_id: int
    number: str
    name: str
    currency: str
    accounts: tuple[Account, ...]
    parts: tuple[Part, ...] = ()
    covers: tuple[CoverPart, ...] = ()
    rates: Mapping[str, ExposureRate] = field(default_factory=dict)
    segment: str = ""
    party: str = ""
    country: str = ""
    sector: str = ""
    is_new: bool = False
    risk_class: str = ""
    debts: tuple[tuple[date, int], ...] | None = ()
    credit_minor: int = 0
    granted_days: int | None = None
    insolvent_on: date | None = None
    legal_on: date | None = None
    written_off_on: date | None = None
    forced_by: str = ""
    forced_reason: str = ""
    frozen_on: date | None = None
    review_due_on: date | None = None
    dunning_level: int = 0
    broken_promises: tuple[date, ...] = ()
    covers_in_force: int = 0
    cover_until_on: date | None = None
    cover_ended_on: date | None = None
    feed_age_days: int | None = None
    waivers: tuple[Waiver, ...] = ()

    @property
    def own(self) -> Account:
        """Return the customer's own account, the first."""
        return self.accounts[0]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFacts:
    """One order with its customer's facts, as it is judged.

    `stored` and `stored_status`: the order as the customer's exposure holds it already.
    `forced_by` and `forced_reason` of a forced hold on this order alone; `waivers` of it alone.
    `appetite`: what is kept of the book, where limits of the appetite hold orders.
    """

    ask: OrderAsk
    customer: CreditFacts
    stored: OrderAsk | None = None
    stored_status: str = ""
    forced_by: str = ""
    forced_reason: str = ""
    waivers: tuple[Waiver, ...] = ()
    appetite: KeptBook | None = None

    def home(self, amount_minor: int) -> int | None:
        """Return an amount of the order in the company's currency, None without a rate."""
        customer = self.customer
        if self.ask.currency == customer.currency:
            return amount_minor
        rate = customer.rates.get(self.ask.currency)
        return None if rate is None else part(amount_minor, rate.rate_ppm, PPM)


Figures = Mapping[str, int | str | None]
"""What an outcome rests on: amounts in minor units, days, dates as text, names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """One way to free an order: `kind`, the exact amount or day, and the sentence.

    Kinds: pay and raise_limit (the company's currency), prepay and reduce (the order's), wait
    (`on` is the day), person (somebody has to decide or do something).
    """

    kind: str
    text: str
    amount_minor: int | None = None
    currency: str = ""
    on: date | None = None

    def document(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "kind": self.kind,
            "text": self.text,
            "amount_minor": self.amount_minor,
            "currency": self.currency,
            "on": self.on.isoformat() if self.on else None,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What one rule said: passed, held, warned or skipped; why, and what would free the order."""

    rule: str
    result: str
    text: str
    figures: Figures = field(default_factory=dict)
    release: tuple[Release, ...] = ()

    def document(self) -> dict[str, object]:
        """Return it as JSON holds it."""
        return {
            "rule": self.rule,
            "result": self.result,
            "text": self.text,
            "figures": dict(self.figures),
            "release": [one.document() for one in self.release],
        }
