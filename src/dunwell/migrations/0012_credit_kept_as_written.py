"""Limits once decided, order checks and what a decision on credit rests on stay as written.

A limit moves once, from proposed to what was decided; what it says never changes after that. A
consent is withdrawn, a scorecard changes its part, and neither what was agreed to nor the points.
"""

from django.db import migrations

from dunwell.migrations._triggers import refusing

KEPT = "what was decided stays as it was written"
CONSENT = "company_id, customer_id, bureau_id, given_on, until_on, evidence, by, recorded_at"
CARD = "company_id, name, version, document, report, sha256, author, valid_from, recorded_at"
TABLES = {
    "creditlimit": ("", KEPT, "dunwell_kept_as_written"),
    "creditcheck": ("", KEPT, "dunwell_kept_as_written"),
    "creditrating": ("", KEPT, "dunwell_kept_as_written"),
    "scoresnapshot": ("", KEPT, "dunwell_kept_as_written"),
    "scorecard": (CARD, KEPT, "dunwell_kept_as_written"),
    "bureaureport": ("", KEPT, "dunwell_kept_as_written"),
    "bureauconsent": (CONSENT, KEPT, "dunwell_kept_as_written"),
    "financialstatement": ("", KEPT, "dunwell_kept_as_written"),
    "statementline": ("", KEPT, "dunwell_kept_as_written"),
    "creditdatapoint": ("", KEPT, "dunwell_kept_as_written"),
}
ONCE = {"creditlimit": "OLD.status <> 'proposed'"}


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0011_credit")]

    operations = [migrations.RunPython(refusing(TABLES, once=ONCE), migrations.RunPython.noop)]
