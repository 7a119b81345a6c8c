"""Operations about privacy. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import ErasureRow
    from dunwell_client.generated.models import LegalHoldRow
    from dunwell_client.generated.models import PersonalFieldRow
    from dunwell_client.generated.models import PrivacyLogRow
    from dunwell_client.generated.models import PurposeIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class PrivacyArea:
    """Operations about privacy."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_personal_fields(self) -> list[PersonalFieldRow]:
        """List every personal field: what for, by which right, for how many years, when it goes.

        GET /api/v1/privacy/fields
        """
        told: list[PersonalFieldRow] = self._connection.call("GET", "/privacy/fields")
        return told

    def list_privacy_log(self, *, cursor: str | None = None, limit: int | None = None) -> Page[PrivacyLogRow]:
        """List what was handed out and erased, by whom and for what, the newest first.

        GET /api/v1/privacy/log
        """
        told: Page[PrivacyLogRow] = self._connection.call("GET", "/privacy/log", query={"cursor": cursor, "limit": limit})
        return told

    def list_erasures(self, *, cursor: str | None = None, limit: int | None = None) -> Page[ErasureRow]:
        """List erased persons, the newest first.

        GET /api/v1/privacy/erasures
        """
        told: Page[ErasureRow] = self._connection.call("GET", "/privacy/erasures", query={"cursor": cursor, "limit": limit})
        return told

    def list_legal_holds(self) -> list[LegalHoldRow]:
        """List what stops erasing now; /holds and /legal place and end it.

        GET /api/v1/privacy/holds
        """
        told: list[LegalHoldRow] = self._connection.call("GET", "/privacy/holds")
        return told

    def hand_out_contact(self, contact_id: int, body: PurposeIn) -> dict[str, Any]:
        """Return the file of a contact. Each call is on record; its answer is kept nowhere.

        POST /api/v1/privacy/contacts/{contact_id}/file
        """
        told: dict[str, Any] = self._connection.call("POST", f"/privacy/contacts/{path_part(contact_id)}/file", body=body)
        return told

    def hand_out_customer(self, customer_id: int, body: PurposeIn) -> dict[str, Any]:
        """Return the file of a customer that is a natural person, as that of a contact.

        POST /api/v1/privacy/customers/{customer_id}/file
        """
        told: dict[str, Any] = self._connection.call("POST", f"/privacy/customers/{path_part(customer_id)}/file", body=body)
        return told

    def erase_a_contact(self, contact_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Created:
        """Erase a contact for good; the reason is its ground, and must not name the person.

        POST /api/v1/privacy/contacts/{contact_id}/erasure
        """
        told: Created = self._connection.call("POST", f"/privacy/contacts/{path_part(contact_id)}/erasure", body=body, takes_key=True, key=idempotency_key)
        return told

    def erase_a_customer(self, customer_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Created:
        """Erase a customer that is a natural person, with its contacts; law keeps the books' name.

        POST /api/v1/privacy/customers/{customer_id}/erasure
        """
        told: Created = self._connection.call("POST", f"/privacy/customers/{path_part(customer_id)}/erasure", body=body, takes_key=True, key=idempotency_key)
        return told
