"""Crash scenario of a long day: `big_day_flow` with ten thousand lines and twenty thousand items."""

from tests.journeys import big_day_flow

LINES, ITEMS = 10_000, 20_000


def prepare():
    """A company with twenty thousand open items."""
    big_day_flow.prepare(ITEMS)


def run():
    """A statement of ten thousand lines, and the day's cycle."""
    big_day_flow.run(LINES)
