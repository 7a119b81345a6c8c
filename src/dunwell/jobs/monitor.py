"""The weekly check of the serving model: what it said against what came, and what moved."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from dunwell.engine.calendars import day_date
from dunwell.jobs.book_inputs import book_inputs
from dunwell.jobs.score import logged_rows
from dunwell.ml.alarms import Alarm, alarms
from dunwell.ml.calibration import calibration, late_truth, ranges, rank_shares, reliability
from dunwell.ml.drift import PSI, psi, reference_from, trailing
from dunwell.ml.history import History
from dunwell.ml.league_document import plain
from dunwell.ml.paid_watch import PaidWeek, paid_weeks, watch
from dunwell.ml.predictions import MATURED, matured
from dunwell.models import ModelVersion
from dunwell.queries.predictions import logged_content, logged_days

STEP_DAYS = 7
"""Days from one check to the next, and from one looked-at log to the next."""

WEEKS = 60
"""Logs looked back on at most: a year, so that a season can be told from a shift."""

JUDGED_WEEKS = 26
"""Calibration is shown over the predictions of half a year."""

YEAR_DAYS = 364
"""The same season a year ago, on the same weekday."""


@dataclass(frozen=True, slots=True)
class Checked:
    """The figures of a check as JSON, and its alarms, the gravest first."""

    figures: Mapping[str, Any]
    alarms: tuple[Alarm, ...]

    @property
    def has_to_fall_back(self) -> bool:
        """Whether an alarm asks for the customers' own history to serve."""
        return any("fall_back" in alarm.follows for alarm in self.alarms)


def checked(version: ModelVersion, history: History) -> Checked:
    """Return how the version's logged predictions came out by the history's day.

    The figures are the tables of `ml.calibration`, `ml.drift` and `ml.paid_watch`.
    """
    rows = _judged(version, history)
    replayed = [PaidWeek(**week) for week in version.replay.get("paid", ())]
    own = paid_weeks(rows)
    first = own[0].as_of if own else history.as_of
    watched = watch([*(week for week in replayed if week.as_of < first), *own])
    trailed = trailing(rows)
    inputs = _inputs(version, history)
    promoted = version.replay.get("crps_days")
    found = alarms(
        watched=watched,
        inputs=inputs,
        trailed=trailed,
        promoted_crps=float("inf") if promoted is None else promoted,
    )
    recent = rows.filter(pl.col("as_of_day") > history.as_of - STEP_DAYS * JUDGED_WEEKS)
    return Checked(
        figures=plain(
            {
                "reliability": _reliability(recent),
                "calibration": calibration(recent).to_dicts(),
                "ranges": ranges(recent).to_dicts(),
                "rank_shares_ppm": rank_shares(recent),
                "psi": inputs.to_dicts(),
                "trailing": trailed.to_dicts(),
                "watch": watched.to_dicts(),
                "alarms": [
                    {
                        "code": alarm.code,
                        "since_on": day_date(alarm.since_day).isoformat(),
                        "says": alarm.says,
                        "follows": list(alarm.follows),
                    }
                    for alarm in found
                ],
            }
        ),
        alarms=found,
    )


def _judged(version: ModelVersion, history: History) -> pl.DataFrame:
    """Return the version's logged predictions, a week or more apart, in columns MATURED."""
    days = logged_days(version, since=day_date(history.as_of - STEP_DAYS * WEEKS))
    chosen: list[date] = []
    for day in days:
        if not chosen or (day - chosen[-1]).days >= STEP_DAYS:
            chosen.append(day)
    parts = [pl.DataFrame(schema=MATURED)]
    for day in chosen:
        content = logged_content(version.company, as_of=day)
        if content is not None:
            parts.append(matured(history, logged_rows(content)))
    return pl.concat(parts)


def _reliability(rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Return the reliability of P(late) in bins."""
    judged = rows.filter(pl.col("is_late_0").is_not_null())
    return reliability(*late_truth(judged, 0)).to_dicts() if judged.height else []


def _inputs(version: ModelVersion, history: History) -> pl.DataFrame:
    """Return how far the book's inputs moved since training, or less the usual of the season."""
    oldest = history.items["issued_day"].min()
    has_year = isinstance(oldest, int) and oldest < history.as_of - YEAR_DAYS
    now = book_inputs(history, days=[history.as_of])
    before = book_inputs(history, days=[history.as_of - YEAR_DAYS]) if has_year else {}
    parts = [pl.DataFrame(schema=PSI)]
    parts += [
        psi(reference_from(stored), now[name], a_year_ago=before.get(name))
        for name, stored in version.replay.get("inputs", {}).items()
    ]
    return pl.concat(parts)
