"""A choice may say at which hour its mail goes out, and by which chance: timing experiments."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0006_cash_kept_as_written")]

    operations = [
        migrations.AddField(
            model_name="actionchoice",
            name="timing",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="timed_choices",
                to="dunwell.experiment",
            ),
        ),
        migrations.AddField(
            model_name="actionchoice",
            name="timing_ppm",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="experiment",
            name="kind",
            field=models.CharField(
                choices=[
                    ("holdout", "Holdout: chance decides for some customers"),
                    ("comparison", "Comparison of ways to collect"),
                    ("timing", "Timing: at which hour mail brings most"),
                ],
                max_length=10,
            ),
        ),
    ]
