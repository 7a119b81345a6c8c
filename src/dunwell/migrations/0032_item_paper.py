"""Whether a document went out on paper, where the source says so."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('dunwell', '0031_saml_answers'),
    ]

    operations = [
        migrations.AddField(
            model_name='item',
            name='is_paper',
            field=models.BooleanField(null=True),
        ),
    ]
