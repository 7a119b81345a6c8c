"""Clerks prepare, take payments and settle at once: `python -m tests.actions.debit_race`.

It works on the database that the environment names, which must be empty, and prints one JSON
line: {"database", "over": items debited with more than is open, "unexpected": errors that are
no refusal, "debited", "runs"}.
"""

import json
import sys
import threading

import django

from tests.migrated import migrate

CLERKS = 3
ROUNDS = 3
ITEMS = 3


def at_once(unexpected, *calls):
    """Make the calls in threads that start together; keep what is raised and is no refusal."""
    from django.db import connection

    from dunwell.actions.gate import Refused

    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            call()
        except Refused:
            pass
        except Exception as error:
            unexpected.append(repr(error))
        connection.close()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    """In each round some clerks prepare the same day while another puts money on its items."""
    django.setup()
    from django.db import connection

    from dunwell.actions.debit_runs import prepare_run
    from dunwell.actions.gate import system
    from dunwell.actions.payments import apply_payment
    from dunwell.models import Company, DebitItem, DebitRun
    from tests.actions.debit_rows import COLLECT, NOW, account_of, mandate_of
    from tests.actions.ledger_rows import invoice, payment
    from tests.conftest import AT, add_customer

    migrate()
    company = Company.objects.create(name="Northwind", zone="UTC", created_at=AT)
    account, actor = account_of(company), system(company)
    unexpected = []

    def prepare():
        prepare_run(actor=actor, account=account, scheme="CORE", collect_on=COLLECT, **NOW)

    over = debited = 0
    for number in range(ROUNDS):
        customer = add_customer(company, f"K{number}")
        mandate_of(customer)
        items = [invoice(customer, f"R{number}-{n}", 10_00, due_on=COLLECT) for n in range(ITEMS)]
        money = payment(customer, f"B{number}", 10_00)

        def pay(item=items[0], money=money):
            apply_payment(actor=actor, payment=money, amounts={item: 10_00}, **NOW)

        at_once(unexpected, pay, *[prepare] * CLERKS)
        for item in items:
            lines = DebitItem.objects.filter(item=item, debit__status="planned")
            asked = sum(lines.values_list("amount_minor", flat=True))
            debited += asked
            over += asked > 10_00
    told = {
        "database": connection.vendor,
        "over": over,
        "unexpected": unexpected,
        "debited": debited,
        "runs": DebitRun.objects.count(),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
