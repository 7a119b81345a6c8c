"""What the year behind the demo books."""

from dunwell.demo.customers import LEAD
from dunwell.jobs.demo_history import History, received
from dunwell.models import OpenItem
from tests.actions.ledger_rows import invoice
from tests.conftest import TODAY, add_user


def test_a_customer_may_pay_twice_on_one_day(company, customer):
    add_user(company, LEAD, "clerk")
    history = History(company=company, begins=TODAY, measures=TODAY, over=TODAY, items={})
    items = [invoice(customer, f"R{n}", 100_00) for n in range(2)]

    paid = [received(history, customer, {one: 60_00 + n}, TODAY) for n, one in enumerate(items)]

    assert [one.number for one in paid] == [
        f"PAY-K1-{TODAY:%y%m%d}",
        f"PAY-K1-{TODAY:%y%m%d}-2",
    ]
    left = OpenItem.objects.filter(item__in=items).order_by("item_id")
    assert [one.open_minor for one in left] == [40_00, 39_99]
