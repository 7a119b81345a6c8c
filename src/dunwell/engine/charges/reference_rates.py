"""Official yearly rates by day, and which of them holds when a law fixes one for a half-year.

A rate is known up to the last day for which its list is complete. Beyond that day nothing is
assumed: the half-year stays unknown until somebody enters its rate.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from dunwell.engine import documents
from dunwell.engine.documents import DocumentError

HALF_YEAR, HALF_YEAR_EVE, DAILY = "half_year", "half_year_eve", "daily"
FIXINGS = (HALF_YEAR, HALF_YEAR_EVE, DAILY)
"""The rate of 1 January and 1 July holds for the half-year; that of the day before; or each day's
own."""

PPM = 1_000_000
JULY = 7
_FIELDS = {"name", "title", "source", "evidence", "known_until", "values"}
_EVIDENCE = ("P", "S", "M")


@dataclass(frozen=True, kw_only=True, slots=True)
class RateValue:
    """A yearly rate in ppm from a day on, and where it comes from."""

    from_on: date
    rate_ppm: int
    source: str = ""
    is_own: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReferenceTable:
    """One official rate over time; complete up to `known_until`, None: nothing is known.

    `values` in the order of their days, one a day.
    """

    name: str
    title: str
    source: str
    evidence: str
    known_until: date | None
    values: tuple[RateValue, ...]

    def value_on(self, day: date) -> RateValue | None:
        """Return the value in force on a day, None where it is not known."""
        if self.known_until is None or day > self.known_until:
            return None
        place = bisect_right(self.values, day, key=lambda value: value.from_on)
        return self.values[place - 1] if place else None


@dataclass(frozen=True, kw_only=True, slots=True)
class RateSpan:
    """A yearly rate from a day up to but not including another; None: not known."""

    from_on: date
    until_on: date
    rate_ppm: int | None
    source: str


def read_reference_rates(document: Mapping[str, object]) -> Mapping[str, ReferenceTable]:
    """Return the tables of a document {rates: […]} by name; raise DocumentError."""
    outer = documents.fields(document, "document")
    documents.known(outer, {"rates"}, "document")
    tables: dict[str, ReferenceTable] = {}
    for number, row in enumerate(documents.rows(outer.get("rates"), "rates", "document"), 1):
        table = _table(row, f"rate {number}")
        if table.name in tables:
            raise DocumentError(f"rate {number}: name {table.name} stands twice")
        tables[table.name] = table
    return tables


def with_own_values(table: ReferenceTable, own: Sequence[RateValue]) -> ReferenceTable:
    """Return the table with a company's values laid over it, day by day.

    Whoever enters a value says that the list is complete up to that day.
    """
    if not own:
        return table
    merged = {value.from_on: value for value in (*table.values, *own)}
    latest = max(value.from_on for value in own)
    known = latest if table.known_until is None else max(table.known_until, latest)
    return replace(table, known_until=known, values=tuple(merged[day] for day in sorted(merged)))


def half_year_start(day: date) -> date:
    """Return 1 January or 1 July, whichever begins the half-year of a day."""
    return date(day.year, JULY if day.month >= JULY else 1, 1)


def next_half_year(day: date) -> date:
    """Return the first day of the half-year after that of a day."""
    return date(day.year, JULY, 1) if day.month < JULY else date(day.year + 1, 1, 1)


def fixing_day(day: date, fixing: str) -> date:
    """Return the day whose value holds on a day under a fixing of the half-year."""
    start = half_year_start(day)
    return start - timedelta(days=1) if fixing == HALF_YEAR_EVE else start


def rate_spans(
    table: ReferenceTable,
    *,
    fixing: str,
    first: date,
    last: date,
    multiple_ppm: int = PPM,
    margin_ppm: int = 0,
) -> tuple[RateSpan, ...]:
    """Return the yearly rates from `first` to `last`, both included, without a gap.

    A rate is the official value times `multiple_ppm` plus `margin_ppm`, never below 0. Fixed each
    day, a value counts as known to the end of the half-year up to which the list is complete.
    """
    cuts = {first, last + timedelta(days=1)}
    day = next_half_year(first)
    while day <= last:
        cuts.add(day)
        day = next_half_year(day)
    if fixing == DAILY:
        cuts.update(value.from_on for value in table.values if first < value.from_on <= last)
    days = sorted(cuts)
    spans = []
    for start, stop in pairwise(days):
        value = _held(table, start, fixing)
        rate = None if value is None else _rate(value.rate_ppm, multiple_ppm, margin_ppm)
        spans.append(
            RateSpan(
                from_on=start, until_on=stop, rate_ppm=rate, source=_told(table, value, margin_ppm)
            )
        )
    return tuple(_joined(spans))


def _held(table: ReferenceTable, day: date, fixing: str) -> RateValue | None:
    if fixing != DAILY:
        return table.value_on(fixing_day(day, fixing))
    if table.known_until is None or day >= next_half_year(table.known_until):
        return None
    return table.value_on(min(day, table.known_until))


def _rate(rate_ppm: int, multiple_ppm: int, margin_ppm: int) -> int:
    # a rate in ppm times a multiple in ppm: whole ppm for every multiple a law knows
    return max(rate_ppm * multiple_ppm // PPM + margin_ppm, 0)


def _told(table: ReferenceTable, value: RateValue | None, margin_ppm: int) -> str:
    if value is None:
        return f"{table.name}: not known"
    by = value.source if value.is_own else table.source
    plus = f" + {margin_ppm / 10_000:g} %" if margin_ppm else ""
    return f"{table.name} {value.rate_ppm / 10_000:g} % of {value.from_on}{plus} ({by})"


def _joined(spans: Sequence[RateSpan]) -> list[RateSpan]:
    """Return the spans with neighbours of the same rate and source made one."""
    joined: list[RateSpan] = []
    for span in spans:
        before = joined[-1] if joined else None
        if before and (before.rate_ppm, before.source) == (span.rate_ppm, span.source):
            joined[-1] = replace(before, until_on=span.until_on)
        else:
            joined.append(span)
    return joined


def _table(row: object, where: str) -> ReferenceTable:
    stated = documents.fields(row, where)
    documents.known(stated, _FIELDS, where)
    known = stated.get("known_until")
    values = [
        _value(entry, f"{where}, value {number}")
        for number, entry in enumerate(documents.rows(stated.get("values"), "values", where), 1)
    ]
    days = [value.from_on for value in values]
    if days != sorted(set(days)):
        raise DocumentError(f"{where}: values must stand in the order of their days, one a day")
    return ReferenceTable(
        name=documents.text(stated, "name", where),
        title=documents.text(stated, "title", where),
        source=documents.text(stated, "source", where),
        evidence=documents.choice(stated.get("evidence"), "evidence", _EVIDENCE, where),
        known_until=None if known is None else documents.day(known, "known_until", where),
        values=tuple(values),
    )


def _value(entry: object, where: str) -> RateValue:
    parts = documents.rows(entry, "value", where)
    if len(parts) != 2:  # noqa: PLR2004 -- a day and a rate
        raise DocumentError(f"{where}: write [day, rate in ppm], found {entry!r}")
    return RateValue(
        from_on=documents.day(parts[0], "day", where),
        rate_ppm=documents.number(
            {"rate": parts[1]}, "rate", where, smallest=-PPM, largest=10 * PPM
        ),
    )
