"""Payments in another currency than the item they name: what they are worth on their day."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import Claims
from dunwell.engine.matching.fits import Shortfall
from dunwell.engine.matching.inputs import AnyFrame, Item, Key, Payment, lazy
from dunwell.engine.matching.payers import PayerMatch, grade_of
from dunwell.engine.matching.policy import PPM
from dunwell.engine.matching.prose import converted
from dunwell.engine.matching.readings import REFERENCES, Cell, Part, Reading
from dunwell.engine.matching.references import Grade
from dunwell.engine.money import from_minor, to_minor


@dataclass(frozen=True, slots=True)
class Rates:
    """Dated rates to the home currency: home minor units per million foreign minor units."""

    home: str
    by_currency: Mapping[str, tuple[tuple[int, int], ...]]

    def rate_ppm(self, currency: str, day: int) -> int | None:
        """Return the rate in force on the day, None when there is none yet."""
        if currency == self.home:
            return PPM
        dated = self.by_currency.get(currency, ())
        place = bisect_right(dated, (day, 1 << 62))
        return dated[place - 1][1] if place else None

    def convert(self, amount_minor: int, currency: str, *, to: str, day: int) -> int | None:
        """Return the amount in the other currency's minor units, half away from zero."""
        mine, theirs = self.rate_ppm(currency, day), self.rate_ppm(to, day)
        if not mine or not theirs:
            return None
        return (2 * amount_minor * mine + theirs) // (2 * theirs)


def read_rates(frame: AnyFrame | None, home: str) -> Rates:
    """Return the rates of a frame (currency, day, rate_ppm; see `engine.schema.FX`)."""
    if frame is None:
        return Rates(home, {})
    rows = lazy(frame).select("currency", "day", "rate_ppm").collect().to_dict(as_series=False)
    dated: dict[str, list[tuple[int, int]]] = {}
    for currency, day, rate in zip(rows["currency"], rows["day"], rows["rate_ppm"], strict=True):
        dated.setdefault(currency, []).append((day, rate))
    return Rates(home, {currency: tuple(sorted(one)) for currency, one in dated.items()})


def foreign_readings(
    payment: Payment,
    claims: Claims,
    payers: Mapping[Key, PayerMatch],
    book: Book,
    rates: Rates,
) -> list[Reading]:
    """Return the reading that pays the named items of another currency, if their sum is met.

    Worth is what the text converts at, else the dated rate. Within the policy's tolerance the
    items are settled and the rest is a difference of rates; a smaller payment is a part.
    """
    named = _named(payment, claims, book)
    currencies = {item.currency for item, _ in named}
    if len(currencies) != 1:
        return []
    target = currencies.pop()
    worth = _worth(payment, target, rates)
    total = sum(book.left[item.item_id] for item, _ in named)
    if worth is None or total <= 0:
        return []
    gap = worth - total
    is_met = abs(gap) * PPM <= book.policy.fx_tolerance_ppm * total
    if not is_met and (gap > 0 or len(named) > 1):
        return []
    amounts = [book.left[item.item_id] for item, _ in named] if is_met else [worth]
    grade = min(one for _, one in named)
    payer = min(
        grade_of(payers, one.customer_id, has_payer=bool(payment.payer)) for one, _ in named
    )
    cell = Cell(
        "reference",
        "foreign" if is_met else "foreign_part",
        REFERENCES[grade],
        payer.name.lower(),
        "clear",
    )
    mine, theirs = from_minor(payment.amount_minor, payment.currency), from_minor(worth, target)
    why = f"{mine} {payment.currency} are worth {theirs} {target} on the day"
    last = named[-1][0].item_id
    gone = (Shortfall(last, "fx", -gap),) if is_met and gap else ()
    parts = _parts(payment, named, amounts)
    return [Reading(parts, cell, reasons=(why,), shortfalls=gone)]


def _named(payment: Payment, claims: Claims, book: Book) -> list[tuple[Item, Grade]]:
    found: dict[Key, tuple[Item, Grade]] = {}
    for claim in claims.claims:
        for one in claim.mentions[:1]:
            item = book.items[one.item_id]
            sure = one.grade >= Grade.STRIPPED and book.left[one.item_id] > 0
            if sure and item.currency != payment.currency:
                found[one.item_id] = (item, one.grade)
    return list(found.values())


def _worth(payment: Payment, target: str, rates: Rates) -> int | None:
    said = converted(f"{payment.reference} {payment.text}")
    if said and said.currency == target:
        return to_minor(round(said.amount, 2), target)
    return rates.convert(payment.amount_minor, payment.currency, to=target, day=payment.value_day)


def _parts(
    payment: Payment, named: list[tuple[Item, Grade]], amounts: list[int]
) -> tuple[Part, ...]:
    """Return the parts; the payment is spread by the amounts, the last one takes the rest."""
    total, spent = sum(amounts), 0
    parts = []
    for n, ((item, _), amount) in enumerate(zip(named, amounts, strict=True)):
        is_last = n == len(amounts) - 1
        paid = payment.amount_minor - spent if is_last else payment.amount_minor * amount // total
        spent += paid
        parts.append(Part(item.item_id, amount, paid))
    return tuple(parts)
