"""Form fields that several pages share: days with the browser's calendar."""

from datetime import date, timedelta
from typing import Any

from django import forms

SATURDAY = 5


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def day_field(**kwargs: Any) -> forms.DateField:
    """Return a date field with the browser's calendar."""
    return forms.DateField(widget=DayInput(), input_formats=["%Y-%m-%d"], **kwargs)


def working_day(day: date) -> date:
    """Return the day, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def month_end(day: date) -> date:
    """Return the last day of a month that has passed: the day itself where it is one."""
    tomorrow = day + timedelta(days=1)
    return day if tomorrow.day == 1 else day.replace(day=1) - timedelta(days=1)
