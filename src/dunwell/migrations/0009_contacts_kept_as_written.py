"""Contacts made, signals, moves between segments, rewards and agency reports stay as written.

A contact that is deleted leaves its attempts behind without it; a report's reconciliation moves.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what was logged stays as it was written"
ATTEMPT = (
    "company_id, customer_id, item_id, message_id, task_id, channel, purpose, is_inbound, "
    "outcome, verdict, by, at"
)
REPORT = (
    "company_id, placement_id, kind, reference, gross_minor, commission_minor, net_minor, "
    "reported_on, by, recorded_at"
)
TABLES = {
    "contactattempt": (ATTEMPT, KEPT, "dunwell_kept_as_written"),
    "signal": ("", KEPT, "dunwell_kept_as_written"),
    "segmentmove": ("", KEPT, "dunwell_kept_as_written"),
    "incentivegrant": ("", KEPT, "dunwell_kept_as_written"),
    "agencyreport": (REPORT, KEPT, "dunwell_kept_as_written"),
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0008_collections")]

    operations = [migrations.RunPython(refusing(TABLES), migrations.RunPython.noop)]
