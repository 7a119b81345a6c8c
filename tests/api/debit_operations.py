"""The operations of direct debit and mandates, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

from dunwell.engine.calendars import TARGET, next_business_day
from dunwell.models import Customer
from tests.formats.test_pain002 import report

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
IBAN = "DE02120300000000202051"
MANDATE_LINE = {"row": 2, "reference": "LIST-1", "customer_number": "C1", "iban": IBAN}


def mandate_lines(ids, today):
    number = Customer.objects.get(pk=ids["customer_id"]).number
    return {"lines": [{**MANDATE_LINE, "customer_number": number}]}


DEBIT_OPERATIONS = {
    "list_debit_runs": (ALL,),
    "show_debit_run": (ALL,),
    "list_debits": (ALL,),
    "get_debit_file": (ALL, None, {"debit_run_id": "gone_id"}),
    "new_debit_run": (
        "K",
        lambda ids, today: {
            "account_id": ids["collecting_id"],
            "collect_on": str(next_business_day(today + timedelta(weeks=3), country=TARGET)),
        },
    ),
    "approve_debit_run": ("M",),
    "send_debit_run": ("K", {}, {"debit_run_id": "ready_id"}),
    "cancel_debit_run": ("MK", WHY),
    "note_posted_letters": ("K", None, {"debit_run_id": "to_post_id"}),
    "tell_customers_again": ("M", None, {"debit_run_id": "to_post_id"}),
    "collect_debit_run": (
        "K",
        lambda ids, today: {"value_on": str(today)},
        {"debit_run_id": "over_id"},
    ),
    "take_debit_out": ("K", WHY),
    "make_debit_last": ("K",),
    "note_returned_debit": (
        "K",
        lambda ids, today: {"reason_code": "AM04", "returned_on": str(today)},
        {"debit_id": "gone_debit_id"},
    ),
    "read_debit_report": (
        "K",
        lambda ids, today: {
            "name": "answer.xml",
            "content": report(ids["gone_message"], "RJCT", reason="FF01").decode(),
        },
    ),
    "list_mandates": (ALL,),
    "new_mandate": (
        "MK",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "reference": "NEW",
            "iban": IBAN,
        },
    ),
    "check_mandates": ("MK", {"lines": [MANDATE_LINE]}),
    "add_mandate_lines": ("MK", mandate_lines),
    "note_signature": (
        "MK",
        lambda ids, today: {"signed_on": str(today)},
        {"mandate_id": "unsigned_id"},
    ),
    "pause_mandate": ("MK", WHY),
    "go_on_with_mandate": ("MK", None, {"mandate_id": "paused_id"}),
    "stop_mandate": ("MK", WHY),
    "list_autopay": (ALL,),
    "list_autopay_charges": (ALL,),
    "leave_out_charge": ("MCK", None, {"charge_id": "autopay_charge_id"}),
    "remove_saved_method": ("MCK",),
    "pause_standing_order": ("MCK", WHY),
    "resume_standing_order": ("MCK", None, {"autopay_id": "paused_autopay_id"}),
    "end_standing_order": ("MCK", WHY),
}
