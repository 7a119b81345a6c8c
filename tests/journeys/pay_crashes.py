"""Crashes of a payment: killed at every statement and every call of the provider, then gone on.

`python -m tests.journeys.pay_crashes [--most N]` prints one JSON line: {"points", "tried",
"failures": [{"point", "why"}]}. The payer's wish, the hand-over, the provider's word at our door,
its settlement and the receipt may each be cut off: no payment is lost, none is booked twice, and
there is one receipt.
"""

import argparse
import json
import os
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

from tests.crash import Points, SqliteStore, in_child, in_first_child, prepare, spread

AT = datetime(2026, 3, 5, 9, tzinfo=UTC)
LATER = AT + timedelta(minutes=15)
"""When claims of a dead worker have run out and a silent provider is asked."""


class Scenario:
    """A customer who owes two invoices and pays both at the practice bank."""

    def prepare(self):
        """Fill the database."""
        from dunwell.models import Company, Customer
        from tests.actions.checkout_rows import provider_of
        from tests.actions.ledger_rows import invoice

        company = Company.objects.create(name="Paid", zone="UTC", created_at=AT)
        customer = Customer.objects.create(
            company=company, number="K1", name="Acme", recorded_at=AT
        )
        provider_of(company)
        invoice(customer, "R1", 60_00)
        invoice(customer, "R2", 40_00)

    def run(self, at):
        """Go through a payment; called again it goes on where it was."""
        from dunwell import clock
        from dunwell.actions.checkouts import start_checkout
        from dunwell.actions.gate import system
        from dunwell.jobs.checkouts import hand_over_checkout, tend_payments
        from dunwell.jobs.practice_bank import bring_events, press
        from dunwell.models import Checkout, Customer, Item, PaymentProvider

        with time_machine.travel(at, tick=False):
            provider = PaymentProvider.objects.select_related("company").get()
            company = provider.company
            checkout = start_checkout(
                actor=system(company),
                customer=Customer.objects.get(),
                provider=provider,
                method="card",
                currency="EUR",
                amounts={item: item.amount_minor for item in Item.objects.filter(kind="invoice")},
                surcharge_minor=1_00,
                key="click",
                purpose="portal",
                as_of=clock.today(company.zone),
                at=clock.now(),
            )
            hand_over_checkout(Checkout.objects.select_related("company").get(pk=checkout.pk))
            checkout.refresh_from_db()
            if checkout.external_id:
                press(checkout.external_id, "succeed")
            bring_events(provider)
            tend_payments(company)


def run_until(scenario, kill_at):
    """Pay with a kill point around every statement, commit and call; return how many."""
    from django.db import connection
    from django.db.backends.base.base import BaseDatabaseWrapper

    from dunwell.connectors.payment_loopback.bank import LoopbackBank
    from dunwell.connectors.payment_loopback.gateway import LoopbackGateway

    points = Points(kill_at)
    BaseDatabaseWrapper._commit = points.around(BaseDatabaseWrapper._commit)
    LoopbackGateway.open_checkout = points.around(LoopbackGateway.open_checkout)
    LoopbackBank.press = points.around(LoopbackBank.press)
    LoopbackBank.mark_told = points.around(LoopbackBank.mark_told)
    with connection.execute_wrapper(points.before_statement):
        scenario.run(AT)
    return points.seen


def finish(scenario):
    """Go on at once and when dead claims have run out; return how things stand."""
    from dunwell.models import Allocation, Checkout, Company, Item, OpenItem, Payment, Receipt
    from dunwell.queries.verify import verify_books

    scenario.run(AT)
    scenario.run(LATER)
    broken = [
        f"{proof.id}: {proof.rows[:3]}"
        for proof in verify_books(Company.objects.get()).proofs
        if proof.broken
    ]
    return {
        "broken": broken,
        "checkouts": list(Checkout.objects.values_list("status", flat=True)),
        "payments": list(Payment.objects.values_list("number", "amount_minor")),
        "allocations": Allocation.objects.count(),
        "open": OpenItem.objects.exclude(open_minor=0).count(),
        "fees": Item.objects.filter(kind="fee").count(),
        "receipts": Receipt.objects.count(),
    }


def kill_points(*, most=0):
    """Try every point, or at most so many; return the findings."""
    with tempfile.TemporaryDirectory(prefix="dunwell-pay-") as name:
        store = SqliteStore(Path(name))
        os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
        import django

        django.setup()
        scenario = Scenario()
        in_child(lambda: prepare(scenario))
        store.keep()
        total = in_first_child(lambda: run_until(scenario, 0))
        whole = in_child(lambda: finish(scenario))
        failures = [{"point": 0, "why": whole["broken"]}] if whole["broken"] else []
        tried = 0
        for point in spread(total, most):
            store.restore()
            if in_child(lambda at=point: run_until(scenario, at)) is not None:
                failures.append({"point": point, "why": ["the child was not killed"]})
                continue
            tried += 1
            found = in_child(lambda: finish(scenario))
            why = [
                f"{key}: {found[key]} for {whole[key]}"
                for key in whole
                if found[key] != whole[key]
            ]
            failures += [{"point": point, "why": why}] if why else []
        return {"points": total, "tried": tried, "whole": whole, "failures": failures}


def main():
    """Try the points and print the findings; leave with 1 when something did not heal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--most", type=int, default=0, help="try so many points only")
    found = kill_points(most=parser.parse_args().most)
    sys.stdout.write(json.dumps(found) + "\n")
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main())
