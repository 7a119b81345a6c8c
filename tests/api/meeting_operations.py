"""The operations of meetings and suggestions, for the table of all.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"

MEETING_OPERATIONS = {
    "list_agenda": (ALL,),
    "list_meeting_decisions": (ALL,),
    "list_meeting_point_items": (ALL, None, {"point_id": "meeting_point_id"}),
    "list_meetings": (ALL,),
    "get_meeting": (ALL,),
    "begin_meeting": ("MF", {"name": "Monday"}),
    "take_meeting_decision": (
        "MF",
        lambda ids, today: {
            "text": "call them", "owner_id": ids["improver_id"], "due_on": str(today),
        },
    ),
    "finish_meeting_decision": ("MF", {"outcome": "paid"}),
    "list_voices": (ALL,),
    "show_voice": (ALL,),
    "list_unheard": ("MF",),
    "list_held_back": (ALL,),
    "new_voice": ("AMCKDNF", {"text": "one list of holidays"}),
    "hear_survey": ("MF", None, {"survey_id": "told_survey_id"}),
    "take_voice": ("MF", lambda ids, today: {"initiative_id": ids["initiative_id"]}),
    "decline_the_voice": ("MF", {"answer": "too dear"}),
}  # fmt: skip
