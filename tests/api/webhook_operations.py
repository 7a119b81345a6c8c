"""The operations of webhooks, for the table of all of them."""

TOLD = {"name": "ERP two", "address": "https://erp.example/two"}
PERIOD = {"from_at": "2020-01-01T00:00:00+01:00", "until_at": "2020-01-02T00:00:00+01:00"}
WEBHOOK_OPERATIONS = {
    "list_webhooks": ("A",),
    "new_webhook": ("A", TOLD),
    "change_webhook": ("A", {**TOLD, "verbs": ["promise.*"]}),
    "stop_webhook": ("A",),
    "new_webhook_secret": ("A",),
    "drop_webhook_secret": ("A",),
    "try_webhook": ("A",),
    "replay_webhook": ("A", {"from_seq": 1, "until_seq": 1}),
    "replay_webhook_period": ("A", PERIOD),
    "replay_webhook_event": ("A", lambda ids, today: {"event_id": ids["webhook_event"]}),
    "list_webhook_deliveries": ("A",),
    "retry_webhook_delivery": ("A",),
}
