"""The pay-date models by name: fitting any of them the same way."""

from collections.abc import Callable, Mapping
from functools import cache

from dunwell.ml.hazard_fit import fit_hazard
from dunwell.ml.history import History
from dunwell.ml.model import PayDateModel
from dunwell.ml.naive import NAIVE

QUICK_ITEMS = 50_000
"""Open items from which the hazard is read from its tables alone, see `ml.hazard`."""

LEAST_PAID_ITEMS = 50
"""With fewer no trees can be grown; the league asks for more before a learned model serves."""


class TooLittleToLearn(ValueError):
    """The history holds too few paid items for a learned model; the message says how many."""


def learned() -> tuple[str, ...]:
    """Return the names of the models that learn; none where LightGBM cannot be loaded."""
    return tuple(_learned())


@cache
def _learned() -> Mapping[str, Callable[..., PayDateModel]]:
    try:
        import lightgbm  # noqa: F401, PLC0415  slow to load
    except OSError:  # it needs the system's libgomp; without it the naive models serve
        return {}
    return {"hazard": fit_hazard}


def fit(history: History, name: str, *, seed: int = 7, is_quick: bool = False) -> PayDateModel:
    """Return the named model fitted to a history: the same for the same history and seed.

    Names are those of `naive.NAIVE` and `learned()`. With `is_quick` a learned one is read from
    its tables alone however small the book is. Raises KeyError for any other name, and
    TooLittleToLearn when a learned model has fewer than LEAST_PAID_ITEMS to learn from.
    """
    if name in NAIVE:
        return NAIVE[name](history)
    if name in _learned() and history.paid_items < LEAST_PAID_ITEMS:
        raise TooLittleToLearn(
            f"the model {name} learns from {LEAST_PAID_ITEMS} paid items or more, "
            f"and only {history.paid_items} are known"
        )
    is_quick = is_quick or history.open.height > QUICK_ITEMS
    return _learned()[name](history, seed=seed, is_quick=is_quick)
