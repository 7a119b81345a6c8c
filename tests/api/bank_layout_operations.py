"""The operations of bank sheets that ask, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
ASKING = {"file_id": "asking_file_id"}
BANK_LAYOUT_OPERATIONS = {
    "show_bank_sheet": (ALL, None, ASKING),
    "answer_bank_sheet": (
        "K",
        {"date_order": "dmy", "decimal": ".", "currency": "EUR", "account": "KTO-1"},
        ASKING,
    ),
    "list_bank_layouts": (ALL,),
    "forget_layout": ("K",),
}
