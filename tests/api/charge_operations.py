"""The operations on charges and official rates, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
WHY = {"reason": "agreed by phone"}
CHARGE_OPERATIONS = {
    "list_charges": (ALL,),
    "total_charges": (ALL,),
    "list_customer_charges": (ALL,),
    "bill_customer": ("MK", lambda ids, today: {"until_on": str(today)}),
    "list_overbilled": (ALL,),
    "list_late_rules": (ALL,),
    "list_reference_rates": (ALL,),
    "list_proposed_rates": (ALL,),
    "new_reference_rate": (
        "M",
        lambda ids, today: {
            "name": "BOE_BASE",
            "from_on": str(today),
            "rate_ppm": 37_500,
            "source": "Bank of England",
        },
    ),
    "allow_reference_rate": ("M",),
    "drop_reference_rate": ("M",),
    "show_charge": (ALL,),
    "give_up_charge": ("MC", WHY),
    "bring_back_charge": ("MC", WHY, {"charge_id": "waived_charge_id"}),
}
