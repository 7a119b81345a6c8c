"""What the appetite measures of a book, customer by customer: the other way to the same gauges."""

from dunwell.engine.appetite_measures import LARGEST, TOPS, parts_of, sums_of
from dunwell.engine.credit_appetite import Gauge


def gauges(limits, book):
    """Return each limit with what the rows have of it and the customers it is made of."""
    rows = [row for row in book if row.exposure_minor or row.covered_minor]
    found = []
    for limit in limits:
        key, parts = makers(limit, rows)
        found.append(Gauge(limit=limit, value=sums_of(limit, rows).value(), parts=parts, key=key))
    return tuple(found)


def makers(limit, rows):
    """Return the key that counts and the customers the measure is made of, the largest first."""
    held, sums, chosen = [], {}, ""
    for row in rows:
        for key, amount in parts_of(limit, row):
            if amount:
                held.append((row.customer_id, key, amount))
                sums[key] = sums.get(key, 0) + amount
    if limit.measure in LARGEST and not limit.named and sums:
        chosen = min(sums, key=lambda key: (-sums[key], key))
        held = [one for one in held if one[1] == chosen]
    held.sort(key=lambda one: (-one[2], one[0]))
    if limit.measure in TOPS:
        held = held[: TOPS[limit.measure]]
    return chosen, tuple((customer_id, amount) for customer_id, _key, amount in held)
