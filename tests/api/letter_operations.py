"""The operations of letters, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKRNF"
LETTER_OPERATIONS = {
    "list_letters": (ALL,),
    "list_letter_batches": (ALL,),
    "new_letter_batch": ("MC",),
    "show_letter_batch": (ALL,),
    "get_letter_batch_zip": (ALL,),
    "mark_letters_posted": ("MC",),
    "return_letters": ("MC",),
}
