"""The rates in force on a day, of the currencies asked for: one look-up in the index each."""

from collections.abc import Iterable
from datetime import date

from dunwell.engine.exposure import ExposureRate
from dunwell.models import Company
from dunwell.queries.fetched_rows import fetched

_NEWEST = (
    "SELECT * FROM (SELECT currency, rate_ppm, from_on FROM dunwell_fxrate "
    "WHERE company_id = %s AND currency = %s AND from_on <= %s ORDER BY from_on DESC LIMIT 1) r"
)


def rates_on(
    company: Company, currencies: Iterable[str], *, as_of: date
) -> dict[str, ExposureRate]:
    """Return the rate of each currency that has one; one query, none for the company's own."""
    foreign = sorted(set(currencies) - {company.currency})
    if not foreign:
        return {}
    rows = fetched(
        " UNION ALL ".join([_NEWEST] * len(foreign)),
        [value for code in foreign for value in (company.pk, code, as_of)],
    )
    return {
        code: ExposureRate(code, rate_ppm, day_of(from_on)) for code, rate_ppm, from_on in rows
    }


def day_of(value: date | str) -> date:
    """Return a day as a date, whichever driver told it: SQLite tells it as text."""
    return value if isinstance(value, date) else date.fromisoformat(value)
