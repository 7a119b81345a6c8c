"""How a book of credit is spread: groups that add up to it, its largest names, and its HHI.

Exposure is counted where it is known; what is not known counts in no figure and is told beside
them. Expected loss is PD x LGD x exposure. The Herfindahl-Hirschman index is the sum of squared
shares (Hirschman 1945): 1/n for n equal names, 1 for a single one, here in ppm.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dunwell.engine.money import part

PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class CreditRow:
    """One customer of the book, in home minor units and ppm.

    `exposure_minor` None: a rate is missing. `limit_minor` None: none was ever granted. `pd_ppm`
    and `lgd_ppm` are those of its rating and class. The rest as in `BookRow`; `collector_id` 0:
    nobody is named.
    """

    customer_id: int
    exposure_minor: int | None
    limit_minor: int | None = None
    pd_ppm: int = 0
    lgd_ppm: int = 0
    risk_class: str = ""
    country: str = ""
    segment: str = ""
    sector: str = ""
    collector_id: int = 0
    group_id: int = 0
    currencies: tuple[tuple[str, int], ...] = ()
    covered_minor: int = 0
    is_new: bool = False

    @property
    def known_minor(self) -> int:
        """Return the exposure as it counts in figures."""
        return self.exposure_minor or 0

    @property
    def loss_minor(self) -> int:
        """Return the expected loss of a year."""
        return loss(self.known_minor, self.pd_ppm, self.lgd_ppm)

    @property
    def over_minor(self) -> int:
        """Return by how much the exposure passes the limit; 0 without a limit."""
        return 0 if self.limit_minor is None else max(self.known_minor - self.limit_minor, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Slice:
    """A part of the book: its customers, exposure, share of the whole, and expected loss."""

    name: str
    customers: int
    exposure_minor: int
    share_ppm: int
    loss_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Concentration:
    """The spread of a book: the ten largest names, their share, the rest, and the HHI."""

    largest: tuple[CreditRow, ...]
    largest_minor: int
    rest_minor: int
    share_ppm: int
    hhi_ppm: int

    @property
    def equal_names(self) -> int:
        """Return how many equal names would have this HHI, 0 for an empty book."""
        return PPM // self.hhi_ppm if self.hhi_ppm else 0


def loss(exposure_minor: int, pd_ppm: int, lgd_ppm: int) -> int:
    """Return PD x LGD x exposure, rounded once."""
    return part(max(exposure_minor, 0), pd_ppm * lgd_ppm, PPM * PPM)


def share_of(amount_minor: int, whole_minor: int) -> int:
    """Return a share in ppm, 0 of nothing."""
    return amount_minor * PPM // whole_minor if whole_minor > 0 else 0


def slices(rows: Iterable[CreditRow], *, by: Callable[[CreditRow], str]) -> tuple[Slice, ...]:
    """Return the book in groups, the largest first; groups add up to the whole."""
    return spread_slices(rows, by=lambda row: ((by(row), row.known_minor),))


def spread_slices(
    rows: Iterable[CreditRow], *, by: Callable[[CreditRow], Iterable[tuple[str, int]]]
) -> tuple[Slice, ...]:
    """Return the book in groups where one customer may lie in several, by currency for one.

    `by` says how much of a customer's exposure is where, adding up to it; its expected loss goes
    with the exposure. Exposures of the groups add up to the whole, customers do not need to.
    """
    exposures: dict[str, int] = defaultdict(int)
    losses: dict[str, int] = defaultdict(int)
    customers: dict[str, int] = defaultdict(int)
    for row in rows:
        held = list(by(row))
        left = row.loss_minor
        for place, (name, amount) in enumerate(held, 1):
            # the last part takes what rounding left, so that losses add up as well
            is_last = place == len(held)
            loss_minor = left if is_last else part(row.loss_minor, amount, row.known_minor or 1)
            left -= loss_minor
            exposures[name] += amount
            losses[name] += loss_minor
            customers[name] += 1
    whole = sum(exposures.values())
    found = [
        Slice(
            name=name,
            customers=customers[name],
            exposure_minor=amount,
            share_ppm=share_of(amount, whole),
            loss_minor=losses[name],
        )
        for name, amount in exposures.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.exposure_minor, one.name)))


def lorenz(amounts: Iterable[int], *, points: int = 20) -> tuple[tuple[int, int], ...]:
    """Return the Lorenz curve: the share of the exposure that the smallest customers hold, ppm.

    Pairs (share of customers, share of exposure) from (0, 0) to (1, 1), at most `points` steps;
    on the diagonal everybody owes the same (Lorenz 1905). Empty for an empty book.
    """
    ordered = sorted(amount for amount in amounts if amount > 0)
    whole = sum(ordered)
    if not whole:
        return ()
    steps = min(points, len(ordered))
    marks = {len(ordered) * step // steps for step in range(1, steps + 1)}
    found, held = [(0, 0)], 0
    for count, amount in enumerate(ordered, 1):
        held += amount
        if count in marks:
            found.append((count * PPM // len(ordered), held * PPM // whole))
    return tuple(found)


def gini(amounts: Iterable[int]) -> int:
    """Return the Gini coefficient in ppm: 0 where all owe the same, near 1 where one owes all."""
    ordered = sorted(amount for amount in amounts if amount > 0)
    whole, count = sum(ordered), len(ordered)
    if not whole:
        return 0
    weighted = sum(place * amount for place, amount in enumerate(ordered, 1))
    return (2 * weighted - (count + 1) * whole) * PPM // (count * whole)


def concentration(rows: Sequence[CreditRow], *, most: int = 10) -> Concentration:
    """Return the spread of a book; the largest and the rest add up to the whole."""
    owing = sorted(
        (row for row in rows if row.known_minor > 0),
        key=lambda row: (-row.known_minor, row.customer_id),
    )
    whole = sum(row.known_minor for row in owing)
    top = tuple(owing[:most])
    largest = sum(row.known_minor for row in top)
    return Concentration(
        largest=top,
        largest_minor=largest,
        rest_minor=whole - largest,
        share_ppm=share_of(largest, whole),
        hhi_ppm=hhi([row.known_minor for row in owing]),
    )


def hhi(amounts: Sequence[int]) -> int:
    """Return the Herfindahl-Hirschman index of amounts above 0, in ppm; 0 for none."""
    counted = [amount for amount in amounts if amount > 0]
    whole = sum(counted)
    if not whole:
        return 0
    return sum(amount * amount for amount in counted) * PPM // (whole * whole)
