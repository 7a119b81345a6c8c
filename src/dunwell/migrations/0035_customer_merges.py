"""Merging records of one customer, and parting them again.

Whose item it is may change from here on, but only to what its newest move says: the database
looks that up itself. Everything else of an item stays as it was written, and so do the moves.
"""

import django.db.models.deletion
from django.db import migrations, models

from dunwell.migrations._triggers import refusing
from dunwell.migrations._walls import policies

APPEND_ONLY = "rows are added, never changed: write a reversal instead"
KEPT = "what was logged stays as it was written"
ITEM = (
    "company_id, number, kind, currency, amount_minor, issued_on, due_on, reference, is_paper, "
    "reverses_id, batch_id, recorded_on, recorded_at"
)
TABLES = {
    "item": (ITEM, APPEND_ONLY, "dunwell_append_only"),
    "customermove": ("", KEPT, "dunwell_kept_as_written"),
}
OWNED = "dunwell_item: an item goes to another customer by a merge or its split alone"
NEWEST = (
    "SELECT m.after_id FROM dunwell_customermove m WHERE m.place = 'item' AND m.row_id = OLD.id "
    "ORDER BY m.id DESC LIMIT 1"
)


def add_owner_trigger(apps, schema_editor):
    """Let an item go to the customer that its newest move names, and to nobody else."""
    schema_editor.execute(
        "DROP TRIGGER IF EXISTS dunwell_item_owner"
        + (" ON dunwell_item" if schema_editor.connection.vendor == "postgresql" else "")
    )
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE OR REPLACE FUNCTION dunwell_item_owner() RETURNS trigger AS $$ BEGIN "
            f"IF NEW.customer_id <> OLD.customer_id AND NEW.customer_id IS DISTINCT FROM ({NEWEST}) "
            f"THEN RAISE EXCEPTION '{OWNED}'; END IF; RETURN NEW; END; $$ LANGUAGE plpgsql",
            params=None,
        )
        schema_editor.execute(
            "CREATE TRIGGER dunwell_item_owner BEFORE UPDATE OF customer_id ON dunwell_item "
            "FOR EACH ROW EXECUTE FUNCTION dunwell_item_owner()"
        )
    else:
        schema_editor.execute(
            "CREATE TRIGGER dunwell_item_owner BEFORE UPDATE OF customer_id ON dunwell_item "
            f"WHEN NEW.customer_id <> OLD.customer_id AND NEW.customer_id IS NOT ({NEWEST}) "
            f"BEGIN SELECT RAISE(ABORT, '{OWNED}'); END"
        )


def drop_owner_trigger(apps, schema_editor):
    """Take the trigger away again."""
    suffix = " ON dunwell_item" if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute(f"DROP TRIGGER IF EXISTS dunwell_item_owner{suffix}")


class Migration(migrations.Migration):

    dependencies = [
        ('dunwell', '0034_open_item_amount'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerMerge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('proposed', 'Waits for approval'), ('merged', 'Merged'), ('declined', 'Not merged'), ('split', 'Split again')], default='proposed', max_length=8)),
                ('reason', models.CharField(max_length=300)),
                ('author', models.CharField(max_length=150)),
                ('proposed_on', models.DateField()),
                ('decided_by', models.CharField(blank=True, max_length=150)),
                ('decided_on', models.DateField(null=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('split_by', models.CharField(blank=True, max_length=150)),
                ('split_on', models.DateField(null=True)),
                ('told', models.JSONField(default=dict)),
                ('recorded_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_merges', to='dunwell.company')),
                ('merged', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='dunwell.customer')),
                ('survivor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='merges_taken', to='dunwell.customer')),
            ],
        ),
        migrations.CreateModel(
            name='CustomerMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=60)),
                ('row_id', models.BigIntegerField()),
                ('moved_on', models.DateField()),
                ('recorded_at', models.DateTimeField()),
                ('after', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_to', to='dunwell.customer')),
                ('before', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves_from', to='dunwell.customer')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customer_moves', to='dunwell.company')),
                ('merge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='dunwell.customermerge')),
            ],
        ),
        migrations.CreateModel(
            name='DistinctCustomers',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('by', models.CharField(max_length=150)),
                ('recorded_at', models.DateTimeField()),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distinct_customers', to='dunwell.company')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distinct_from', to='dunwell.customer')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='distinct_to', to='dunwell.customer')),
            ],
        ),
        migrations.AddIndex(
            model_name='customermerge',
            index=models.Index(fields=['company', 'status', 'id'], name='customer_merge_status'),
        ),
        migrations.AddConstraint(
            model_name='customermerge',
            constraint=models.CheckConstraint(condition=models.Q(('merged', models.F('survivor')), _negated=True), name='customer_merge_other'),
        ),
        migrations.AddConstraint(
            model_name='customermerge',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('proposed', 'merged'))), fields=('merged',), name='customer_merge_once'),
        ),
        migrations.AddConstraint(
            model_name='customermerge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ('merged', 'split')), _negated=True), models.Q(('decided_by', ''), _negated=True), _connector='OR'), name='customer_merge_decided'),
        ),
        migrations.AddIndex(
            model_name='customermove',
            index=models.Index(fields=['place', 'row_id', '-id'], name='customer_move_row'),
        ),
        migrations.AddConstraint(
            model_name='distinctcustomers',
            constraint=models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='distinct_customers_order'),
        ),
        migrations.AddConstraint(
            model_name='distinctcustomers',
            constraint=models.UniqueConstraint(fields=('first', 'second'), name='distinct_customers_once'),
        ),
        migrations.RunPython(refusing(TABLES), migrations.RunPython.noop),
        migrations.RunPython(add_owner_trigger, drop_owner_trigger),
        migrations.RunPython(policies, migrations.RunPython.noop),
    ]
