"""The credit work on few customers with its plans kept: their own history, and the decision."""

from datetime import date
from functools import lru_cache
from typing import Any

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.credit_frame import decided_rows
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.ledger import Ledger
from dunwell.engine.own_history import own_history
from dunwell.engine.scorecard_terms import Scorecard
from dunwell.queries.planned import Planned, Read
from dunwell.queries.reminders import native

MOST_POLICIES = 8
"""So many pairs of policy and card keep their plan."""

LEDGER = ("items", "allocations", "payments", "disputes", "promises")


def own_history_of_few(
    ledger: Ledger, calendar: nw.LazyFrame, rates: nw.LazyFrame, *, home: str, as_of: date
) -> pl.DataFrame:
    """Return `own_history` of a ledger of few customers."""
    frames = {name: native(getattr(ledger, name)) for name in LEDGER}
    frames |= {"calendar": native(calendar), "rates": native(rates)}
    return _own_history(home, as_of)(frames)


@lru_cache(maxsize=8)
def _own_history(home: str, as_of: date) -> Planned:
    def build(read: Read) -> nw.LazyFrame:
        ledger = Ledger(**{name: read[name] for name in LEDGER})
        return own_history(ledger, read["calendar"], read["rates"], home=home, as_of=as_of)

    return Planned(build)


# by identity, for a policy holds maps; the objects are held too, so that no other takes their id
_decisions: dict[tuple[int, int], tuple[CreditPolicy, Scorecard, Planned]] = {}


def decided_on_few(
    frame: nw.DataFrame[Any], policy: CreditPolicy, card: Scorecard
) -> nw.DataFrame[Any]:
    """Return `credit_frame.decided` of a frame of few customers, with what moves them."""
    key = id(policy), id(card)
    known = _decisions.get(key)
    if known is None:
        if len(_decisions) >= MOST_POLICIES:
            _decisions.clear()
        plan = Planned(lambda read: decided_rows(read["subjects"], policy, card))
        known = _decisions[key] = (policy, card, plan)
    return nw.from_native(known[2]({"subjects": frame.to_native()}), eager_only=True)
