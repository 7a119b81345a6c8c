"""What comes between an invoice and its payment: disputes, deductions, credit notes, fees."""

from dataclasses import dataclass

import numpy as np

from dunwell.demo.arrays import BoolArray, FloatArray, IntArray
from dunwell.demo.chance import chosen, happens, quota, whole
from dunwell.demo.customers import COUNTRIES, CURRENCY, DISCOUNT, Profiles
from dunwell.demo.days import later, on_or_after, on_or_before
from dunwell.demo.habits import NEVER, paid_by
from dunwell.demo.sales import Items
from dunwell.demo.scene import Scene

FATES = {"plain": 0.9338, "partial": 0.03, "short": 0.013, "disputed": 0.022, "forgotten": 0.0012}
REASONS = {
    "price": 0.27, "short_delivery": 0.21, "quality": 0.16, "no_po": 0.14, "duplicate": 0.08,
    "tax": 0.06, "already_paid": 0.08,
}  # fmt: skip
NO_ORDER = tuple(REASONS).index("no_po")
SHORTEST_STAY = 4
"""Days an invoice must be open for a credit note to come before its payment."""
FEE_AFTER_DAYS = 15
FEE_MINOR = {"EUR": 4_000, "GBP": 4_000, "USD": 4_500}


@dataclass(frozen=True, slots=True)
class Parts:
    """Money by item position: day (NEVER if unpaid), minor units > 0, second part or not."""

    item: IntArray
    day: IntArray
    amount: IntArray
    is_rest: BoolArray


@dataclass(frozen=True, slots=True)
class Disputes:
    """Disputes by item position; `closed` is NEVER while open."""

    item: IntArray
    amount: IntArray
    opened: IntArray
    closed: IntArray
    reason: IntArray


@dataclass(frozen=True, slots=True)
class Credits:
    """Credit notes and their invoice's position; `applied` is NEVER for one not put on it."""

    items: Items
    invoice: IntArray
    applied: IntArray


def named(fate: IntArray, name: str) -> IntArray:
    """Return the positions of the invoices with the fate."""
    return np.flatnonzero(fate == tuple(FATES).index(name))


def draw_fates(
    scene: Scene,
    *,
    count: int,
) -> IntArray:
    """Return what happens to each invoice, in exact shares."""
    return quota(scene.stream("fates"), FATES, count)


def draw_disputes(
    scene: Scene,
    invoices: Items,
    planned: IntArray,
    disputed: IntArray,
    *,
    profiles: Profiles,
) -> tuple[Disputes, IntArray]:
    """Return the disputes of unpaid invoices, and the planned days moved behind their closing."""
    rng = scene.stream("disputes")
    count = len(disputed)
    issued, due, before = invoices.issued[disputed], invoices.due[disputed], planned[disputed]
    latest = np.maximum(np.minimum(due + 12, before - 1), issued + 1)
    wanted = np.clip(due + whole(rng, -12, 12, count), issued + 1, latest)
    opened = on_or_after(wanted, scene.calendar)
    closed = later(opened, whole(rng, 5, 45, count), scene.calendar)
    closed = np.where(happens(rng, 0.03, count), NEVER, closed)
    share = rng.choice(np.array([1.0, 0.5, 0.25, 0.1]), count, p=[0.55, 0.15, 0.15, 0.15])
    customer = invoices.customer[disputed]
    paid = paid_by(
        scene,
        np.maximum(closed + whole(rng, 2, 12, count), before),
        profiles=profiles,
        customer=customer,
    )
    moved = planned.copy()
    moved[disputed] = paid
    amount = np.maximum(np.round(invoices.amount[disputed] * share), 1).astype(np.int64)
    return Disputes(disputed, amount, opened, closed, quota(rng, REASONS, count)), moved


def draw_credits(
    scene: Scene,
    invoices: Items,
    planned: IntArray,
    plain: IntArray,
    *,
    count: int,
) -> Credits:
    """Return credit notes on invoices not yet paid; one in twenty is left open.

    Fewer than `count` come back only when fewer invoices leave room for one.
    """
    rng = scene.stream("credits")
    room = np.minimum(planned[plain] - SHORTEST_STAY, scene.as_of_day) - invoices.issued[plain]
    invoice = chosen(rng, plain[room >= SHORTEST_STAY], count)
    width = (
        np.minimum(planned[invoice] - SHORTEST_STAY, scene.as_of_day) - invoices.issued[invoice]
    )
    age = 3 + np.floor(rng.random(len(invoice)) * (np.minimum(width, 40) - 2)).astype(np.int64)
    issued = on_or_before(invoices.issued[invoice] + age, scene.calendar)
    order = np.argsort(issued, kind="stable")
    invoice, issued = invoice[order], issued[order]
    share = np.where(happens(rng, 0.25, len(invoice)), 1.0, rng.uniform(0.05, 0.5, len(invoice)))
    amount = np.maximum(np.round(invoices.amount[invoice] * share), 1).astype(np.int64)
    lag = rng.choice(np.arange(3), len(invoice), p=[0.6, 0.3, 0.1])
    applied = later(issued, lag, scene.calendar)
    is_left = (happens(rng, 0.05, len(invoice))) | (applied > scene.as_of_day)
    items = Items(invoices.customer[invoice], issued, issued, -amount)
    return Credits(items, invoice, np.where(is_left, NEVER, applied))


def draw_fees(
    scene: Scene,
    invoices: Items,
    planned: IntArray,
    *,
    profiles: Profiles,
    count: int,
) -> Items:
    """Return late fees of a fixed sum, issued some weeks after the due day of a late invoice."""
    rng = scene.stream("fees")
    is_old = invoices.due + 24 <= scene.as_of_day
    late = np.flatnonzero(is_old & (planned - invoices.due > FEE_AFTER_DAYS))
    source = late if len(late) >= count else np.flatnonzero(is_old)
    invoice = chosen(rng, source, count)
    issued = on_or_before(invoices.due[invoice] + whole(rng, 14, 24, len(invoice)), scene.calendar)
    order = np.argsort(issued, kind="stable")
    invoice, issued = invoice[order], issued[order]
    customer = invoices.customer[invoice]
    by_country = tuple(FEE_MINOR[CURRENCY.get(code, "EUR")] for code in COUNTRIES)
    amount = np.asarray(by_country, dtype=np.int64)[profiles.country[customer]]
    return Items(customer, issued, issued + 14, amount)


def draw_parts(
    scene: Scene,
    invoices: Items,
    planned: IntArray,
    fate: IntArray,
    credited: Credits,
    *,
    profiles: Profiles,
) -> Parts:
    """Return the money for the invoices: whole, in two parts, or short."""
    rng = scene.stream("parts")
    owed = invoices.amount.copy()
    is_applied = credited.applied < NEVER
    owed[credited.invoice[is_applied]] += credited.items.amount[is_applied]
    day = planned.copy()
    day[named(fate, "forgotten")] = NEVER
    split, short = named(fate, "partial"), named(fate, "short")
    rest = np.zeros(len(owed), dtype=np.int64)
    rest[split] = np.round(owed[split] * rng.uniform(0.3, 0.7, len(split)))
    rest[short] = np.round(owed[short] * _deduction(rng, profiles, invoices.customer[short]))
    rest = np.minimum(rest, owed - 1).clip(0)
    follows = np.full(len(owed), NEVER, dtype=np.int64)
    follows[split] = planned[split] + whole(rng, 10, 45, len(split))
    follows[split] = np.where(happens(rng, 0.05, len(split)), NEVER, follows[split])
    follows[short] = planned[short] + whole(rng, 20, 70, len(short))
    follows[short] = np.where(happens(rng, 0.18, len(short)), NEVER, follows[short])
    again = np.flatnonzero(rest)
    second = paid_by(scene, follows[again], profiles=profiles, customer=invoices.customer[again])
    first = np.flatnonzero(owed - rest > 0)
    return Parts(
        item=np.concatenate([first, again]),
        day=np.concatenate([day[first], second]),
        amount=np.concatenate([(owed - rest)[first], rest[again]]),
        is_rest=np.concatenate([np.zeros(len(first), np.bool_), np.ones(len(again), np.bool_)]),
    )


def draw_fee_parts(
    scene: Scene,
    fees: Items,
    *,
    profiles: Profiles,
    offset: int,
) -> Parts:
    """Return the money for the fees: most are paid; `offset` is the position of the first fee."""
    rng = scene.stream("fee parts")
    wanted = fees.issued + whole(rng, 8, 40, fees.count)
    wanted = np.where(happens(rng, 0.15, fees.count), NEVER, wanted)
    day = paid_by(scene, wanted, profiles=profiles, customer=fees.customer)
    item = np.arange(fees.count, dtype=np.int64) + offset
    return Parts(item, day, fees.amount, np.zeros(fees.count, np.bool_))


def draw_deductions(
    scene: Scene,
    parts: Parts,
    planned: IntArray,
    short: IntArray,
) -> Disputes:
    """Return disputes over what was paid short: closed when the rest comes."""
    rng = scene.stream("deductions")
    rest = np.flatnonzero(parts.is_rest & np.isin(parts.item, short))
    is_seen = planned[parts.item[rest]] < scene.as_of_day - 10
    rest = rest[is_seen & (happens(rng, 0.8, len(rest)))]
    item = parts.item[rest]
    opened = later(planned[item], whole(rng, 1, 5, len(rest)), scene.calendar)
    # The first three reasons are the ones a deduction is explained with.
    return Disputes(item, parts.amount[rest], opened, parts.day[rest], whole(rng, 0, 2, len(rest)))


def _deduction(rng: np.random.Generator, profiles: Profiles, customer: IntArray) -> FloatArray:
    """Return the share paid short: the 2 % discount taken too late, else up to a tenth."""
    share = rng.uniform(0.01, 0.10, len(customer))
    return np.where(profiles.terms[customer] == DISCOUNT, 0.02, share)
