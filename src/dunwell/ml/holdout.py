"""Random assignment of customers to arms that anybody can repeat: a hash, no stored dice.

The unit is the customer, never the item: a customer who is called about one invoice
has been called about all. Within one experiment a customer always lands in the same
place; places in two experiments are independent of each other.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

import narwhals.stable.v2 as nw
import numpy as np
import polars as pl

from dunwell.engine.collectable import PPM
from dunwell.engine.schema import Column, Frame
from dunwell.ml.history import Ints

REST = "rest"
"""Name of what no arm takes: the customers outside the experiment, treated as ever."""

ASSIGNED: Frame = {
    "customer_id": Column(nw.Int64, "key of the customer"),
    "arm": Column(nw.String, "arm it fell into, or `rest`"),
    "propensity_ppm": Column(nw.Int64, "chance of that arm before the draw"),
}
_BITS = 64
_KEY_BYTES = 64


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm and the share of all customers it gets, in ppm."""

    name: str
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Split:
    """How an experiment divides the customers; what the arms leave over is REST.

    `key` names the experiment, `salt` is a secret or any text that makes the draw
    unguessable; with another salt everybody is drawn anew. Raises ValueError for shares
    above a million together, a name twice, and texts the hash cannot take.
    """

    key: str
    salt: str
    arms: tuple[Arm, ...]

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        names = [arm.name for arm in self.arms]
        if not self.key or len(self.salt.encode()) > _KEY_BYTES:
            raise ValueError("an experiment needs a key, and its salt has at most 64 bytes")
        if len({*names, REST}) != len(names) + 1 or not all(names):
            raise ValueError(f"arms need distinct names other than {REST!r}, got {names}")
        if min([arm.share_ppm for arm in self.arms], default=1) < 1:
            raise ValueError("every arm needs a share of at least 1 ppm")
        if sum(arm.share_ppm for arm in self.arms) > PPM:
            raise ValueError("the shares of all arms are more than a million together")

    @property
    def rest_ppm(self) -> int:
        """Share of the customers outside the experiment."""
        return PPM - sum(arm.share_ppm for arm in self.arms)


def positions(customer_ids: Iterable[int], *, key: str, salt: str) -> Ints:
    """Return each customer's place in [0, 1) in whole ppm: BLAKE2b of salt, key and customer."""
    return np.array(
        [number * PPM >> _BITS for number in _numbers(customer_ids, key=key, salt=salt)], np.int64
    )


def assigned(customer_ids: pl.Series, split: Split) -> pl.DataFrame:
    """Return the arm of each customer in columns ASSIGNED, one row per id in the order given.

    The same whoever else is there, so customers may arrive at any time.
    """
    places = positions(customer_ids.to_list(), key=split.key, salt=split.salt)
    return _placed(customer_ids, places, split)


def _placed(customer_ids: pl.Series, places: Ints, split: Split) -> pl.DataFrame:
    """Return the arm whose stretch of [0, 1) holds each place."""
    names = [*(arm.name for arm in split.arms), REST]
    shares = [*(arm.share_ppm for arm in split.arms), split.rest_ppm]
    taken = np.searchsorted(np.cumsum(shares[:-1]), places, side="right")
    return pl.DataFrame(
        {
            "customer_id": customer_ids.cast(pl.Int64),
            "arm": pl.Series(np.array(names, object)[taken].tolist(), dtype=pl.String),
            "propensity_ppm": np.array(shares, np.int64)[taken],
        }
    )


def _numbers(customer_ids: Iterable[int], *, key: str, salt: str) -> Iterable[int]:
    """Yield a 64-bit number per customer; the prefix is hashed once."""
    prefix = blake2b(f"{key}\x1f".encode(), digest_size=_BITS // 8, key=salt.encode())
    for customer_id in customer_ids:
        one = prefix.copy()
        one.update(b"%d" % customer_id)
        yield int.from_bytes(one.digest(), "big")
