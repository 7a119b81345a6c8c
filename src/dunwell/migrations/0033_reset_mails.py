"""Mails that tell somebody their second factor was reset: they are about no customer."""

from importlib import import_module

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dunwell import walls
from dunwell.migrations._triggers import refusing

EVERY = import_module("dunwell.migrations.0020_assistant_kept_as_written").TABLES
KEPT = {"teammail": EVERY["teammail"]}
"""SQLite makes the table anew, both ways, without the triggers it had."""


def forget(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Going back, what the older desk cannot hold or read goes."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    table = " ON dunwell_teammail" if is_postgresql else ""
    # behind walls nobody's rows are seen unless everybody's are asked for
    with walls.everything(), schema_editor.connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS dunwell_teammail_no_delete{table}")
        apps.get_model("dunwell", "TeamMail").objects.filter(kind="factor").delete()


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0032_item_paper")]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, refusing(KEPT)),
        migrations.AlterField(
            model_name="teammail",
            name="customer",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="team_mails",
                to="dunwell.customer",
            ),
        ),
        migrations.AlterField(
            model_name="teammail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("mention", "Mention"),
                    ("hand_off", "Hand-off"),
                    ("answer", "Answer to a hand-off"),
                    ("escalation", "Escalation"),
                    ("factor", "Second factor reset"),
                ],
                max_length=10,
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
        migrations.RunPython(refusing(KEPT), migrations.RunPython.noop),
    ]
