"""The operations of privacy, for the table of all of them.

(roles that may, body, keys to use instead), as `operations.Call` takes them.
"""

MAY = "AM"
ASKED = {"reason": "asked by mail on the first"}
CONTACT = {"contact_id": "person_contact_id"}
PERSON = {"customer_id": "person_customer_id"}
PRIVACY_OPERATIONS = {
    "list_personal_fields": (MAY,),
    "list_privacy_log": (MAY,),
    "list_erasures": (MAY,),
    "list_legal_holds": (MAY,),
    "hand_out_contact": (MAY, {"purpose": "access"}, CONTACT),
    "hand_out_customer": (MAY, {"purpose": "moving"}, PERSON),
    "erase_a_contact": (MAY, ASKED, CONTACT),
    "erase_a_customer": (MAY, ASKED, PERSON),
}
PRIVACY_WITHOUT_KEY = {
    "hand_out_contact": "a kept answer would store the person's file",
    "hand_out_customer": "as hand_out_contact",
}
