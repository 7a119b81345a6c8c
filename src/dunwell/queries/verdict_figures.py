"""What an experiment shows by its kind, and the same as the document kept with its verdict."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from dunwell.models import Company, Experiment
from dunwell.queries.duel_readings import DuelReading, duel_reading
from dunwell.queries.experiment_readings import Reading, experiment_reading
from dunwell.queries.experiments import ExperimentRow
from dunwell.queries.timing_readings import TimingReading, timing_reading


def any_reading(
    company: Company, experiment: ExperimentRow, *, as_of: date
) -> Reading | TimingReading | DuelReading | None:
    """Return what an experiment of any kind shows by a day, None before there is anything."""
    if experiment.kind == Experiment.Kind.TIMING:
        return timing_reading(company, experiment, as_of=as_of)
    if experiment.kind == Experiment.Kind.COMPARISON:
        duel = duel_reading(company, experiment.id, as_of=as_of)
        if duel is not None:
            return duel
    return experiment_reading(company, experiment, as_of=as_of)


def verdict_figures(
    company: Company, experiment: ExperimentRow, *, as_of: date
) -> Mapping[str, Any]:
    """Return what an experiment shows by a day as JSON holds it, {} before there is anything."""
    found = any_reading(company, experiment, as_of=as_of)
    return {} if found is None else _plain(asdict(found))


def _plain(value: Any) -> Any:
    """Return a value with its dates as text and its tuples as lists."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
