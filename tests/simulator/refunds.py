"""Steps of giving money back: payees and refunds, each with a second pair of eyes."""

from dunwell.actions.payees import approve_payee, propose_payee, retire_payee
from dunwell.actions.refunds import (
    approve_refund,
    fail_refund,
    mark_refunds_paid,
    propose_refund,
    reject_refund,
    withdraw_refund,
)
from dunwell.models import Payee, Refund
from tests.simulator.world import step

ACCOUNTS = ("DE89370400440532013000", "DE75512108001245126199")


def _payee(world):
    return world.one(Payee.objects.filter(company=world.company))


def _refund(world, *status):
    rows = Refund.objects.filter(company=world.company)
    # now and then one that is not where the step expects it
    return world.one(rows if world.chance.random() < 0.1 else rows.filter(status__in=status))


@step(3, then=("approve_a_payee", "ask_refund"))
def name_payee(world):
    propose_payee(
        **world.by("carla", "chris"), customer=world.customer(), name="Acme",
        account=world.chance.choice(ACCOUNTS), evidence="letter",
    )  # fmt: skip


@step(3, then=("ask_refund",))
def approve_a_payee(world):
    people = world.by("mona", "max", "carla")
    people.pop("as_of")
    approve_payee(**people, payee=_payee(world))


@step(1)
def retire_a_payee(world):
    people = world.by("mona")
    people.pop("as_of")
    retire_payee(**people, payee=_payee(world), reason="account closed")


@step(5, "I9", then=("approve_a_refund", "turn_refund_down", "approve_a_refund"))
def ask_refund(world):
    rows = Payee.objects.filter(company=world.company)
    payee = world.one(rows if world.chance.random() < 0.1 else rows.filter(status="approved"))
    if world.chance.random() < 0.5:
        source = world.free_payment(customer=payee.customer)
    else:
        source, _ = world.open_item(is_debit=False)
    propose_refund(
        **world.by("carla", "chris", "mona"), source=source, payee=payee,
        amount_minor=world.amount(source.amount_minor), reason="paid twice",
    )  # fmt: skip


@step(5, "I9", "I30", then=("pay_refund_out", "refund_comes_back"))
def approve_a_refund(world):
    refund = _refund(world, "proposed")
    approve_refund(**world.other_than(refund.author, "mona", "max"), refund=refund)


@step(1, "I9")
def turn_refund_down(world):
    refund = _refund(world, "proposed")
    if world.chance.random() < 0.5:
        reject_refund(**world.by("mona", "max"), refund=refund, reason="no")
    else:
        withdraw_refund(**world.by(refund.author), refund=refund, reason="no")


@step(2, "I9", then=("refund_comes_back",))
def pay_refund_out(world):
    mark_refunds_paid(
        **world.by("mona"), refunds=[_refund(world, "approved")], paid_on=world.later(0, -1)
    )


@step(2, "I9")
def refund_comes_back(world):
    fail_refund(**world.by("mona"), refund=_refund(world, "approved", "paid"), reason="closed")
