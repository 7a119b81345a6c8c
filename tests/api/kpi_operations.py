"""The operations of figures, for the table of all of them.

(roles that may, body, keys to use instead, query), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
KPI_OPERATIONS = {
    "list_kpi_slices": (ALL,),
    "explain_figure": (ALL,),
    "show_copilot": (ALL,),
    "show_copilot_draft": ("MCKD",),
    "show_kpi_course": (ALL,),
    "list_kpi_input": (ALL,),
    "list_collection_costs": (ALL,),
    "new_collection_cost": (
        "MF",
        lambda ids, today: {
            "kind": "agency",
            "on": str(today),
            "currency": "EUR",
            "amount_minor": 9_000,
            "reference": "V-1",
            "customer_id": ids["customer_id"],
        },
    ),
    "withdraw_cost": ("MF",),
}
