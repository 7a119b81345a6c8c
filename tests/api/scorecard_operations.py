"""The operations of scorecards, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from tests.actions.scorecard_rows import card_document

ALL = "AMCKDRNF"
SUBJECTS = {"subjects": [{"subject": "A-1", "values": {"own_months_known": 3}}]}
SCORECARD_OPERATIONS = {
    "list_scorecards": (ALL,),
    "new_scorecard": ("MN", {"document": card_document(name="by_hand")}),
    "train_new_scorecard": ("MN", {"name": "habits", "valid_from": "2026-01-01"}),
    "show_scorecard_training": (ALL,),
    "show_scorecard": (ALL,),
    "list_scorecard_scores": (ALL,),
    "score_subjects": (ALL, SUBJECTS),
    "record_customer_score": (
        "MN",
        lambda ids, today: {"customer_id": ids["scored_customer_id"]},
        {"scorecard_id": "champion_scorecard_id"},
    ),
    "move_scorecard": ("M", {"to": "champion"}),
    "end_scorecard": ("M", {"reason": "too old"}),
}
