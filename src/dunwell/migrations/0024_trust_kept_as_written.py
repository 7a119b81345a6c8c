"""Who may do what, who looked at it, and whom we erased stays as it was written.

A time in which duties meet may end early; an erasure is finished, and its salt goes with the rest.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what was allowed, looked at and erased stays as it was written"
FUNCTION = "dunwell_kept_as_written"
OVERRIDE = 'company_id, user_id, pair, reason, "by", granted_at, ends_at'
ERASURE = (
    'company_id, customer_id, ground, counts, digest, "by", erased_on, keep_until_on, recorded_at'
)
TABLES = {
    "accessreview": ("", KEPT, FUNCTION),
    "dutyoverride": (OVERRIDE, KEPT, FUNCTION),
    "erasure": (ERASURE, KEPT, FUNCTION),
}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0023_walls")]

    operations = [migrations.RunPython(refusing(TABLES), migrations.RunPython.noop)]
