"""Operations about bulk. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING


if TYPE_CHECKING:
    from dunwell_client.generated.models import BulkContactsIn
    from dunwell_client.generated.models import BulkCustomersIn
    from dunwell_client.generated.models import BulkItemsIn
    from dunwell_client.generated.models import BulkNotesIn
    from dunwell_client.generated.models import BulkOut
    from dunwell_client.generated.models import BulkPaymentsIn
    from dunwell_client.generated.models import BulkPromisesIn

    from dunwell_client.transport import Connection


class BulkArea:
    """Operations about bulk."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def save_many_customers(self, body: BulkCustomersIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Make or change up to 1,000 customers with contacts, by number: all, or each that fits.

        POST /api/v1/customers/bulk
        """
        told: BulkOut = self._connection.call("POST", "/customers/bulk", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_items(self, body: BulkItemsIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Add up to 1,000 items: all, or each that fits.

        POST /api/v1/items/bulk
        """
        told: BulkOut = self._connection.call("POST", "/items/bulk", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_payments(self, body: BulkPaymentsIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Record up to 1,000 payments: all, or each that fits.

        POST /api/v1/payments/bulk
        """
        told: BulkOut = self._connection.call("POST", "/payments/bulk", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_contacts(self, body: BulkContactsIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Add up to 1,000 contacts: all, or each that fits.

        POST /api/v1/contacts/bulk
        """
        told: BulkOut = self._connection.call("POST", "/contacts/bulk", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_notes(self, body: BulkNotesIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Record up to 1,000 notes and call results: all, or each that fits.

        POST /api/v1/notes/bulk
        """
        told: BulkOut = self._connection.call("POST", "/notes/bulk", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_promises(self, body: BulkPromisesIn, *, idempotency_key: str | None = None) -> BulkOut:
        """Record up to 1,000 promises: all, or each that fits.

        POST /api/v1/promises/bulk
        """
        told: BulkOut = self._connection.call("POST", "/promises/bulk", body=body, takes_key=True, key=idempotency_key)
        return told
