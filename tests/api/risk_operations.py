"""The operations of portfolio risk, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
RISK_OPERATIONS = {
    "show_spread": (ALL,),
    "list_appetite_statements": (ALL,),
    "new_appetite_statement": (
        "AM",
        lambda _ids, today: {
            "valid_from": str(today.replace(year=today.year + 1, day=1)),
            "answers": [{"question": "sector", "value": 300_000, "then": "stop"}],
        },
    ),
    "show_shocks": (ALL,),
    "new_stress_scenario": ("MNF", {"name": "Two fail", "failing_top": 2}),
    "show_rebalancing": (ALL,),
    "list_signals": (ALL,),
    "new_signals": (
        "AMN",
        lambda _ids, today: {
            "source": "gazette",
            "signals": [
                {"external_id": "9", "kind": "rule", "title": "New", "published_on": str(today)}
            ],
        },
    ),
    "list_signal_matches": (ALL,),
    "follow_risk_signal": ("MN", {"way": "task"}),
    "dismiss_risk_signal": ("MN", {"reason": "not ours"}),
}
"""By operation."""
