"""The crisis of the demo's story: a sector that cannot pay, bad goods, a large failure, recovery.

Days are counted in months before the month of the last day, so that the story stands at the same
place of a chart whatever the day: it begins at BEGINS, the desk acts at MEASURES, and what falls
due from OVER on is paid as it was before.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from dunwell.demo.arrays import BoolArray, FloatArray, IntArray
from dunwell.demo.chance import chosen, happens
from dunwell.demo.customers import COUNTRIES, CURRENCY, Profiles
from dunwell.demo.fates import FATES, REASONS, Disputes, named
from dunwell.demo.habits import NEVER
from dunwell.demo.sales import Items
from dunwell.demo.scene import STORY_DAYS, Scene, draw_scene
from dunwell.engine.calendars import day_date

BEGINS, MEASURES, OVER = 12, 9, 6
"""Months before the month of the last day on whose first day each of them lies."""

RISE_DAYS = 40
"""Days from the beginning to the height."""

EXTRA_DAYS = 48
"""Days a payer of the sector is later at the height, more or less by its strength."""

SECTOR_SHARE = 0.36
"""Of all customers that pay as they always did, so many are of the sector."""

BAD_GOODS_SHARE = 0.09
"""Of the invoices of the bad weeks so many are disputed; at other times two in a hundred are."""

BAD_FROM_DAYS, BAD_UNTIL_DAYS = 20, 85
"""Days from the beginning in which the bad goods were delivered."""

CASES = 14
"""Disputes of bad goods that are told from their first word to their end."""

PARTS = {"plan_kept": 3, "plan_broken": 2, "settled": 1, "forgiven": 2}
"""Customers of the sector whose debt of the crisis was agreed on, given up or handed over."""

FEWEST_ITEMS = 2
QUALITY = tuple(REASONS).index("quality")

STORY = {"part": pl.String, "customer_number": pl.String, "item_number": pl.String}
"""Who plays which part with which items, in the frame `story` of a ledger."""


@dataclass(frozen=True, slots=True)
class Crisis:
    """Days and players; `strength` is 0 for customers outside the sector, `failed` a position."""

    begins: int
    measures: int
    over: int
    strength: FloatArray
    failed: int

    @property
    def hit(self) -> BoolArray:
        """Return which customers are of the sector."""
        return np.asarray(self.strength > 0)


@dataclass(frozen=True, slots=True)
class Players:
    """The items left open for the desk to deal with, and the part each plays."""

    item: IntArray
    part: IntArray


NOBODY = Players(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))

NAMES = ("failed", "case", *PARTS)
"""The parts by their number in `Players.part`."""


def months_before(scene: Scene, months: int) -> int:
    """Return the first day of the month so many months before that of the last day."""
    month = np.datetime64(scene.as_of_day, "D").astype("datetime64[M]") - months
    return int(month.astype("datetime64[D]").astype(np.int64))


def story_days(as_of: date) -> tuple[date, date, date]:
    """Return when the crisis begins, when the desk acts, and from when on all is as before."""
    scene = draw_scene(as_of=as_of, seed=0, days=STORY_DAYS)
    begins, measures, over = (
        day_date(months_before(scene, months)) for months in (BEGINS, MEASURES, OVER)
    )
    return begins, measures, over


def draw_crisis(scene: Scene, profiles: Profiles) -> Crisis:
    """Return the crisis: who is of the sector, and which large customer fails."""
    rng = scene.stream("crisis")
    usual = ~(profiles.has("failing") | profiles.has("new"))
    hit = usual & happens(rng, SECTOR_SHARE, profiles.count)
    by_size = np.argsort(-profiles.weight, kind="stable")
    home = _pays_in_ours(profiles)
    large = by_size[(usual & home)[by_size]]
    # the largest of all would be another company's end: the third is a blow, and no more
    failed = int(large[min(2, len(large) - 1)])
    hit[failed] = True
    return Crisis(
        begins=months_before(scene, BEGINS),
        measures=months_before(scene, MEASURES),
        over=months_before(scene, OVER),
        strength=np.where(hit, rng.uniform(0.7, 1.3, profiles.count), 0.0),
        failed=failed,
    )


def ended(profiles: Profiles, crisis: Crisis) -> tuple[IntArray, IntArray]:
    """Return last days of buying and of paying; the failed customer's lie in the crisis."""
    last, stop = profiles.last_day.copy(), profiles.stop_day.copy()
    last[crisis.failed] = crisis.begins + 70
    stop[crisis.failed] = crisis.begins + 45
    return last, stop


def extra_days(crisis: Crisis, *, customer: IntArray, due: IntArray) -> FloatArray:
    """Return how many days later than usual each item is paid because of the crisis."""
    height = np.interp(
        due,
        [crisis.begins, crisis.begins + RISE_DAYS, crisis.measures, crisis.over],
        [0.0, EXTRA_DAYS, EXTRA_DAYS, 0.0],
    )
    return np.asarray(height * crisis.strength[customer])


def with_bad_goods(scene: Scene, crisis: Crisis, invoices: Items, fate: IntArray) -> IntArray:
    """Return the fates with more disputes among what was delivered in the bad weeks."""
    rng = scene.stream("bad goods")
    is_bad = _delivered_bad(crisis, invoices.issued) & happens(
        rng, BAD_GOODS_SHARE, invoices.count
    )
    is_plain = fate == tuple(FATES).index("plain")
    return np.where(is_bad & is_plain, tuple(FATES).index("disputed"), fate)


def for_quality(crisis: Crisis, disputes: Disputes, issued: IntArray) -> IntArray:
    """Return the reasons of disputes: of the bad weeks' goods nearly all are about quality."""
    bad = _delivered_bad(crisis, issued[disputes.item])
    # every sixth is about what disputes are always about
    return np.where(bad & (np.arange(len(disputes.item)) % 6 > 0), QUALITY, disputes.reason)


def draw_players(
    scene: Scene,
    profiles: Profiles,
    crisis: Crisis,
    invoices: Items,
    planned: IntArray,
    fate: IntArray,
) -> Players:
    """Return the invoices that the desk itself clears up, each customer in one part.

    What the failed customer owes, a few disputes from word to end, and the debts of some
    customers of the sector that would have been paid late. Fewer where a small ledger has no more.
    """
    rng = scene.stream("players")
    home = _pays_in_ours(profiles)
    failed = np.flatnonzero((invoices.customer == crisis.failed) & (planned == NEVER))
    is_plain = fate == tuple(FATES).index("plain")
    owed = (
        is_plain
        & (invoices.due >= crisis.begins + RISE_DAYS)
        & (invoices.due < crisis.measures + 25)
        & (crisis.hit & home)[invoices.customer]
        & (invoices.customer != crisis.failed)
        & (planned < NEVER)
    )
    counts = np.bincount(invoices.customer[owed], minlength=len(crisis.strength))
    most = np.argsort(-counts, kind="stable")
    able = most[counts[most] >= FEWEST_ITEMS][: 4 * sum(PARTS.values())]
    debtors = rng.permutation(able)[: sum(PARTS.values())]
    role = np.full(len(crisis.strength), -1, dtype=np.int64)
    role[debtors] = np.repeat(np.arange(2, len(NAMES)), list(PARTS.values()))[: len(debtors)]
    debts = np.flatnonzero(owed & (role[invoices.customer] >= 0))
    disputed = named(fate, "disputed")
    free = disputed[
        _delivered_bad(crisis, invoices.issued[disputed])
        & (role[invoices.customer[disputed]] < 0)
        & home[invoices.customer[disputed]]
        & (invoices.customer[disputed] != crisis.failed)
    ]
    cases = chosen(rng, free, CASES)
    return Players(
        item=np.concatenate([failed, cases, debts]),
        part=np.concatenate(
            [
                np.zeros(len(failed), dtype=np.int64),
                np.ones(len(cases), dtype=np.int64),
                role[invoices.customer[debts]],
            ]
        ),
    )


def _pays_in_ours(profiles: Profiles) -> BoolArray:
    return np.array([code not in CURRENCY for code in COUNTRIES])[profiles.country]


def _delivered_bad(crisis: Crisis, issued: IntArray) -> BoolArray:
    from_day, until_day = crisis.begins + BAD_FROM_DAYS, crisis.begins + BAD_UNTIL_DAYS
    return np.asarray((issued >= from_day) & (issued <= until_day))
