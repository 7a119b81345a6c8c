"""The operations of legal matters, limitation, recoveries and VAT, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
LEGAL_OPERATIONS = {
    "list_matters": (ALL,),
    "show_matter": (ALL,),
    "show_proof_of_claim": (ALL, None, {"matter_id": "insolvency_matter_id"}),
    "new_matter": (
        "M",
        lambda ids, today: {
            "customer_id": ids["legal_customer_id"],
            "kind": "claim",
            "item_ids": [ids["claimable_id"]],
            "opened_on": str(today),
        },
    ),
    "revise_matter": ("M", {"version": 1, "court": "AG Mitte"}),
    "note_matter_filed": ("M", lambda ids, today: {"filed_on": str(today)}),
    "note_matter_admitted": ("M", {"quota_ppm": 50_000}, {"matter_id": "filed_matter_id"}),
    "note_matter_enforced": ("M", None, {"matter_id": "admitted_matter_id"}),
    "end_matter": ("M", {"result": "paid"}),
    "new_legal_cost": (
        "M",
        lambda ids, today: {"amount_minor": 25_00, "on": str(today), "note": "court fee"},
    ),
    "new_dividend": (
        "K",
        lambda ids, today: {"payment_id": ids["dividend_id"]},
        {"matter_id": "paying_matter_id"},
    ),
    "list_limitation": (ALL,),
    "list_limitation_events": (ALL,),
    "new_limitation_event": (
        "M",
        lambda ids, today: {
            "customer_id": ids["legal_customer_id"],
            "kind": "acknowledged",
            "on": str(today),
            "evidence": "mail of today",
        },
    ),
    "note_limitation_event_ended": ("M", lambda ids, today: {"until_on": str(today)}),
    "drop_limitation_event": ("M", WHY),
    "list_recoveries": (ALL,),
    "new_recovery": (
        "MK",
        lambda ids, today: {"payment_id": ids["recovery_payment_id"], "amount_minor": 19_00},
    ),
    "list_vat_relief": (ALL,),
    "new_vat_claim": ("M", {"rate_ppm": 190_000}),
    "note_vat_repaid": ("M",),
}
