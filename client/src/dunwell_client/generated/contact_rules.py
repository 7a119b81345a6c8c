"""Operations about contact rules. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AttemptIn
    from dunwell_client.generated.models import AttemptOut
    from dunwell_client.generated.models import AttemptRow
    from dunwell_client.generated.models import ContactCard
    from dunwell_client.generated.models import ContactConsentIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import LiftIn
    from dunwell_client.generated.models import ReplyIn
    from dunwell_client.generated.models import ReplyOut
    from dunwell_client.generated.models import RestrictionIn
    from dunwell_client.generated.models import RulesOut
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ContactRulesArea:
    """Operations about contact rules."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_contact_rules(self) -> RulesOut:
        """List the contact rules in force for the company, law and its own.

        GET /api/v1/contact-rules
        """
        told: RulesOut = self._connection.call("GET", "/contact-rules")
        return told

    def show_contact_rules(self, customer_id: int) -> ContactCard:
        """Show whether a customer may be contacted now, by what, and when again.

        GET /api/v1/customers/{customer_id}/contact-rules
        """
        told: ContactCard = self._connection.call("GET", f"/customers/{path_part(customer_id)}/contact-rules")
        return told

    def list_attempts(self, *, customer_id: int | None = None, only_refused: bool | None = None, cursor: str | None = None, limit: int | None = None) -> Page[AttemptRow]:
        """List contacts that were made or refused, the newest first.

        GET /api/v1/contact-attempts
        """
        told: Page[AttemptRow] = self._connection.call("GET", "/contact-attempts", query={"customer_id": customer_id, "only_refused": only_refused, "cursor": cursor, "limit": limit})
        return told

    def new_attempt(self, customer_id: int, body: AttemptIn, *, idempotency_key: str | None = None) -> AttemptOut:
        """Log a contact; what a rule denies is kept as refused, with the next allowed moment.

        POST /api/v1/customers/{customer_id}/contact-attempts
        """
        told: AttemptOut = self._connection.call("POST", f"/customers/{path_part(customer_id)}/contact-attempts", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_restriction(self, customer_id: int, body: RestrictionIn, *, idempotency_key: str | None = None) -> Created:
        """Record an opt-out, a cease, an attorney, a dispute of the debt, or an inconvenient hour.

        POST /api/v1/customers/{customer_id}/restrictions
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/restrictions", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_restriction(self, restriction_id: int, body: LiftIn, *, idempotency_key: str | None = None) -> Done:
        """Lift a restriction, with the reason.

        POST /api/v1/restrictions/{restriction_id}/lift
        """
        told: Done = self._connection.call("POST", f"/restrictions/{path_part(restriction_id)}/lift", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_consent(self, customer_id: int, body: ContactConsentIn, *, idempotency_key: str | None = None) -> Created:
        """Record a customer's consent to a channel.

        POST /api/v1/customers/{customer_id}/consents
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/consents", body=body, takes_key=True, key=idempotency_key)
        return told

    def end_consent(self, consent_id: int, *, idempotency_key: str | None = None) -> Done:
        """Withdraw a consent.

        POST /api/v1/consents/{consent_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/consents/{path_part(consent_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told

    def read_customer_reply(self, customer_id: int, body: ReplyIn, *, idempotency_key: str | None = None) -> ReplyOut:
        """Read a reply for words that opt out; a clear one is recorded at once.

        POST /api/v1/customers/{customer_id}/replies
        """
        told: ReplyOut = self._connection.call("POST", f"/customers/{path_part(customer_id)}/replies", body=body, takes_key=True, key=idempotency_key)
        return told
