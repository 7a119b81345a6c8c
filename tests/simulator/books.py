"""Steps that book: items, money, what settles what, and all of it taken back."""

from datetime import timedelta

from dunwell.actions.adjustments import record_adjustment, reverse_adjustment
from dunwell.actions.items import add_item, reverse_item
from dunwell.actions.offsets import record_offset
from dunwell.actions.payments import (
    apply_credit,
    apply_payment,
    record_payment,
    reverse_allocation,
    reverse_payment,
)
from dunwell.actions.returns import return_payment
from dunwell.models import Adjustment, Allocation, Item, OpenItem
from tests.simulator.world import step

AMOUNTS = (1, 49_99, 100_00, 119_00, 600_00, 2_500_00)


def _add(world, letter, sign, currency="EUR"):
    issued = world.day - timedelta(days=world.chance.choice((0, 0, 14, 45, 120)))
    kind = "invoice" if sign > 0 else "credit_note"
    return add_item(
        **world.by("carla", "chris"), customer=world.customer(), number=world.number(letter),
        kind=kind, currency=currency, amount_minor=sign * world.chance.choice(AMOUNTS),
        issued_on=issued, due_on=issued + timedelta(days=world.chance.choice((0, 14, 30))),
    )  # fmt: skip


@step(16)
def add_invoice(world):
    _add(world, "R", 1)


@step(3)
def add_dollar_invoice(world):
    _add(world, "D", 1, "USD")


@step(5)
def add_credit_note(world):
    _add(world, "G", -1)


@step(12)
def receive_money(world):
    record_payment(
        **world.by("carla"), number=world.number("P"), customer=world.customer(), currency="EUR",
        amount_minor=world.chance.choice(AMOUNTS), value_on=world.later(0, 0, -1, -9),
    )  # fmt: skip


@step(14, "I19", "D6")
def apply_money(world):
    item, minor = world.open_item()
    money = world.payment(customer=item.customer)
    apply_payment(
        **world.by("carla", "chris"), payment=money,
        amounts={item: world.amount(min(minor, money.amount_minor))},
    )  # fmt: skip


@step(6, "I19")
def pay_exactly(world):
    item, minor = world.open_item()
    money = record_payment(
        **world.by("carla"), number=world.number("P"), customer=item.customer,
        currency=item.currency, amount_minor=minor, value_on=world.day,
    )  # fmt: skip
    apply_payment(**world.by("carla"), payment=money, amounts={item: minor})


@step(3)
def pay_across_currencies(world):
    rows = OpenItem.objects.filter(company=world.company, open_minor__gt=0, currency="USD")
    found = world.one(rows)
    item, minor = found.item, found.open_minor
    money = world.free_payment(customer=item.customer)
    amount, used = world.amount(minor), world.amount(money.amount_minor)
    apply_payment(**world.by("carla"), payment=money, amounts={item: amount}, paid={item: used})


@step(6)
def net_credit(world):
    credit, left = world.open_item(is_debit=False)
    item, minor = world.open_item()
    apply_credit(
        **world.by("carla"), credit=credit, amounts={item: world.amount(min(minor, -left))}
    )


@step(7, "I19")
def unapply(world):
    rows = Allocation.objects.filter(company=world.company)
    reverse_allocation(**world.by("carla"), allocation=world.one(rows), reason="wrong item")


@step(3, "I11")
def reverse_an_item(world):
    rows = Item.objects.filter(company=world.company)
    reverse_item(**world.by("mona"), item=world.one(rows), reason="billed wrongly")


@step(3, "I11", "I19")
def reverse_money(world):
    reverse_payment(**world.by("carla"), payment=world.payment(), reason="never arrived")


@step(2, "I11")
def return_debit(world):
    return_payment(
        **world.by("carla"), payment=world.payment(), reason_code="AM04",
        charge_fee=world.chance.random() < 0.5,
    )  # fmt: skip


@step(5, then=("recover", "take_write_off_back"))
def write_off(world):
    item, minor = world.open_item(is_debit=world.chance.random() < 0.8)
    kind = world.chance.choice(("write_off", "small_balance", "discount"))
    record_adjustment(
        **world.by("mona", "max"), item=item, kind=kind, amount_minor=world.amount(minor),
        reason="uncollectable",
    )  # fmt: skip


@step(3, "I11")
def take_write_off_back(world):
    rows = Adjustment.objects.filter(company=world.company)
    reverse_adjustment(**world.by("mona"), adjustment=world.one(rows), reason="it was paid")


@step(2)
def offset(world):
    item, minor = world.open_item()
    amount = world.amount(minor)
    record_offset(
        **world.by("carla"), customer=item.customer, reference=world.number("O"),
        currency=item.currency, amount_minor=amount, amounts={item: amount}, reason="own bill",
    )  # fmt: skip
