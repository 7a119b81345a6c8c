"""Files in remote folders: seen, dealt with once, and where they lie now."""

import django.db.models.deletion
from django.db import migrations, models

from dunwell.migrations._walls import policies


class Migration(migrations.Migration):

    dependencies = [
        ('dunwell', '0028_sealed_provider_events'),
    ]

    operations = [
        migrations.CreateModel(
            name='ConnectionFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=300)),
                ('size', models.BigIntegerField()),
                ('written', models.BigIntegerField()),
                ('seen_at', models.DateTimeField()),
                ('outcome', models.CharField(blank=True, choices=[('taken', 'Taken'), ('known', 'Known'), ('waits', 'Waits for a person'), ('refused', 'Refused')], default='', max_length=7)),
                ('told', models.CharField(blank=True, default='', max_length=500)),
                ('sha256', models.CharField(blank=True, default='', max_length=64)),
                ('dealt_at', models.DateTimeField(null=True)),
                ('moved_to', models.CharField(blank=True, default='', max_length=500)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='dunwell.connection')),
            ],
        ),
        migrations.AddConstraint(
            model_name='connectionfile',
            constraint=models.UniqueConstraint(fields=('connection', 'place', 'size', 'written'), name='connection_file_once'),
        ),
        migrations.RunPython(policies, migrations.RunPython.noop),
    ]
