"""A digest in plain words: fixed sentences over the figures that pages show."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import format_decimal
from django.db.models import Count, Sum
from django.utils.translation import gettext, ngettext, override

from dunwell.formats.typesetting import shown_day, shown_money
from dunwell.models import Company, Dispute
from dunwell.models import Promise as GivenPromise
from dunwell.queries.appetite_names import limit_label
from dunwell.queries.credit_appetite import appetite_gauges
from dunwell.queries.figures import Figure, latest_figures
from dunwell.queries.home import aging_figures
from dunwell.queries.kept_sums import of_large
from dunwell.queries.liquidity import liquidity
from dunwell.queries.report_sections import largest_overdue, outlook_weeks

WEEKS = 4
NAMED = 3
PROMISE_DAYS = 7


@of_large
def report_words(company: Company, *, language: str, as_of: date) -> str:
    """Return the digest of a day as lines of text, a sentence each, in a language.

    Whatever has no figures has no sentence, so nothing is said of what is not known.
    """
    with override(language):
        return "\n".join(_sentences(company, language, as_of))


def _sentences(company: Company, language: str, as_of: date) -> Iterator[str]:
    yield from _receivables(company, language, as_of)
    yield from _dso(company, language, as_of)
    yield from _cash(company, language, as_of)
    yield from _liquidity(company, language, as_of)
    yield from _largest(company, language, as_of)
    yield from _promised(company, as_of)
    yield from _disputed(company, language, as_of)
    yield from _reached(company, as_of)


def _receivables(company: Company, language: str, as_of: date) -> Iterator[str]:
    for row in aging_figures(company, as_of=as_of):
        share = 100 * row.overdue_minor / row.open_minor if row.open_minor > 0 else 0.0
        yield gettext(
            "Receivables are %(open)s, of which %(overdue)s or %(share)s %% are overdue."
        ) % {
            "open": _money(row.open_minor, row.currency, language),
            "overdue": _money(row.overdue_minor, row.currency, language),
            "share": format_decimal(share, "0.0", locale=language),
        }


def _dso(company: Company, language: str, as_of: date) -> Iterator[str]:
    for row in latest_figures(company, until=as_of):
        if row.kpi == "dso" and row.value is not None:
            yield _dso_sentence(row, language)


def _dso_sentence(row: Figure, language: str) -> str:
    told = {"currency": row.currency, "dso": _days(row.value, language)}
    if row.earlier is None or row.earlier_on is None or row.value is None:
        return gettext("DSO in %(currency)s is %(dso)s days.") % told
    change = row.value - row.earlier
    told |= {"by": _days(abs(change), language), "day": shown_day(row.earlier_on, language)}
    if change == Decimal(0):
        return gettext("DSO in %(currency)s is %(dso)s days, as on %(day)s.") % told
    if change > 0:
        return gettext("DSO in %(currency)s is %(dso)s days, %(by)s more than on %(day)s.") % told
    return gettext("DSO in %(currency)s is %(dso)s days, %(by)s less than on %(day)s.") % told


def _days(value: Decimal | None, language: str) -> str:
    return "" if value is None else format_decimal(value, "0.##", locale=language)


def _cash(company: Company, language: str, as_of: date) -> Iterator[str]:
    weeks = outlook_weeks(company, as_of)[:WEEKS]
    if len(weeks) == WEEKS:
        # quantiles of weeks do not add up, so the range is that of the first week alone
        yield gettext(
            "In the next four weeks %(expected)s should come in; next week between %(low)s and "
            "%(high)s in four cases of five."
        ) % {
            "expected": _money(
                sum(week.expected_minor for week in weeks), weeks[0].currency, language
            ),
            "low": _money(weeks[0].p10_minor, weeks[0].currency, language),
            "high": _money(weeks[0].p90_minor, weeks[0].currency, language),
        }


def _liquidity(company: Company, language: str, as_of: date) -> Iterator[str]:
    found = liquidity(company, as_of=as_of)
    if found.breach_on is not None:
        yield gettext(
            "In one case of ten the balance falls below the buffer in the week to %(day)s."
        ) % {"day": shown_day(found.breach_on, language)}
    elif found.rows:
        yield gettext("The balance stays above the buffer in nine cases of ten.")


def _largest(company: Company, language: str, as_of: date) -> Iterator[str]:
    rows = largest_overdue(company, as_of)[:NAMED]
    if rows:
        yield gettext("Most overdue: %(names)s.") % {
            "names": "; ".join(
                f"{name} {_money(minor, company.currency, language)}"
                for _, name, minor, _, _ in rows
            )
        }


def _promised(company: Company, as_of: date) -> Iterator[str]:
    since = as_of - timedelta(days=PROMISE_DAYS)
    found = dict(
        GivenPromise.objects.filter(company=company, settled_on__gt=since, settled_on__lte=as_of)
        .values_list("outcome")
        .annotate(number=Count("pk"))
        .order_by("outcome")
    )
    kept, broken = found.get("kept", 0), found.get("broken", 0)
    if kept or broken:
        yield gettext(
            "Of the promises judged in the last seven days %(kept)s were kept and %(broken)s "
            "broken."
        ) % {"kept": kept, "broken": broken}


def _disputed(company: Company, language: str, as_of: date) -> Iterator[str]:
    found = (
        Dispute.objects.filter(company=company, closed_on=None, opened_on__lte=as_of)
        .values("item__currency")
        .annotate(number=Count("pk"), minor=Sum("amount_minor"))
        .order_by("item__currency")
    )
    for row in found:
        yield ngettext(
            "%(number)s dispute over %(amount)s is open.",
            "%(number)s disputes over %(amount)s are open.",
            row["number"],
        ) % {
            "number": row["number"],
            "amount": _money(row["minor"], row["item__currency"], language),
        }


def _reached(company: Company, as_of: date) -> Iterator[str]:
    names = [
        limit_label(gauge.limit.name)
        for gauge in appetite_gauges(company, as_of=as_of, most_parts=0)
        if gauge.is_reached
    ]
    if names:
        yield gettext("Above the risk appetite: %(names)s.") % {"names": ", ".join(names)}


def _money(minor: int, currency: str, language: str) -> str:
    return f"{currency} {shown_money(minor, currency, language)}"
