"""The operations of what customers told us, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
CUSTOMER_ANSWER_OPERATIONS = {
    "show_portal_settings": (ALL,),
    "change_portal_settings": (
        "A",
        {
            "version": 0,
            "shows_limit": "nobody",
            "shows_orders": True,
            "shows_interest": True,
            "takes_statements": False,
        },
    ),
    "list_statement_answers": (ALL,),
    "list_supplier_statements": (ALL,),
    "show_supplier_statement": (ALL,),
    "list_supplier_lines": (ALL,),
    "list_document_requests": (ALL,),
    "new_document_request": ("MCKD", {"kind": "resale"}),
    "withdraw_one_document_request": ("MCKD",),
    "list_customer_documents": (ALL,),
    "decide_customer_document": ("MCKD", {"status": "accepted"}),
    "list_detail_changes": (ALL,),
    "decide_one_detail_change": ("MC", {"status": "applied"}),
}
