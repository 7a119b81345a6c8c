"""The credit check: one order after the other, and an order of every customer at once."""

from collections.abc import Callable
from time import perf_counter, process_time

from bench.cost import Meter
from bench.credit import expose_by_sql, look_up
from bench.desk import the_company
from bench.measures import WORK_DAY, Result
from bench.pages import REQUESTS, WARM, latencies, sample_customers
from bench.workload import Workload
from dunwell.engine.order_facts import OrderAsk
from dunwell.models import Customer
from dunwell.queries.order_asks import simulate_orders

AMOUNT = 1_000_00


def one_check(load: Workload) -> Result:
    """Check an order of one customer after the other, as a trial; the cost is that of one."""
    company, times, busy, held = the_company(), [], [], 0
    customers = Customer.objects.in_bulk(sample_customers())
    keys = sample_customers()
    for key in keys[:WARM]:
        simulate_orders(company, [(customers[key], _ask(key))], as_of=WORK_DAY)
    with Meter() as meter:
        for key in keys:
            begin, begin_cpu = perf_counter(), process_time()
            wish = (customers[key], _ask(key))
            (found,) = simulate_orders(company, [wish], as_of=WORK_DAY)
            times.append((perf_counter() - begin) * 1000)
            busy.append((process_time() - begin_cpu) * 1000)
            held += found.is_held
    result = Result(latencies(meter.cost(), times, busy))
    result.counts |= {"requests": REQUESTS, "items": load.size, "held": held}
    return result


def every_check(_load: Workload) -> Result:
    """Check an order of every customer at once, as a trial."""
    company = the_company()
    customers = list(Customer.objects.filter(company=company).order_by("pk"))
    wishes = [(customer, _ask(customer.pk)) for customer in customers]
    with Meter() as meter:
        found = simulate_orders(company, wishes, as_of=WORK_DAY)
    result = Result(meter.cost())
    result.expect("customers", len(found), len(customers))
    # a sample, one by one: the same decisions
    alone = [simulate_orders(company, [wish], as_of=WORK_DAY)[0] for wish in wishes[:20]]
    result.expect("unlike", sum(one != other for one, other in zip(found, alone, strict=False)), 0)
    return result


def _ask(key: int) -> OrderAsk:
    return OrderAsk(
        number=f"BENCH-{key}", currency="EUR", amount_minor=AMOUNT, ordered_on=WORK_DAY
    )


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "credit_check": one_check,
    "credit_checks": every_check,
}
FLOORS: dict[str, Callable[[Workload], Result]] = {
    "credit_check": look_up,
    "credit_checks": expose_by_sql,
}
"""Both by the name of the measure."""
