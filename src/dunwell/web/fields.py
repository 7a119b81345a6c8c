"""Form fields that several pages share: days with a calendar, amounts in the reader's style."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from dunwell.templatetags.money import money_input, read_money

SATURDAY = 5


class DayInput(forms.DateInput):
    """The browser's own calendar; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


def day_field(**kwargs: Any) -> forms.DateField:
    """Return a date field with the browser's calendar."""
    return forms.DateField(widget=DayInput(), input_formats=["%Y-%m-%d"], **kwargs)


class MoneyField(forms.CharField):
    """An amount of one currency, typed in the reader's style; cleans to minor units."""

    def __init__(self, currency: str, **kwargs: Any) -> None:
        super().__init__(
            max_length=30,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            **kwargs,
        )
        self.currency = currency

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as an amount; show again what was typed."""
        return money_input(value, self.currency) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        """Return minor units, None when left empty."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_money(text, self.currency)
        except ValueError as error:
            raise ValidationError(str(error)) from error


def working_day(day: date) -> date:
    """Return the day, or the Monday after it when it falls on a weekend."""
    return day + timedelta(days=7 - day.weekday()) if day.weekday() >= SATURDAY else day
