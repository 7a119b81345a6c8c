"""Operations about charges. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import BillIn
    from dunwell_client.generated.models import ChargeRow
    from dunwell_client.generated.models import ChargeTotal
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CustomerCharges
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import OverbilledRow
    from dunwell_client.generated.models import ProposedRate
    from dunwell_client.generated.models import RateTable
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ReferenceRateIn
    from dunwell_client.generated.models import RuleRow
    from dunwell_client.generated.models import Waived
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection


class ChargesArea:
    """Operations about charges."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_charges(self, *, status: Literal['', 'accrued', 'billed', 'waived'] | None = None, kind: Literal['', 'interest', 'compensation', 'fee'] | None = None, customer_id: int | None = None, currency: str | None = None, month: str | None = None, cursor: str | None = None, limit: int | None = None) -> Page[ChargeRow]:
        """List charges with the parts of their interest, the latest time first.

        GET /api/v1/charges
        """
        told: Page[ChargeRow] = self._connection.call("GET", "/charges", query={"status": status, "kind": kind, "customer_id": customer_id, "currency": currency, "month": month, "cursor": cursor, "limit": limit})
        return told

    def total_charges(self, *, status: Literal['', 'accrued', 'billed', 'waived'] | None = None, kind: Literal['', 'interest', 'compensation', 'fee'] | None = None, customer_id: int | None = None, currency: str | None = None, month: str | None = None) -> list[ChargeTotal]:
        """Sum the charges under the same filter, per currency.

        GET /api/v1/charges/totals
        """
        told: list[ChargeTotal] = self._connection.call("GET", "/charges/totals", query={"status": status, "kind": kind, "customer_id": customer_id, "currency": currency, "month": month})
        return told

    def list_customer_charges(self, *, cursor: str | None = None, limit: int | None = None) -> Page[CustomerCharges]:
        """List what each customer owes, was billed and was forgiven, per currency.

        GET /api/v1/charges/customers
        """
        told: Page[CustomerCharges] = self._connection.call("GET", "/charges/customers", query={"cursor": cursor, "limit": limit})
        return told

    def bill_customer(self, customer_id: int, body: BillIn, *, idempotency_key: str | None = None) -> Done:
        """Bill what a customer owes for time up to a day; the answer says how many items were made.

        POST /api/v1/charges/customers/{customer_id}/bill
        """
        told: Done = self._connection.call("POST", f"/charges/customers/{path_part(customer_id)}/bill", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_overbilled(self) -> list[OverbilledRow]:
        """List what was billed and is not owed after all, the largest first.

        GET /api/v1/charges/overbilled
        """
        told: list[OverbilledRow] = self._connection.call("GET", "/charges/overbilled")
        return told

    def list_late_rules(self) -> list[RuleRow]:
        """List the rules of law on late payment with their sources, in the order they are tried.

        GET /api/v1/charges/rules
        """
        told: list[RuleRow] = self._connection.call("GET", "/charges/rules")
        return told

    def list_reference_rates(self) -> list[RateTable]:
        """List the official rates with their sources, and the half-years that are missing.

        GET /api/v1/charges/rates
        """
        told: list[RateTable] = self._connection.call("GET", "/charges/rates")
        return told

    def new_reference_rate(self, body: ReferenceRateIn, *, idempotency_key: str | None = None) -> Created:
        """Propose an official rate; a second person approves it.

        POST /api/v1/charges/rates
        """
        told: Created = self._connection.call("POST", "/charges/rates", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_proposed_rates(self) -> list[ProposedRate]:
        """List the rates that wait for a second person.

        GET /api/v1/charges/rates/proposed
        """
        told: list[ProposedRate] = self._connection.call("GET", "/charges/rates/proposed")
        return told

    def allow_reference_rate(self, rate_id: int, *, idempotency_key: str | None = None) -> Done:
        """Put a proposed rate in force; its author is not the one who approves.

        POST /api/v1/charges/rates/{rate_id}/approve
        """
        told: Done = self._connection.call("POST", f"/charges/rates/{path_part(rate_id)}/approve", takes_key=True, key=idempotency_key)
        return told

    def drop_reference_rate(self, rate_id: int, *, idempotency_key: str | None = None) -> Done:
        """Drop a proposed rate.

        POST /api/v1/charges/rates/{rate_id}/withdraw
        """
        told: Done = self._connection.call("POST", f"/charges/rates/{path_part(rate_id)}/withdraw", takes_key=True, key=idempotency_key)
        return told

    def show_charge(self, charge_id: int) -> ChargeRow:
        """Show one charge.

        GET /api/v1/charges/{charge_id}
        """
        told: ChargeRow = self._connection.call("GET", f"/charges/{path_part(charge_id)}")
        return told

    def give_up_charge(self, charge_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Waived:
        """Waive a charge, with its whole bill if it was billed, or ask whoever may.

        POST /api/v1/charges/{charge_id}/waive
        """
        told: Waived = self._connection.call("POST", f"/charges/{path_part(charge_id)}/waive", body=body, takes_key=True, key=idempotency_key)
        return told

    def bring_back_charge(self, charge_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Take a waiver back; the charge accrues again.

        POST /api/v1/charges/{charge_id}/restore
        """
        told: Done = self._connection.call("POST", f"/charges/{path_part(charge_id)}/restore", body=body, takes_key=True, key=idempotency_key)
        return told
