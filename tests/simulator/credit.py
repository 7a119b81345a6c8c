"""Steps of credit: limits with an approver, order checks, holds and their release."""

from dunwell.actions.approvals import decide_approval, withdraw_approval
from dunwell.actions.credit_checks import check_order
from dunwell.actions.credit_hold_reviews import review_credit_holds
from dunwell.actions.credit_holds import place_hold, reject_hold
from dunwell.actions.credit_releases import release_hold
from dunwell.actions.limits import propose_limit, withdraw_limit
from dunwell.actions.orders import update_order
from dunwell.engine.limits import KINDS
from dunwell.engine.order_facts import OrderAsk
from dunwell.models import ApprovalRequest, CreditHold, CreditLimit, Order
from tests.simulator.world import PEOPLE, step


@step(4, "I21", then=("decide_what_waits", "take_limit_back", "withdraw_request"))
def ask_limit(world):
    kind = world.chance.choice(KINDS)
    propose_limit(
        **world.by("nick", "mona"), customer=world.customer(), kind=kind,
        amount_minor=0 if kind == "suspension" else world.chance.choice((0, 500_00, 20_000_00)),
        from_on=world.later(0, 0, 5), until_on=world.later(10, 60), reason="grows",
    )  # fmt: skip


@step(2, "I21")
def take_limit_back(world):
    rows = CreditLimit.objects.filter(company=world.company, asked_by__in=PEOPLE)
    if world.chance.random() < 0.9:
        rows = rows.filter(status="proposed")
    limit = world.one(rows)
    withdraw_limit(**world.by(limit.asked_by), limit=limit, reason="not needed")


@step(8, "I20", "I17", "I19", "I21")
def decide_what_waits(world):
    rows = ApprovalRequest.objects.filter(company=world.company)
    if world.chance.random() < 0.9:
        rows = rows.filter(status="open")
    request = world.one(rows)
    by = world.other_than(request.requested_by, "mona", "max", "fritz")
    decide_approval(
        **by, request=request, reason="seen",
        approve=world.chance.random() < 0.75,
    )  # fmt: skip


@step(1)
def withdraw_request(world):
    rows = ApprovalRequest.objects.filter(company=world.company)
    if world.chance.random() < 0.9:
        rows = rows.filter(status="open", requested_by__in=PEOPLE)
    request = world.one(rows)
    names = (request.requested_by,) * (request.requested_by in PEOPLE) or ("mona",)
    withdraw_approval(**world.by(*names), request=request, reason="settled")


@step(5, "I21", then=("release_order", "reject_order", "change_order"))
def ask_order(world):
    count = Order.objects.filter(company=world.company).count()
    number = world.chance.randint(1, count + 1)
    ask = OrderAsk(
        number=f"SO-{number}", currency="EUR", ordered_on=world.day,
        amount_minor=world.chance.choice((1, 799_99, 800_00, 5_000_01)),
    )  # fmt: skip
    check_order(**world.by("nick"), customer=world.customer(), ask=ask)


@step(2, "I21")
def change_order(world):
    order = world.one(Order.objects.filter(company=world.company))
    delivered = world.amount(order.amount_minor)
    update_order(
        **world.by("nick"), order=order, delivered_minor=delivered,
        billed_minor=world.chance.choice((None, 0, delivered)),
        is_cancelled=world.chance.random() < 0.2,
    )  # fmt: skip


@step(1)
def force_hold(world):
    whole = world.chance.random() < 0.3
    order = None if whole else world.one(Order.objects.filter(company=world.company))
    place_hold(
        **world.by("nick"), customer=world.customer() if whole else order.customer, order=order,
        reason="a bad feeling",
    )  # fmt: skip


@step(3)
def release_order(world):
    hold = world.one(CreditHold.objects.filter(company=world.company))
    release_hold(
        **world.by("nick", "mona"), hold=hold, reason="paid by phone",
        **world.chance.choice(({}, {"scope": "until", "until_on": world.later(0, 6)})),
    )  # fmt: skip


@step(1)
def reject_order(world):
    hold = world.one(CreditHold.objects.filter(company=world.company))
    reject_hold(**world.by("mona"), hold=hold, reason="no")


@step(1)
def look_at_holds(world):
    review_credit_holds(**world.by())
