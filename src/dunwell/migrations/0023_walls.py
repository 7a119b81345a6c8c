"""Every table of a company has its policy; `dunwell walls up` makes PostgreSQL heed them."""

from django.db import migrations

from dunwell.migrations._walls import no_policies, policies


class Migration(migrations.Migration):
    dependencies = [("dunwell", "0022_sealed_fields")]

    operations = [migrations.RunPython(policies, no_policies)]
