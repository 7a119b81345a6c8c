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
    and `lgd_ppm` are those of its rating and class.
    """

    customer_id: int
    exposure_minor: int | None
    limit_minor: int | None = None
    pd_ppm: int = 0
    lgd_ppm: int = 0
    risk_class: str = ""
    country: str = ""
    segment: str = ""

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
    held: dict[str, list[CreditRow]] = defaultdict(list)
    for row in rows:
        held[by(row)].append(row)
    whole = sum(row.known_minor for some in held.values() for row in some)
    found = []
    for name, some in held.items():
        exposure = sum(row.known_minor for row in some)
        found.append(
            Slice(
                name=name,
                customers=len(some),
                exposure_minor=exposure,
                share_ppm=share_of(exposure, whole),
                loss_minor=sum(row.loss_minor for row in some),
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.exposure_minor, one.name)))


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
