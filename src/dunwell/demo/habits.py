"""When a customer of the demo pays: the planned payment day of every item, by habit."""

import numpy as np

from dunwell.demo.arrays import BoolArray, FloatArray, IntArray
from dunwell.demo.chance import happens
from dunwell.demo.customers import Profiles
from dunwell.demo.days import month_end_run, month_of, on_or_after, on_weekday
from dunwell.demo.scene import Scene

NEVER = 4_000_000
"""Day number of what is not paid: no business day is that far away."""


def planned_days(
    scene: Scene,
    profiles: Profiles,
    *,
    customer: IntArray,
    issued: IntArray,
    due: IntArray,
    extra: FloatArray | None = None,
) -> IntArray:
    """Return the day each item would be paid in full if nothing came between; NEVER once stopped.

    prompt: around the due day; month_end: with the run of the month's last
    business days; slow: 15 to 40 days late; steady: always the same few days
    late; seasonal: late by a month or more in two months of the year; failing:
    later and later; new: on time. `extra` days come on top for each item.
    """
    rng = scene.stream("habits")
    noise = rng.normal(0.0, 1.0, len(customer))
    late = profiles.mean_late[customer] + _days_late(
        profiles, customer, noise, rng.random(len(due))
    )
    late += _seasonal(profiles, customer, due, noise)
    # A straggler: lost in approval, whatever the habit.
    late += np.where(happens(rng, 0.02, len(due)), rng.uniform(20, 90, len(due)), 0.0)
    late += _drift(scene, profiles, customer, due)
    more = np.zeros(len(due)) if extra is None else extra
    late += more
    weekday = _weekday(profiles, customer)
    # A run lies on average three days behind the wanted day; the payer reckons with it.
    late -= np.where(weekday < 0, 0.0, 3.0)
    wanted = np.maximum(due + np.round(late).astype(np.int64), issued + 1)
    day = on_or_after(on_weekday(wanted, weekday), scene.calendar)
    run = month_end_run(
        np.maximum(due - 4 + np.round(more).astype(np.int64), issued + 1),
        profiles.run_lead[customer],
        scene.calendar,
    )
    planned = np.where(profiles.has("month_end")[customer], run, day)
    return np.where(planned > profiles.stop_day[customer], NEVER, planned)


def paid_by(
    scene: Scene,
    wanted: IntArray,
    *,
    profiles: Profiles,
    customer: IntArray,
) -> IntArray:
    """Return the customer's next payment day, NEVER once it has stopped paying."""
    bounded = np.minimum(wanted, NEVER)
    is_never = (bounded >= NEVER) | (bounded > profiles.stop_day[customer])
    asked = np.where(is_never, 0, bounded)
    day = on_or_after(on_weekday(asked, _weekday(profiles, customer)), scene.calendar)
    return np.where(is_never, NEVER, day)


def _days_late(
    profiles: Profiles,
    customer: IntArray,
    noise: FloatArray,
    draw: FloatArray,
) -> FloatArray:
    """Return the spread around the customer's mean."""
    is_slow: BoolArray = profiles.has("slow")[customer]
    is_steady: BoolArray = profiles.has("steady")[customer]
    spread = np.where(is_steady, noise * 0.7, noise * 1.6 - 1.0)
    return np.where(is_slow, (draw - 0.5) * 12.0, spread)


def _seasonal(
    profiles: Profiles, customer: IntArray, due: IntArray, noise: FloatArray
) -> FloatArray:
    """Return the extra days of a seasonal payer for items due in its two tight months."""
    month = month_of(due)
    start = profiles.season[customer]
    is_tight = (month == start) | (month == start % 12 + 1)
    return np.where(profiles.has("seasonal")[customer] & is_tight, 35.0 + 6.0 * noise, 0.0)


def _drift(
    scene: Scene,
    profiles: Profiles,
    customer: IntArray,
    due: IntArray,
) -> FloatArray:
    """Return the growing delay of a failing payer."""
    age = np.clip((due - scene.first_day) / (scene.as_of_day - scene.first_day), 0.0, 1.0)
    return np.where(profiles.has("failing")[customer], 2.0 + 75.0 * age**2.5, 0.0)


def _weekday(profiles: Profiles, customer: IntArray) -> IntArray:
    """Return the weekday of the customer's payment run, -1 for any day."""
    weekday = profiles.pay_weekday[customer]
    # A steady payer is steady to the day; a fixed run would spread it over a week.
    return np.where(profiles.has("steady")[customer], -1, weekday)
