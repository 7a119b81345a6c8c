"""The operations of letters, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
LETTER_OPERATIONS = {
    "list_letters": (ALL,),
    "list_letter_batches": (ALL,),
    "new_letter_batch": ("MC",),
    "show_letter_batch": (ALL,),
    "get_letter_batch_zip": (ALL,),
    "mark_letters_posted": ("MC",),
    "return_letters": ("MC",),
    "list_letter_dispatches": (ALL,),
    "note_letter_dispatches": (
        "MC",
        lambda ids, today: {
            "dispatches": [
                {
                    "message_id": ids["posted_letter_id"],
                    "tracking": "RR 1234 5678 5DE",
                    "is_registered": True,
                }
            ]
        },
    ),
}
