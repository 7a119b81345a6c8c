"""The spans a statement of account is asked for: whole months, quarters and years, or two days."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.queries.account_documents import Span, checked_span

LAST_MONTH, THIS_MONTH, LAST_QUARTER = "last_month", "this_month", "last_quarter"
THIS_YEAR, LAST_YEAR, SINCE_LAST, DAYS = "this_year", "last_year", "since_last", "days"

SPANS = {
    LAST_MONTH: _("Last month"),
    THIS_MONTH: _("This month so far"),
    LAST_QUARTER: _("Last quarter"),
    THIS_YEAR: _("This year so far"),
    LAST_YEAR: _("Last year"),
    DAYS: _("Other days"),
}
"""Spans for many customers at once; `days` are the two that were typed."""

CUSTOMER_SPANS = {**SPANS, SINCE_LAST: _("Since the last statement")}
"""Spans for one customer."""

QUARTER_MONTHS = 3
ONE_DAY = timedelta(days=1)


def span_days(span: str, *, today: date, last_to_on: date | None = None) -> tuple[date, date]:
    """Return first and last day of a named span, as seen from today.

    Since the last statement: from the day after it until today; the year so far when there is
    none, or when it reaches today. An unknown name is last month.
    """
    month = today.replace(day=1)
    year = today.replace(month=1, day=1)
    if span == SINCE_LAST and last_to_on is not None and last_to_on < today:
        return last_to_on + ONE_DAY, today
    if span in {THIS_YEAR, SINCE_LAST}:
        return year, today
    if span == THIS_MONTH:
        return month, today
    if span == LAST_YEAR:
        return year.replace(year=year.year - 1), year - ONE_DAY
    if span == LAST_QUARTER:
        begun = month.replace(month=month.month - (month.month - 1) % QUARTER_MONTHS)
        end = begun - ONE_DAY
        return end.replace(month=end.month - QUARTER_MONTHS + 1, day=1), end
    end = month - ONE_DAY
    return end.replace(day=1), end


def read_span(
    asked: QueryDict | Mapping[str, str], *, today: date, last_to_on: date | None = None
) -> tuple[str, Span]:
    """Return the name of the span an address or form asks for, and its days.

    Raises ValueError with a sentence when the days that were typed are none or do not fit.
    """
    name = asked.get("span") or LAST_MONTH
    if name not in CUSTOMER_SPANS:
        name = LAST_MONTH
    if name != DAYS:
        from_on, to_on = span_days(name, today=today, last_to_on=last_to_on)
    else:
        from_on, to_on = _typed(asked, "from"), _typed(asked, "to")
    return name, checked_span(from_on=from_on, to_on=to_on, known_on=None, as_of=today)


def _typed(asked: QueryDict | Mapping[str, str], name: str) -> date:
    text = asked.get(name) or ""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(gettext("Choose the first and the last day of the span.")) from error
