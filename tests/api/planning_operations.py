"""The operations of planning, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
EDIT, COVENANT, APPROVE = "MNF", "MF", "MF"
WHY = {"reason": "agreed by phone"}
WAITS = {"budget_id": "handed_in_id"}
PLANNING_OPERATIONS = {
    "show_liquidity": (ALL,),
    "set_liquidity_buffer": (EDIT, {"kind": "amount", "amount_minor": 500_00}),
    "list_cash_positions": (ALL,),
    "tell_cash_position": (
        EDIT,
        lambda _ids, today: {
            "account": "Second", "on": str(today), "currency": "EUR", "balance_minor": -5_00,
        },
    ),
    "withdraw_cash_position": (EDIT, WHY),
    "list_planned_payments": (ALL,),
    "plan_payment_out": (
        EDIT,
        lambda _ids, today: {
            "on": str(today + timedelta(days=3)), "kind": "tax", "label": "VAT",
            "currency": "EUR", "amount_minor": 10_00,
        },
    ),
    "withdraw_payment_out": (EDIT, WHY),
    "show_working_capital": (ALL,),
    "list_working_capital": (ALL,),
    "tell_working_capital": (
        EDIT,
        lambda _ids, today: {
            "from_on": str(today), "inventory_days": 40, "payables_days": 30,
        },
    ),
    "list_gap_alerts": (ALL,),
    "list_budgets": (ALL,),
    "new_budget": (
        EDIT,
        lambda _ids, today: {
            "name": "Next", "starts_on": str(today.replace(day=1)), "currency": "EUR",
        },
    ),
    "show_budget_table": (ALL,),
    "list_budget_actuals": (ALL,),
    "fill_budget_lines": (
        EDIT,
        lambda _ids, today: {
            "revision": 2,
            "lines": [
                {"month_on": str(today.replace(month=2, day=1)), "figure": "dso", "value": 4500}
            ],
        },
    ),
    "hand_budget_in": (EDIT, {"revision": 2}),
    "approve_budget_of": (APPROVE, None, WAITS),
    "give_budget_back": (APPROVE, WHY, WAITS),
    "retire_budget_of": (APPROVE, WHY),
    "list_scenarios": (ALL,),
    "compare_saved_scenarios": (ALL,),
    "new_scenario": (EDIT, {"name": "Less", "assumptions": {"volume_ppm": -100_000}}),
    "edit_scenario": (
        EDIT,
        {"name": "Late", "assumptions": {"delay_days": 20}, "version": 1},
    ),
    "copy_saved_scenario": (EDIT, {"name": "Later"}),
    "archive_saved_scenario": (EDIT,),
    "list_covenants": (ALL,),
    "new_covenant": (
        COVENANT,
        lambda _ids, today: {
            "name": "Share", "lender": "Bank", "measure": "overdue_share", "currency": "EUR",
            "threshold": 200_000, "first_test_on": str(today),
        },
    ),
    "list_covenant_tests": (ALL,),
    "show_covenant": (ALL,),
    "end_covenant_of": (COVENANT, WHY),
    "waive_covenant": (
        COVENANT,
        lambda _ids, today: {
            "from_on": str(today), "until_on": str(today), "granted_by": "Ms Bank", "note": "once",
        },
    ),
}  # fmt: skip
