"""The operations of training, for the table of all.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

LEARN = "AMCKDNF"

TRAINING_OPERATIONS = {
    "list_curricula": (LEARN,),
    "list_learners": ("MF",),
    "ask_to_learn": (
        "MF",
        lambda ids, today: {
            "user_id": ids["learner_id"], "curriculum": "disputes", "due_on": str(today),
        },
    ),
    "ask_no_longer": ("MF",),
    "list_certificates": (LEARN,),
    # anybody is shown the own ones
    "show_certificate": ("MF",),
    "take_back_certificate": ("MF", {"reason": "issued by mistake"}),
    "list_role_plays": (LEARN,),
    "begin_call": (LEARN, {"persona": "hostile", "language": "de"}),
    "get_role_play": ("MF",),
    # only who practises goes on
    "say_sentence": ("", {"text": "Hello", "version": 0}),
    "give_up_call": ("",),
    "begin_a_quiz": (LEARN, {"quiz": "contact_hours"}),
    "get_quiz": ("",),
    "hand_in_a_quiz": ("", {"choices": [0, 0, 0, 0, 0]}),
}  # fmt: skip
