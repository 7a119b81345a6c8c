"""What an import's files tell as open, beside what is open here."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column that may be empty: earlier imports compared nothing."""

    dependencies = [("dunwell", "0041_keys_of_many")]

    operations = [
        migrations.AddField("importbatch", "tie", models.JSONField(null=True)),
    ]
