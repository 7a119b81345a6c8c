"""The seeded sample ledger: two years of a company that sells on credit in three currencies."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np
import polars as pl

from dunwell.demo.arrays import take
from dunwell.demo.bookings import draw_booking, payment_frames
from dunwell.demo.chance import happens
from dunwell.demo.crisis import NAMES, STORY
from dunwell.demo.customers import customers_frame
from dunwell.demo.desk import disputes_frame, holds_frame, notes_frame
from dunwell.demo.fates import NO_ORDER
from dunwell.demo.habits import NEVER
from dunwell.demo.promises import promises_frame
from dunwell.demo.rates import bank_frame, fx_frame
from dunwell.demo.sales import yearly_sales
from dunwell.demo.scene import STORY_DAYS, WINDOW_DAYS, Scene, draw_scene
from dunwell.demo.story import KINDS, Story, draw_story

SMALLEST_CUSTOMERS = 16
ITEMS_PER_CUSTOMER = 10
NUMBERS = {"invoice": ("INV", 100_001), "credit_note": ("CN", 20_001), "fee": ("FEE", 7_001)}


@dataclass(frozen=True, slots=True)
class DemoLedger:
    """The ledger as frames in natural keys; amounts in minor units, days since 1970-01-01.

    Allocations are positive: a row lowers `item_number`, and with source
    `credit` it uses up `credit_item_number` by the same amount. A payment with
    a `reversed_day` bounced that day and takes its allocations back with it.
    """

    as_of: date
    seed: int
    customers: pl.DataFrame
    items: pl.DataFrame
    payments: pl.DataFrame
    allocations: pl.DataFrame
    disputes: pl.DataFrame
    promises: pl.DataFrame
    holds: pl.DataFrame
    notes: pl.DataFrame
    story: pl.DataFrame
    fx: pl.DataFrame
    bank: pl.DataFrame

    def frames(self) -> dict[str, pl.DataFrame]:
        """Return every frame by its name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if isinstance(value, pl.DataFrame)}

    def balances(self) -> pl.DataFrame:
        """Return the items with `open_minor` as of the ledger's day, settled ones (0) included."""
        return item_balances(self.items, self.payments, self.allocations)


def item_balances(
    items: pl.DataFrame, payments: pl.DataFrame, allocations: pl.DataFrame
) -> pl.DataFrame:
    """Return the items in their order with `open_minor`; a credit note is open below zero."""
    bounced = payments.filter(pl.col("reversed_day").is_not_null()).select("payment_number")
    standing = allocations.join(bounced, on="payment_number", how="anti", maintain_order="left")
    lowered = standing.select("item_number", moved="amount_minor")
    used = standing.filter(pl.col("credit_item_number").is_not_null()).select(
        item_number="credit_item_number", moved=-pl.col("amount_minor")
    )
    moved = pl.concat([lowered, used]).group_by("item_number").agg(pl.col("moved").sum())
    return (
        items.join(moved, on="item_number", how="left", maintain_order="left")
        .with_columns(open_minor=pl.col("amount_minor") - pl.col("moved").fill_null(0))
        .drop("moved")
    )


def demo_ledger(
    *,
    as_of: date,
    customers: int = 1200,
    items: int = 32_000,
    seed: int = 1,
    has_crisis: bool = False,
) -> DemoLedger:
    """Return the sample ledger of the two years up to `as_of`; same arguments, same frames.

    With `has_crisis` it is a quarter longer and tells the story of `demo.crisis`; the frame
    `story` says who plays which part.
    Raises ValueError below 16 customers (a habit would be missing), below ten
    items per customer, and for a negative seed.
    """
    if customers < SMALLEST_CUSTOMERS or items < ITEMS_PER_CUSTOMER * customers:
        raise ValueError(
            f"{customers} customers with {items} items are too few to show every habit; "
            f"give at least {SMALLEST_CUSTOMERS} customers and {ITEMS_PER_CUSTOMER} items for each"
        )
    days = STORY_DAYS if has_crisis else WINDOW_DAYS
    scene = draw_scene(as_of=as_of, seed=seed, days=days)
    story = draw_story(scene, customers=customers, items=items, has_crisis=has_crisis)
    invoices = int((story.kind == 0).sum())
    yearly = yearly_sales(story.profiles, count=invoices, days=days)
    owners = customers_frame(
        scene,
        story.profiles,
        yearly_minor=yearly,
        sector=story.crisis.hit if story.crisis is not None else None,
    )
    numbers = _numbers(story)
    ledger_items = _items(scene, story, numbers=numbers, customers=owners)
    payments, paid = payment_frames(
        scene,
        story.payments,
        draw_booking(scene, story.payments),
        item_numbers=numbers,
        customers=owners,
    )
    allocations = pl.concat([paid, _credit_allocations(story, numbers)])
    players = _players(story, numbers=numbers, customers=owners)
    # what the desk clears up by itself is neither promised nor held besides
    balances = item_balances(ledger_items, payments, allocations).filter(
        ~pl.col("item_number").is_in(players["item_number"].implode())
    )
    disputes = disputes_frame(scene, story.disputes, items=ledger_items, item_numbers=numbers)
    promises = promises_frame(
        scene,
        items=ledger_items,
        payments=payments,
        allocations=paid,
        open_items=balances,
        disputed=disputes["item_number"],
    )
    return DemoLedger(
        as_of=as_of,
        seed=seed,
        customers=owners,
        items=ledger_items,
        payments=payments,
        allocations=allocations,
        disputes=disputes,
        promises=promises,
        holds=holds_frame(scene, customers=owners, open_items=balances),
        notes=notes_frame(
            scene,
            customers=owners,
            items=ledger_items,
            allocations=paid,
            disputes=disputes,
            promises=promises,
        ),
        story=players,
        fx=fx_frame(scene),
        bank=bank_frame(scene),
    )


def _players(story: Story, *, numbers: pl.Series, customers: pl.DataFrame) -> pl.DataFrame:
    """Return who plays which part with which items, in the order of the items."""
    item, part = story.players.item, story.players.part
    return pl.DataFrame(
        {
            "part": take(NAMES, part),
            "customer_number": customers["number"][story.items.customer[item]],
            "item_number": numbers[item],
        },
        schema=STORY,
    ).sort("part", "customer_number", "item_number")


def _numbers(story: Story) -> pl.Series:
    """Return the number of each item by its position, running in issue order within its kind."""
    first = np.searchsorted(story.kind, np.arange(len(KINDS)))
    start = np.array([NUMBERS[name][1] for name in KINDS]) - first
    frame = pl.DataFrame(
        {
            "prefix": take(tuple(NUMBERS[name][0] for name in KINDS), story.kind),
            "serial": np.arange(story.items.count) + start[story.kind],
        }
    )
    return frame.select(pl.format("{}-{}", "prefix", "serial")).to_series()


def _items(
    scene: Scene, story: Story, *, numbers: pl.Series, customers: pl.DataFrame
) -> pl.DataFrame:
    """Return the items in issue order; an item disputed for want of an order number has none."""
    rng = scene.stream("references")
    count = story.items.count
    order_number = np.sort(rng.integers(450_000, 990_000, count))
    lacks_order = happens(rng, 0.14, count)
    lacks_order[story.disputes.item[story.disputes.reason == NO_ORDER]] = True
    return (
        pl.DataFrame(
            {
                "item_number": numbers,
                "customer_number": customers["number"][story.items.customer],
                "kind": take(KINDS, story.kind),
                "currency": customers["currency"][story.items.customer],
                "amount_minor": story.items.amount,
                "issued_day": story.items.issued.astype(np.int32),
                "due_day": story.items.due.astype(np.int32),
                "order_number": order_number,
                "lacks_order": lacks_order | (story.kind == KINDS.index("fee")),
            }
        )
        .sort("issued_day", "item_number")
        .select(
            pl.exclude("order_number", "lacks_order"),
            reference=pl.when(~pl.col("lacks_order")).then(pl.format("PO {}", "order_number")),
        )
    )


def _credit_allocations(story: Story, numbers: pl.Series) -> pl.DataFrame:
    """Return one row per credit note that was put on its invoice."""
    credited = story.credited
    first = int((story.kind == 0).sum())
    used = np.flatnonzero(credited.applied < NEVER)
    return pl.DataFrame(
        {
            "source": np.full(len(used), "credit"),
            "payment_number": pl.Series([None] * len(used), dtype=pl.String),
            "credit_item_number": numbers[first + used],
            "item_number": numbers[credited.invoice[used]],
            "amount_minor": -credited.items.amount[used],
            "value_day": credited.items.issued[used].astype(np.int32),
            "applied_day": credited.applied[used].astype(np.int32),
        }
    )
