"""What happens in a demo ledger, as arrays: who buys, what goes wrong, what is paid when."""

from dataclasses import dataclass, replace

import numpy as np

from dunwell.demo import crisis as told
from dunwell.demo import fates
from dunwell.demo.arrays import IntArray, stacked
from dunwell.demo.customers import Profiles, draw_profiles
from dunwell.demo.habits import NEVER, planned_days
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
    crisis: told.Crisis | None
    players: told.Players


def draw_story(scene: Scene, *, customers: int, items: int, has_crisis: bool = False) -> Story:
    """Return the story of `items` items; each stage sees only what came before it."""
    profiles = draw_profiles(scene, customers=customers)
    crisis = told.draw_crisis(scene, profiles) if has_crisis else None
    if crisis is not None:
        last, stop = told.ended(profiles, crisis)
        profiles = replace(profiles, last_day=last, stop_day=stop)
    credit_count, fee_count = round(items * CREDIT_SHARE), max(1, round(items * FEE_SHARE))
    invoices = draw_invoices(scene, profiles, count=items - credit_count - fee_count)
    planned = planned_days(
        scene,
        profiles,
        customer=invoices.customer,
        issued=invoices.issued,
        due=invoices.due,
        extra=told.extra_days(crisis, customer=invoices.customer, due=invoices.due)
        if crisis is not None
        else None,
    )
    fate = fates.draw_fates(scene, count=invoices.count)
    players = told.NOBODY
    if crisis is not None:
        fate = told.with_bad_goods(scene, crisis, invoices, fate)
        players = told.draw_players(scene, profiles, crisis, invoices, planned, fate)
        # what the desk clears up itself is no part of what happens by chance
        planned[players.item] = NEVER
    plain, short, disputed = (
        np.setdiff1d(fates.named(fate, name), players.item, assume_unique=True)
        for name in ("plain", "short", "disputed")
    )
    disputes, planned = fates.draw_disputes(scene, invoices, planned, disputed, profiles=profiles)
    if crisis is not None:
        disputes = replace(disputes, reason=told.for_quality(crisis, disputes, invoices.issued))
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
        crisis=crisis,
        players=players,
    )
