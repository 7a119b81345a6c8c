"""Operations about invoices. Written by `python -m tools.client`; do not edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dunwell_client.transport import path_part

if TYPE_CHECKING:
    from dunwell_client.generated.models import Created
    from dunwell_client.generated.models import CreditIn
    from dunwell_client.generated.models import CustomerInvoicingIn
    from dunwell_client.generated.models import CustomerInvoicingOut
    from dunwell_client.generated.models import DaysToInvoice
    from dunwell_client.generated.models import Done
    from dunwell_client.generated.models import InvoiceChange
    from dunwell_client.generated.models import InvoiceCheck
    from dunwell_client.generated.models import InvoiceDetail
    from dunwell_client.generated.models import InvoiceIn
    from dunwell_client.generated.models import InvoiceRow
    from dunwell_client.generated.models import InvoiceTotal
    from dunwell_client.generated.models import InvoicingOut
    from dunwell_client.generated.models import InvoicingProfileIn
    from dunwell_client.generated.models import OrderBillIn
    from dunwell_client.generated.models import ReasonIn
    from dunwell_client.generated.models import ScheduleEndIn
    from dunwell_client.generated.models import ScheduleIn
    from dunwell_client.generated.models import ScheduleRow
    from dunwell_client.generated.models import SeriesIn
    from dunwell_client.generated.models import TaxRateIn
    from dunwell_client.generated.models import VersionIn
    from dunwell_client.paging import Page
    from dunwell_client.transport import Connection, Files


class InvoicesArea:
    """Operations about invoices."""

    def __init__(self, connection: Connection) -> None:
        """Call over this connection."""
        self._connection = connection

    def list_invoices(self, *, status: Literal['', 'draft', 'approved', 'issued', 'voided'] | None = None, customer_id: int | None = None, cursor: str | None = None, limit: int | None = None) -> Page[InvoiceRow]:
        """List invoices and credit notes, the newest first.

        GET /api/v1/invoices
        """
        told: Page[InvoiceRow] = self._connection.call("GET", "/invoices", query={"status": status, "customer_id": customer_id, "cursor": cursor, "limit": limit})
        return told

    def new_invoice(self, body: InvoiceIn, *, idempotency_key: str | None = None) -> Created:
        """Draft an invoice, or issue it at once; the same `key` is the same invoice.

        POST /api/v1/invoices
        """
        told: Created = self._connection.call("POST", "/invoices", body=body, takes_key=True, key=idempotency_key)
        return told

    def total_invoices(self, *, status: Literal['', 'draft', 'approved', 'issued', 'voided'] | None = None) -> list[InvoiceTotal]:
        """Sum the invoices under the same filter, per currency; credit notes count below 0.

        GET /api/v1/invoices/totals
        """
        told: list[InvoiceTotal] = self._connection.call("GET", "/invoices/totals", query={"status": status})
        return told

    def show_days_to_invoice(self) -> DaysToInvoice:
        """Say how long it takes from delivery to invoice, over the last 90 days.

        GET /api/v1/invoices/days-to-invoice
        """
        told: DaysToInvoice = self._connection.call("GET", "/invoices/days-to-invoice")
        return told

    def load_invoices(self, files: Files, *, idempotency_key: str | None = None) -> Done:
        """Draft the invoices of one table (CSV or XLSX): all of them, or none.

        POST /api/v1/invoices/import
        """
        told: Done = self._connection.call("POST", "/invoices/import", files={"files": files}, takes_key=True, key=idempotency_key)
        return told

    def show_invoice(self, invoice_id: int) -> InvoiceDetail:
        """Show one invoice with its lines and files.

        GET /api/v1/invoices/{invoice_id}
        """
        told: InvoiceDetail = self._connection.call("GET", f"/invoices/{path_part(invoice_id)}")
        return told

    def change_invoice(self, invoice_id: int, body: InvoiceChange, *, idempotency_key: str | None = None) -> Done:
        """Change a draft; refused where somebody changed it since that version.

        PUT /api/v1/invoices/{invoice_id}
        """
        told: Done = self._connection.call("PUT", f"/invoices/{path_part(invoice_id)}", body=body, takes_key=True, key=idempotency_key)
        return told

    def check_invoice(self, invoice_id: int) -> InvoiceCheck:
        """Say what stands against issuing an invoice, and how probable a dispute is.

        GET /api/v1/invoices/{invoice_id}/check
        """
        told: InvoiceCheck = self._connection.call("GET", f"/invoices/{path_part(invoice_id)}/check")
        return told

    def get_invoice_file(self, invoice_id: int, invoice_file_id: int) -> bytes:
        """Return a file of an issued invoice byte for byte.

        GET /api/v1/invoices/{invoice_id}/files/{invoice_file_id}
        """
        told: bytes = self._connection.call("GET", f"/invoices/{path_part(invoice_id)}/files/{path_part(invoice_file_id)}")
        return told

    def allow_invoice(self, invoice_id: int, body: VersionIn, *, idempotency_key: str | None = None) -> Done:
        """Approve a draft as it stands; its author cannot where others can.

        POST /api/v1/invoices/{invoice_id}/approve
        """
        told: Done = self._connection.call("POST", f"/invoices/{path_part(invoice_id)}/approve", body=body, takes_key=True, key=idempotency_key)
        return told

    def put_invoice_out(self, invoice_id: int, body: VersionIn, *, idempotency_key: str | None = None) -> Created:
        """Issue an invoice; the answer names its item. Its files follow at once.

        POST /api/v1/invoices/{invoice_id}/issue
        """
        told: Created = self._connection.call("POST", f"/invoices/{path_part(invoice_id)}/issue", body=body, takes_key=True, key=idempotency_key)
        return told

    def drop_invoice(self, invoice_id: int, body: ReasonIn, *, idempotency_key: str | None = None) -> Done:
        """Drop a draft; it never gets a number.

        POST /api/v1/invoices/{invoice_id}/void
        """
        told: Done = self._connection.call("POST", f"/invoices/{path_part(invoice_id)}/void", body=body, takes_key=True, key=idempotency_key)
        return told

    def credit_issued(self, invoice_id: int, body: CreditIn, *, idempotency_key: str | None = None) -> Created:
        """Draft a credit note to an issued invoice: of the whole, or of quantities of lines.

        POST /api/v1/invoices/{invoice_id}/credit
        """
        told: Created = self._connection.call("POST", f"/invoices/{path_part(invoice_id)}/credit", body=body, takes_key=True, key=idempotency_key)
        return told

    def mail_invoice(self, invoice_id: int, *, idempotency_key: str | None = None) -> Done:
        """Put an issued invoice with its files into the outbox; 0 where the portal is the way.

        POST /api/v1/invoices/{invoice_id}/send
        """
        told: Done = self._connection.call("POST", f"/invoices/{path_part(invoice_id)}/send", takes_key=True, key=idempotency_key)
        return told

    def bill_order(self, order_id: int, body: OrderBillIn, *, idempotency_key: str | None = None) -> Created:
        """Draft the invoice of what is delivered and not billed of an order.

        POST /api/v1/orders/{order_id}/invoice
        """
        told: Created = self._connection.call("POST", f"/orders/{path_part(order_id)}/invoice", body=body, takes_key=True, key=idempotency_key)
        return told

    def draft_requested_note(self, credit_request_id: int, *, idempotency_key: str | None = None) -> Created:
        """Draft the credit note a dispute asked for; issuing it settles the request.

        POST /api/v1/credit-requests/{credit_request_id}/note
        """
        told: Created = self._connection.call("POST", f"/credit-requests/{path_part(credit_request_id)}/note", takes_key=True, key=idempotency_key)
        return told

    def show_invoicing(self) -> InvoicingOut:
        """Show our details on invoices, the number series and tax codes.

        GET /api/v1/invoicing
        """
        told: InvoicingOut = self._connection.call("GET", "/invoicing")
        return told

    def change_invoicing(self, body: InvoicingProfileIn, *, idempotency_key: str | None = None) -> Done:
        """Save our details on invoices; what is issued keeps what stood there.

        PUT /api/v1/invoicing
        """
        told: Done = self._connection.call("PUT", "/invoicing", body=body, takes_key=True, key=idempotency_key)
        return told

    def show_customer_invoicing(self, customer_id: int) -> CustomerInvoicingOut:
        """Show how a customer wants its invoices.

        GET /api/v1/customers/{customer_id}/invoicing
        """
        told: CustomerInvoicingOut = self._connection.call("GET", f"/customers/{path_part(customer_id)}/invoicing")
        return told

    def change_customer_invoicing(self, customer_id: int, body: CustomerInvoicingIn, *, idempotency_key: str | None = None) -> Done:
        """Save how a customer wants its invoices.

        PUT /api/v1/customers/{customer_id}/invoicing
        """
        told: Done = self._connection.call("PUT", f"/customers/{path_part(customer_id)}/invoicing", body=body, takes_key=True, key=idempotency_key)
        return told

    def change_series(self, body: SeriesIn, *, idempotency_key: str | None = None) -> Done:
        """Say how numbers look and which comes next; a series only goes forward.

        PUT /api/v1/number-series
        """
        told: Done = self._connection.call("PUT", "/number-series", body=body, takes_key=True, key=idempotency_key)
        return told

    def new_tax_rate(self, body: TaxRateIn, *, idempotency_key: str | None = None) -> Created:
        """Add a tax code, or what it is from a day on.

        POST /api/v1/tax-rates
        """
        told: Created = self._connection.call("POST", "/tax-rates", body=body, takes_key=True, key=idempotency_key)
        return told

    def list_invoice_schedules(self) -> list[ScheduleRow]:
        """List the invoices that come again, the newest first.

        GET /api/v1/invoice-schedules
        """
        told: list[ScheduleRow] = self._connection.call("GET", "/invoice-schedules")
        return told

    def new_invoice_schedule(self, body: ScheduleIn, *, idempotency_key: str | None = None) -> Created:
        """Bill the same lines every period from a day on.

        POST /api/v1/invoice-schedules
        """
        told: Created = self._connection.call("POST", "/invoice-schedules", body=body, takes_key=True, key=idempotency_key)
        return told

    def stop_invoice_schedule(self, invoice_schedule_id: int, body: ScheduleEndIn, *, idempotency_key: str | None = None) -> Done:
        """Let a schedule end on a day.

        POST /api/v1/invoice-schedules/{invoice_schedule_id}/end
        """
        told: Done = self._connection.call("POST", f"/invoice-schedules/{path_part(invoice_schedule_id)}/end", body=body, takes_key=True, key=idempotency_key)
        return told
