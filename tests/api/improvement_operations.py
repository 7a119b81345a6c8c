"""The operations of improvement, targets, portfolio reviews and advisors, for the table of all.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

from datetime import timedelta

ALL = "AMCKDRNF"
WHY = {"reason": "agreed in the meeting"}
PLANNED = {"review_id": "planned_review_id"}
FROZEN = {"review_id": "frozen_review_id"}
HELD = {"review_id": "held_review_id"}


def _initiative(ids, today):
    return {
        "name": "Fewer calls", "kpi": "dso", "currency": "EUR", "target": "50",
        "target_on": str(today + timedelta(days=90)), "place": "calls", "change": "fewer",
        "measure": "series", "owner_id": ids["improver_id"],
    }  # fmt: skip


def _duel(ids, today):
    return {
        "name": "A duel", "kind": "strategy", "champion": "left", "challenger": "right",
        "margins": [
            {"measure": name, "margin_ppm": 20_000}
            for name in ("complaints", "disputes", "opt_outs", "unhappy")
        ],
        "starts_on": str(today), "ends_on": str(today + timedelta(days=90)),
    }  # fmt: skip


def _targets(ids, today):
    return {
        "name": "Spring", "starts_on": str(today), "ends_on": str(today + timedelta(days=60)),
        "goals": [
            {"measure": "collected", "goal": 100_00},
            {"measure": "promises_kept", "goal": 900_000},
            {"measure": "satisfied", "goal": 800_000},
        ],
    }  # fmt: skip


def _invitation(ids, today):
    return {
        "name": "New Auditor", "email": "new@audit.example", "role": "auditor",
        "areas": ["ledger"], "reason": "audit", "starts_at": f"{today}T00:00:00+00:00",
        "ends_at": f"{today + timedelta(days=20)}T00:00:00+00:00",
    }  # fmt: skip


IMPROVEMENT_OPERATIONS = {
    "list_initiatives": (ALL,),
    "show_initiative": (ALL,),
    "new_initiative": ("MF", _initiative),
    "plan_the_initiative": ("MF",),
    "start_the_initiative": (
        "MF",
        lambda ids, today: {"changed_on": str(today)},
        {"initiative_id": "planned_initiative_id"},
    ),
    "measure_the_initiative": ("MF", None, {"initiative_id": "measurable_initiative_id"}),
    "decide_the_initiative": (
        "MF",
        {"is_kept": True, "reason": "it works"},
        {"initiative_id": "measured_initiative_id"},
    ),
    "drop_the_initiative": ("MF", WHY),
    "show_power": (ALL,),
    "new_duel": ("M", _duel),
    "show_duel": (ALL, None, {"experiment_id": "duel_experiment_id"}),
    "list_targets": (ALL,),
    "list_milestones": (ALL,),
    "new_targets": ("MF", _targets),
    "choose_work_settings": (ALL, {"has_own_figures": True}),
    "end_the_targets": ("MF", WHY),
    "list_portfolio_reviews": (ALL,),
    "list_portfolio_decisions": (ALL,),
    "set_review_rhythm": (
        "MF",
        lambda ids, today: {
            "every_months": 3, "next_on": str(today), "warning_minor": 100_00,
        },
    ),
    "finish_portfolio_decision": ("MF", {"outcome": "done"}),
    "show_portfolio_review": (ALL, None, FROZEN),
    "download_portfolio_pack": (ALL, None, FROZEN),
    "new_portfolio_review": (
        "MF",
        lambda ids, today: {"name": "Extra", "due_on": str(today), **WHY},
    ),
    "freeze_portfolio_pack": ("MF", None, PLANNED),
    "hold_portfolio_review": (
        "MF",
        lambda ids, today: {
            "held_on": str(today), "attendees": "Mona", "minutes": "Said.",
        },
        FROZEN,
    ),
    "take_portfolio_decision": (
        "MF",
        lambda ids, today: {
            "text": "lower it", "owner_id": ids["improver_id"], "due_on": str(today),
        },
        FROZEN,
    ),
    "sign_portfolio_review": ("MF", None, HELD),
    "cancel_portfolio_review": ("MF", WHY, PLANNED),
    "list_advisors": (ALL,),
    "show_advisor": (ALL,),
    "list_advisor_traces": (ALL,),
    "new_advisor": ("AF", _invitation),
    "end_advisor": ("AF",),
    "extend_advisor": (
        "AF",
        lambda ids, today: {
            "until_at": f"{today + timedelta(days=30)}T00:00:00+00:00", **WHY,
        },
    ),
    "answer_advisor_extension": ("AF", {"is_granted": True}),
}  # fmt: skip
