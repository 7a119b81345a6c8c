"""Form fields that several pages share: days with the browser's calendar."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

SATURDAY = 5
MOMENTS = datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
"""Between them lies every moment a person may mean; beyond, time zones overflow."""


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def day_field(**kwargs: Any) -> forms.DateField:
    """Return a date field with the browser's calendar."""
    return forms.DateField(widget=DayInput(), input_formats=["%Y-%m-%d"], **kwargs)


class MomentField(forms.DateTimeField):
    """A moment on the company's clock, to the minute; `moment_in` says which one it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
            input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            validators=[MinValueValidator(MOMENTS[0]), MaxValueValidator(MOMENTS[1])],
            **kwargs,
        )


def moment_in(zone: str, told: datetime) -> datetime:
    """Return a moment told on a company's clock; a form reads it as UTC."""
    return told.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def working_day(day: date) -> date:
    """Return the day, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day


def month_end(day: date) -> date:
    """Return the last day of a month that has passed: the day itself where it is one."""
    tomorrow = day + timedelta(days=1)
    return day if tomorrow.day == 1 else day.replace(day=1) - timedelta(days=1)
