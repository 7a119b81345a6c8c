"""Companies that live day by day, and what each night found open: the rows behind T19.

People book, back-date, take back, merge and split as in the simulator. What a night found is
read from the projection of open items, which knows nothing of days gone by; what the night was
is worked out later in two ways that know nothing of the projection.
"""

from collections import Counter, defaultdict
from datetime import date, timedelta

import polars as pl
import time_machine
from django.db import transaction

from dunwell.actions.figures import AGING, record_figures
from dunwell.actions.gate import Refused
from dunwell.engine.aging import BUCKETS
from dunwell.models import Customer, CustomerMove, Item, KpiValue, OpenItem
from dunwell.queries.ledgers import Books
from dunwell.queries.past_aging import aging_on
from tests.simulator import books, bulk, closing, merging, refunds
from tests.simulator.world import BEGIN, STEPS, Nothing, World

MODULES = {module.__name__ for module in (books, bulk, merging, refunds)}
LIVED = [
    name
    for name, one in STEPS.items()
    if one.play.__module__ in MODULES
    or (one.play.__module__ == closing.__name__ and "I12" in one.proves)
]
"""Steps that move what is open, or who owes it, or up to which day something may be booked."""
SEEDS = (1, 2, 3)
STEPS_A_DAY = 4
MORE_CUSTOMERS = 5
KEPT_EVERY = 7
"""So often a night also keeps its figures, as the cycle does: that costs more than the day."""


class Lives:
    """Some companies side by side; after each of their days the night writes down what is open."""

    def __init__(self, days: int) -> None:
        self.days = [BEGIN + timedelta(days=n) for n in range(days)]
        self.kept_days = self.days[KEPT_EVERY - 1 :: KEPT_EVERY]
        self.done: Counter = Counter()
        self.found: dict = {}
        """Open amount and items by day, company, owner, currency and bucket, as each night saw it."""
        with time_machine.travel(BEGIN, tick=False) as clock:
            self.worlds = [self._world(seed) for seed in SEEDS]
            for day in self.days:
                for world in self.worlds:
                    world.day = day
                    self._live(world, clock)
                    self._night(world)

    @staticmethod
    def _world(seed: int) -> World:
        world = World(seed)
        world.customers += [
            Customer.objects.create(
                company=world.company, number=f"M{n}", name=f"More {n}", country="DE",
                party="company", recorded_at=world.at,
            )
            for n in range(MORE_CUSTOMERS)
        ]  # fmt: skip
        return world

    def _live(self, world: World, clock) -> None:
        """Some steps of one day; what is refused or has no row leaves nothing."""
        for _ in range(STEPS_A_DAY):
            name = self._dealt(world)
            world.count += 1
            clock.move_to(world.at)
            try:
                with transaction.atomic():
                    STEPS[name].play(world)
            except (Refused, Nothing):
                continue
            self.done[name] += 1
            world.due = [one for one in (*STEPS[name].then, *world.due) if one in LIVED][:8]

    @staticmethod
    def _dealt(world: World) -> str:
        if world.due and world.chance.random() < 0.5:
            return world.due.pop(0)
        return world.chance.choices(LIVED, [STEPS[name].weight for name in LIVED])[0]

    def _night(self, world: World) -> None:
        rows = OpenItem.objects.filter(company=world.company).values_list(
            "customer_id", "currency", "due_on", "open_minor"
        )
        for owner, currency, due_on, minor in rows:
            key = (world.day, world.company.pk, owner, currency, bucket((world.day - due_on).days))
            sums = self.found.setdefault(key, [0, 0])
            sums[0] += minor
            sums[1] += 1
        if world.day in self.kept_days:
            record_figures(
                actor=world.system, books=Books(world.company), as_of=world.day, at=world.at
            )

    def kept(self) -> dict:
        """What the nights kept as figures: minor units by day, company, currency and bucket."""
        names = {kpi: name for name, kpi in AGING.items()}
        rows = KpiValue.objects.filter(
            company__in=self.companies, kpi__in=names, as_of__in=self.kept_days
        )
        return {
            (row.as_of, row.company_id, row.currency, names[row.kpi]): int(row.value)
            for row in rows
        }

    @property
    def companies(self) -> list:
        """The companies, in order."""
        return [world.company for world in self.worlds]

    def recomputed(self, *, known_on: date | None = None) -> dict:
        """The ageing of every night, from what was recorded by then or by another day, as `kept`."""
        return {
            (day, company.pk, one.currency, part.bucket): part.open_minor
            for company in self.companies
            for day in self.days
            for one in aging_on(company, as_of=day, known_on=known_on or day)
            for part in one.buckets
        }


def bucket(days: int) -> str:
    """The bucket of so many days past due, said anew and in whole months of thirty days."""
    return BUCKETS[0] if days <= 0 else BUCKETS[min((days - 1) // 30 + 1, len(BUCKETS) - 1)]


def by_bucket(found: dict) -> dict:
    """What nights found, without owners; buckets that are empty are 0, as figures have them."""
    sums: dict = {}
    for (day, company, _owner, currency, name), (minor, _items) in found.items():
        for each in BUCKETS:
            sums.setdefault((day, company, currency, each), 0)
        sums[day, company, currency, name] += minor
    return sums


def by_owner(company, days: list[date]) -> dict:
    """What was open on every night by owner, from the records as they are today; all at once.

    Who owned an item on a night is read back through the moves of merges and splits since.
    """
    nights = pl.DataFrame({"day": days}, schema={"day": pl.Date})
    items = pl.DataFrame(
        list(
            Item.objects.filter(company=company).values_list(
                "pk", "customer_id", "currency", "amount_minor", "issued_on", "due_on", "recorded_on"
            )
        ),
        schema=["item", "owner", "currency", "amount", "issued", "due", "recorded"], orient="row",
    )  # fmt: skip
    used = pl.DataFrame(
        list(
            company.allocations.values_list("item_id", "amount_minor", "applied_on", "recorded_on")
        ),
        schema={"item": pl.Int64, "used": pl.Int64, "applied": pl.Date, "booked": pl.Date},
        orient="row",
    )
    by_night = (
        nights.join(used, how="cross")
        .filter(pl.max_horizontal("applied", "booked") <= pl.col("day"))
        .group_by("day", "item")
        .agg(pl.col("used").sum())
    )
    opened = (
        nights.join(items, how="cross")
        .filter(pl.max_horizontal("issued", "recorded") <= pl.col("day"))
        .join(by_night, on=["day", "item"], how="left")
        .with_columns(left=pl.col("amount") - pl.col("used").fill_null(0))
        .filter(pl.col("left") != 0)
    )
    moved, sums = _moves(company), {}
    rows = opened.select("day", "item", "owner", "currency", "due", "left").iter_rows()
    for day, item, owner, currency, due, left in rows:
        then = next((before for moved_on, before in moved[item] if moved_on > day), owner)
        key = (day, company.pk, then, currency, bucket((day - due).days))
        one = sums.setdefault(key, [0, 0])
        one[0] += left
        one[1] += 1
    return sums


def _moves(company) -> dict:
    """Of each item the days on which it was given away, in order, and by whom."""
    moved = defaultdict(list)
    rows = CustomerMove.objects.filter(company=company, place="item").order_by("pk")
    for item, moved_on, before in rows.values_list("row_id", "moved_on", "before_id"):
        moved[item].append((moved_on, before))
    return moved
