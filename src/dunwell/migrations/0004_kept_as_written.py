"""Logs of predictions and choices and the content of model versions are never changed."""

from django.db import migrations

CONTENT = (
    "company_id, number, kind, trained_as_of, trained_at, trained_by, seed, learned_from, "
    "paid_items, artifact, artifact_sha256, training_sha256, league, card, replay"
)
"""Columns of a model version that stay as they were written; its status moves."""
TABLES = {"predictionlog": "", "actionchoice": "", "modelversion": CONTENT}
REFUSAL = "what was logged stays as it was written"


def triggers():
    """Yield table, name and what fires, for every trigger."""
    for table, columns in TABLES.items():
        yield table, f"dunwell_{table}_no_update", f"UPDATE OF {columns}" if columns else "UPDATE"
        yield table, f"dunwell_{table}_no_delete", "DELETE"


def add_triggers(apps, schema_editor):
    """Refuse UPDATE and DELETE on both engines."""
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION dunwell_kept_as_written() RETURNS trigger AS $$ BEGIN "
            f"RAISE EXCEPTION 'dunwell_%: {REFUSAL}', TG_ARGV[0]; END; $$ LANGUAGE plpgsql",
            params=None,
        )
    for table, name, fires in triggers():
        if vendor == "postgresql":
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {fires} ON dunwell_{table} "
                f"FOR EACH ROW EXECUTE FUNCTION dunwell_kept_as_written('{table}')"
            )
        else:
            schema_editor.execute(
                f"CREATE TRIGGER {name} BEFORE {fires} ON dunwell_{table} "
                f"BEGIN SELECT RAISE(ABORT, 'dunwell_{table}: {REFUSAL}'); END"
            )


def drop_triggers(apps, schema_editor):
    """Take the triggers away again."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for table, name, _ in triggers():
        suffix = f" ON dunwell_{table}" if is_postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{suffix}")
    if is_postgresql:
        schema_editor.execute("DROP FUNCTION IF EXISTS dunwell_kept_as_written()")


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0003_prediction")]

    operations = [migrations.RunPython(add_triggers, drop_triggers)]
