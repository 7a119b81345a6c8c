"""Open items are looked up by their amount; the index of their company alone told nothing."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0033_reset_mails")]

    operations = [
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(
                fields=["company", "open_minor", "currency"], name="open_item_amount"
            ),
        ),
        migrations.AlterField(
            model_name="openitem",
            name="company",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="open_items",
                to="dunwell.company",
            ),
        ),
    ]
