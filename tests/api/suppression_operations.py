"""The operations of suppressed addresses and mail domains, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
SUPPRESSION_OPERATIONS = {
    "list_suppressions": (ALL,),
    "new_suppression": (
        "AM",
        {"channel": "email", "address": "new@initech.example", "note": "asked by phone"},
    ),
    "lift_one_suppression": ("AM", {"reason": "a new mailbox"}),
    "list_contact_gaps": (ALL,),
    "list_domain_checks": (ALL,),
    "begin_domain_check": ("AM", {"selectors": ["s1"]}),
}
