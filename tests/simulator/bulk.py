"""Steps of many rows in one go: items, money and customers; sent again they book nothing more."""

from datetime import timedelta

from dunwell.actions.customer_batches import save_customers
from dunwell.actions.row_batches import RowsRefused, add_items, record_payments, record_promises
from dunwell.models import Contact, Customer, Event, Item, Payment
from tests.simulator.world import step

AMOUNTS = (1, 80_00, 250_00, 1_200_00)


def _counted(world):
    events = Event.objects.filter(company=world.company).count()
    owned = [model.objects.filter(company=world.company).count() for model in (Item, Payment)]
    return [*owned, Customer.objects.filter(company=world.company).count(), events]


def _twice(world, act, rows, **told):
    """Send rows, and again: what is there by then is known, and nothing is counted twice.

    All or nothing with a row that does not fit leaves nothing at all.
    """
    before, whole = _counted(world), world.chance.random() < 0.5
    told |= {"rows": rows, "all_or_nothing": whole}
    try:
        first = act(**told)
    except RowsRefused:
        assert whole
        assert _counted(world) == before
        raise
    after = _counted(world)
    again = act(**told)
    assert len(first) == len(again) == len(rows)
    assert {one.status for one in again} <= {"known", "refused"}
    assert [one.id for one in again] == [one.id for one in first]
    assert _counted(world) == after


def _item(world, place):
    issued = world.day - timedelta(days=world.chance.choice((0, 20, 90)))
    amount = world.chance.choice(AMOUNTS)
    sign = -1 if world.chance.random() < 0.2 else 1
    # one in ten has a sign its kind cannot have
    kind = "invoice" if (sign > 0) != (world.chance.random() < 0.1) else "credit_note"
    return {
        "customer_id": world.customer().pk, "number": f"{world.number('B')}-{place}",
        "kind": kind, "currency": "EUR", "amount_minor": sign * amount, "issued_on": issued,
        "due_on": issued + timedelta(days=14),
    }  # fmt: skip


@step(3, "D3", then=("apply_money", "pay_exactly"))
def bulk_items(world):
    rows = [_item(world, place) for place in range(world.chance.randint(1, 4))]
    if world.chance.random() < 0.3:
        rows.append(rows[0])
    _twice(world, add_items, rows, **world.by("carla", "chris"))


@step(2, "D3", then=("apply_money",))
def bulk_money(world):
    rows = [
        {
            "customer_id": world.chance.choice((world.customer().pk, None)),
            "number": f"{world.number('C')}-{place}", "currency": "EUR",
            "amount_minor": world.chance.choice((*AMOUNTS, 0)),
            "value_on": world.later(0, -1, -9, 3), "method": "", "payer": "", "reference": "",
        }
        for place in range(world.chance.randint(1, 3))
    ]  # fmt: skip
    _twice(world, record_payments, rows, **world.by("carla"))


@step(2, "I19", "D6", then=("wait", "night", "take_promise_back"))
def bulk_promises(world):
    """Promises are no known rows when sent again: the first ones stand in their way."""
    item, minor = world.open_item()
    rows = [
        {
            "customer_id": item.customer_id, "due_on": world.later(5, 12, -1),
            "lines": [{"item_id": item.pk, "amount_minor": world.amount(minor)}],
        }
        for _ in range(2)
    ]  # fmt: skip
    done = record_promises(**world.by("anna"), rows=rows, all_or_nothing=False)
    assert sum(one.status == "done" for one in done) <= 1


@step(1, "I24")
def bulk_customers(world):
    known = world.customer()
    contact = Contact.objects.filter(customer=known, is_primary=True).exclude(email="").first()
    email = contact.email if contact else f"ap@{known.number.lower()}.example"
    rows = [
        {"number": known.number, "contacts": [{"email": email, "name": world.number("Ann ")}]},
        {"number": world.number("N"), "name": "New one", "country": "DE"},
    ]
    if world.chance.random() < 0.2:
        rows.append({"number": world.number("E"), "name": ""})
    told = world.by("mona")
    told.pop("as_of")
    _twice(world, save_customers, rows, **told)
