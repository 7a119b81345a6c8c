"""What every payment provider can do for us: the one protocol its adapters keep to."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Protocol

from dunwell.engine.checkout_facts import (
    OpenCheckout,
    OpenedCheckout,
    PayoutFacts,
    ProviderFact,
    ProviderState,
    RefundAsked,
)


class PaymentGateway(Protocol):
    """A payment provider, reached with the keys of one company.

    Every call but `read_webhook` goes over the network and is made outside any transaction, by
    jobs. All raise PaymentGatewayError, which says whether trying again can help; asked twice
    with the same key, a provider does a thing once.
    """

    def open_checkout(self, asked: OpenCheckout) -> OpenedCheckout:
        """Open a page on which the payer pays; no card number comes to us."""

    def state_of(self, provider_id: str) -> ProviderState:
        """Return everything the provider knows of a checkout by now."""

    def close_checkout(self, provider_id: str) -> ProviderState:
        """Close a page nobody has paid on; what happened before it closed is told."""

    def charge_saved(self, asked: OpenCheckout, *, token: str) -> ProviderState:
        """Charge a way to pay that the provider keeps, without the payer."""

    def forget_method(self, token: str) -> None:
        """Have the provider forget a way to pay; one it does not know is forgotten already."""

    def refund(
        self, provider_id: str, *, key: str, currency: str, amount_minor: int
    ) -> RefundAsked:
        """Give money of a paid checkout back the way it came."""

    def read_webhook(
        self, headers: Mapping[str, str], body: bytes, *, now: datetime
    ) -> tuple[ProviderFact, ...]:
        """Return the facts a webhook tells, none for news we do not use; no network.

        Header names in lower case. Raises WebhookRefused unless the provider signed these bytes
        within 300 seconds of `now`; compares in constant time.
        """

    def payouts(self, *, since: date) -> tuple[PayoutFacts, ...]:
        """Return the transfers to our account from a day on, with what each holds."""
