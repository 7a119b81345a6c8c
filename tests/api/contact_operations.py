"""The operations of contact rules, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

ALL = "AMCKDRNF"
CONTACT_OPERATIONS = {
    "list_contact_rules": (ALL,),
    "show_contact_rules": (ALL,),
    "list_attempts": (ALL,),
    "new_attempt": (
        "MC",
        {"channel": "call", "outcome": "no_answer", "purpose": "service", "is_inbound": True},
    ),
    "new_restriction": ("MC", {"kind": "opt_out", "channel": "portal", "note": "by phone"}),
    "end_restriction": ("MC", {"reason": "wants mail again"}),
    "new_consent": ("MC", {"channel": "call", "source": "recording 17"}),
    "end_consent": ("MC",),
    "read_customer_reply": ("MC", {"channel": "sms", "text": "We pay at the end of the month."}),
}
