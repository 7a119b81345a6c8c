"""The roll matrix of one month as a page shows it: rows sum to what was there."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.book_slices import ALL
from dunwell.engine.calendars import day_date
from dunwell.engine.roll_rates import FROM_STATES, TO_STATES
from dunwell.models import Company
from dunwell.queries.analyses import ShownAnalysis
from dunwell.queries.analysis_items import Behind, behind

PPM = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RollCell:
    """What went from one state to another, in minor units and as a share of its row in ppm."""

    state: str
    amount_minor: int
    share_ppm: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RollRow:
    """Where what was in one state at the start is at the end; cells sum to `total_minor`."""

    state: str
    total_minor: int
    cells: tuple[RollCell, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RollMatrix:
    """One month of rolls, all months there are (last days, oldest first), and column sums."""

    month_end: date
    months: tuple[date, ...]
    currency: str
    states: tuple[str, ...]
    rows: tuple[RollRow, ...]
    totals: tuple[int, ...]

    @property
    def total_minor(self) -> int:
        """Return what was there at the start, and what came."""
        return sum(row.total_minor for row in self.rows)

    @property
    def sums(self) -> tuple[tuple[str, int], ...]:
        """Return what ended up in each state, by state."""
        return tuple(zip(self.states, self.totals, strict=True))


def roll_matrix(
    shown: ShownAnalysis, *, currency: str, dimension: str, key: str, month: date | None
) -> RollMatrix | None:
    """Return the matrix of a month, the latest where none of them is asked for; one query."""
    parts = shown.parts("rolls", currency=currency, dimension=dimension, key=key)
    content = parts[0].content if parts else []
    days = sorted({row[0] for row in content})
    if not days:
        return None
    months = tuple(day_date(day) for day in days)
    chosen = month if month in months else months[-1]
    cells = {(row[1], row[2]): row[3] for row in content if day_date(row[0]) == chosen}
    rows = []
    for from_no, state in enumerate(FROM_STATES):
        amounts = [cells.get((from_no, to_no), 0) for to_no in range(len(TO_STATES))]
        whole = sum(amounts)
        rows.append(
            RollRow(
                state=state,
                total_minor=whole,
                cells=tuple(
                    RollCell(
                        state=to_state,
                        amount_minor=amount,
                        share_ppm=round(amount * PPM / whole) if whole > 0 else None,
                    )
                    for to_state, amount in zip(TO_STATES, amounts, strict=True)
                ),
            )
        )
    totals = tuple(
        sum(cells.get((from_no, to_no), 0) for from_no in range(len(FROM_STATES)))
        for to_no in range(len(TO_STATES))
    )
    return RollMatrix(
        month_end=chosen,
        months=months,
        currency=currency,
        states=TO_STATES,
        rows=tuple(rows),
        totals=totals,
    )


def roll_items(
    company: Company,
    shown: ShownAnalysis,
    *,
    currency: str,
    month: date,
    from_state: str,
    to_state: str,
) -> Behind | None:
    """Return the items of one cell of the whole book's matrix; None where nothing rolled so."""
    if from_state not in FROM_STATES or to_state not in TO_STATES:
        return None
    day = (month - date(1970, 1, 1)).days
    parts = shown.parts("roll_items", currency=currency, dimension=ALL, key=str(day))
    wanted = (FROM_STATES.index(from_state), TO_STATES.index(to_state))
    for from_no, to_no, items, total, pairs in parts[0].content if parts else ():
        if (from_no, to_no) == wanted:
            return behind(company, pairs, currency=currency, items=items, total_minor=total)
    return None
