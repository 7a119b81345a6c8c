"""The operations on invoices and what they rest on, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.actions.invoice_rows import OURS, THEIRS
from tests.api.invoice_books import LINE

ALL = "AMCKDRNF"
DRAFT = {"currency": "EUR", "lines": [LINE]}
TABLE = b"key,customer,name,price,tax_code\nA,I,Service,100,DE19\n"
INVOICE_UPLOADS = {"load_invoices": ("MK", TABLE)}
INVOICE_OPERATIONS = {
    "list_invoices": (ALL,),
    "total_invoices": (ALL,),
    "show_days_to_invoice": (ALL,),
    "show_invoice": (ALL,),
    "check_invoice": (ALL,),
    "get_invoice_file": (ALL, None, {"invoice_id": "issued_invoice_id"}),
    "new_invoice": (
        "MK",
        lambda ids, today: {
            **DRAFT, "customer_id": ids["invoice_customer_id"], "delivered_on": str(today)
        },
    ),
    "change_invoice": ("MK", {**DRAFT, "version": 1}),
    "allow_invoice": ("MF", {"version": 1}),
    "put_invoice_out": ("MK", {"version": 1, "confirm_warnings": True}),
    "drop_invoice": ("MK", {"reason": "written twice"}),
    "credit_issued": ("MK", {"reason": "returned"}, {"invoice_id": "issued_invoice_id"}),
    "mail_invoice": ("MK", None, {"invoice_id": "issued_invoice_id"}),
    "bill_order": ("MK", {"tax_code": "DE19"}, {"order_id": "billable_order_id"}),
    "draft_requested_note": ("MK", None, {"credit_request_id": "asked_request_id"}),
    "show_invoicing": (ALL,),
    "change_invoicing": ("A", {"texts": OURS, "version": 1}),
    "show_customer_invoicing": (ALL,),
    "change_customer_invoicing": (
        "MK",
        {"texts": THEIRS, "format": "pdf", "delivery": "portal", "version": 0},
    ),
    "change_series": ("A", {"kind": "invoice", "pattern": "R-{year}-{number:4}", "next_number": 9}),
    "new_tax_rate": (
        "A",
        lambda ids, today: {
            "code": "DE7", "name": "VAT 7 %", "country": "DE", "category": "S",
            "rate_ppm": 70_000, "valid_from": str(today),
        },
    ),
    "list_invoice_schedules": (ALL,),
    "new_invoice_schedule": (
        "MK",
        lambda ids, today: {
            "customer_id": ids["invoice_customer_id"], "name": "Licence", "every": "year",
            "starts_on": str(today), "currency": "EUR", "lines": [LINE],
        },
    ),
    "stop_invoice_schedule": (
        "MK",
        lambda ids, today: {"ends_on": str(today), "version": 1},
    ),
}  # fmt: skip
