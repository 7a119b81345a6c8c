"""The operations of what colleagues share: the case, mentions, hand-offs, cover, who is on call;
duties that are kept apart, and reviews of rights.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
WORK = "AMCKDNF"
SHARE_OPERATIONS = {
    "show_case_graph": (ALL,),
    "new_remark": (WORK, {"text": "who signs?"}),
    "list_mentions": (ALL,),
    # only whom it calls, or who made it, is shown it, and only whom it calls says so
    "show_mention": ("",),
    "see_mention": ("", {}),
    "list_hand_offs": (ALL,),
    "show_hand_off": (ALL,),
    "new_hand_off": (
        WORK,
        lambda ids, today: {
            "customer_id": ids["customer_id"], "to_desk": "collections", "what": "look at the limit",
        },
    ),
    "take_on_hand_off": ("MC", {}),
    "return_hand_off": ("MC", {"reason": "not ours"}),
    "end_hand_off": ("MC", {"result": "they pay"}, {"hand_off_id": "taken_hand_off_id"}),
    # only who asked takes it back
    "drop_hand_off": ("", {"reason": "they paid"}),
    "show_absence": (ALL,),
    "see_absence": ("", {}),
    "list_duties": (ALL,),
    "show_duty": (ALL,),
    "new_duty": (
        "M",
        lambda ids, today: {
            "role": "collector", "user_id": ids["user_id"],
            "from_on": str(today + timedelta(days=30)), "until_on": str(today + timedelta(days=31)),
        },
    ),
    "drop_duty": ("M", {}),
    "list_duty_pairs": ("A",),
    "list_duty_overrides": ("A",),
    "show_duty_override": ("A",),
    "new_duty_override": (
        "A",
        lambda ids, today: {
            "user_id": ids["user_id"], "pair": "cash_bank", "reason": "two of us are ill",
            "days": 14,
        },
    ),
    "end_duty_override": ("A", {}),
    "list_access_reviews": ("AM",),
    "list_past_access_reviews": ("AM",),
    "show_access_review": ("AM",),
    "new_access_review": (
        "AM",
        lambda ids, today: {"user_id": ids["user_id"], "seen": ["collector"], "days": 90},
    ),
}  # fmt: skip
