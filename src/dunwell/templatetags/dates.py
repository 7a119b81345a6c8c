"""How days and moments look, in the reader's language and the company's own zone."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from django import template
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from dunwell.templatetags.money import NO_VALUE, locale, locale_of, reader_language

register = template.Library()


@register.filter
def day_text(value: date | None) -> str:
    """Return a day as plain text: Mar 5, 2026 or 05.03.2026."""
    return _day_text(value, reader_language()) if value else NO_VALUE


@lru_cache(maxsize=16384)
def _day_text(value: date, language: str) -> str:
    text: str = format_date(value, "medium", locale=locale_of(language))
    return text


@register.simple_tag
def day(value: date | None) -> str:
    """Return a day as a <time> element; a dash for none."""
    if value is None:
        return NO_VALUE
    return _day(value, reader_language())


@lru_cache(maxsize=16384)
def _day(value: date, language: str) -> str:
    return format_html(
        '<time datetime="{}" class="nowrap">{}</time>',
        value.isoformat(),
        _day_text(value, language),
    )


@register.filter
def day_short(value: date | None) -> str:
    """Return a day without its year, for axes and lists that show the year elsewhere."""
    return format_skeleton("MMMd", value, locale=locale()) if value else NO_VALUE


@register.filter
def day_near(value: date | None, as_of: date) -> str:
    """Return a day without its year where that is the year of the page's own day."""
    return day_text(value) if value and value.year != as_of.year else day_short(value)


@register.simple_tag(takes_context=True)
def moment(context: template.Context, value: datetime | None) -> str:
    """Return a moment in the company's zone as a <time> element; UTC where no company acts.

    A kept part knows no company and is told `zone`.
    """
    if value is None:
        return NO_VALUE
    company = context.get("company")
    zone = context.get("zone") or (company.zone if company else "UTC")
    local = value.astimezone(ZoneInfo(zone))
    on, clock = day_text(local.date()), format_time(local, "short", locale=locale())
    text = gettext("%(day)s, %(time)s") % {"day": on, "time": clock}
    return format_html('<time datetime="{}" class="nowrap">{}</time>', value.isoformat(), text)


@register.filter
def days_count(days: int | None) -> str:
    """Return a number of days as text; a dash for none."""
    if days is None:
        return NO_VALUE
    return ngettext("%(days)d day", "%(days)d days", abs(days)) % {"days": abs(days)}


@register.filter
def lateness(days: int | None) -> str:
    """Return days past due as text: 12 days late, due today, due in 3 days."""
    if days is None:
        return NO_VALUE
    if days > 0:
        return ngettext("%(days)d day late", "%(days)d days late", days) % {"days": days}
    if days == 0:
        return gettext("due today")
    return ngettext("due in %(days)d day", "due in %(days)d days", -days) % {"days": -days}


@register.filter
def days_ago(value: date | None, as_of: date) -> str:
    """Return how long ago a day was, seen from the page's own day."""
    if value is None:
        return gettext("never")
    days = (as_of - value).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days < 0:
        return ngettext("in %(days)d day", "in %(days)d days", -days) % {"days": -days}
    return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}


@register.filter
def iso_day(text: str) -> date:
    """Return the day that a document of the records names as text."""
    return date.fromisoformat(text)
