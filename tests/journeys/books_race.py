"""Eight processes that book, close the period and make journals at once.

`python -m tests.journeys.books_race` prints what happened as one JSON line; the database is
the one the environment names.
"""

import json
import os
import sys
from datetime import UTC, date, datetime

from tests.crash import in_child
from tests.journeys.ledger_race import forked
from tests.migrated import migrate

TURNS, AT_MOST = 12, 600
CLOSED = "The books are closed until"
FEBRUARY = date(2026, 2, 28)


def prepare():
    """A company with an invoice that everybody puts money on."""
    from dunwell.actions.companies import add_company
    from dunwell.models import Customer
    from tests.actions.ledger_rows import invoice
    from tests.conftest import AT

    migrate()
    company = add_company(
        name="Race", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    invoice(customer, "R1", 5_000_00, issued_on=date(2026, 2, 1))


def work(worker):
    """Two close and hand over, six book money of February until nobody may any more."""
    from dunwell.models import Company

    company, told = Company.objects.get(), {"done": 0, "refused": []}
    if worker < 2:
        for turn in range(TURNS):
            _attempt(told, _closing if turn > 2 else _booking, company, worker, turn)
        return told
    # however late the other two come to close: whoever books is there to meet them
    for turn in range(AT_MOST):
        _attempt(told, _booking, company, worker, turn)
        if turn >= TURNS and any(text.startswith(CLOSED) for text in told["refused"]):
            break
    return told


def _attempt(told, play, company, worker, turn):
    from dunwell.actions.gate import Refused, system
    from tests.conftest import TODAY

    # every action has a moment of its own, as in life
    when = {"as_of": TODAY, "at": datetime.now(UTC)}
    try:
        play(system(company), when, f"{worker}-{turn}")
        told["done"] += 1
    except Refused as refusal:
        told["refused"].append(str(refusal))


def _booking(actor, when, name):
    from dunwell.actions.payments import apply_payment, record_payment
    from dunwell.models import Item

    money = record_payment(
        actor=actor, number=name, customer=None, currency="EUR", amount_minor=1_00,
        value_on=FEBRUARY, **when,
    )  # fmt: skip
    again = {**when, "at": datetime.now(UTC)}
    apply_payment(actor=actor, payment=money, amounts={Item.objects.get(): 50}, **again)


def _closing(actor, when, name):
    from dunwell.actions.journals import make_journal
    from dunwell.actions.periods import lock_period

    if name.endswith(("-3", "-7", "-11")):
        lock_period(actor=actor, until_on=FEBRUARY, reason="month end", **when)
    else:
        make_journal(actor=actor, until_on=when["as_of"], **when)


def outcome():
    """What the books say, after a last journal."""
    from dunwell.actions.gate import system
    from dunwell.actions.journals import make_journal
    from dunwell.models import Company, EntryLine, JournalLine
    from dunwell.queries.periods import closed_until
    from tests.actions.ledger_rows import breaks
    from tests.conftest import TODAY

    company = Company.objects.get()
    make_journal(actor=system(company), until_on=TODAY, as_of=TODAY, at=datetime.now(UTC))
    return {
        "broken": breaks(company),
        "closed": str(closed_until(company)),
        "entries": EntryLine.objects.count(),
        "journaled": JournalLine.objects.values("line").distinct().count(),
        "numbers": list(company.journals.order_by("number").values_list("number", flat=True)),
    }


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
        "done": [answer["done"] for answer in fine],
        "refused": sorted({text[:40] for answer in fine for text in answer["refused"]}),
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
