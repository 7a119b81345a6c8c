"""What happens in a demo ledger, as arrays: who buys, what goes wrong, what is paid when."""

from dataclasses import dataclass

import numpy as np

from dunwell.demo import fates
from dunwell.demo.arrays import IntArray, stacked
from dunwell.demo.customers import Profiles, draw_profiles
from dunwell.demo.habits import planned_days
from dunwell.demo.payments import Payments, group_parts, with_bounces
from dunwell.demo.sales import Items, draw_invoices
from dunwell.demo.scene import Scene

CREDIT_SHARE = 0.03
FEE_SHARE = 0.005
KINDS = ("invoice", "credit_note", "fee")


@dataclass(frozen=True, slots=True)
class Story:
    """All that happens; item positions count invoices first, then credit notes, then fees."""

    profiles: Profiles
    items: Items
    kind: IntArray
    credited: fates.Credits
    disputes: fates.Disputes
    payments: Payments


def draw_story(scene: Scene, *, customers: int, items: int) -> Story:
    """Return the story of `items` items; each stage sees only what came before it."""
    profiles = draw_profiles(scene, customers=customers)
    credit_count, fee_count = round(items * CREDIT_SHARE), max(1, round(items * FEE_SHARE))
    invoices = draw_invoices(scene, profiles, count=items - credit_count - fee_count)
    planned = planned_days(
        scene,
        profiles,
        customer=invoices.customer,
        issued=invoices.issued,
        due=invoices.due,
    )
    fate = fates.draw_fates(scene, count=invoices.count)
    plain, short = fates.named(fate, "plain"), fates.named(fate, "short")
    disputes, planned = fates.draw_disputes(
        scene, invoices, planned, fates.named(fate, "disputed"), profiles=profiles
    )
    credited = fates.draw_credits(scene, invoices, planned, plain, count=credit_count)
    fees = fates.draw_fees(scene, invoices, planned, profiles=profiles, count=fee_count)
    parts = fates.draw_parts(scene, invoices, planned, fate, credited, profiles=profiles)
    deductions = fates.draw_deductions(scene, parts, planned, short)
    before_fees = invoices.count + credited.items.count
    fee_parts = fates.draw_fee_parts(scene, fees, profiles=profiles, offset=before_fees)
    every = stacked(invoices, credited.items, fees)
    payments = group_parts(scene, stacked(parts, fee_parts), customer=every.customer)
    return Story(
        profiles=profiles,
        items=every,
        kind=np.repeat(np.arange(3), [invoices.count, credited.items.count, fees.count]),
        credited=credited,
        disputes=stacked(disputes, deductions),
        payments=with_bounces(scene, payments, profiles=profiles),
    )
