"""Eight clerks on the same payments and items, round after round, and the matching among them.

`python -m tests.journeys.match_race --rounds 40` prints what happened as one JSON line; the
database is the one the environment names.
"""

import argparse
import importlib
import json
import os
import sys
from collections import Counter

from tests.crash import in_child
from tests.journeys.ledger_race import WORKERS, forked
from tests.migrated import migrate

KINDS = 8


def prepare(rounds):
    """A company with two payments and two items a round, and one item all rounds share."""
    from dunwell.actions.companies import add_company
    from dunwell.models import Customer
    from tests.actions.ledger_rows import invoice
    from tests.actions.match_desk import money, run
    from tests.conftest import AT

    migrate()
    company = add_company(
        name="Race", zone="UTC", country="DE", currency="EUR", language="en", at=AT
    )
    customer = Customer.objects.create(company=company, number="K1", name="Acme", recorded_at=AT)
    invoice(customer, "SHARED", 1_000_000_00)
    for number in range(rounds):
        invoice(customer, f"A{number}", 100_00)
        invoice(customer, f"B{number}", 100_00)
        money(company, f"P{number}", 150_00, payer=f"Somebody {number}")
        money(company, f"Q{number}", 150_00, payer=f"Somebody else {number}")
    run(company)


class Clerk:
    """One of the eight, with what they tried and what they were told."""

    def __init__(self, worker):
        from dunwell.actions.gate import Actor
        from dunwell.actions.role_rights import RIGHTS
        from dunwell.models import Company, Item, MatchCase
        from tests.conftest import AT, TODAY

        self.worker, self.moves, self.refusals = worker, Counter(), Counter()
        company = Company.objects.get()
        self.actor = Actor(company=company, name=f"clerk{worker}", rights=RIGHTS)
        self.when = {"as_of": TODAY, "at": AT}
        self.items = dict(Item.objects.values_list("number", "pk"))
        self.cases = {c.payment.number: c for c in MatchCase.objects.select_related("payment")}

    def turn(self, number):
        """Try what falls to this clerk in this round; note a refusal's sentence."""
        from dunwell.actions.gate import Refused

        kind = (self.worker + number) % KINDS
        a, b, shared = (self.items[name] for name in (f"A{number}", f"B{number}", "SHARED"))
        mine, other = self.cases[f"P{number}"], self.cases[f"Q{number}"]
        tries = (
            lambda: self.settle(mine, {a: 100_00, shared: 50_00}),
            lambda: self.settle(mine, {shared: 50_00, b: 100_00}),
            lambda: self.settle(other, {shared: 50_00, a: 100_00}),
            lambda: self.settle(other, {b: 60_00, a: 40_00}),
            lambda: self.apply(mine, {"B": 60_00, "A": 40_00}, number),
            lambda: self.settle(mine, {a: 98_00}, write_offs={a: 2_00}, learn=True),
            lambda: self.undo(mine if number % 2 else other),
            lambda: self.match([mine.payment_id, other.payment_id]),
        )
        try:
            tries[kind]()
        except Refused as refusal:
            self.refusals[type_of(str(refusal))] += 1

    def settle(self, case, amounts, **told):
        from dunwell.actions.match_cases import settle_case

        settle_case(actor=self.actor, case=case, version=1, amounts=amounts, **told, **self.when)
        self.moves[case.payment.number] += 1

    def undo(self, case):
        from dunwell.actions.match_cases import undo_case

        case.refresh_from_db()
        undo_case(actor=self.actor, case=case, version=case.version, reason="wrong", **self.when)
        self.moves[case.payment.number] += 1

    def apply(self, case, amounts, number):
        from dunwell.actions.payments import apply_payment
        from dunwell.models import Item

        found = {name: Item.objects.get(number=f"{name}{number}") for name in amounts}
        apply_payment(
            actor=self.actor, payment=case.payment,
            amounts={found[name]: amount for name, amount in amounts.items()}, **self.when,
        )  # fmt: skip

    def match(self, payment_ids):
        from dunwell.jobs.matching import match_open

        match_open(company_id=self.actor.company.pk, payment_ids=payment_ids, **self.when)


def type_of(sentence):
    """What a refusal tells: who was faster, which figures do not fit, or how the case stands."""
    if "by clerk" in sentence and "load it again" in sentence:
        return "slower"
    if "is more than the" in sentence:
        return "figures"
    if "is decided on payment" in sentence or "cannot be done with it now" in sentence:
        return "state"
    return sentence


def work(worker, rounds):
    """Play every round; what came of it."""
    clerk = Clerk(worker)
    for number in range(rounds):
        clerk.turn(number)
    return {"moves": clerk.moves, "refusals": clerk.refusals}


def outcome():
    """What the books say, and the version every case has reached."""
    from dunwell.models import Company, MatchCase
    from tests.actions.ledger_rows import breaks

    return {
        "broken": breaks(Company.objects.get()),
        "versions": dict(MatchCase.objects.values_list("payment__number", "version")),
    }


def main():
    """Run the race and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    os.environ["DJANGO_SETTINGS_MODULE"] = "dunwell.settings"
    import django

    django.setup()
    in_child(lambda: prepare(rounds))
    # once here, instead of once in every process
    importlib.import_module("dunwell.jobs.matching")
    importlib.import_module("dunwell.actions.match_cases")
    answers = forked(lambda worker: work(worker, rounds))
    fine = [answer for answer in answers if "error" not in answer]
    found = in_child(outcome)
    moves, refusals = Counter(), Counter()
    for answer in fine:
        moves.update(answer["moves"])
        refusals.update(answer["refusals"])
    told = {
        "errors": [answer["error"] for answer in answers if "error" in answer],
        "broken": found["broken"],
        "lost": {
            number: version - 1 - moves[number]
            for number, version in found["versions"].items()
            if version - 1 != moves[number]
        },
        "moves": moves.total(),
        "refusals": refusals,
        "attempts": rounds * WORKERS,
    }
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
