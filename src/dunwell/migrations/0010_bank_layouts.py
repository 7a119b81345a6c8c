"""Bank sheets that wait for answers, and the layouts those answers are kept for."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dunwell", "0009_contacts_kept_as_written"),
    ]

    operations = [
        migrations.AddField(
            model_name="bankfile",
            name="answered_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="bankfile",
            name="header",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="bankfile",
            name="profile",
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name="bankfile",
            name="version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name="bankfile",
            name="status",
            field=models.CharField(
                choices=[
                    ("received", "Received"),
                    ("asks", "Waits for answers"),
                    ("read", "Read"),
                    ("refused", "Refused"),
                ],
                default="received",
                max_length=8,
            ),
        ),
        migrations.CreateModel(
            name="BankLayout",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("header", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                ("document", models.JSONField()),
                ("saved_by", models.CharField(max_length=150)),
                ("saved_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bank_layouts",
                        to="dunwell.company",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("company", "header"), name="bank_layout_once")
                ],
            },
        ),
    ]
