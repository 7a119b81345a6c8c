"""The operations of feedback, for the table of all of them."""

ALL = "AMCKDRNF"
FEEDBACK_OPERATIONS = {
    "show_feedback": (ALL,),
    "list_surveys": ("MCKDNF",),
    "list_tired_customers": (ALL,),
}
