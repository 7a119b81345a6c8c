"""The bench's own ledger: exactly so many open items, made fast enough for a million."""

from datetime import date

import numpy as np
import polars as pl

from dunwell.demo.arrays import IntArray, take
from dunwell.demo.bookings import payment_frames, plain_booking
from dunwell.demo.chance import happens, quota, whole
from dunwell.demo.customers import TERMS_DAYS, Profiles, customers_frame, draw_profiles
from dunwell.demo.days import on_or_before
from dunwell.demo.fates import Parts
from dunwell.demo.ledger import SMALLEST_CUSTOMERS, DemoLedger, demo_ledger
from dunwell.demo.payments import group_parts
from dunwell.demo.rates import bank_frame, fx_frame
from dunwell.demo.sales import Items, drawn_amounts, due_days, yearly_sales
from dunwell.demo.scene import Scene, draw_scene

AGES = {
    (-60, -31): 0.16, (-30, 0): 0.34, (1, 30): 0.26, (31, 60): 0.10, (61, 90): 0.05,
    (91, 180): 0.05, (181, 540): 0.04,
}  # fmt: skip
"""Days past due of the open book, and the share of each span."""
CREDIT_SHARE = 0.03
PART_PAID_SHARE = 0.05


def bench_ledger(
    *,
    as_of: date,
    open_items: int,
    customers: int | None = None,
    history: float = 0.0,
    seed: int = 1,
) -> DemoLedger:
    """Return a ledger with exactly `open_items` open items, and `history` settled ones for each.

    A customer for every ten open items when `customers` is not given. Disputes,
    promises, holds and notes are empty. Raises ValueError below one open item,
    below 16 customers, or for a negative history or seed.
    """
    owners_count = max(50, open_items // 10) if customers is None else customers
    if open_items < 1 or owners_count < SMALLEST_CUSTOMERS or history < 0:
        raise ValueError(
            f"{open_items} open items, {owners_count} customers, history {history}: give at least "
            f"1 open item and {SMALLEST_CUSTOMERS} customers, and no negative history"
        )
    scene = draw_scene(as_of=as_of, seed=seed)
    profiles = draw_profiles(scene, customers=owners_count)
    items = _items(scene, profiles, open_items=open_items, settled=round(open_items * history))
    payments = group_parts(
        scene, _parts(scene, items, open_items=open_items), customer=items.customer
    )
    yearly = yearly_sales(profiles, count=items.count)
    owners = customers_frame(scene, profiles, yearly_minor=yearly)
    written = _items_frame(items, customers=owners)
    paid, allocations = payment_frames(
        scene,
        payments,
        plain_booking(payments),
        item_numbers=written["item_number"],
        customers=owners,
    )
    empty = demo_ledger(as_of=as_of, customers=SMALLEST_CUSTOMERS, items=200)
    return DemoLedger(
        as_of=as_of,
        seed=seed,
        customers=owners,
        items=written,
        payments=paid,
        allocations=allocations,
        disputes=empty.disputes.clear(),
        promises=empty.promises.clear(),
        holds=empty.holds.clear(),
        notes=empty.notes.clear(),
        story=empty.story,
        fx=fx_frame(scene),
        bank=bank_frame(scene),
    )


def _items(scene: Scene, profiles: Profiles, *, open_items: int, settled: int) -> Items:
    """Return the items, the open ones first."""
    rng = scene.stream("bench items")
    count = open_items + settled
    pull = np.power(profiles.weight, 0.7)
    customer = rng.choice(profiles.count, count, p=pull / pull.sum()).astype(np.int64)
    age = np.concatenate([_ages(rng, open_items), whole(rng, 60, 640, settled)])
    terms = profiles.terms[customer]
    latest = np.minimum(scene.as_of_day, scene.as_of_day - age - TERMS_DAYS[terms])
    issued = on_or_before(latest, scene.calendar)
    is_credit = (np.arange(count) < open_items) & happens(rng, CREDIT_SHARE, count)
    amount = drawn_amounts(rng, profiles.ticket_minor[customer])
    return Items(
        customer=customer,
        issued=issued,
        due=np.where(is_credit, issued, due_days(issued, terms)),
        amount=np.where(is_credit, -amount, amount),
    )


def _ages(rng: np.random.Generator, count: int) -> IntArray:
    """Return days past due, spread evenly within each span."""
    spans = np.array(list(AGES), dtype=np.int64)
    span = quota(rng, {f"{low}..{high}": share for (low, high), share in AGES.items()}, count)
    low, high = spans[span].T
    return np.asarray(low + np.floor(rng.random(count) * (high - low + 1)), dtype=np.int64)


def _parts(scene: Scene, items: Items, *, open_items: int) -> Parts:
    """Return the whole of each settled item, and a part of some open invoices."""
    rng = scene.stream("bench parts")
    position = np.arange(items.count, dtype=np.int64)
    is_part = (items.amount > 0) & happens(rng, PART_PAID_SHARE, items.count)
    part = np.flatnonzero(is_part & (position < open_items))
    recent = scene.as_of_day - whole(rng, 0, 20, len(part))
    whole_items = position[open_items:]
    late = items.due[whole_items] + whole(rng, -2, 30, len(whole_items))
    share = rng.uniform(0.2, 0.8, len(part))
    return Parts(
        item=np.concatenate([part, whole_items]),
        day=np.concatenate(
            [
                np.maximum(on_or_before(recent, scene.calendar), items.issued[part]),
                on_or_before(late, scene.calendar),
            ]
        ),
        amount=np.concatenate(
            [np.round(items.amount[part] * share).astype(np.int64), items.amount[whole_items]]
        ),
        is_rest=np.zeros(len(part) + len(whole_items), dtype=np.bool_),
    )


def _items_frame(items: Items, *, customers: pl.DataFrame) -> pl.DataFrame:
    """Return the items frame in the order drawn."""
    is_credit = (items.amount < 0).astype(np.int64)
    owner = customers["number"][items.customer]
    return pl.DataFrame(
        {
            "prefix": take(("INV", "CN"), is_credit),
            "serial": np.arange(items.count) + 1_000_001,
            "customer_number": owner,
            "kind": take(("invoice", "credit_note"), is_credit),
            "currency": customers["currency"][items.customer],
            "amount_minor": items.amount,
            "issued_day": items.issued.astype(np.int32),
            "due_day": items.due.astype(np.int32),
        }
    ).select(
        pl.format("{}-{}", "prefix", "serial").alias("item_number"),
        pl.exclude("prefix", "serial"),
        reference=pl.format("PO {}", pl.col("serial") % 540_000 + 450_000),
    )
