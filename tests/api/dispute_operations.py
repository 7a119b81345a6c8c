"""The operations of dispute cases, causes and credit requests, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
EDITS, PROPOSES, BILLS, CAUSES = "MCKD", "MCD", "MK", "MD"
WHY = {"reason": "agreed by phone"}


def _parts(key, **amounts):
    def body(ids, today):
        part = {"dispute_id": ids[key], "currency": "EUR", **amounts}
        return {"parts": [part], "reason": "agreed", "missing_evidence": "known by phone"}

    return body


DISPUTE_OPERATIONS = {
    "list_dispute_cases": (ALL,),
    "show_dispute_case": (ALL,),
    "new_dispute_case": (
        EDITS,
        lambda ids, today: {
            "customer_id": ids["dispute_customer_id"],
            "reason": "price",
            "parts": [{"item_id": ids["undisputed_item_id"], "amount_minor": 5_00,
                       "currency": "EUR"}],
        },
    ),
    "assign_dispute_cases": (
        EDITS, lambda ids, today: {"case_ids": [ids["dispute_case_id"]], "team": "claims"},
    ),
    "assign_dispute_case": (EDITS, {"team": "claims"}),
    "review_dispute_case": (EDITS, {"note": "begun"}),
    "wait_with_dispute_case": (EDITS, {"who": "customer"}),
    "withdraw_dispute_case": (EDITS, WHY),
    "reopen_dispute_case": (EDITS, WHY, {"dispute_case_id": "withdrawn_case_id"}),
    "merge_dispute_case": (EDITS, lambda ids, today: {"into_id": ids["other_case_id"]}),
    "comment_on_dispute_case": (EDITS, {"text": "We look into it."}),
    "ask_about_dispute_case": (
        EDITS,
        {"question": "Delivered?", "guest_name": "Pit", "guest_email": "pit@carrier.example"},
    ),
    "answer_dispute_task": (EDITS, {"answer": "yes", "verdict": "invalid"}),
    "cancel_dispute_task": (EDITS,),
    "download_dispute_evidence": (ALL,),
    "remove_dispute_evidence": (EDITS,),
    "propose_dispute_resolution": (
        PROPOSES, _parts("disputed_part_id", denied_minor=20_00),
    ),
    "decide_dispute_resolution": ("M", {"approve": True}),
    "list_dispute_causes": (ALL,),
    "list_billing_checks": (ALL,),
    "list_cause_actions": (ALL,),
    "new_cause_action": (
        CAUSES,
        lambda ids, today: {
            "root_cause": "picking", "action": "count twice",
            "due_on": str(today + timedelta(days=9)),
        },
    ),
    "end_cause_action": (CAUSES,),
    "list_credit_requests": (ALL,),
    "hand_credit_requests_over": (
        BILLS, lambda ids, today: {"request_ids": [ids["credit_request_id"]]},
    ),
    "answer_credit_request": (
        BILLS, lambda ids, today: {"item_id": ids["answering_note_id"]},
    ),
    "turn_credit_request_down": (BILLS, WHY),
}  # fmt: skip
EVIDENCE_OPERATIONS = {"new_dispute_evidence": EDITS}
"""Uploads of one file."""
