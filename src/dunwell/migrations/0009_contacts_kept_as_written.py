"""Contacts made, signals, moves between segments, rewards and agency reports stay as written.

A contact that is deleted leaves its attempts behind without it; a report's reconciliation moves.
"""

from django.db import migrations

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


def drop_triggers(apps, schema_editor):
    """Take the triggers away, where there are any."""
    suffix = " ON dunwell_{}" if schema_editor.connection.vendor == "postgresql" else ""
    for table in TABLES:
        for verb in ("update", "delete"):
            schema_editor.execute(
                f"DROP TRIGGER IF EXISTS dunwell_{table}_no_{verb}{suffix.format(table)}"
            )


def add_triggers(apps, schema_editor):
    """Refuse UPDATE and DELETE on both engines."""
    drop_triggers(apps, schema_editor)
    for table, (columns, refusal, function) in TABLES.items():
        for verb, fires in (
            ("update", f"UPDATE OF {columns}" if columns else "UPDATE"),
            ("delete", "DELETE"),
        ):
            name = f"dunwell_{table}_no_{verb}"
            if schema_editor.connection.vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {fires} ON dunwell_{table} "
                    f"FOR EACH ROW EXECUTE FUNCTION {function}('{table}')"
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {fires} ON dunwell_{table} "
                    f"BEGIN SELECT RAISE(ABORT, 'dunwell_{table}: {refusal}'); END"
                )


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0008_collections")]

    operations = [migrations.RunPython(add_triggers, migrations.RunPython.noop)]
