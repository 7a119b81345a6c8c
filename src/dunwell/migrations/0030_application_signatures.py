"""The name that an applicant puts under an application; what was signed stays as it was written.

The name itself may be taken out when its retention has ended.
"""

import django.db.models.deletion
from django.db import migrations, models

from dunwell.migrations._triggers import refusing
from dunwell.migrations._walls import policies

COLUMNS = "application_id, statement, sha256, signed_on, recorded_by, recorded_at"
TABLES = {
    "applicationsignature": (
        COLUMNS,
        "what was signed stays as it was written",
        "dunwell_kept_as_written",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0029_connection_files")]

    operations = [
        migrations.CreateModel(
            name="ApplicationSignature",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("signed_by", models.CharField(max_length=120)),
                ("statement", models.TextField()),
                ("sha256", models.CharField(max_length=64)),
                ("signed_on", models.DateField()),
                ("recorded_by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "application",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signatures",
                        to="dunwell.creditapplication",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="applicationsignature",
            constraint=models.UniqueConstraint(
                fields=("application", "sha256"), name="application_signature_once"
            ),
        ),
        migrations.RunPython(refusing(TABLES), migrations.RunPython.noop),
        migrations.RunPython(policies, migrations.RunPython.noop),
    ]
