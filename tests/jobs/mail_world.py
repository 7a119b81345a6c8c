"""A desk whose customers pay by the hour at which their mail goes out: the truth is planted."""

from datetime import timedelta

import numpy as np

from dunwell.actions.balances import rebuild_open_items
from dunwell.actions.experiments import plan_experiment, start_experiment
from dunwell.actions.feeds import record_feed
from dunwell.actions.gate import system
from dunwell.actions.policies import load_shipped_policies
from dunwell.engine.calendars import add_business_days
from dunwell.jobs import cycle_steps
from dunwell.jobs.cycle_day import Day
from dunwell.ml.bandit_hours import shared
from dunwell.models import ActionChoice, Contact, Customer, Experiment, Item, Payment
from tests.conftest import AT, TODAY

AMOUNT = 100_00
FORTNIGHTS = 15
"""Days between two rounds: the outcomes of one are known in the next."""


class MailWorld:
    """Rounds of customers with one late invoice each, and the chance to pay by hour."""

    def __init__(self, company, *, each=150):
        load_shipped_policies(company=company, at=AT)
        type(company).objects.update(feed_max_age_days=400)
        company.refresh_from_db()
        self.company, self.each, self.round = company, each, 0
        record_feed(
            actor=system(company), kind="bank", name="Main", covers_until_on=TODAY, as_of=TODAY,
            at=AT,
        )  # fmt: skip

    @property
    def as_of(self):
        """The business day of the round."""
        day = TODAY + timedelta(days=FORTNIGHTS * self.round)
        return add_business_days(day + timedelta(days=1), -1, country="DE")

    def arrive(self, *, batch=0, country="DE", **fields):
        """Add the customers of a round; their keys are the same on every database."""
        first = 5_000_000 + 10_000 * self.round + 1_000 * batch
        customers = Customer.objects.bulk_create(
            Customer(
                pk=first + n, company=self.company, number=f"C{first + n}", name=f"C{n}",
                country=country, recorded_at=AT, **fields,
            )
            for n in range(self.each)
        )  # fmt: skip
        Contact.objects.bulk_create(
            Contact(customer=one, email=f"{one.number}@a.example", recorded_at=AT)
            for one in customers
        )
        due = self.as_of - timedelta(days=5)
        Item.objects.bulk_create(
            Item(
                company=self.company, customer=one, number=f"R{one.pk}", kind="invoice",
                currency="EUR", amount_minor=AMOUNT, issued_on=due - timedelta(days=30),
                due_on=due, recorded_on=due - timedelta(days=30), recorded_at=AT,
            )
            for one in customers
        )  # fmt: skip
        rebuild_open_items(actor=system(self.company), at=AT)
        return customers

    def day(self):
        """The cycle's day of the round, as its steps see it."""
        return Day(actor=system(self.company), as_of=self.as_of, at=AT)

    def choose(self):
        """Run the step that chooses; return the choices of the day."""
        cycle_steps._choose_actions(self.day())
        return list(ActionChoice.objects.filter(as_of=self.as_of).order_by("customer"))

    def play(self, rates, *, rounds, seed):
        """Play rounds: customers arrive, mails are timed, and each pays by the rate of its hour."""
        rng = np.random.default_rng(seed)
        for _ in range(rounds):
            self.arrive()
            paid = [row for row in self.choose() if rng.random() < rates[row.hour]]
            self.pay(row.customer_id for row in paid)
            self.round += 1
        self.round -= 1

    def pay(self, customer_ids):
        """All that was asked comes five days later."""
        on = self.as_of + timedelta(days=5)
        Payment.objects.bulk_create(
            Payment(
                company=self.company, customer_id=key, number=f"B{key}-{self.round}",
                currency="EUR", amount_minor=AMOUNT, value_on=on, recorded_on=on, recorded_at=AT,
            )
            for key in customer_ids
        )  # fmt: skip


def hours(company, *names, explore_ppm=500_000, as_of=TODAY):
    """A running timing experiment with the ordinary hour first; its salt is fixed."""
    actor = system(company)
    experiment = plan_experiment(
        actor=actor, name="hours", kind="timing", arms=shared(names, explore_ppm=explore_ppm),
        starts_on=as_of, ends_on=as_of + timedelta(days=300), as_of=as_of, at=AT,
    )  # fmt: skip
    Experiment.objects.filter(pk=experiment.pk).update(salt="fixed")
    experiment.refresh_from_db()
    start_experiment(actor=actor, experiment=experiment, as_of=as_of, at=AT)
    return experiment
