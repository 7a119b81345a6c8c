"""Crash scenario of a long day: `big_day_flow` with ten thousand lines and twenty thousand items."""

from tests.journeys import big_day_flow

LINES, ITEMS = 10_000, 20_000
DECIDED_ANEW = ("chainhead", "event", "matchproposal")
"""Money is matched in parts. A call that goes on looks once more at what the part before left
undecided: it says so in an event, and may suggest other pairs of items that make up an amount."""


def prepare():
    """A company with twenty thousand open items."""
    big_day_flow.prepare(ITEMS)


def run():
    """A statement of ten thousand lines, and the day's cycle."""
    big_day_flow.run(LINES)
