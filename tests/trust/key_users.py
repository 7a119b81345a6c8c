"""Who writes and who reads sealed rows while keys rotate: `python -m tests.trust.key_users write`.

It says `works` once it does, goes on until a line comes in, and then says how often it did.
"""

import select
import sys

import django

ROWS = 1_200
"""Contacts that are there before, more than two batches of a reseal."""


def writes():
    """Make, read back and change contacts, some against the order in which they are resealed."""
    from django.db import transaction
    from django.utils import timezone

    from dunwell.models import Company, Contact, Customer
    from dunwell.models.sealed import with_marks

    now = timezone.now()
    company = Company.objects.create(name="N", zone="UTC", created_at=now)
    customer = Customer.objects.create(company=company, number="K", name="K", recorded_at=now)

    def contact(count):
        phone = f"+49 40 {count:07}"
        return Contact(customer=customer, is_primary=False, phone=phone, recorded_at=now)

    def change(phone, *keys):
        changed = with_marks(Contact, {"phone": phone})
        for key in keys:
            Contact.objects.filter(pk=key).update(**changed)

    Contact.objects.bulk_create([contact(number) for number in range(ROWS)])
    count = ROWS
    yield count
    while True:
        one = contact(count)
        one.save()
        assert Contact.objects.get(pk=one.pk).phone == f"+49 40 {count:07}"
        with transaction.atomic():
            change(f"+49 30 {count:07}", one.pk, one.pk - 50, one.pk - 300, one.pk - 1_000)
        count += 1
        yield count


def reads():
    """Read the newest contacts, and find one of them by its mark."""
    from dunwell.models import Contact
    from dunwell.models.sealed import mark_of

    count = 0
    yield count
    while True:
        newest = Contact.objects.order_by("-pk")
        phones = list(newest.values_list("phone", flat=True)[:600])
        assert all(phone.startswith("+49 ") for phone in phones)
        mark = mark_of(Contact, "phone", phones[0])
        assert all(one.phone for one in Contact.objects.filter(phone_mark=mark))
        count += 1
        yield count


def main(work):
    django.setup()
    counts = work()
    next(counts)
    sys.stdout.write("works\n")
    sys.stdout.flush()
    for count in counts:
        if select.select([sys.stdin], [], [], 0)[0]:
            sys.stdout.write(f"{count}\n")
            return


if __name__ == "__main__":
    main({"write": writes, "read": reads}[sys.argv[1]])
