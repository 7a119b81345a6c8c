"""The ledger is written at less cost: on PostgreSQL keys by set, and four indexes less.

Each of the four is the beginning of another one. No row changes.
"""

import django.db.models.deletion
from django.db import migrations, models

from dunwell.migrations._set_keys import checked_by_row, checked_by_set, held_by_their_rows, let_go
from dunwell.migrations._spare_indexes import with_indexes, without_indexes

OWNED = {"company_id": "company", "customer_id": "customer"}
CAME = {"batch_id": "importbatch"}
LEDGER = {
    "item": OWNED | CAME | {"reverses_id": "item"},
    "openitem": OWNED | {"item_id": "item"},
    "payment": OWNED | CAME | {"reverses_id": "payment"},
    "allocation": {"company_id": "company"}
    | CAME
    | {
        "item_id": "item",
        "payment_id": "payment",
        "counter_item_id": "item",
        "adjustment_id": "adjustment",
        "reverses_id": "allocation",
    },
    "entryline": OWNED,
}
LINES = {"messageitem": {"message_id": "message", "item_id": "item"}}
"""Checked so before, without a plan that is kept."""
SPARE = {
    "item": ("company_id", "customer_id"),
    "openitem": ("company_id",),
    "payment": ("company_id",),
}


def owner(model: str, name: str, related: str, on_delete: object) -> migrations.AlterField:
    """Return the change of a key that has no index of its own any more."""
    return migrations.AlterField(
        model_name=model,
        name=name,
        field=models.ForeignKey(
            db_index=False,
            null=False,
            on_delete=on_delete,
            related_name=related,
            to=f"dunwell.{name}",
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0038_message_lines")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                owner("item", "company", "items", django.db.models.deletion.PROTECT),
                owner("item", "customer", "items", django.db.models.deletion.PROTECT),
                owner("openitem", "company", "open_items", django.db.models.deletion.CASCADE),
                owner("payment", "company", "payments", django.db.models.deletion.PROTECT),
            ],
        ),
        migrations.RunPython(without_indexes(SPARE), with_indexes(SPARE)),
        migrations.RunPython(checked_by_set(LEDGER), checked_by_row(LEDGER)),
        migrations.RunPython(checked_by_set(LINES), migrations.RunPython.noop),
        migrations.RunPython(held_by_their_rows(LEDGER | LINES), let_go(LEDGER | LINES)),
    ]
