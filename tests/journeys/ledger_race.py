"""Eight processes that all want the same payment, credit note, import and new payment.

`python -m tests.journeys.ledger_race` prints what happened as one JSON line; the database
is the one the environment names.
"""

import json
import os
import sys

from tests.crash import in_child
from tests.migrated import migrate

WORKERS, TURNS = 8, 6
PATIENCE_SECONDS = 900
"""How long a writer waits for SQLite's one pen. SQLite lets writers in by chance, so on a machine
that is busy with other things one of eight may wait longer than the desk's 20 seconds; what these
races ask is what comes out, not how soon."""


def prepare():
    """A company with one payment of 100.00, a credit note of 50.00 and a large invoice."""
    from dunwell.actions.companies import add_company
    from dunwell.models import Customer
    from tests.actions.ledger_rows import invoice, payment
    from tests.conftest import AT

    migrate()
    company = add_company(
        name="Race", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    for number in range(3):
        invoice(customer, f"R{number}", 500_00)
    invoice(customer, "C1", -50_00)
    payment(customer, "P1", 100_00)


def work(worker):
    """Take tens of everything until it is gone; every worker meets the items in another order."""
    from dunwell.actions.gate import Refused, system
    from dunwell.actions.payments import apply_credit, apply_payment, record_payment
    from dunwell.models import Company, Item, Payment
    from tests.actions.exports import items_csv, merged
    from tests.conftest import AT, TODAY

    company = Company.objects.get()
    actor, when = system(company), {"as_of": TODAY, "at": AT}
    items = list(Item.objects.filter(amount_minor__gt=0).order_by("number"))
    items = items[worker % 3 :] + items[: worker % 3]
    told = {"refused": 0, "attempts": 0}

    def attempt(action):
        told["attempts"] += 1
        try:
            action()
        except Refused:
            told["refused"] += 1

    money, credit = Payment.objects.get(number="P1"), Item.objects.get(number="C1")
    for turn in range(TURNS):
        split = {items[turn % 3]: 4_00, items[(turn + 1) % 3]: 6_00}
        attempt(lambda s=split: apply_payment(actor=actor, payment=money, amounts=s, **when))
        one = {items[turn % 3]: 10_00}
        attempt(lambda o=one: apply_credit(actor=actor, credit=credit, amounts=o, **when))
    record_payment(
        actor=actor, number="SAME", customer=None, currency="EUR", amount_minor=1, value_on=TODAY,
        **when,
    )  # fmt: skip
    rows = [f"K9;New;N{n};invoice;2026-01-05;2026-02-04;EUR;10.00;5.00" for n in range(3)]
    batch = merged(company, items_csv(*rows))
    return {**told, "imported": batch.counts["items_imported"]}


def outcome():
    """What the books say."""
    from django.db.models import Sum

    from dunwell.models import Allocation, Company, Payment
    from tests.actions.ledger_rows import breaks

    def total(**which):
        return Allocation.objects.filter(**which).aggregate(t=Sum("amount_minor"))["t"]

    return {
        "broken": breaks(Company.objects.get()),
        "applied": {"P1": total(payment__number="P1"), "C1": -total(item__number="C1")},
        "payments": Payment.objects.filter(number="SAME").count(),
    }


def forked(play):
    """Fork the workers, let them start together, and collect what each tells of its play."""
    from django.db import connection

    if connection.vendor == "sqlite":
        # the workers connect after they were forked
        connection.settings_dict["OPTIONS"]["timeout"] = PATIENCE_SECONDS
    ready_r, ready_w = os.pipe()
    pipes = []
    for worker in range(WORKERS):
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(ready_w)
            os.read(ready_r, 1)  # returns when the parent closes its end
            try:
                answer = play(worker)
            except BaseException as error:
                answer = {"error": repr(error)}
            with os.fdopen(writer, "w") as pipe:
                json.dump(answer, pipe)
            os._exit(0)
        os.close(writer)
        pipes.append((pid, reader))
    os.close(ready_w)
    answers = []
    for pid, reader in pipes:
        with os.fdopen(reader) as pipe:
            answers.append(json.load(pipe))
        os.waitpid(pid, 0)
    return answers


def main():
    """Run the race and print what came of it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
    import django

    django.setup()
    in_child(prepare)
    answers = forked(work)
    fine = [answer for answer in answers if "error" not in answer]
    told = {
        **in_child(outcome),
        "errors": [answer["error"] for answer in answers if "error" in answer],
        "refused": sum(answer["refused"] for answer in fine),
        "attempts": sum(answer["attempts"] for answer in fine),
        "imported": sorted(answer["imported"] for answer in fine),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
