"""The operations on channels and given-up messages, for the table of all of them."""

ALL = "AMCKDRNF"
REACHED = {
    "address": "https://api.example/sms",
    "sender": "Northwind",
    "cost_micros": 75_000,
    "cost_currency": "EUR",
}
CHANNEL_OPERATIONS = {
    "list_channels": (ALL,),
    "show_channel": (ALL,),
    "new_channel": ("A", {"kind": "whatsapp", "provider": "json", **REACHED}),
    "change_channel": ("A", REACHED),
    "finish_channel": ("A",),
    "rouse_channel": ("A",),
    "renew_channel": ("A",),
    "send_by_channel": ("A", {"to": "+49 30 123456"}),
    "list_channel_months": (ALL,),
    "list_channel_outcomes": (ALL,),
    "list_channel_queues": (ALL,),
    "retry_one": ("AMC", None, {"message_id": "dead_message_id"}),
    "retry_given_up": ("AMC", lambda ids, today: {"message_ids": [ids["dead_message_id"]]}),
}
