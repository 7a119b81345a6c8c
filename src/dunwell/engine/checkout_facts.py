"""What is asked of a payment provider and what it tells, in words every provider shares.

Amounts are minor units of the currency beside them, moments UTC, days ISO. No card number ever
passes here: a payer types it on the provider's own page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

OPENED, PROCESSING, PAID = "opened", "processing", "paid"
FAILED, EXPIRED, CANCELLED = "failed", "expired", "cancelled"
"""What becomes of a checkout. `failed` is final for the provider; a later `paid` still counts."""
REFUNDED, REFUND_FAILED = "refunded", "refund_failed"
CHARGED_BACK, CHARGEBACK_WON, CHARGEBACK_LOST = "charged_back", "chargeback_won", "chargeback_lost"
METHOD_SAVED, METHOD_GONE = "method_saved", "method_gone"
PAID_OUT = "paid_out"
"""A transfer to our account; what it holds is fetched (`PaymentGateway.payouts`)."""
KINDS = (
    OPENED,
    PROCESSING,
    PAID,
    FAILED,
    EXPIRED,
    CANCELLED,
    REFUNDED,
    REFUND_FAILED,
    CHARGED_BACK,
    CHARGEBACK_WON,
    CHARGEBACK_LOST,
    METHOD_SAVED,
    METHOD_GONE,
    PAID_OUT,
)
"""Every kind of fact."""


class PaymentGatewayError(RuntimeError):
    """The provider did not do what was asked; `is_transient` says that trying again may help."""

    def __init__(self, text: str, *, is_transient: bool = True) -> None:
        super().__init__(text)
        self.is_transient = is_transient


class WebhookRefused(ValueError):
    """What came to our door was not signed by the provider, or at another time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenCheckout:
    """What is to be paid: the provider shows `total_minor` to the payer on its own page.

    `key` is the idempotency key: asked twice with it, the provider opens one checkout.
    `lines` are (text, minor units) and sum to `total_minor`. Where the payer may have the method
    saved, `saves_method` says so; `payer_token` is the provider's name of a payer it knows.
    """

    key: str
    number: str
    currency: str
    total_minor: int
    method: str
    lines: tuple[tuple[str, int], ...]
    payer: str
    email: str
    language: str
    return_to: str
    expires_at: datetime
    saves_method: bool = False
    payer_token: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedMethodFacts:
    """A way to pay that the provider keeps for us; `last4` and `expires` (YYYY-MM) may be shown.

    `funding` is credit, debit or prepaid and `is_commercial` whether a firm holds it, empty where
    the provider does not say.
    """

    token: str
    kind: str
    payer_token: str = ""
    brand: str = ""
    last4: str = ""
    expires: str = ""
    funding: str = ""
    is_commercial: bool | None = None
    country: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderFact:
    """One thing a provider told, under its own id; told twice it is the same thing.

    `subject` is the provider's id of the checkout, `number` ours where it repeats it. `about` is
    its id of the refund, chargeback, method or payout. `happened_at` is when it happened there,
    which orders facts; when they reach us says nothing. `reason` is a word of the provider;
    `due_on` the day by which a chargeback is answered.
    """

    event_id: str
    kind: str
    happened_at: datetime
    subject: str = ""
    number: str = ""
    about: str = ""
    currency: str = ""
    amount_minor: int = 0
    fee_minor: int = 0
    reason: str = ""
    due_on: date | None = None
    method: SavedMethodFacts | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenedCheckout:
    """A checkout the provider has opened: its id there, and the page the payer is sent to."""

    provider_id: str
    address: str
    expires_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderState:
    """What the provider says of a checkout when asked: the same facts its webhooks tell.

    Event ids are the provider's own where it has them; else made of the subject and the kind, so
    that asking again tells nothing new.
    """

    provider_id: str
    facts: tuple[ProviderFact, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundAsked:
    """The provider's id of a refund, and the facts it told at once, if any."""

    provider_id: str
    facts: tuple[ProviderFact, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutLine:
    """One part of a payout: what came in above 0, what went out below; the fee kept of it.

    `kind` is payment, refund, chargeback, regained, fee or other.
    """

    line_id: str
    kind: str
    currency: str
    amount_minor: int
    fee_minor: int = 0
    subject: str = ""
    number: str = ""
    about: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PayoutFacts:
    """A transfer to our account as the provider tells it; `net_minor` is what it says it sent."""

    payout_id: str
    currency: str
    net_minor: int
    paid_on: date
    lines: tuple[PayoutLine, ...] = field(default=())


def fact_document(fact: ProviderFact) -> dict[str, Any]:
    """Return what is kept of a fact besides its id, kind, subject and moment."""
    method = fact.method
    return {
        "number": fact.number,
        "about": fact.about,
        "currency": fact.currency,
        "amount_minor": fact.amount_minor,
        "fee_minor": fact.fee_minor,
        "reason": fact.reason,
        "due_on": fact.due_on.isoformat() if fact.due_on else "",
        "method": None
        if method is None
        else {name: getattr(method, name) for name in SavedMethodFacts.__slots__},
    }


def parted_document(fact: ProviderFact) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return `fact_document` in two: what may lie open, and what names a saved way to pay."""
    document = fact_document(fact)
    names = ("about", "method") if fact.kind in {METHOD_SAVED, METHOD_GONE} else ()
    secret = {name: document.pop(name) for name in names}
    return document, secret


def read_fact(
    document: Mapping[str, Any], *, event_id: str, kind: str, subject: str, happened_at: datetime
) -> ProviderFact:
    """Return a fact from what was kept of it (`fact_document`)."""
    due_on, method = document["due_on"], document["method"]
    return ProviderFact(
        event_id=event_id,
        kind=kind,
        happened_at=happened_at.astimezone(UTC),
        subject=subject,
        number=document["number"],
        about=document["about"],
        currency=document["currency"],
        amount_minor=document["amount_minor"],
        fee_minor=document["fee_minor"],
        reason=document["reason"],
        due_on=date.fromisoformat(due_on) if due_on else None,
        method=SavedMethodFacts(**method) if method else None,
    )
