"""Exchange rates as people and central banks write them: typed, or a CSV file, long or wide.

Long: columns currency, date, rate. Wide, as the European Central Bank publishes: a column
`Date` and one column per currency. A rate is stored in ppm of minor units: home minor units
per million foreign minor units.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from io import StringIO

from dunwell.engine.money import minor_digits
from dunwell.formats.currencies import ISO_CODES

PPM = 1_000_000
MOST_ROWS = 50_000
QUOTES = ("home", "foreign")
"""`home`: so many home units for one foreign unit; `foreign`: foreign units for one home unit."""

_DATES = frozenset(
    {"date", "day", "from", "from_on", "valid from", "datum", "tag", "fecha", "jour"}
)
_CODES = frozenset({"currency", "code", "ccy", "wahrung", "währung", "devise", "moneda"})
_RATES = frozenset({"rate", "kurs", "cours", "tipo", "value"})
_NONE = frozenset({"", "n/a", "na", "-", "."})


class RatesError(ValueError):
    """The rates cannot be read; the message says which row, what is wrong and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadRate:
    """One rate of a currency from a day on, in ppm of minor units."""

    currency: str
    from_on: date
    rate_ppm: int


def rate_ppm(rate: Decimal, *, currency: str, home: str, quote: str) -> int:
    """Return a rate between whole units as ppm of minor units, rounded half up to one ppm.

    Raises RatesError for a rate that is not above 0 or too small to be kept.
    """
    if not rate.is_finite() or rate <= 0:
        raise RatesError(f"The rate {rate} is not above 0.")
    per_unit = rate if quote == "home" else 1 / rate
    scaled = (per_unit * PPM).scaleb(minor_digits(home) - minor_digits(currency))
    ppm = int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if ppm == 0:
        raise RatesError(f"The rate {rate} is too small to be kept; check which way it is quoted.")
    return ppm


def read_rate(text: str) -> Decimal:
    """Return a rate as typed: a point or a comma before the decimals, no grouping.

    Raises RatesError naming the text.
    """
    plain = text.strip().replace(",", ".")
    try:
        rate = Decimal(plain)
    except InvalidOperation as error:
        raise RatesError(
            f"{text.strip() or 'Nothing'} is not a rate; write it like 1.0853."
        ) from error
    if plain.count(".") > 1 or not rate.is_finite():
        raise RatesError(f"{text.strip()} is not a rate; write it like 1.0853.")
    return rate


def read_rates(data: bytes, *, home: str, quote: str) -> list[ReadRate]:
    """Return the rates of a CSV file, in its order; cells without a rate are left out.

    Raises RatesError naming the row: no text, unknown columns, a bad day, code or rate.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RatesError("The file is not UTF-8 text. Save it as CSV UTF-8.") from error
    lines = text.splitlines()
    if not lines:
        raise RatesError("The file is empty.")
    if len(lines) > MOST_ROWS:
        raise RatesError(
            f"The file has {len(lines):,} rows; at most {MOST_ROWS:,} are read at once."
        )
    delimiter = max(";\t,", key=lines[0].count)
    rows = csv.reader(StringIO(text), delimiter=delimiter)
    header = [name.strip() for name in next(rows)]
    found = [
        _rate(number, day, code, told, home=home, quote=quote)
        for number, day, code, told in _cells(header, rows)
        if told.strip().lower() not in _NONE and code != home
    ]
    if not found:
        raise RatesError("There is no rate in the file.")
    return found


def _cells(
    header: Sequence[str], rows: Iterator[list[str]]
) -> Iterator[tuple[int, str, str, str]]:
    """Yield row number, day, currency and rate as texts, from either layout."""
    names = {name.lower(): place for place, name in enumerate(header)}
    day = _place(names, _DATES)
    if day is None:
        raise RatesError(
            f"Row 1: there is no column for the day. Found {', '.join(header)}; "
            "name one of them date."
        )
    code, rate = _place(names, _CODES), _place(names, _RATES)
    wide = [
        (place, name.upper()) for place, name in enumerate(header) if name.upper() in ISO_CODES
    ]
    if (code is None or rate is None) and not wide:
        raise RatesError(
            "Row 1: expected the columns currency, date and rate, or date and one column per "
            f"currency such as USD. Found {', '.join(header)}."
        )
    for number, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        full = [*row, *[""] * (len(header) - len(row))]
        if code is not None and rate is not None:
            yield number, full[day], full[code].strip().upper(), full[rate]
        else:
            for place, currency in wide:
                yield number, full[day], currency, full[place]


def _place(names: Mapping[str, int], known: frozenset[str]) -> int | None:
    return next((place for name, place in names.items() if name in known), None)


def _rate(number: int, day: str, code: str, told: str, *, home: str, quote: str) -> ReadRate:
    try:
        from_on = date.fromisoformat(day.strip())
    except ValueError as error:
        raise RatesError(
            f"Row {number}: {day.strip() or 'nothing'} is no day; write 2026-01-31."
        ) from error
    if code not in ISO_CODES:
        raise RatesError(f"Row {number}: {code or 'nothing'} is no currency code such as USD.")
    try:
        ppm = rate_ppm(read_rate(told), currency=code, home=home, quote=quote)
    except RatesError as error:
        raise RatesError(f"Row {number}: {error}") from error
    return ReadRate(currency=code, from_on=from_on, rate_ppm=ppm)
