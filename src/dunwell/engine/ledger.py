"""The frames of one ledger together, and what of them was known on a day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number

Keep = Callable[[nw.LazyFrame], nw.LazyFrame]
"""Computes a frame that is used more than once, for engines that would do it for each use."""


def as_it_is(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame, to be worked out wherever it is used."""
    return frame


@dataclass(frozen=True, slots=True)
class Ledger:
    """The five frames that say what was owed, paid, disputed and promised, as in `schema`."""

    items: nw.LazyFrame
    allocations: nw.LazyFrame
    payments: nw.LazyFrame
    disputes: nw.LazyFrame
    promises: nw.LazyFrame


def known(frame: nw.LazyFrame, *, on: date) -> nw.LazyFrame:
    """Return the rows that were recorded by the end of the day."""
    return frame.filter(nw.col("recorded_day") <= day_number(on))


def known_ledger(ledger: Ledger, *, on: date) -> Ledger:
    """Return the ledger as it was known at the end of the day.

    Disputes and promises are written on the day they are opened or made, so that
    day decides; a closing or withdrawal that lies later is not known yet.
    """
    return Ledger(
        items=known(ledger.items, on=on),
        allocations=known(ledger.allocations, on=on),
        payments=known(ledger.payments, on=on),
        disputes=happened(ledger.disputes, "opened_day", ends="closed_day", as_of=on),
        promises=happened(ledger.promises, "made_day", ends="withdrawn_day", as_of=on),
    )


def happened(frame: nw.LazyFrame, starts: str, *, ends: str, as_of: date) -> nw.LazyFrame:
    """Return the rows that had started by `as_of`, with an end after that day left empty."""
    day = day_number(as_of)
    return frame.filter(nw.col(starts) <= day).with_columns(
        nw.when(nw.col(ends) <= day).then(nw.col(ends)).alias(ends)
    )
