"""The operations of agencies, placements and partners, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them; P is a partner.
"""

from tests.actions.placement_rows import TIERS

ALL = "AMCKDRNF"
WHY = {"reason": "he called us"}
REFERENCE = {"reference": "A-77"}
RETURNED = {"status": "returned", "reason": "nothing to get"}
NEW = {"placement_id": "proposed_placement_id"}
WAITING = {"placement_id": "waiting_placement_id"}
HANDED = {"placement_id": "handed_placement_id"}
ENDED = {"placement_id": "ended_placement_id"}
HEAD = "placement,event,on,reference,currency,gross,commission,net,note\n"


def money(ids, today):
    return {"reference": "M-9", "gross_minor": 50_00, "reported_on": str(today)}


def terms(name):
    return {"name": name, "commission": TIERS, "countries": ["DE"], "demand_days": 7}


PLACEMENT_OPERATIONS = {
    "list_agencies": (ALL,),
    "list_placement_files": (ALL,),
    "download_placement_file": ("M",),
    "note_file_handed_over": ("M",),
    "release_placement_file": ("M", WHY),
    "end_agency_seat": ("A",),
    "show_agency": (ALL,),
    "new_agency": ("M", terms("Another")),
    "change_agency": ("M", {**terms("Paper AG"), "version": 1}),
    "new_placement_file": ("M",),
    "read_report_of_agency": ("MK", {"text": HEAD}),
    "new_agency_seat": ("A", {"username": "petra", "email": "petra@a.example"}),
    "list_placements": (ALL,),
    "show_placement": (ALL,),
    "download_evidence": (ALL,),
    "new_placement": (
        "MC",
        lambda ids, today: {
            "customer_id": ids["placeable_customer_id"],
            "agency_id": ids["agency_id"],
            "item_ids": [ids["placeable_id"]],
            "reason": "no answer",
        },
    ),
    "reconcile_placement_money": (
        "MK",
        lambda ids, today: {
            "payment_id": ids["agency_payment_id"],
            "report_ids": [ids["agency_report_id"]],
        },
    ),
    "approve_a_placement": ("M", None, NEW),
    "cancel_a_placement": ("MC", WHY, NEW),
    "recall_a_placement": ("M", WHY),
    "note_placement_received": ("MK", REFERENCE, WAITING),
    "note_placement_accepted": ("MK", REFERENCE, HANDED),
    "note_placement_refused": ("MK", WHY, HANDED),
    "note_placement_ended": ("MK", RETURNED),
    "new_placement_note": ("MK", {"text": "Please hurry"}),
    "new_placement_report": ("MK", money),
    "close_a_placement": ("MK", None, ENDED),
    "list_partner_placements": ("P",),
    "show_partner_placement": ("P",),
    "download_partner_evidence": ("P",),
    "acknowledge_as_partner": ("P", REFERENCE, WAITING),
    "accept_as_partner": ("P", REFERENCE, HANDED),
    "refuse_as_partner": ("P", WHY, HANDED),
    "end_as_partner": ("P", RETURNED),
    "note_as_partner": ("P", {"text": "Called him"}),
    "report_as_partner": ("P", money),
}
