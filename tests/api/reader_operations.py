"""The operations of readers of messages, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
READER_OPERATIONS = {
    "show_message_reader": (ALL,),
    "start_reader_training": ("AM",),
    "show_reader_training": (ALL,),
    "show_trained_reader": (ALL,),
    "promote_reader": ("AM", {}),
    "retire_reader": (
        "AM",
        {"reason": "it reads worse"},
        {"intent_model_id": "serving_intent_model_id"},
    ),
}
