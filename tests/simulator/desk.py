"""Steps of the collections desk: promises, plans, settlements, holds, charges, legal matters."""

from datetime import timedelta

from dunwell.actions.charge_bills import bill_charges
from dunwell.actions.charges import accrue_charges, restore_charge, waive_charge
from dunwell.actions.holds import place_hold, release_hold
from dunwell.actions.notes import record_note
from dunwell.actions.plan_proposals import propose_plan, renegotiate_plan
from dunwell.actions.plan_steps import accelerate_plan, cure_plan
from dunwell.actions.plans import accept_plan, cancel_plan, decline_plan
from dunwell.actions.promise_consequences import forgive_promise
from dunwell.actions.promised_amounts import record_promised_amount
from dunwell.actions.promises import record_promise, withdraw_promise
from dunwell.actions.settlements import (
    accept_settlement,
    cancel_settlement,
    decline_settlement,
    propose_settlement,
)
from dunwell.actions.snoozes import snooze_customer
from dunwell.engine.plan_offers import PlanWish
from dunwell.models import Charge, Hold, PaymentPlan, Promise, Settlement
from dunwell.queries.charges_due import charges_due
from tests.simulator.world import step


def _of(world, model, *status):
    rows = model.objects.filter(company=world.company)
    # now and then one that is not where the step expects it
    return world.one(rows if world.chance.random() < 0.1 else rows.filter(status__in=status))


@step(5, "I19", "D6", then=("wait", "night", "forgive_broken_promise", "take_promise_back"))
def promise_items(world):
    customer = world.customer()
    open_items = world.open_items_of(customer, 2)
    record_promise(
        **world.by("anna"), customer=customer, due_on=world.later(0, 1, 3, 7, 90),
        amounts={item: world.amount(minor) for item, minor in open_items.items()},
        supersede=world.chance.random() < 0.3,
    )  # fmt: skip


@step(2, "I19")
def promise_amount(world):
    record_promised_amount(
        **world.by("anna"), customer=world.customer(), currency="EUR",
        amount_minor=world.amount(600_00), due_on=world.later(1, 5),
        supersede=world.chance.random() < 0.3,
    )  # fmt: skip


@step(1, "I19", "D6")
def take_promise_back(world):
    promise = world.one(Promise.objects.filter(company=world.company))
    withdraw_promise(**world.by("anna"), promise=promise, reason="a misunderstanding")


@step(1, "I19")
def forgive_broken_promise(world):
    rows = Promise.objects.filter(company=world.company, outcome="broken")
    forgive_promise(**world.by("mona"), promise=world.one(rows), reason="our bank was late")


def _wish(world):
    weekly = world.chance.random() < 0.5
    return PlanWish(
        frequency="weekly" if weekly else "monthly", number=world.chance.randint(2, 5),
        first_on=world.day + timedelta(days=world.chance.choice((1, 3, 30))),
    )  # fmt: skip


@step(4, "I19", then=("decide_what_waits", "accept_a_plan"))
def propose_a_plan(world):
    customer = world.customer()
    propose_plan(
        **world.by("anna", "mona"), customer=customer, wish=_wish(world), reason="slow season",
        items=list(world.open_items_of(customer, 6)), supersede=world.chance.random() < 0.2,
    )  # fmt: skip


@step(4, "I19", then=("wait", "change_a_plan"))
def accept_a_plan(world):
    plan = _of(world, PaymentPlan, "offered")
    accept_plan(**world.by("anna"), plan=plan, name="W", sha256=plan.terms_sha256)


@step(2, "I19", "I20")
def change_a_plan(world):
    plan = _of(world, PaymentPlan, "offered", "active", "defaulted")
    kind = world.chance.choice(("decline", "cancel", "renegotiate", "cure", "accelerate"))
    by = {**world.by("mona"), "plan": plan, "reason": "asked for"}
    if kind == "renegotiate":
        renegotiate_plan(**by, wish=_wish(world))
    else:
        {"decline": decline_plan, "cancel": cancel_plan, "cure": cure_plan,
         "accelerate": accelerate_plan}[kind](**by)  # fmt: skip


@step(3, "I20", then=("decide_what_waits", "accept_a_settlement", "drop_settlement"))
def offer_settlement(world):
    customer = world.customer()
    items = world.open_items_of(customer, 3)
    total = sum(items.values())
    propose_settlement(
        **world.by("anna", "mona"), customer=customer, items=list(items),
        pay_minor=world.chance.choice((total, total * 97 // 100, total * 6 // 10, 1)) or 1,
        pay_by_on=world.later(1, 5, 10), reason="insolvency looms",
    )  # fmt: skip


@step(3, "I20", then=("pay_exactly", "drop_settlement"))
def accept_a_settlement(world):
    settlement = _of(world, Settlement, "offered")
    accept_settlement(**world.by("anna"), settlement=settlement, name="Pat")


@step(1, "I20")
def drop_settlement(world):
    settlement = _of(world, Settlement, "offered", "accepted", "completed")
    action = decline_settlement if settlement.status == "offered" else cancel_settlement
    action(**world.by("mona"), settlement=settlement, reason="changed their mind")


@step(2)
def hold_collection(world):
    item = world.open_item()[0] if world.chance.random() < 0.6 else None
    place_hold(
        **world.by("anna"), customer=item.customer if item else world.customer(), item=item,
        reason="manual", until_on=world.later(0, 5, 20), note="as agreed",
    )  # fmt: skip


@step(1, "D12", "I19", "I20")
def end_hold(world):
    rows = Hold.objects.filter(company=world.company)
    if world.chance.random() < 0.9:
        rows = rows.filter(released_on=None)
    release_hold(**world.by("mona"), hold=world.one(rows))


@step(2)
def call(world):
    record_note(**world.by("anna"), customer=world.customer(), kind="call", result="no_answer")


@step(1)
def snooze(world):
    snooze_customer(**world.by("anna"), customer=world.customer(), until_on=world.later(1, 4))


@step(3, "I17")
def accrue(world):
    due = charges_due(world.company, as_of=world.day)
    accrue_charges(**world.by(), due=due)
    assert accrue_charges(**world.by(), due=charges_due(world.company, as_of=world.day)) == 0


@step(2, "I17")
def bill(world):
    bill_charges(**world.by("carla"), customer=world.customer(), until_on=world.later(0, -10))


@step(3, "I17", then=("restore",))
def waive(world):
    charge = world.one(Charge.objects.filter(company=world.company))
    waive_charge(**world.by("anna", "mona"), charge=charge, reason="goodwill")


@step(1, "I17")
def restore(world):
    charge = _of(world, Charge, "waived")
    restore_charge(**world.by("mona"), charge=charge, reason="waived by mistake")
