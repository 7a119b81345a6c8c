"""The operations of the inbox and of conversations, for the table of all of them."""

WORDS = "MCKDNF"
"""Roles that may read what was said."""
DESK = "MCKD"


def _reading(ids, today):
    return {"reading_id": ids["inbound_reading_id"], "place": 0}


INBOX_OPERATIONS = {
    "list_inbox": (WORDS,),
    "count_inbox": ("AMCKDRNF",),
    "show_inbox_figures": ("AMCKDRNF",),
    "show_inbound": (WORDS,),
    "accept_inbox_suggestion": ("MC", _reading),
    "correct_inbox_reading": (DESK, {"label": "dispute"}),
    "dismiss_inbox_suggestion": (DESK, _reading),
    "undo_inbox_decision": (
        "MC",
        lambda ids, today: {"decision_id": ids["inbox_decision_id"]},
        {"inbound_id": "taken_inbound_id"},
    ),
    "list_conversations": (WORDS,),
    "show_conversation": (WORDS,),
    "assign_a_conversation": (DESK, {"user_id": None}),
    "finish_conversation": (DESK,),
    "open_conversation_again": (
        DESK,
        None,
        {"conversation_id": "done_inbound_conversation_id"},
    ),
    "name_conversation_items": (
        DESK,
        lambda ids, today: {"item_ids": [ids["conversation_item_id"]]},
    ),
    "unname_conversation_item": (DESK, lambda ids, today: {"item_id": ids["item_id"]}),
    "put_conversations_together": (
        DESK,
        lambda ids, today: {"other_id": ids["done_inbound_conversation_id"]},
    ),
    "split_conversation": (DESK, lambda ids, today: {"inbound_id": ids["inbound_id"]}),
    "set_conversation_aside": (DESK,),
}
