"""The operations of access to the portal, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
PORTAL_OPERATIONS = {
    "show_portal_access": (ALL,),
    "new_portal_seat": (
        "MCK",
        {"email": "new@buyer.example", "role": "payer", "is_checked": True},
    ),
    "change_portal_role": ("MCK", {"role": "payer"}),
    "end_portal_seat": ("MCK",),
    "send_portal_link": ("MCK",),
    "send_portal_view_link": ("MCK",),
    "revoke_portal_link": ("MCK",),
    "revoke_portal_key": ("MCK",),
    "list_assistant_talks": ("MCKDNF",),
    "get_assistant_talk": ("MCKDNF",),
    "get_assistant_switch": (ALL,),
    "set_assistant_switch": ("A", {"is_on": True, "version": 0}),
}
