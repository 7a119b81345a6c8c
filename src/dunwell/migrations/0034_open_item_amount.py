"""Open items are looked up by their amount, as matching does for every payment.

And mails to the team are kept as written again where 0033 was applied before it saw to that.
"""

from importlib import import_module

from django.db import migrations, models

from dunwell.migrations._triggers import refusing

KEPT = import_module("dunwell.migrations.0033_reset_mails").KEPT


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0033_reset_mails")]

    operations = [
        migrations.AddIndex(
            model_name="openitem",
            index=models.Index(
                fields=["company", "open_minor", "currency"], name="open_item_amount"
            ),
        ),
        migrations.RunPython(refusing(KEPT), migrations.RunPython.noop),
    ]
