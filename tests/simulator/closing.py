"""Steps that close: periods and their unlock by a second person, journals, provisions."""

from datetime import timedelta

from dunwell.actions.journals import acknowledge_journal, make_journal
from dunwell.actions.periods import ask_unlock, decide_unlock, lock_period
from dunwell.actions.provisions import (
    draw_provision,
    drop_provision,
    post_provision,
    reverse_provision,
    review_provision,
)
from dunwell.models import Journal, PeriodLock, ProvisionRun
from tests.simulator.world import step

PERIODS = ("I12", "I32")


def _without(by, *names):
    return {name: value for name, value in by.items() if name not in names}


@step(2, *PERIODS, then=("ask_to_open",))
def close_period(world):
    lock_period(**world.by("mona"), until_on=world.later(0, -1, -5, -30), reason="month end")


@step(2, *PERIODS, then=("decide_opening",))
def ask_to_open(world):
    until = world.chance.choice((None, world.later(-3, -40)))
    ask_unlock(**world.by("mona", "max"), until_on=until, reason="late invoice")


@step(3, *PERIODS)
def decide_opening(world):
    lock = world.one(PeriodLock.objects.filter(company=world.company))
    decide_unlock(
        **_without(world.by("mona", "max"), "as_of"), lock=lock, reason="fine",
        is_granted=world.chance.random() < 0.8,
    )  # fmt: skip


@step(3, *PERIODS, then=("acknowledge",))
def hand_over_to_ledger(world):
    make_journal(**world.by("mona"), until_on=world.later(0, -1, -20))


@step(2, *PERIODS)
def acknowledge(world):
    journal = world.one(Journal.objects.filter(company=world.company))
    acknowledge_journal(
        **_without(world.by("mona"), "as_of"), journal=journal, receipt=world.number("GL")
    )


@step(2, "I31", then=("move_provision",) * 3)
def prepare_provision(world):
    end = world.day.replace(day=1) - timedelta(days=1)
    draw_provision(**world.by("nick", "fritz"), on=end)


@step(2, "I31")
def move_provision(world):
    run = world.one(ProvisionRun.objects.filter(company=world.company))
    by = world.by("mona", "fritz")
    kind = world.chance.choice(("review", "review", "post", "post", "post", "drop", "reverse"))
    if kind == "review":
        review_provision(**_without(by, "as_of"), run=run)
    elif kind == "post":
        post_provision(**by, run=run)
    elif kind == "drop":
        drop_provision(**_without(by, "as_of"), run=run, reason="wrong day")
    else:
        reverse_provision(**by, run=run, reason="found an error")
