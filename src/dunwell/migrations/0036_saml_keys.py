"""Key pairs for which a SAML provider encrypts."""

from django.db import migrations, models

import dunwell.models.sealed


class Migration(migrations.Migration):

    dependencies = [
        ('dunwell', '0035_customer_merges'),
    ]

    operations = [
        migrations.CreateModel(
            name='SamlKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('private_key', dunwell.models.sealed.SealedTextField()),
                ('certificate', models.TextField()),
                ('made_at', models.DateTimeField()),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
