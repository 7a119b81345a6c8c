"""Connections to outside ledgers: how each is reached, its syncs, and what goes back."""

import django.db.models.deletion
import dunwell.models.sealed
from django.db import migrations, models

from dunwell.migrations._walls import policies


class Migration(migrations.Migration):

    dependencies = [
        ('dunwell', '0024_trust_kept_as_written'),
    ]

    operations = [
        migrations.CreateModel(
            name='Connection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=20)),
                ('name', models.CharField(max_length=80)),
                ('settings', models.JSONField(default=dict)),
                ('secret', dunwell.models.sealed.SealedTextField(blank=True, default='')),
                ('is_on', models.BooleanField(default=True)),
                ('every_minutes', models.PositiveIntegerField(default=60)),
                ('cursor', models.TextField(blank=True, default='')),
                ('system', models.JSONField(default=dict)),
                ('next_at', models.DateTimeField(null=True)),
                ('failures', models.PositiveIntegerField(default=0)),
                ('fault', models.CharField(blank=True, default='', max_length=12)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
                ('version', models.PositiveIntegerField(default=0)),
                ('by', models.CharField(max_length=150)),
                ('recorded_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='dunwell.company')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('credit_limit', 'Credit limit'), ('hold', 'Hold'), ('note', 'Note')], max_length=12)),
                ('value', models.CharField(blank=True, max_length=500)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('before', models.CharField(blank=True, default='', max_length=500)),
                ('status', models.CharField(choices=[('proposed', 'To be tried'), ('tried', 'Waits for approval'), ('approved', 'Approved'), ('writing', 'Being written'), ('written', 'Written'), ('failed', 'Failed'), ('dismissed', 'Dismissed')], default='proposed', max_length=9)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
                ('proposed_by', models.CharField(max_length=150)),
                ('proposed_at', models.DateTimeField()),
                ('tried_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=150)),
                ('decided_at', models.DateTimeField(null=True)),
                ('claimed_at', models.DateTimeField(null=True)),
                ('written_at', models.DateTimeField(null=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='changes', to='dunwell.connection')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connection_changes', to='dunwell.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=140)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='dunwell.connection')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='connections', to='dunwell.customer')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionSync',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='running', max_length=7)),
                ('tie', models.CharField(choices=[('unknown', 'not compared'), ('equal', 'ties out'), ('different', 'differs')], default='unknown', max_length=9)),
                ('counts', models.JSONField(default=dict)),
                ('totals', models.JSONField(default=list)),
                ('notes', models.JSONField(default=list)),
                ('batches', models.JSONField(default=list)),
                ('fault', models.CharField(blank=True, default='', max_length=12)),
                ('error', models.CharField(blank=True, default='', max_length=500)),
                ('by', models.CharField(max_length=150)),
                ('as_of', models.DateField()),
                ('started_at', models.DateTimeField()),
                ('claimed_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='syncs', to='dunwell.connection')),
            ],
        ),
        migrations.CreateModel(
            name='ConnectionDifference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=140)),
                ('is_payment', models.BooleanField(default=False)),
                ('currency', models.CharField(max_length=3)),
                ('theirs_minor', models.BigIntegerField(null=True)),
                ('ours_minor', models.BigIntegerField(null=True)),
                ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='dunwell.customer')),
                ('sync', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='differences', to='dunwell.connectionsync')),
            ],
        ),
        migrations.AddConstraint(
            model_name='connection',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('company', 'name'), name='connection_name'),
        ),
        migrations.AddIndex(
            model_name='connectionchange',
            index=models.Index(fields=['connection', 'status', 'id'], name='connection_change_status'),
        ),
        migrations.AddConstraint(
            model_name='connectionchange',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('kind', 'note'), _negated=True), ('status__in', ('proposed', 'tried', 'approved', 'writing', 'failed'))), fields=('connection', 'customer', 'kind'), name='connection_change_once'),
        ),
        migrations.AddConstraint(
            model_name='connectioncustomer',
            constraint=models.UniqueConstraint(fields=('connection', 'key'), name='connection_customer_key'),
        ),
        migrations.AddIndex(
            model_name='connectionsync',
            index=models.Index(fields=['connection', '-id'], name='connection_sync_newest'),
        ),
        migrations.AddConstraint(
            model_name='connectionsync',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'running')), fields=('connection',), name='connection_sync_once'),
        ),
        migrations.AddIndex(
            model_name='connectiondifference',
            index=models.Index(fields=['sync', 'id'], name='connection_difference_of'),
        ),
        migrations.RunPython(policies, migrations.RunPython.noop),
    ]
