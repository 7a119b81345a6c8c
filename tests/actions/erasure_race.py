"""Two clerks erase one person while a third writes: `python -m tests.actions.erasure_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "erasures", "events": how often each deed was written down, "left": contacts
that hold a word again, "unexpected": errors that are no refusal}.
"""

import json
import sys
from collections import Counter
from datetime import date

import django

from tests.actions.debit_race import at_once
from tests.migrated import migrate

ROUNDS = 4


def main():
    """In each round two erase, one writes a phone number, one places a hold; then the clocks end."""
    django.setup()
    from django.db import connection

    from dunwell.actions.contacts import edit_contact
    from dunwell.actions.data_retention import end_retentions
    from dunwell.actions.erasures import erase_contact, erase_customer
    from dunwell.actions.gate import staff, system
    from dunwell.actions.holds import place_hold
    from dunwell.models import Company, Contact, Erasure, Event, Hold
    from tests.conftest import AT, TODAY, add_customer, add_user

    migrate()
    company = Company.objects.create(
        name="Northwind", zone="UTC", country="DE", currency="EUR", created_at=AT
    )
    both = [staff(add_user(company, name, "credit_manager"), company) for name in ("mia", "max")]
    on, unexpected = {"as_of": TODAY, "at": AT}, []
    for number in range(ROUNDS):
        customer = add_customer(company, f"P{number}", "Ina Quill", party="person")
        contact = Contact.objects.create(
            customer=customer, name="Ina Quill", email=f"i{number}@quill.example", recorded_at=AT
        )

        def write(contact=contact):
            edit_contact(actor=both[0], contact=contact, changes={"phone": "+49 30 1"}, at=AT)

        def hold(customer=customer):
            place_hold(actor=both[1], customer=customer, reason="legal", **on)

        def erase(who, contact=contact):
            erase_contact(actor=who, contact=contact, ground="asked", **on)

        def erase_whole(who, customer=customer):
            erase_customer(actor=who, customer=customer, ground="asked", **on)

        at_once(
            unexpected, write, *([hold] if number % 2 else []),
            *[lambda who=who, erase=erase: erase(who) for who in both],
            *[lambda who=who, erase=erase_whole: erase(who) for who in both],
        )  # fmt: skip
        Hold.objects.filter(customer=customer).update(released_on=TODAY)
        # what a hold stopped is done after it; a second time does nothing
        erase_customer(actor=both[0], customer=customer, ground="asked", **on)
    later = date(TODAY.year + 9, 1, 1)

    def end():
        end_retentions(actor=system(company), as_of=later, at=AT)

    at_once(unexpected, end, end)
    verbs = ("person.erased", "person.retention_ended")
    told = {
        "database": connection.vendor,
        "erasures": Erasure.objects.count(),
        "events": Counter(
            Event.objects.filter(verb__in=verbs).values_list("verb", flat=True).order_by("verb")
        ),
        "left": sum(bool(one.phone or one.email) for one in Contact.objects.all()),
        "unexpected": unexpected,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
