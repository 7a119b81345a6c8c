"""What a page of figures is asked for: day, window, what was known, currency, part of the book."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.queries.item_cards import open_currencies
from dunwell.queries.kpi_courses import kept_days, latest_kept_day
from dunwell.queries.kpi_inputs import Asked, is_big
from dunwell.queries.kpi_labels import slice_labels
from dunwell.queries.kpi_parts import DIMENSIONS
from dunwell.queries.runs import step_ended_at
from dunwell.web.keys import read_day
from dunwell.web.staff import StaffRequest

WINDOWS = (30, 60, 90, 180, 365)
FIRST_DAY = date(1990, 1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class KpiChoice:
    """The answer to a request for figures; `is_heavy`: it would read a big ledger first.

    `label` names the part of the book where it is not the whole. `kept_at` is when the day's cycle
    kept what is shown, None for what is worked out or was filled in later.
    """

    asked: Asked
    currency: str
    currencies: tuple[str, ...]
    label: str
    is_kept: bool
    kept_at: datetime | None
    is_heavy: bool
    explicit: tuple[tuple[str, str], ...]

    @property
    def query(self) -> str:
        """Return the choice as it stands in an address."""
        return urlencode({"currency": self.currency, **dict(self.explicit)})

    @property
    def whole_query(self) -> str:
        """Return the same for the whole book."""
        kept = [(n, v) for n, v in self.explicit if n not in {"dimension", "key"}]
        return urlencode({"currency": self.currency, **dict(kept)})


def kpi_choice(request: StaffRequest) -> KpiChoice:
    """Return what is asked for; wrong values fall back to the last kept day and the whole book."""
    company, told = request.actor.company, request.GET
    day = read_day(told.get("as_of", ""))
    is_stated = day is not None and FIRST_DAY <= day <= request.as_of
    dimension = told.get("dimension", "company")
    dimension = dimension if dimension in DIMENSIONS and dimension != "currency" else "company"
    latest = (
        None if is_stated else latest_kept_day(company, until=request.as_of, dimension=dimension)
    )
    as_of = day if is_stated and day else latest or request.as_of
    known = read_day(told.get("known", ""))
    known_at = known if known and FIRST_DAY <= known <= request.as_of else None
    window = (
        int(told["window"]) if told.get("window") in {str(n) for n in WINDOWS} else WINDOW_DAYS
    )
    key = told.get("key", "")[:80].replace("\0", "")
    asked = Asked(as_of=as_of, window_days=window, known_at=known_at, dimension=dimension, key=key)
    asked = replace(asked, dimension="company", key="") if asked.is_whole else asked
    is_kept = (
        window == WINDOW_DAYS
        and known_at is None
        and bool(kept_days(company, [as_of], dimension=dimension))
    )
    explicit = [
        ("as_of", as_of.isoformat() if is_stated else ""),
        ("known", known_at.isoformat() if known_at else ""),
        ("window", str(window) if window != WINDOW_DAYS else ""),
        ("dimension", "" if asked.is_whole else dimension),
        ("key", "" if asked.is_whole else key),
    ]
    # a part without a name has an empty key, which has to be said
    shown = [(n, v) for n, v in explicit if v or (n == "key" and not asked.is_whole)]
    currencies = tuple(open_currencies(company)) or (company.currency,)
    chosen = told.get("currency", "")
    own = company.currency if company.currency in currencies else currencies[0]
    return KpiChoice(
        asked=asked,
        currency=chosen if chosen in currencies else own,
        currencies=currencies,
        label="" if asked.is_whole else slice_labels(company, dimension, {key}).get(key, key),
        is_kept=is_kept,
        kept_at=step_ended_at(company, as_of, step="record_figures") if is_kept else None,
        is_heavy=not is_kept and told.get("work") != "1" and is_big(company),
        explicit=tuple(shown),
    )
