"""Whom a signal from outside touches, and how much that matters.

Who is named (by number, VAT number or name) is touched; a signal that names nobody touches every
customer that fits all of its country, sector and currency. Relevance is severity x likeness,
weighted by what the customer owes: a quarter for anybody, all of it from a tenth of the book on.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dunwell.engine.credit_book import PPM, CreditRow
from dunwell.engine.sectors import section_of

FULL_WEIGHT_PPM = 100_000
LEAST_WEIGHT_PPM = 250_000
MOST_SEVERE = 3
MOST_MATCHES = 500
"""Customers a signal that names nobody is told of; those that matter most."""

NUMBER, VAT, NAME, SECTOR, COUNTRY, CURRENCY = (
    *("number", "vat", "name", "sector", "country", "currency"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalAbout:
    """What a signal says of whom it is about; `key` is its own."""

    key: int
    severity: int
    customer_number: str = ""
    vat_id: str = ""
    party: str = ""
    region: str = ""
    sector: str = ""
    currency: str = ""

    @property
    def names_somebody(self) -> bool:
        """Return whether it is about somebody rather than about a country or sector."""
        return bool(self.customer_number or self.vat_id or self.party)


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """A customer as signals find it."""

    number: str
    vat_id: str
    row: CreditRow


@dataclass(frozen=True, kw_only=True, slots=True)
class SignalHit:
    """A customer a signal touches: how that is known, how alike, and how much it matters."""

    key: int
    customer_id: int
    how: str
    likeness_ppm: int
    exposure_minor: int | None
    relevance_ppm: int


def plain_vat(text: str) -> str:
    """Return a VAT number without blanks, points and dashes, in capitals."""
    return "".join(sign for sign in text.upper() if sign.isalnum())


def relevance(
    severity: int, *, likeness_ppm: int, exposure_minor: int | None, total_minor: int
) -> int:
    """Return how much a hit matters, 0 to 1,000,000 ppm; an unknown exposure counts in full."""
    weight = PPM
    if exposure_minor is not None:
        full = total_minor * FULL_WEIGHT_PPM
        share = exposure_minor * PPM * PPM // full if full > 0 else 0
        more = (PPM - LEAST_WEIGHT_PPM) * min(max(share, 0), PPM) // PPM
        weight = LEAST_WEIGHT_PPM + more
    return likeness_ppm * severity * weight // (MOST_SEVERE * PPM)


def signal_hits(
    signals: Sequence[SignalAbout],
    customers: Sequence[Known],
    *,
    alike: Mapping[int, Mapping[int, int]],
) -> tuple[SignalHit, ...]:
    """Return whom each signal touches, those that matter most first.

    `alike`: by the signal's key and the customer's id how alike their names are, ppm.
    """
    by_number = {one.number: one for one in customers}
    by_id = {one.row.customer_id: one for one in customers}
    by_vat: dict[str, list[Known]] = defaultdict(list)
    for one in customers:
        if one.vat_id:
            by_vat[plain_vat(one.vat_id)].append(one)
    total = sum(one.row.known_minor for one in customers)
    found: list[SignalHit] = []
    for signal in signals:
        hits: dict[int, tuple[str, int]] = {}
        if signal.names_somebody:
            for key, ppm in alike.get(signal.key, {}).items():
                hits[key] = (NAME, ppm)
            for same in by_vat.get(plain_vat(signal.vat_id), ()) if signal.vat_id else ():
                hits[same.row.customer_id] = (VAT, PPM)
            if signal.customer_number in by_number:
                hits[by_number[signal.customer_number].row.customer_id] = (NUMBER, PPM)
        else:
            hits = {
                one.row.customer_id: (_how(signal), PPM) for one in _touched(signal, customers)
            }
        rows = sorted(
            (
                _hit(signal, by_id[key], how, ppm, total_minor=total)
                for key, (how, ppm) in hits.items()
                if key in by_id
            ),
            key=lambda one: (-one.relevance_ppm, one.customer_id),
        )
        found += rows[:MOST_MATCHES]
    return tuple(found)


def _touched(signal: SignalAbout, customers: Iterable[Known]) -> list[Known]:
    if not (signal.region or signal.sector or signal.currency):
        return []
    return [
        one
        for one in customers
        if one.row.known_minor > 0
        and (not signal.region or one.row.country == signal.region)
        and (
            not signal.sector
            or signal.sector in {one.row.sector, section_of(one.row.sector)} - {""}
        )
        and (not signal.currency or dict(one.row.currencies).get(signal.currency, 0) > 0)
    ]


def _how(signal: SignalAbout) -> str:
    if signal.sector:
        return SECTOR
    return COUNTRY if signal.region else CURRENCY


def _hit(
    signal: SignalAbout, one: Known, how: str, likeness_ppm: int, *, total_minor: int
) -> SignalHit:
    row = one.row
    exposure = (
        dict(row.currencies).get(signal.currency, 0) if how == CURRENCY else row.exposure_minor
    )
    return SignalHit(
        key=signal.key,
        customer_id=row.customer_id,
        how=how,
        likeness_ppm=likeness_ppm,
        exposure_minor=exposure,
        relevance_ppm=relevance(
            signal.severity,
            likeness_ppm=likeness_ppm,
            exposure_minor=exposure,
            total_minor=total_minor,
        ),
    )
