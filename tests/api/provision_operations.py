"""The operations of provisions and financing, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

from tests.api.provision_books import FIGURES, month_end

ALL = "AMCKDRNF"
POSTED = {"provision_id": "posted_provision_id"}
PROVISION_OPERATIONS = {
    "list_provisions": (ALL,),
    "new_provision": ("MNF", lambda ids, today: {"on": str(month_end(today, 1))}),
    "credit_yield_of_year": (ALL,),
    "list_loss_assessments": (ALL,),
    "new_loss_assessment": (
        "MN",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "expected": [{"on": str(today), "amount_minor": 1}],
            "reason": "insolvent",
            "evidence": "court",
            "from_on": str(today),
        },
    ),
    "decide_loss_assessment": ("MF", {"is_approved": True}),
    "end_loss_assessment": (
        "MN", {"reason": "paid"}, {"loss_assessment_id": "held_assessment_id"},
    ),
    "list_retentions": (ALL,),
    "new_retention": (
        "MKN",
        lambda ids, today: {
            "item_id": ids["provision_item_id"],
            "kind": "completion",
            "amount_minor": 1_000,
            "due_on": str(today + timedelta(days=90)),
            "event": "acceptance",
        },
    ),
    "release_held_retention": ("MKN", {"evidence": "record of acceptance"}),
    "drop_held_retention": ("MKN", {"reason": "a slip"}),
    "provision_detail": (ALL,),
    "provision_item_rows": (ALL,),
    "provision_in_hindsight": (ALL,),
    "review_drawn_provision": ("MF",),
    "post_reviewed_provision": ("MF", None, {"provision_id": "reviewed_provision_id"}),
    "drop_drawn_provision": ("MNF", {"reason": "a slip"}),
    "reverse_posted_provision": ("MF", {"reason": "a slip"}, POSTED),
}  # fmt: skip
FINANCING_OPERATIONS = {
    "list_facilities": (ALL,),
    "new_facility": (
        "MF",
        lambda ids, today: {
            "name": "Factor", "lender": "F", "kind": "factoring", "limit_minor": 1,
            "from_on": str(today),
        },
    ),
    "new_facility_terms": (
        "MF",
        lambda ids, today: {
            **FIGURES, "valid_from": str(today + timedelta(days=1)), "source": "contract",
        },
    ),
    "open_offered_facility": ("MF", None, {"facility_id": "offer_facility_id"}),
    "close_open_facility": ("MF", None, {"facility_id": "offer_facility_id"}),
    "borrowing_base_of": (ALL,),
    "compare_financing": (ALL,),
    "list_draws": (ALL,),
    "new_draw": ("MF", lambda ids, today: {"item_ids": [ids["financing_item_id"]]}),
    "draw_of": (ALL,),
    "sanction_proposed_draw": ("MF",),
    "disburse_sanctioned_draw": (
        "MF", {"reference": "B2"}, {"draw_id": "sanctioned_draw_id"},
    ),
    "settle_disbursed_draw": ("MF", None, {"draw_id": "disbursed_draw_id"}),
    "cancel_open_draw": ("MF", {"reason": "a slip"}),
    "return_draw_item": ("MF", {"reason": "not paid"}, {"draw_id": "disbursed_draw_id"}),
}  # fmt: skip
