"""Payments of the demo as arrays: what one customer pays on one day, and what bounces."""

from dataclasses import dataclass, replace

import numpy as np

from dunwell.demo.arrays import IntArray, rows, stacked
from dunwell.demo.chance import chosen, happens, whole
from dunwell.demo.customers import Profiles
from dunwell.demo.days import later
from dunwell.demo.fates import Parts
from dunwell.demo.habits import NEVER, paid_by
from dunwell.demo.scene import Scene


@dataclass(frozen=True, slots=True)
class Payments:
    """Payments as arrays, and the parts with the payment each one came in."""

    customer: IntArray
    day: IntArray
    reversed: IntArray
    parts: Parts
    payment: IntArray

    @property
    def count(self) -> int:
        """Return how many payments there are."""
        return len(self.customer)


def group_parts(
    scene: Scene,
    parts: Parts,
    *,
    customer: IntArray,
) -> Payments:
    """Return one payment per customer and day, for what was paid by the last day."""
    is_paid = parts.day <= scene.as_of_day
    paid = rows(parts, np.flatnonzero(is_paid))
    span = int(customer.max(initial=0)) + 1
    keys, payment = np.unique(paid.day * span + customer[paid.item], return_inverse=True)
    day = keys // span
    never = np.full(len(keys), NEVER, dtype=np.int64)
    return Payments(keys % span, day, never, paid, payment.astype(np.int64))


def with_bounces(
    scene: Scene,
    payments: Payments,
    *,
    profiles: Profiles,
) -> Payments:
    """Return the payments with a few reversed some days later; most of those are paid again."""
    rng = scene.stream("bounces")
    old = np.flatnonzero(payments.day <= scene.as_of_day - 40)
    bounced = chosen(rng, old, max(1, round(0.0015 * payments.count)))
    count = len(bounced)
    reversed_day = payments.reversed.copy()
    reversed_day[bounced] = later(payments.day[bounced], whole(rng, 3, 7, count), scene.calendar)
    again = paid_by(
        scene,
        np.where(
            happens(rng, 0.2, count), NEVER, reversed_day[bounced] + whole(rng, 4, 20, count)
        ),
        profiles=profiles,
        customer=payments.customer[bounced],
    )
    is_paid = again <= scene.as_of_day
    source, repaid_day = bounced[is_paid], again[is_paid]
    number = np.full(payments.count, -1, dtype=np.int64)
    number[source] = payments.count + np.arange(len(source))
    copied = np.flatnonzero(number[payments.payment] >= 0)
    fresh = number[payments.payment[copied]]
    repeated = replace(rows(payments.parts, copied), day=repaid_day[fresh - payments.count])
    return Payments(
        customer=np.concatenate([payments.customer, payments.customer[source]]),
        day=np.concatenate([payments.day, repaid_day]),
        reversed=np.concatenate([reversed_day, np.full(len(source), NEVER, dtype=np.int64)]),
        parts=stacked(payments.parts, repeated),
        payment=np.concatenate([payments.payment, fresh]),
    )
