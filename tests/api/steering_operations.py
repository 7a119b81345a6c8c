"""The operations of replays, overrides and signals, for the table of all of them."""

from datetime import timedelta

ALL = "AMCKDRNF"
STEERING_OPERATIONS = {
    "list_replays": (ALL,),
    "show_replay": (ALL,),
    "new_replay": (
        "M",
        lambda ids, today: {
            "version_id": ids["version_id"],
            "from_on": (today - timedelta(days=1)).isoformat(),
            "to_on": today.isoformat(),
        },
    ),
    "show_levels": (ALL,),
    "list_level_items": (ALL,),
    "show_campaign": (ALL,),
    "review_campaign": ("MC", {"channel": "email"}),
    "list_overrides": (ALL,),
    "new_override": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "kind": "hold_level",
            "level": 2,
            "reason": "agreed",
        },
    ),
    "end_one_override": ("MC", {"reason": "paid"}),
    "list_team": (ALL,),
    "list_absences": (ALL,),
    "new_absence": (
        "AM",
        lambda ids, today: {
            "user_id": ids["user_id"],
            "kind": "holiday",
            "from_on": (today + timedelta(days=30)).isoformat(),
            "until_on": (today + timedelta(days=31)).isoformat(),
        },
    ),
    "end_absence": ("AM", {}),
    "new_capacity": (
        "AM",
        lambda ids, today: {
            "user_id": ids["user_id"],
            "minutes": 120,
            "from_on": today.isoformat(),
        },
    ),
    "new_signal": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["customer_id"],
            "kind": "viewed",
            "source": "mailer",
            "external_id": "m-1",
        },
    ),
}
"""(roles that may, body), as `operations.Call` takes them."""
