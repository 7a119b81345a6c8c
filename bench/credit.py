"""Credit: the exposure of every customer, and exposure with limit of one, as an order asks it."""

from collections import defaultdict
from collections.abc import Callable
from time import perf_counter, process_time

from django.db import connection

from bench.cost import Meter
from bench.desk import the_company
from bench.measures import WORK_DAY, Result
from bench.pages import REQUESTS, WARM, latencies, sample_customers
from bench.workload import Workload
from dunwell.models import Customer
from dunwell.queries.exposures import exposure_parts, exposures
from dunwell.queries.limits import limits_in_force


def every_exposure(load: Workload) -> Result:
    """Work out the exposure of all customers in the company's currency."""
    company = the_company()
    with Meter() as meter:
        found = exposures(company, as_of=WORK_DAY)
    result = Result(meter.cost())
    result.expect("customers", len(found), Customer.objects.filter(company=company).count())
    result.expect("unknown", sum(x.exposure_minor is None for x in found.values()), 0)
    opened: dict[str, int] = defaultdict(int)
    for parts in exposure_parts(company).values():
        for part in parts:
            opened[part.currency] += part.open_minor
    told = {code: total for code, total in sorted(opened.items()) if total}
    result.expect("open_minor", told, load.oracle()["open_minor"])
    return result


def one_exposure(load: Workload) -> Result:
    """Look up exposure and limit of one customer after the other; the cost is that of one."""
    company, times, busy = the_company(), [], []
    keys = sample_customers()
    for key in keys[:WARM]:
        exposures(company, as_of=WORK_DAY, customer_ids=[key])
    with Meter() as meter:
        for key in keys:
            begin, begin_cpu = perf_counter(), process_time()
            used = exposures(company, as_of=WORK_DAY, customer_ids=[key])
            limit = limits_in_force(company, as_of=WORK_DAY, customer_ids=[key])
            times.append((perf_counter() - begin) * 1000)
            busy.append((process_time() - begin_cpu) * 1000)
    result = Result(latencies(meter.cost(), times, busy))
    result.expect("found", len(used) + len(limit), 2)
    result.counts |= {"requests": REQUESTS, "items": load.size}
    return result


def expose_by_sql(_load: Workload) -> Result:
    """One statement: what is open by customer and currency."""
    with connection.cursor() as cursor, Meter() as meter:
        cursor.execute(
            "SELECT customer_id, currency, SUM(open_minor) FROM dunwell_openitem "
            "WHERE company_id = %s GROUP BY customer_id, currency",
            [the_company().pk],
        )
        rows = cursor.fetchall()
    return Result(meter.cost(), {"rows": len(rows)})


def look_up(_load: Workload) -> Result:
    """One statement: what is open of one customer, as often as a look-up."""
    keys = sample_customers()
    with connection.cursor() as cursor, Meter() as meter:
        for key in keys:
            cursor.execute(
                "SELECT currency, SUM(open_minor) FROM dunwell_openitem "
                "WHERE customer_id = %s GROUP BY currency",
                [key],
            )
            rows = cursor.fetchall()
    cost = meter.cost()
    for part in ("cpu_s", "server_cpu_s", "wall_s"):
        cost[part] = round(cost[part] / len(keys), 5)
    return Result(cost, {"rows": len(rows)})


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "exposure": every_exposure,
    "exposure_one": one_exposure,
}
FLOORS: dict[str, Callable[[Workload], Result]] = {
    "exposure": expose_by_sql,
    "exposure_one": look_up,
}
"""Both by the name of the measure."""
