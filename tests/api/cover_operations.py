"""The operations of covers, claims, reviews, warnings and the portfolio, for the table of all.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
COVER_OPERATIONS = {
    "list_covers": (ALL,),
    "list_cover_deadlines": (ALL,),
    "list_cover_usage": (ALL,),
    "show_cover": (ALL,),
    "new_cover": (
        "MN",
        lambda ids, today: {
            "customer_id": ids["covered_customer_id"], "kind": "guarantee", "provider": "Bank",
            "currency": "EUR", "asked_minor": 5_000_00, "conditions": {"claim_days": 90},
        },
    ),
    "grant_one_cover": (
        "MN",
        lambda ids, today: {
            "currency": "EUR", "amount_minor": 900_00, "from_on": today.isoformat(),
        },
        {"cover_id": "asked_cover_id"},
    ),
    "refuse_one_cover": ("MN", WHY, {"cover_id": "asked_cover_id"}),
    "end_one_cover": ("MN", WHY, {"cover_id": "spare_cover_id"}),
    "meet_cover_deadline": ("MN", {"note": "by portal"}),
    "list_cover_claims": (ALL,),
    "show_cover_claim": (ALL,),
    "new_cover_claim": (
        "MN",
        lambda ids, today: {
            "cover_id": ids["free_cover_id"], "item_ids": [ids["covered_item_id"]],
            "reason": "insolvent",
        },
    ),
    "file_cover_claim": ("MN", {"reference": "C-1"}),
    "drop_cover_claim": ("MN", WHY),
    "answer_cover_claim": (
        "MN", {"is_accepted": True}, {"cover_claim_id": "filed_claim_id"},
    ),
    "pay_cover_claim": (
        "MN", {"currency": "EUR", "paid_minor": 1_00}, {"cover_claim_id": "accepted_claim_id"},
    ),
    "list_credit_reviews": (ALL,),
    "count_credit_reviews": (ALL,),
    "show_review_budget": (ALL,),
    "show_review_calendar": (ALL,),
    "show_credit_review": (ALL,),
    "new_credit_review": (
        "MN",
        lambda ids, today: {"customer_id": ids["unreviewed_customer_id"], "reason": "new plant"},
    ),
    "start_credit_review": ("MN", {}),
    "recommend_credit_review": (
        "MN", {"advice": "keep", "reason": "pays"}, {"review_id": "started_review_id"},
    ),
    "decide_credit_review": (
        "MF", {"is_approved": True}, {"review_id": "advised_review_id"},
    ),
    "list_early_warnings": (ALL,),
    "show_early_warning": (ALL,),
    "decide_early_warning": ("MN", {"is_accepted": False, "reason": "on holiday"}),
    "show_credit_portfolio": (ALL,),
    "list_credit_portfolio": (ALL,),
    "show_credit_stress": (ALL,),
}  # fmt: skip
