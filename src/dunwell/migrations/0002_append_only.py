"""Ledger rows, entry lines, events and notes are added, never changed: the database refuses it."""

from django.db import migrations

TABLES = ("item", "payment", "adjustment", "allocation", "entryline", "event", "note")
REFUSAL = "rows are added, never changed: write a reversal instead"


def add_triggers(apps, schema_editor):
    """Refuse UPDATE and DELETE on both engines."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION dunwell_append_only() RETURNS trigger AS $$ BEGIN "
            f"RAISE EXCEPTION 'dunwell_%: {REFUSAL}', TG_ARGV[0]; END; $$ LANGUAGE plpgsql",
            params=None,
        )
    for table in TABLES:
        for verb in ("update", "delete"):
            name = f"dunwell_{table}_no_{verb}"
            if vendor == "postgresql":
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON dunwell_{table} "
                    f"FOR EACH ROW EXECUTE FUNCTION dunwell_append_only('{table}')"
                )
            else:
                schema_editor.execute(
                    f"CREATE TRIGGER {name} BEFORE {verb.upper()} ON dunwell_{table} "
                    f"BEGIN SELECT RAISE(ABORT, 'dunwell_{table}: {REFUSAL}'); END"
                )


def drop_triggers(apps, schema_editor):
    """Take the triggers away again."""
    for table in TABLES:
        for verb in ("update", "delete"):
            name = f"dunwell_{table}_no_{verb}"
            suffix = f" ON dunwell_{table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0001_initial")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
