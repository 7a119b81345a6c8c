"""A company's past played through: what each model would have said, and what came of it.

Beside the scores of `ml.backtest` it keeps what the monitor and the forecast start from: every
model's weekly cash and its matured predictions of the open book, made by models that had not
seen the outcome.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import count

import polars as pl

from dunwell.ml.backtest import Backtest, backtest, book_cash
from dunwell.ml.calibration import crps_days
from dunwell.ml.curves import Curves
from dunwell.ml.forecast import ReplayedWeek, replayed_weeks
from dunwell.ml.history import History, as_known
from dunwell.ml.league import FEW_PAID_ITEMS
from dunwell.ml.model import Maker, PayDateModel
from dunwell.ml.naive import NAIVE
from dunwell.ml.paid_watch import PaidWeek, paid_weeks
from dunwell.ml.pay_date import fit, learned
from dunwell.ml.predictions import MATURED, matured, predictions
from dunwell.ml.samples import MOST_ITEMS, sampled

OUTCOME_DAYS = 56
"""The last snapshot lies so many days back, so that most of its items have been paid."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """How many snapshots, how far apart, and after how many days a model is fitted anew.

    A learned model is fitted on at most `most_items` paid items, with `is_quick` one that is
    read from its tables alone.
    """

    snapshots: int
    step_days: int
    refit_days: int
    most_items: int = MOST_ITEMS
    is_quick: bool = False


WEEKLY = Protocol(snapshots=17, step_days=7, refit_days=63)
"""What the desk's training asks: the monitor calls its first 16 weeks calm."""

BRIEF = Protocol(snapshots=6, step_days=14, refit_days=84)
"""Enough to choose a model for one file, fitted once."""

FEW_SNAPSHOTS = 4
"""Where there is too little to learn from, so many are enough to compare the naive models."""


PPM = 1_000_000

Tell = Callable[[int], None]
"""Hears how much of a back-test is done, in parts per million."""


def nobody(done_ppm: int) -> None:
    """Tell nobody."""
    del done_ppm


@dataclass(slots=True)
class Replayed:
    """What one model said of the open book on the snapshots."""

    cash: list[ReplayedWeek] = field(default_factory=list)
    paid: list[PaidWeek] = field(default_factory=list)
    matured: list[pl.DataFrame] = field(default_factory=list)

    @property
    def rows(self) -> pl.DataFrame:
        """All matured predictions, in columns MATURED."""
        return pl.concat([pl.DataFrame(schema=MATURED), *self.matured])

    @property
    def crps_days(self) -> float | None:
        """The average error of the whole range in days, empty while nothing has matured."""
        seen = self.rows.filter(pl.col("seen_day").is_not_null())
        return float(crps_days(seen).mean()) if seen.height else None


@dataclass(frozen=True, slots=True)
class Tested:
    """The back-test and what each model said of the open book."""

    backtest: Backtest
    replayed: Mapping[str, Replayed]


def back_tested(history: History, *, seed: int, protocol: Protocol, tell: Tell = nobody) -> Tested:
    """Return the back-test of all models on the last snapshots of a protocol.

    A learned model takes part where it has enough paid items on the first snapshot. A ledger
    shorter than that has fewer snapshots, or none. `tell` hears after every answer of a model.
    """
    last = history.as_of - OUTCOME_DAYS
    oldest = history.items["issued_day"].min()
    snapshots = protocol.snapshots
    if history.paid_items < FEW_PAID_ITEMS:
        snapshots = min(snapshots, FEW_SNAPSHOTS)
    days = [last - protocol.step_days * back for back in range(snapshots - 1, -1, -1)]
    known = [day for day in days if isinstance(oldest, int) and day > oldest]
    first = known[0] if known else last + 1
    replayed = {name: Replayed() for name in (*NAIVE, *learned())}
    models = makers(
        history,
        first=first,
        seed=seed,
        most_items=protocol.most_items,
        is_quick=protocol.is_quick,
    )
    answers = count(1)

    def cash(past: History, curves: Curves, weeks_ahead: int) -> pl.DataFrame:
        """Keep what the model says of the book, and forecast its cash."""
        tell(PPM * next(answers) // (len(known) * len(models)))
        kept = replayed[curves.model]
        if len(curves):
            kept.cash += replayed_weeks(history, [curves])
            rows = matured(history, predictions(curves, past))
            kept.paid += paid_weeks(rows)
            kept.matured.append(rows)
        return book_cash(past, curves, weeks_ahead)

    found = backtest(
        history,
        models,
        first=first,
        last=last,
        step_days=protocol.step_days,
        refit_days=protocol.refit_days,
        cash=cash,
    )
    return Tested(backtest=found, replayed=replayed)


def fitted(
    history: History,
    name: str,
    *,
    seed: int,
    most_items: int = MOST_ITEMS,
    is_quick: bool = False,
) -> PayDateModel:
    """Return the named model; a learned one rests on a sample of a longer history."""
    known = history if name in NAIVE else sampled(history, most_items=most_items)
    return fit(known, name, seed=seed, is_quick=is_quick)


def makers(
    history: History,
    *,
    first: int,
    seed: int,
    most_items: int = MOST_ITEMS,
    is_quick: bool = False,
) -> dict[str, Maker]:
    """Return the models that take part, given what is known on the first snapshot."""
    paid = as_known(history, as_of=first).paid_items
    worth = learned() if paid >= FEW_PAID_ITEMS else ()
    return {
        name: partial(fitted, name=name, seed=seed, most_items=most_items, is_quick=is_quick)
        for name in (*NAIVE, *worth)
    }
