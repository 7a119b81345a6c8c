"""The operations of message texts, composed messages and papers of items, for the table of all.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.api.composition_books import WORDS, texts

ALL = "AMCKDRNF"
COMPOSITION_OPERATIONS = {
    "show_wordings": (ALL, None, {"language": "wording_language"}),
    "list_wording_variants": (ALL, None, {"language": "wording_language"}),
    "new_wordings": ("AM", lambda ids, today: {"text": texts(today)}),
    "publish_wording_version": ("MF",),
    "discard_wording_version": ("AM",),
    "check_composition": (
        "MCKD",
        lambda ids, today: {"customer_id": ids["written_customer_id"], **WORDS},
    ),
    "new_message": (
        "MCKD",
        lambda ids, today: {
            "customer_id": ids["written_customer_id"],
            "contact_id": ids["written_contact_id"],
            "is_confirmed": True,
            **WORDS,
        },
    ),
    "list_item_documents": (ALL,),
    "get_item_document": (ALL,),
    "drop_item_document": ("MCKD",),
}
PAPER_OPERATIONS = ("new_item_document", "file_item_documents")
"""Operations that take a file."""

COMPOSITION_WITHOUT_KEY = {"check_composition": "it changes nothing"}
