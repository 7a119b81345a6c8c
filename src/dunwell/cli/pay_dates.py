"""When the open items of a ledger read from files will be paid: `predict`, `forecast`, `backtest`.

Nothing is learned but from what the files show as known on the day asked about.
"""

import argparse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isnan, nan

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.cli.printing import Answer, Row, Table, money
from dunwell.engine.calendars import day_date, day_number
from dunwell.formats.dates import FIRST_YEAR, LAST_YEAR
from dunwell.formats.frames import FileFrames, file_frames
from dunwell.formats.ledger import Ledger
from dunwell.ml.backtest import backtest as played_through
from dunwell.ml.curves import ITEM_COLUMNS, Curves
from dunwell.ml.draws import Interval
from dunwell.ml.forecast import ReplayedWeek, cash_weeks
from dunwell.ml.history import History, first_day, history
from dunwell.ml.league import League, Standing, league
from dunwell.ml.league_document import league_document
from dunwell.ml.trials import BRIEF, back_tested, fitted, makers

RATE_DIGITS = 6
STEP_DAYS = 7
FIGURES: Mapping[str, str] = {
    "auc": "new.late.auc",
    "brier": "new.late.brier",
    "ece": "new.late.calibration_error",
    "mae": "new.days.mae",
    "within_3": "new.days.within_3",
    "crps": "new.days.crps",
    "cover_80": "new.days.cover_80",
    "class_accuracy": "new.days.class_accuracy",
    "open_mae": "open.days.mae",
    "open_crps": "open.days.crps",
    "unpaid_14_auc": "open.unpaid.14.auc",
    "cold_brier": "cold.late.brier",
    "worklist": "worklist.model",
    "cash_week_1": "cash.weeks.1.wape",
    "cash_weeks_1_4": "cash.first_wape",
    "cash_4_weeks": "cash.sum_wape",
    "cash_cover_80": "cash.first_cover_80",
}
"""The figures of a back-test that are printed, with their paths in `Results.intervals`."""

WEEK_MONEY = ("expected_minor", "p10_minor", "p50_minor", "p90_minor")
WEEK_COLUMNS = ("currency", "week", "from_on", "to_on", *WEEK_MONEY)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The curves of the open items by the model the file's own past speaks for."""

    curves: Curves
    found: History
    standings: League
    replay: tuple[ReplayedWeek, ...]


def predict(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return one row per item open on the day: chances of being late, expected day, range."""
    frames = file_frames(ledger)
    chosen = _chosen(frames, options)
    curves, as_of = chosen.curves, options.as_of.isoformat()
    told = pl.DataFrame(
        {
            "item": curves.items["item_id"],
            "customer": curves.items["customer_id"],
            "as_of": [as_of] * len(curves),
            "due_on": _dates(curves.items["due_day"]),
            "currency": curves.items["currency"],
            "open_minor": curves.items["open_minor"],
            "p_late": curves.late(0).round(RATE_DIGITS),
            "p_late_7": curves.late(7).round(RATE_DIGITS),
            "p_late_30": curves.late(30).round(RATE_DIGITS),
            "expected_pay_on": _dates(curves.expected().round().astype("int32")),
            "q10_on": _dates(curves.quantile(0.1)),
            "q50_on": _dates(curves.quantile(0.5)),
            "q90_on": _dates(curves.quantile(0.9)),
            "model": [curves.model] * len(curves),
        }
    )
    named = _named(told, frames)
    rows = named.to_dicts()
    answer = {
        "as_of": as_of,
        "model": curves.model,
        "reason": chosen.standings.reason.code,
        "paid_items": chosen.found.paid_items,
        "items": rows,
    }
    return answer, Table(named.columns, rows)


def forecast(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return the money expected from the open items per currency and week, with its range."""
    chosen = _chosen(file_frames(ledger), options)
    weeks = cash_weeks(
        chosen.curves, chosen.found, weeks=options.weeks, replay=chosen.replay
    ).to_dicts()
    told = [
        {
            "currency": week["currency"],
            "week": week["week"],
            "from_on": day_date(week["from_day"]).isoformat(),
            "to_on": day_date(week["to_day"]).isoformat(),
            **{name: week[name] for name in WEEK_MONEY},
        }
        for week in weeks
    ]
    currencies = sorted({str(week["currency"]) for week in told})
    answer = {
        "as_of": options.as_of.isoformat(),
        "model": chosen.curves.model,
        "currencies": [
            {
                "currency": currency,
                "weeks": [
                    {key: value for key, value in week.items() if key != "currency"}
                    for week in told
                    if week["currency"] == currency
                ],
            }
            for currency in currencies
        ],
    }
    shown: list[Row] = [
        {
            **week,
            **{
                name.removesuffix("_minor"): money(week[name], str(week["currency"]))
                for name in WEEK_MONEY
            },
        }
        for week in told
    ]
    columns = (*WEEK_COLUMNS, *(name.removesuffix("_minor") for name in WEEK_MONEY))
    return answer, Table(columns, shown)


def backtest(ledger: Ledger, options: argparse.Namespace) -> Answer:
    """Return every model's figures over weekly snapshots between two days, and who would serve.

    Outcomes count as the files show them. Raises ValueError when the days lie the wrong way
    round or no item was open by then.
    """
    first, last = day_number(options.from_on), day_number(options.to_on)
    if first > last:
        raise ValueError(f"--from {options.from_on} lies after --to {options.to_on}")
    found = _history(file_frames(ledger), day=ledger.known_day)
    if first < first_day(found):
        raise ValueError(
            f"the first item was issued on {day_date(first_day(found))}; "
            "give a --from of that day or later"
        )
    if last >= found.as_of:
        raise ValueError(
            f"nothing after {day_date(found.as_of)} is in the files, so what was said on "
            f"{options.to_on} cannot be judged; give an earlier --to"
        )
    tested = played_through(
        found,
        makers(found, first=first, seed=options.seed),
        first=first,
        last=last,
        step_days=STEP_DAYS,
    )
    if not tested.requests.height:
        raise ValueError(f"no item was issued by {options.to_on}; give a later --to")
    standings = league(tested)
    document = league_document(tested, standings, chosen=standings.serves, champion="")
    answer = {
        "from": options.from_on.isoformat(),
        "to": options.to_on.isoformat(),
        "step_days": STEP_DAYS,
        "outcomes_until": day_date(found.as_of).isoformat(),
        "requests": document["requests"],
        "snapshots": document["snapshots"],
        "serves": document["serves"],
        "reason": document["reason"],
        "models": document["rows"],
    }
    return answer, _figures(standings, options.format)


def _figures(found: League, style: str) -> list[Row]:
    """Return the main figures with 95 % intervals: a row per model, for people one per figure."""
    if style == "table":
        return [
            {"figure": "serves"}
            | {one.model: "yes" if one.model == found.serves else "" for one in found.standings},
            *(
                {"figure": name} | {one.model: _told(one, path) for one in found.standings}
                for name, path in FIGURES.items()
            ),
        ]
    return [
        {"model": one.model, "serves": "yes" if one.model == found.serves else ""}
        | {name: f"{_interval(one, path).value:.4f}" for name, path in FIGURES.items()}
        | {
            f"{name}_{end}": f"{getattr(_interval(one, path), end):.4f}"
            for name, path in FIGURES.items()
            for end in ("low", "high")
        }
        for one in found.standings
    ]


def _told(standing: Standing, path: str) -> str:
    one = _interval(standing, path)
    if isnan(one.low):
        return f"{one.value:.4f}"
    return f"{one.value:.4f} ({one.low:.4f}-{one.high:.4f})"


def _interval(standing: Standing, path: str) -> Interval:
    """Return a figure with its interval; a ledger too short has no such week."""
    return standing.results.intervals.get(path, Interval(nan, nan, nan))


def _chosen(frames: FileFrames, options: argparse.Namespace) -> Chosen:
    """Return the curves of the open items by the model that did best on the file's own past.

    Raises ValueError for a day outside FIRST_YEAR to LAST_YEAR.
    """
    if not FIRST_YEAR <= options.as_of.year <= LAST_YEAR:
        raise ValueError(
            f"--as-of {options.as_of} lies outside the years {FIRST_YEAR} to {LAST_YEAR}; "
            "give another day"
        )
    found = _history(frames, day=day_number(options.as_of))
    test = back_tested(found, seed=options.seed, protocol=BRIEF)
    standings = league(test.backtest)
    model = fitted(found, standings.serves, seed=options.seed)
    requests = found.open.select(*ITEM_COLUMNS)
    return Chosen(
        curves=model.curves(found, requests),
        found=found,
        standings=standings,
        replay=tuple(test.replayed[standings.serves].cash),
    )


def _history(frames: FileFrames, *, day: int) -> History:
    details = frames.details.select("customer_id", "country")
    papers = nw.from_native(frames.papers.lazy())
    return history(frames.ledger, as_of=day_date(day), countries=details, papers=papers)


def _named(told: pl.DataFrame, frames: FileFrames) -> pl.DataFrame:
    """Return the rows under the files' own item and customer numbers, sorted by them."""
    items = frames.numbers.select(item="item_id", item_id="number")
    customers = frames.customers.select(customer="customer_id", customer_number="customer_number")
    return (
        told.join(items, on="item", how="left")
        .join(customers, on="customer", how="left")
        .sort("item")
        .select(
            "item_id",
            pl.col("customer_number").alias("customer_id"),
            pl.exclude("item", "customer", "item_id", "customer_number"),
        )
    )


def _dates(days: Iterable[int]) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date).dt.to_string("%Y-%m-%d")
