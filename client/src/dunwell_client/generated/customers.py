"""Operations about customers. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import AssignIn
    from dunwell_client.generated.models import ContactChanges
    from dunwell_client.generated.models import ContactIn
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerCard
    from dunwell_client.generated.models import CustomerChanges
    from dunwell_client.generated.models import CustomerRow
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import NoteIn
    from dunwell_client.generated.models import SnoozeIn
    from dunwell_client.generated.models import TimelineRow
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class CustomersArea:
    """Operations about customers."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_customers(self, *, search: str | None = None, segment: str | None = None, collector_id: int | None = None, unassigned: bool | None = None, only_owing: bool | None = None, pool_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[CustomerRow]:
        """List customers with what they owe per currency, by name.

        GET /api/v1/customers
        """
        told: Page[CustomerRow] = self._connection.call("GET", "/customers", query={"search": search, "segment": segment, "collector_id": collector_id, "unassigned": unassigned, "only_owing": only_owing, "pool_id": pool_id, "cursor": cursor, "limit": limit})
        return told

    def assign(self, body: AssignIn, *, idempotency_key: str | None = None) -> Done:
        """Give customers to a collector, or to nobody.

        POST /api/v1/customers/assign
        """
        told: Done = self._connection.call("POST", "/customers/assign", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_customer(self, customer_id: int) -> CustomerCard:
        """Show a customer: balances, limit, habit, contacts, tasks, holds and rank.

        A record that was merged names the one to go on at in `merged_into_id`.

        GET /api/v1/customers/{customer_id}
        """
        told: CustomerCard = self._connection.call("GET", f"/customers/{path_part(customer_id)}")
        return told

    def change_customer(self, customer_id: int, body: CustomerChanges, *, idempotency_key: str | None = None) -> Done:
        """Change a customer's segment, language, limit, opt-out, or what contact rules must know.

        PATCH /api/v1/customers/{customer_id}
        """
        told: Done = self._connection.call("PATCH", f"/customers/{path_part(customer_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_timeline(self, customer_id: int, *, kind: Literal['', 'event', 'promise', 'message', 'note', 'payment', 'signal', 'inbound', 'rating'] | None = None, text: str | None = None, from_on: str | None = None, until_on: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[TimelineRow]:
        """List all that happened with a customer, newest first, as far as the caller may read it.

        GET /api/v1/customers/{customer_id}/timeline
        """
        told: Page[TimelineRow] = self._connection.call("GET", f"/customers/{path_part(customer_id)}/timeline", query={"kind": kind, "text": text, "from_on": from_on, "until_on": until_on, "cursor": cursor, "limit": limit})
        return told

    def add_note(self, customer_id: int, body: NoteIn, *, idempotency_key: str | None = None) -> Created:
        """Record a call result or a remark; a call result completes the open call task.

        POST /api/v1/customers/{customer_id}/notes
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/notes", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_contact(self, customer_id: int, body: ContactIn, *, idempotency_key: str | None = None) -> Created:
        """Add a contact.

        POST /api/v1/customers/{customer_id}/contacts
        """
        told: Created = self._connection.call("POST", f"/customers/{path_part(customer_id)}/contacts", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_contact(self, customer_id: int, contact_id: int, body: ContactChanges, *, idempotency_key: str | None = None) -> Done:
        """Change a contact.

        PATCH /api/v1/customers/{customer_id}/contacts/{contact_id}
        """
        told: Done = self._connection.call("PATCH", f"/customers/{path_part(customer_id)}/contacts/{path_part(contact_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def put_aside(self, customer_id: int, body: SnoozeIn, *, idempotency_key: str | None = None) -> Done:
        """Put a customer aside on the worklist until a day.

        PUT /api/v1/customers/{customer_id}/snooze
        """
        told: Done = self._connection.call("PUT", f"/customers/{path_part(customer_id)}/snooze", body=body, takes_key=True, key=idempotency_key)
        return told

    def bring_back(self, customer_id: int, *, idempotency_key: str | None = None) -> Done:
        """Bring a customer back onto the worklist.

        DELETE /api/v1/customers/{customer_id}/snooze
        """
        told: Done = self._connection.call("DELETE", f"/customers/{path_part(customer_id)}/snooze", takes_key=True, key=idempotency_key)
        return told
