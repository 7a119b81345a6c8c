"""The operations of credit applications and sanction lists, for the table of all of them.

(roles that may, body, keys to use instead, is it an upload, its file), as `operations.Call` takes
them.
"""

from dunwell.formats.application_words import signing_text

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
OWN_LIST = b"name,kind\nSomebody Bad,person\n"
PDF = b"%PDF-1.7 accounts"
DRAFT = {"application_id": "draft_application_id"}
SUBMITTED = {"application_id": "submitted_application_id"}
RECOMMENDED = {"application_id": "recommended_application_id"}
DECLINED = {"application_id": "declined_application_id"}


def asked(ids, today):
    return {"asked_on": str(today)}


APPLICATION_OPERATIONS = {
    "list_applications": (ALL,),
    "show_application": (ALL,),
    "show_application_letter": (ALL, None, DECLINED),
    "new_application": ("MN", {"name": "Newcomer Ltd", "email": "n@newcomer.example"}),
    "keep_application_answers": ("MN", {"answers": {"city": "Bonn"}}, DRAFT),
    "note_application_consent": ("MN", {"kinds": ["truth"], "by": "Eva"}, DRAFT),
    "new_application_reference": (
        "MN",
        {"kind": "trade", "name": "Supplier", "email": "s@supplier.example"},
        DRAFT,
    ),
    "new_application_document": ("MN", None, DRAFT, True, PDF),
    "send_application_link": ("MN", None, DRAFT),
    "hand_in_application": ("MN", None, {"application_id": "whole_application_id"}),
    "show_application_paper": (ALL, None, DRAFT),
    "sign_application_paper": (
        "MN",
        lambda ids, today: {
            "signed_by": "Eva Klein",
            "statement": signing_text("en"),
            "sha256": ids["whole_paper"],
        },
        {"application_id": "whole_application_id"},
    ),
    "check_application": ("MN", None, SUBMITTED),
    "match_application": ("MN", {"customer_id": None}, SUBMITTED),
    "judge_application_check": ("MN", {"is_cleared": True, **WHY}),
    "gather_for_application": ("MN", None, {"application_id": "screened_application_id"}),
    "give_up_application_reference": ("MN",),
    "ask_applicant": ("MN", {"text": "Your accounts, please."}, SUBMITTED),
    "resume_application": ("MN", None, SUBMITTED),
    "drop_application": ("MN", WHY, DRAFT),
    "rate_application": ("MN", None, {"application_id": "gathered_application_id"}),
    "advise_on_application": (
        "MN",
        {
            "outcome": "approve",
            "limit_minor": 100_000,
            "terms_days": 14,
            "conditions": [{"kind": "deposit", "amount_minor": 5_000}],
        },
        {"application_id": "reviewed_application_id"},
    ),
    "decide_on_application": ("MF", {"outcome": "approve"}, RECOMMENDED),
    "note_condition_met": ("MN", {"evidence": "bank entry 7"}),
    "drop_condition": ("MF", WHY),
    "activate_applicant": ("MN", {}, {"application_id": "approved_application_id"}),
    "note_report_used": ("MN", {"name": "Bureau One", "address": "Main St 1"}, SUBMITTED),
    "note_applicant_told": ("MN", {"how": "by post"}, DECLINED),
    "note_reasons_asked": ("MN", asked, DECLINED),
    "send_application_reasons": ("MN", None, {"application_id": "asked_application_id"}),
    "note_decision_contested": (
        "MN",
        lambda ids, today: {"text": "wrong person", "asked_on": str(today)},
        {"application_id": "person_application_id"},
    ),
    "answer_contested_decision": (
        "MF",
        {"is_upheld": True, "text": "looked at the accounts again"},
        {"application_id": "contested_application_id"},
    ),
    "list_sanction_lists": (ALL,),
    "load_sanction_list": ("MN", None, {}, True, OWN_LIST),
    "list_screening_hits": (ALL,),
    "judge_screening_hit": ("MN", {"is_same": False, **WHY}),
}
