"""What every pay-date model offers, so that any of them can serve and be compared."""

from collections.abc import Callable
from typing import Protocol

import polars as pl

from dunwell.ml.curves import Curves
from dunwell.ml.history import History


class PayDateModel(Protocol):
    """A fitted model of when items are paid."""

    @property
    def name(self) -> str:
        """Return the name under which it stands in tables and logs."""

    def curves(self, history: History, requests: pl.DataFrame) -> Curves:
        """Return the curves of the requests (ITEM_COLUMNS) in their order, as of the history.

        Every request is unpaid on `history.as_of`; one issued later is unpaid on the day
        before it is issued.
        """


Maker = Callable[[History], PayDateModel]
"""Fits a model on what was known on a day."""
