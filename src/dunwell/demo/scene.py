"""The years a demo ledger plays in: its days, its calendar and its seed."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dunwell.demo.chance import stream
from dunwell.demo.days import business_calendar
from dunwell.engine.calendars import day_number

WINDOW_DAYS = 730
STORY_DAYS = WINDOW_DAYS + 91
"""A quarter more, so that figures of the last ninety days are whole for two years."""


@dataclass(frozen=True, slots=True)
class Scene:
    """First and last day of the ledger (day numbers, both included), business days and seed."""

    first_day: int
    as_of_day: int
    calendar: np.busdaycalendar
    seed: int

    def stream(self, noun: str) -> np.random.Generator:
        """Return the seeded generator of one noun."""
        return stream(self.seed, noun)


def draw_scene(*, as_of: date, seed: int, days: int = WINDOW_DAYS) -> Scene:
    """Return the scene of so many days up to `as_of`."""
    as_of_day = day_number(as_of)
    first_day = as_of_day - days
    return Scene(first_day, as_of_day, business_calendar(first_day, as_of_day), seed)
