"""A small world in which it is known what every action does, to prove that it is found."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from dunwell.ml.action_log import ACTION_LOG, OUTCOMES
from dunwell.ml.next_action import BANDS
from dunwell.ml.policy_value import Decisions

PPM = 1_000_000
ACTIONS = ("call", "email", "none")
PLANTED = {("call", "31-60"): 0.12}
"""Points of P(paid in 14 days) an action adds in a band; everything else does nothing."""
BY_BAND = {
    "not_due": (0.2, 0.3, 0.5),
    "1-30": (0.3, 0.3, 0.4),
    "31-60": (0.5, 0.2, 0.3),
    "61-90": (0.4, 0.2, 0.4),
    "91+": (0.3, 0.2, 0.5),
}
"""The logging policy: chances of ACTIONS by band. Calls go where the cases are hard."""


@dataclass(frozen=True)
class World:
    """Customers with a known chance of paying alone, and a log of decisions about them."""

    seed: int
    customers: int = 2_000
    planted: dict = field(default_factory=lambda: PLANTED)
    chances: dict = field(default_factory=lambda: BY_BAND)

    def __post_init__(self):
        rng = np.random.default_rng(self.seed)
        n = self.customers
        late = rng.integers(-20, 120, n)
        names = np.array(list(BANDS))
        band = names[np.searchsorted(list(BANDS.values()), late, side="right") - 1]
        large = rng.random(n) < 0.3
        alone = np.clip(
            0.55 - 0.003 * np.maximum(late, 0) + 0.1 * large + rng.normal(0, 0.05, n), 0.05, 0.8
        )
        truth = np.stack(
            [alone + [self.planted.get((action, b), 0.0) for b in band] for action in ACTIONS],
            axis=1,
        )
        chance = np.array([self.chances[b] for b in band])
        action = (rng.random(n)[:, None] > np.cumsum(chance, axis=1)).sum(axis=1)
        paid = rng.random(n) < truth[np.arange(n), action]
        for name, value in {
            "late": late, "band": band, "large": large, "alone": alone, "truth": truth,
            "chance": chance, "action": action, "paid": paid,
            "collect": np.maximum(rng.lognormal(12, 0.8, n).astype(np.int64), 1),
        }.items():  # fmt: skip
            object.__setattr__(self, name, value)

    @property
    def features(self):
        return np.column_stack([self.late, self.large, self.band == "31-60"]).astype(float)

    def log(self, *, propensity=None) -> pl.DataFrame:
        """The log with outcomes; `propensity` (rows) replaces the true chances."""
        n = self.customers
        told = self.chance[np.arange(n), self.action] if propensity is None else propensity
        rows = {
            "customer_id": np.arange(1, n + 1), "as_of_day": np.full(n, 20_000),
            "action": np.array(ACTIONS)[self.action].tolist(),
            "channel": np.array(ACTIONS)[self.action].tolist(), "hour": np.full(n, 9),
            "propensity_ppm": np.round(told * PPM).astype(np.int64),
            "permitted": [",".join(sorted(ACTIONS))] * n, "policy": ["p1"] * n,
            "is_holdout": [True] * n, "segment": np.where(self.large, "strategic", "small").tolist(),
            "days_past_due": self.late, "collect_minor": self.collect,
            "p_unpaid_ppm": np.round((1 - self.alone) * PPM).astype(np.int64),
            "minutes": np.full(n, 5), "cost_minor": np.full(n, 100),
            "received_minor": np.where(self.paid, self.collect, 0),
            "paid_ppm": np.where(self.paid, PPM, 0), "is_paid": self.paid.tolist(),
        }  # fmt: skip
        types = {
            name: getattr(pl, str(column.dtype.__name__))
            for name, column in {**ACTION_LOG, **OUTCOMES}.items()
        }
        return pl.DataFrame(rows).cast(types)

    def decisions(self, *, propensity=None) -> Decisions:
        n = self.customers
        told = self.chance[np.arange(n), self.action] if propensity is None else propensity
        return Decisions(
            action=self.action.astype(np.int64), outcome=self.paid.astype(float), propensity=told,
            clusters=np.arange(n), features=self.features,
        )  # fmt: skip

    def pair(self, band, action="call"):
        """The rows of a band that got the action or nothing: (acted, paid, features), 1 and 0."""
        number = ACTIONS.index(action)
        rows = (self.band == band) & np.isin(self.action, [number, 2])
        acted = (self.action[rows] == number).astype(np.int64)
        return acted, self.paid[rows].astype(float), np.column_stack([self.alone])[rows]

    def customers_frame(self) -> pl.DataFrame:
        return self.log().select("customer_id", "collect_minor", "days_past_due", "p_unpaid_ppm")
