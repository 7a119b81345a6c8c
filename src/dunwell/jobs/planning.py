"""What the day's cycle does for planning: actuals, tests of covenants, gap alerts."""

from dunwell.actions.covenants import freeze_covenant_tests
from dunwell.actions.gap_alerts import raise_gap_alerts
from dunwell.actions.month_actuals import keep_actuals
from dunwell.jobs.cycle_day import Day


def keep_day_actuals(day: Day) -> int:
    """Keep what happened in the last months, as the books tell it today."""
    return keep_actuals(actor=day.actor, facts=day.month_facts, at=day.at)


def freeze_day_tests(day: Day) -> int:
    """Freeze the covenants that are tested today."""
    return freeze_covenant_tests(actor=day.actor, due=day.covenant_tests, at=day.at)


def raise_day_gaps(day: Day) -> int:
    """Raise, bring up to date and end gap alerts."""
    return raise_gap_alerts(actor=day.actor, due=day.gaps, as_of=day.as_of, at=day.at)
