"""Who pays for a customer is said once, on SQLite too.

One constraint over a key that may be empty was left out there, with a warning.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two constraints in place of one."""

    dependencies = [("dunwell", "0039_ledger_keys")]

    operations = [
        migrations.RemoveConstraint("payerrelation", "payer_relation_once"),
        migrations.AddConstraint(
            "payerrelation",
            models.UniqueConstraint(
                fields=("company", "customer", "kind", "payer"),
                condition=models.Q(payer_customer__isnull=True),
                name="named_payer_once",
            ),
        ),
        migrations.AddConstraint(
            "payerrelation",
            models.UniqueConstraint(
                fields=("company", "customer", "kind", "payer", "payer_customer"),
                condition=models.Q(payer_customer__isnull=False),
                name="customer_payer_once",
            ),
        ),
    ]
