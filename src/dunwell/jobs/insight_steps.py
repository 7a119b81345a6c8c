"""Steps of the day's cycle that keep what the pages of insight show."""

from dunwell.actions.process import record_process
from dunwell.jobs.cycle_day import Day


def map_process(day: Day) -> int:
    """Keep how invoice to cash went, month by month of issue."""
    return record_process(actor=day.actor, made=day.process, as_of=day.as_of, at=day.at)
