"""How many failing customers are told of, how early, at how many false alarms: simulated ledgers.

Customers of the sample generator with habit `failing` pay later and later and then stop; everybody
else is a false alarm the first time it is told of. Looked at every four weeks of fourteen months.
"""

from datetime import date, timedelta
from functools import lru_cache
from statistics import median

import numpy as np
import pytest

from dunwell.demo.ledger import demo_ledger
from dunwell.demo.scene import draw_scene
from dunwell.demo.story import draw_story
from dunwell.engine.calendars import calendar_days, day_number
from dunwell.engine.early_warnings import early_warnings
from dunwell.engine.review_rules import WarningRules
from dunwell.engine.warning_strength import Sign, strengths
from tests.engine.planted import native, told

AS_OF = date(2026, 6, 30)
CUSTOMERS, ITEMS, SEED = 300, 24_000, 3
MONTHS = 14


@lru_cache
def first_days() -> tuple[dict[int, dict[int, int]], dict[int, int]]:
    """Return by strength the first day each customer was told of, and the day each failing stops."""
    ledger = told(demo_ledger(as_of=AS_OF, customers=CUSTOMERS, items=ITEMS, seed=SEED)).ledger
    scene = draw_scene(as_of=AS_OF, seed=SEED)
    profiles = draw_story(scene, customers=CUSTOMERS, items=ITEMS).profiles
    failing = np.flatnonzero(profiles.has("failing"))
    stops = {int(place) + 1: int(profiles.stop_day[place]) for place in failing}
    calendar = calendar_days("DE", first=date(2023, 6, 1), last=date(2026, 8, 31))
    found: dict[int, dict[int, int]] = {300_000: {}, 600_000: {}}
    for back in range(30 * MONTHS, -1, -28):
        on = AS_OF - timedelta(days=back)
        rows: dict[int, list[Sign]] = {}
        for row in native(early_warnings(ledger, as_of=on, calendar=calendar)).iter_rows(
            named=True
        ):
            sign = Sign(
                code=row["code"],
                kind=row["kind"],
                severity=row["severity"],
                evidence=row["evidence"],
            )
            rows.setdefault(row["customer_id"], []).append(sign)
        for customer, signs in rows.items():
            for least, first in found.items():
                if max(strengths(signs)) >= least:
                    first.setdefault(customer, day_number(on))
    return found, stops


@pytest.mark.parametrize(
    ("least", "recall", "lead_days", "false_alarms"),
    [(WarningRules().from_strength_ppm, 0.68, 150, 2.0), (300_000, 0.94, 240, 5.5)],
)
def test_most_failing_customers_are_told_of_months_before_they_stop(
    least: int, recall: float, lead_days: int, false_alarms: float
) -> None:
    found, stops = first_days()
    first = found[least]
    leads = [stop - first[key] for key, stop in stops.items() if first.get(key, stop + 1) <= stop]
    others = [key for key in first if key not in stops]
    assert len(leads) / len(stops) >= recall
    assert median(leads) >= lead_days
    assert 100 * len(others) / (CUSTOMERS - len(stops)) / MONTHS <= false_alarms
