"""Operations about early payment. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import OfferFigures
    from dunwell_client.generated.models import OfferIn
    from dunwell_client.generated.models import OfferRow
    from dunwell_client.generated.models import OpenOffer
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class EarlyPaymentArea:
    """Operations about early payment."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_early_offers(self, *, state: Literal['live', 'accepted', 'earned', 'lapsed', 'withdrawn', 'all'] | None = None, cursor: str | None = None, limit: int | None = None) -> Page[OfferRow]:
        """List offers, the newest first.

        GET /api/v1/early-payment/offers
        """
        told: Page[OfferRow] = self._connection.call("GET", "/early-payment/offers", query={"state": state, "cursor": cursor, "limit": limit})
        return told

    def new_early_offer(self, body: OfferIn, *, idempotency_key: str | None = None) -> Created:
        """Offer a discount on one invoice by hand.

        POST /api/v1/early-payment/offers
        """
        told: Created = self._connection.call("POST", "/early-payment/offers", body=body, takes_key=True, key=idempotency_key)
        return told

    def early_offer_figures(self) -> list[OfferFigures]:
        """Return what is offered, accepted and earned, by currency.

        GET /api/v1/early-payment/figures
        """
        told: list[OfferFigures] = self._connection.call("GET", "/early-payment/figures")
        return told

    def early_offers_of(self, customer_id: int) -> list[OpenOffer]:
        """Return the discounts a customer can earn today, those of its own terms too.

        GET /api/v1/early-payment/customers/{customer_id}
        """
        told: list[OpenOffer] = self._connection.call("GET", f"/early-payment/customers/{path_part(customer_id)}")
        return told

    def withdraw_early_offer(self, early_offer_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take an offer back that nobody accepted, with the reason.

        POST /api/v1/early-payment/offers/{early_offer_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/early-payment/offers/{path_part(early_offer_id)}/withdraw", body=body, takes_key=True, key=idempotency_key)
        return told
