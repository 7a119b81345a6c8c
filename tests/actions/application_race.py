"""Several people decide and activate at once: `python -m tests.actions.application_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "decided": decisions written, "customers", "limits", "mails": letters queued,
"unexpected": errors that are no refusal}.
"""

import json
import sys

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

NAMES = ("Alpha Bakery", "Borealis Steel", "Cumulus Glass")
ROUNDS = len(NAMES)
PEOPLE = 3


def main():
    """In each round some managers decide one application, then activate it, all at once."""
    django.setup()
    from django.db import connection

    from dunwell.actions.application_activation import activate_application
    from dunwell.actions.application_decisions import decide_application
    from dunwell.models import (
        ApplicationMail,
        Company,
        CreditApplication,
        CreditLimit,
        Customer,
        Event,
    )
    from tests.actions.application_rows import ON, acting, recommended
    from tests.conftest import AT

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    analyst = acting(company, "nora")
    managers = [acting(company, f"m{n}", "credit_manager") for n in range(PEOPLE)]
    unexpected = []
    address = {"street": "High St 1", "postcode": "N1", "city": "London", "contact_name": "Ann"}
    for name in NAMES:
        application = recommended(analyst, name=name, country="GB", answers=address)

        def deciding(actor, outcome, application=application):
            return lambda: decide_application(
                actor=actor, application=application, outcome=outcome, reason="again", **ON
            )

        at_once(unexpected, *(deciding(actor, "approve") for actor in managers))

        def activating(actor, key=application.pk):
            one = CreditApplication.objects.get(pk=key)
            return lambda: activate_application(actor=actor, application=one, **ON)

        at_once(unexpected, *(activating(actor) for actor in managers))
    told = {
        "database": connection.vendor,
        "decided": Event.objects.filter(verb="application.approved").count(),
        "customers": Customer.objects.count(),
        "limits": CreditLimit.objects.count(),
        "mails": ApplicationMail.objects.filter(kind="decision").count(),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
