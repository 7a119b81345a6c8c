"""Keys of many rows are looked up at less cost on PostgreSQL: all at once, not each by itself.

Asked for the first row that names nobody the server sought the key of one after the other, in
the hope of finding it soon, though as a rule there is none. No row changes.
"""

from importlib import import_module

from django.db import migrations

from dunwell.migrations._set_keys import looked_up_anew

FROM = import_module("dunwell.migrations.0039_ledger_keys")


class Migration(migrations.Migration):
    """The functions that look up, made anew."""

    dependencies = [("dunwell", "0040_payers_once")]

    operations = [
        migrations.RunPython(
            looked_up_anew(FROM.LEDGER | FROM.LINES), migrations.RunPython.noop
        ),
    ]
