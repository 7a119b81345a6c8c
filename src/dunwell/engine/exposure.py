"""Exposure: what a customer owes or will owe on credit, less what covers it and what was paid.

Exposure = open items + delivered not billed + approved orders - unapplied money - covers, in the
company's currency at the rate of the day. Plain rules over sums that a database has added up
already: one `Part` per customer and currency.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import part

PPM = 1_000_000

STANDING_ORDERS = ("approved", "held")
"""Statuses of orders that are still to be delivered; only the first is on credit already."""


@dataclass(frozen=True, slots=True)
class ExposureRate:
    """The rate in force of a currency: home minor units per million foreign ones, since a day."""

    currency: str
    rate_ppm: int
    from_on: date


@dataclass(frozen=True, slots=True)
class Part:
    """One customer's sums in one currency, in its minor units.

    `open_minor`: open items, credits subtracted. `unbilled_minor` and `orders_minor`: see
    `order_parts`. `unapplied_minor`: money on account. `prepaid_minor`: what of it belongs to
    orders that are paid in advance.
    """

    currency: str
    open_minor: int = 0
    unbilled_minor: int = 0
    orders_minor: int = 0
    unapplied_minor: int = 0
    prepaid_minor: int = 0


@dataclass(frozen=True, slots=True)
class CoverPart:
    """A cover that reduces exposure: `share_ppm` of what is lost, up to `amount_minor`."""

    id: int
    currency: str
    amount_minor: int
    share_ppm: int


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one customer's credit comes to, in minor units of `currency`, the company's.

    open + unbilled + orders - unapplied - covered = exposure, which is never below 0. While a rate
    is missing `exposure_minor` is None, the parts hold what could be converted, and
    `missing_rates` names the currencies. `unapplied_minor` leaves out what was paid in advance
    for orders: it stands against them already. `rates` names every rate used; `covers` is what
    each cover takes off, by its id.
    """

    currency: str
    open_minor: int = 0
    unbilled_minor: int = 0
    orders_minor: int = 0
    covered_minor: int = 0
    unapplied_minor: int = 0
    exposure_minor: int | None = 0
    missing_rates: tuple[str, ...] = ()
    rates: tuple[ExposureRate, ...] = ()
    covers: tuple[tuple[int, int], ...] = ()

    @property
    def gross_minor(self) -> int:
        """Return what is on credit before covers and money on account."""
        return self.open_minor + self.unbilled_minor + self.orders_minor


def order_parts(
    *,
    status: str,
    amount_minor: int,
    prepaid_minor: int,
    delivered_minor: int,
    billed_minor: int,
) -> tuple[int, int, int]:
    """Return what an order adds: delivered not billed, still to come on credit, paid in advance.

    Money paid in advance stands against what is delivered first, as long as no invoice does, and
    is until then no money for anything else. Goods that left the house count whatever the order's
    status; what is still to come counts for an approved order only. Of an order that was rejected
    or cancelled only what was delivered is still paid in advance.
    """
    if status not in STANDING_ORDERS:
        prepaid_minor = min(prepaid_minor, delivered_minor)
    unbilled = max(delivered_minor - max(billed_minor, prepaid_minor), 0)
    to_come = amount_minor - max(delivered_minor, billed_minor, prepaid_minor)
    is_approved = status == STANDING_ORDERS[0]
    return unbilled, to_come if is_approved else 0, max(prepaid_minor - billed_minor, 0)


def exchanged(
    amount_minor: int, currency: str, rates: Mapping[str, ExposureRate], *, to: str
) -> int:
    """Return an amount in home minor units, half away from zero; raise KeyError without a rate."""
    return amount_minor if currency == to else part(amount_minor, rates[currency].rate_ppm, PPM)


def exposure(
    parts: Iterable[Part],
    covers: Sequence[CoverPart],
    rates: Mapping[str, ExposureRate],
    *,
    home: str,
) -> Exposure:
    """Return the exposure of one customer in `home`.

    Each sum of a currency is converted and rounded once, half away from zero. Covers count one
    after the other in the order of their ids: each takes its share of the smaller of its amount
    and what the ones before it left, so that two covers never pay for one loss twice.
    """
    open_minor = unbilled = orders = unapplied = 0
    needed: set[str] = set()
    for line in parts:
        free = line.unapplied_minor
        if line.prepaid_minor:
            free -= min(line.prepaid_minor, max(free, 0))
        amounts: tuple[int, ...] = (
            line.open_minor,
            line.unbilled_minor,
            line.orders_minor,
            free,
        )
        if line.currency != home:
            if not any(amounts):
                continue
            needed.add(line.currency)
            if line.currency not in rates:
                continue
            rate_ppm = rates[line.currency].rate_ppm
            amounts = tuple(part(one, rate_ppm, PPM) if one else 0 for one in amounts)
        open_minor += amounts[0]
        unbilled += amounts[1]
        orders += amounts[2]
        unapplied += amounts[3]
    needed.update(cover.currency for cover in covers if cover.currency != home)
    missing = tuple(sorted(needed - rates.keys())) if needed else ()
    left = max(open_minor + unbilled + orders - unapplied, 0)
    taken = _taken(left, covers, rates, home=home) if covers and not missing else ()
    covered = sum(amount for _, amount in taken) if taken else 0
    return Exposure(
        home,
        open_minor,
        unbilled,
        orders,
        covered,
        unapplied,
        None if missing else left - covered,
        missing,
        tuple(rates[currency] for currency in sorted(needed & rates.keys())) if needed else (),
        taken,
    )


def split_by_currency(
    parts: Iterable[Part],
    rates: Mapping[str, ExposureRate],
    *,
    home: str,
    exposure_minor: int,
) -> tuple[tuple[str, int], ...]:
    """Return an exposure by the currency it is in, home minor units; parts add up to it.

    Covers and money that lies in another currency take from each in proportion; what rounding
    leaves goes to the largest. The rates of all parts must be known.
    """
    held: dict[str, int] = {}
    for line in parts:
        ahead = min(line.prepaid_minor, max(line.unapplied_minor, 0))
        owed = line.open_minor + line.unbilled_minor + line.orders_minor
        owed -= line.unapplied_minor - ahead
        amount = exchanged(owed, line.currency, rates, to=home)
        if amount > 0:
            held[line.currency] = amount
    whole = sum(held.values())
    if not whole or not exposure_minor:
        return ()
    found = {code: exposure_minor * amount // whole for code, amount in held.items()}
    largest = min(held, key=lambda code: (-held[code], code))
    found[largest] += exposure_minor - sum(found.values())
    return tuple(sorted(found.items()))


def _taken(
    left_minor: int, covers: Sequence[CoverPart], rates: Mapping[str, ExposureRate], *, home: str
) -> tuple[tuple[int, int], ...]:
    taken = []
    for cover in sorted(covers, key=lambda cover: cover.id):
        most = exchanged(cover.amount_minor, cover.currency, rates, to=home)
        amount = part(min(most, left_minor), cover.share_ppm, PPM)
        left_minor -= amount
        taken.append((cover.id, amount))
    return tuple(taken)
