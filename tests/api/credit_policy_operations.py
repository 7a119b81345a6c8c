"""The operations of the credit policy, for the table of all of them."""

ALL = "AMCKDRNF"
CREDIT_POLICY_OPERATIONS = {
    "show_credit_proposal": (ALL, None, {"customer_id": "rated_customer_id"}),
    "list_credit_ratings": (ALL,),
    "list_class_moves": (ALL,),
    "show_risk_appetite": (ALL,),
    "list_credit_replays": (ALL,),
    "show_credit_replay": (ALL,),
    "new_credit_replay": ("M", lambda ids, today: {"version_id": ids["credit_version_id"]}),
}
"""(roles that may, body, keys to use instead), as `operations.Call` takes them."""
