"""How good forecasts of cash were beside simple rules: WAPE, bias, coverage, pinball loss.

All figures are shares of the money that came, in parts per million, within one currency, so no
rate decides a place. A rule without a range is scored as if it were certain: its pinball loss is
half of its absolute error.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dunwell.ml.cash_ranges import SHOWN

OURS = "ours"
PPM = 1_000_000

FEW_WEEKS = 8
"""With forecasts of fewer weeks nobody is said to be better."""


@dataclass(frozen=True, slots=True)
class JudgedCash:
    """One forecast of a period that is over; minor units, `levels` as of SHOWN."""

    number: int
    expected_minor: int
    levels: tuple[int, ...]
    naive: Mapping[str, int]
    came_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CashScore:
    """A contender's figures over `rows` forecasts, None where nothing came.

    `bias_ppm` above 0 says too much. `ours_wape_ppm` is our own over the same forecasts: a rule
    without enough past speaks on fewer.
    """

    contender: str
    rows: int
    wape_ppm: int | None
    bias_ppm: int | None
    cover_80_ppm: int | None
    cover_90_ppm: int | None
    pinball_ppm: int | None
    ours_wape_ppm: int | None


def cash_league(rows: Sequence[JudgedCash]) -> tuple[CashScore, ...]:
    """Return the contenders with any forecast, ours first, then by WAPE."""
    names = sorted({name for row in rows for name in row.naive})
    if not rows:
        return ()
    others = [_naive_score(rows, name) for name in names]
    others.sort(key=lambda one: (one.wape_ppm is None, one.wape_ppm or 0, one.contender))
    return (_our_score(rows), *others)


def by_number(rows: Sequence[JudgedCash]) -> dict[int, tuple[CashScore, ...]]:
    """Return the league of each horizon."""
    numbers = sorted({row.number for row in rows})
    return {
        number: cash_league([row for row in rows if row.number == number]) for number in numbers
    }


def _our_score(rows: Sequence[JudgedCash]) -> CashScore:
    came = sum(abs(row.came_minor) for row in rows)
    wape = _share(sum(abs(row.expected_minor - row.came_minor) for row in rows), came)
    loss = sum(_pinball(row.levels, row.came_minor) for row in rows)
    return CashScore(
        contender=OURS,
        rows=len(rows),
        wape_ppm=wape,
        bias_ppm=_share(sum(row.expected_minor - row.came_minor for row in rows), came),
        cover_80_ppm=_held(rows, 1, 3),
        cover_90_ppm=_held(rows, 0, 4),
        pinball_ppm=_share(round(loss), came),
        ours_wape_ppm=wape,
    )


def _naive_score(rows: Sequence[JudgedCash], name: str) -> CashScore:
    own = [row for row in rows if name in row.naive]
    came = sum(abs(row.came_minor) for row in own)
    error = sum(abs(row.naive[name] - row.came_minor) for row in own)
    loss = sum(_pinball((row.naive[name],) * len(SHOWN), row.came_minor) for row in own)
    return CashScore(
        contender=name,
        rows=len(own),
        wape_ppm=_share(error, came),
        bias_ppm=_share(sum(row.naive[name] - row.came_minor for row in own), came),
        cover_80_ppm=None,
        cover_90_ppm=None,
        pinball_ppm=_share(round(loss), came),
        ours_wape_ppm=_share(sum(abs(row.expected_minor - row.came_minor) for row in own), came),
    )


def _held(rows: Sequence[JudgedCash], low: int, high: int) -> int | None:
    inside = sum(row.levels[low] <= row.came_minor <= row.levels[high] for row in rows)
    return _share(inside, len(rows))


def _pinball(levels: Sequence[int], came: int) -> float:
    """Return the mean pinball loss of the quantiles SHOWN, minor units (Koenker, Bassett 1978)."""
    losses = [
        max(level * (came - said), (level - 1) * (came - said))
        for level, said in zip(SHOWN, levels, strict=True)
    ]
    return sum(losses) / len(losses)


def _share(part: int, whole: int) -> int | None:
    return None if whole <= 0 else round(part * PPM / whole)
