"""The sections a report may have: each is a table over the queries that the pages use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Count, Min, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from dunwell.engine.calendars import day_date
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.engine.money import from_minor
from dunwell.formats.review_pack import PackSection, ReviewPack
from dunwell.models import Company, Dispute, Initiative
from dunwell.models import Promise as GivenPromise
from dunwell.queries.cash_outlook import OutlookPeriod, cash_outlook
from dunwell.queries.covenants import covenant_rows
from dunwell.queries.figures import latest_figures
from dunwell.queries.frames import day, read_rows
from dunwell.queries.home import aging_figures
from dunwell.queries.kept_sums import of_large
from dunwell.queries.liquidity import liquidity
from dunwell.queries.review_packs import review_pack
from dunwell.queries.team_sections import decided, goals, stuck

LARGEST = 15
"""Rows of a list of customers."""
PROMISE_DAYS = 30
"""How far back promises are looked at."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section: what it is called, and what makes it; None for those of a portfolio review."""

    title: Promise | str
    make: Callable[[Company, date], PackSection] | None = None


def report_pack(
    company: Company, keys: Sequence[str], *, name: str, language: str, as_of: date
) -> ReviewPack:
    """Return the chosen sections in their order, in a language; unknown keys are left out.

    Amounts are minor units of the home currency; those of other currencies stand as decimal
    text beside their code.
    """
    chosen = [key for key in keys if key in SECTIONS]
    with override(language):
        book: dict[str, PackSection] = {}
        if any(key in RISK for key in chosen):
            found = _credit_pack(company, language=language, title=name, as_of=as_of)
            book = {part.key: part for part in found.sections}
        for key in chosen:
            make = SECTIONS[key].make
            if make is not None:
                book[key] = make(company, as_of)
        sections = tuple(book[key] for key in chosen if key in book)
    return ReviewPack(
        title=name,
        company=company.name,
        language=language,
        as_of=as_of,
        currency=company.currency,
        sections=sections,
    )


def _speaking(company: Company, language: str) -> Company:
    """Return the company as if its language were another one; nothing is saved."""
    told = Company.objects.get(pk=company.pk)
    told.language = language
    return told


def outlook_weeks(company: Company, as_of: date) -> tuple[OutlookPeriod, ...]:
    """Return thirteen weeks in the home currency: of all currencies where rates allow it."""
    outlook = cash_outlook(company, as_of=as_of)
    if outlook is None:
        return ()
    return outlook.together("week") or outlook.of(company.currency, "week")


def _figures(company: Company, as_of: date) -> PackSection:
    rows = tuple(
        (
            gettext(KPIS[row.kpi].name),
            row.currency,
            gettext(KPIS[row.kpi].unit),
            str(row.value),
            "" if row.earlier is None else str(row.earlier),
        )
        for row in latest_figures(company, until=as_of)
        if row.kpi in KPIS and row.value is not None
    )
    return PackSection(
        key="figures",
        title=gettext("Figures"),
        columns=(
            (gettext("Figure"), "text"),
            (gettext("Currency"), "text"),
            (gettext("Unit"), "text"),
            (gettext("Value"), "number"),
            (gettext("Kept before"), "number"),
        ),
        rows=rows,
    )


def _ageing(company: Company, as_of: date) -> PackSection:
    rows = tuple(
        (
            bucket.bucket.replace("_", " "),
            row.currency,
            bucket.items,
            str(from_minor(bucket.open_minor, row.currency)),
        )
        for row in aging_figures(company, as_of=as_of)
        for bucket in row.buckets
    )
    return PackSection(
        key="ageing",
        title=gettext("Ageing"),
        columns=(
            (gettext("Days past due"), "text"),
            (gettext("Currency"), "text"),
            (gettext("Items"), "count"),
            (gettext("Open"), "number"),
        ),
        rows=rows,
    )


def _cash(company: Company, as_of: date) -> PackSection:
    return PackSection(
        key="cash",
        title=gettext("Cash of thirteen weeks"),
        columns=(
            (gettext("Week from"), "day"),
            (gettext("Expected"), "money"),
            (gettext("One in ten below"), "money"),
            (gettext("One in ten above"), "money"),
        ),
        rows=tuple(
            (week.starts_on.isoformat(), week.expected_minor, week.p10_minor, week.p90_minor)
            for week in outlook_weeks(company, as_of)
        ),
    )


def _overdue(company: Company, as_of: date) -> PackSection:
    return PackSection(
        key="overdue",
        title=gettext("Largest overdue customers"),
        columns=(
            (gettext("Customer"), "text"),
            (gettext("Name"), "text"),
            (gettext("Overdue"), "money"),
            (gettext("Items"), "count"),
            (gettext("Oldest due"), "day"),
        ),
        rows=tuple(
            (number, name, minor, items, oldest.isoformat())
            for number, name, minor, items, oldest in largest_overdue(company, as_of)
        ),
    )


@of_large
def largest_overdue(company: Company, as_of: date) -> list[tuple[str, str, int, int, date]]:
    """Return number, name, overdue home minor units, items and oldest due day of the largest."""
    # summed before the names are looked up: a book has many items to a customer
    found = read_rows(
        "SELECT c.number, c.name, o.minor, o.items, o.oldest FROM ("  # noqa: S608  our own SQL
        "SELECT customer_id, CAST(SUM(open_minor) AS bigint) AS minor, COUNT(*) AS items, "
        f"{day('MIN(due_on)')} AS oldest FROM dunwell_openitem "
        "WHERE company_id = %s AND due_on < %s AND currency = %s AND open_minor > 0 "
        "GROUP BY customer_id) o JOIN dunwell_customer c ON c.id = o.customer_id "
        "ORDER BY o.minor DESC, c.number LIMIT %s",
        [company.pk, as_of, company.currency, LARGEST],
        {
            "number": pl.String,
            "name": pl.String,
            "minor": pl.Int64,
            "items": pl.Int64,
            "oldest": pl.Int32,
        },
    )
    return [
        (number, name, minor, items, day_date(oldest))
        for number, name, minor, items, oldest in found.sort(
            "minor", "number", descending=[True, False]
        ).iter_rows()
    ]


def _promises(company: Company, as_of: date) -> PackSection:
    labels = dict(GivenPromise.Outcome.choices)
    found = (
        GivenPromise.objects.filter(
            company=company, due_on__gt=as_of - timedelta(days=PROMISE_DAYS), due_on__lte=as_of
        )
        .values("outcome")
        .annotate(number=Count("pk"))
        .order_by("outcome")
    )
    return PackSection(
        key="promises",
        title=gettext("Promises that fell due in thirty days"),
        columns=((gettext("Outcome"), "text"), (gettext("Promises"), "count")),
        rows=tuple((str(labels[row["outcome"]]), row["number"]) for row in found),
    )


@of_large
def _credit_pack(company: Company, *, language: str, title: str, as_of: date) -> ReviewPack:
    return review_pack(_speaking(company, language), title=title, as_of=as_of)


@of_large
def _open_disputes(company: Company, *, as_of: date) -> list[Any]:
    return list(
        Dispute.objects.filter(company=company, closed_on=None, opened_on__lte=as_of)
        .values("reason", "item__currency")
        .annotate(number=Count("pk"), minor=Sum("amount_minor"), oldest=Min("opened_on"))
        .order_by("-minor", "reason", "item__currency")
    )


def _disputes(company: Company, as_of: date) -> PackSection:
    labels = dict(Dispute.Reason.choices)
    found = _open_disputes(company, as_of=as_of)
    return PackSection(
        key="disputes",
        title=gettext("Open disputes"),
        columns=(
            (gettext("Reason"), "text"),
            (gettext("Currency"), "text"),
            (gettext("Disputes"), "count"),
            (gettext("Disputed"), "number"),
            (gettext("Oldest opened"), "day"),
        ),
        rows=tuple(
            (
                str(labels.get(row["reason"], row["reason"])),
                row["item__currency"],
                row["number"],
                str(from_minor(row["minor"], row["item__currency"])),
                row["oldest"].isoformat(),
            )
            for row in found
        ),
    )


def _liquidity(company: Company, as_of: date) -> PackSection:
    found = liquidity(company, as_of=as_of)
    return PackSection(
        key="liquidity",
        title=gettext("Liquidity"),
        columns=(
            (gettext("Week to"), "day"),
            (gettext("Cash in"), "money"),
            (gettext("Payments out"), "money"),
            (gettext("Balance, middle"), "money"),
            (gettext("Balance, one in ten below"), "money"),
            (gettext("Missing to the buffer"), "money"),
        ),
        rows=tuple(
            (
                week.ends_on.isoformat(),
                week.in_minor,
                week.out_minor,
                week.p50_minor,
                week.p10_minor,
                week.below_minor,
            )
            for week in found.rows
        ),
    )


def _covenants(company: Company, as_of: date) -> PackSection:
    states = {True: gettext("met"), False: gettext("broken"), None: gettext("not known")}
    return PackSection(
        key="covenants",
        title=gettext("Covenants"),
        columns=(
            (gettext("Covenant"), "text"),
            (gettext("Lender"), "text"),
            (gettext("Today"), "text"),
            (gettext("Next test"), "day"),
            (gettext("Broken by the forecast on"), "day"),
        ),
        rows=tuple(
            (
                row.name,
                row.lender,
                states[row.now.is_met],
                row.next_test_on.isoformat(),
                None if row.breach_on is None else row.breach_on.isoformat(),
            )
            for row in covenant_rows(company, as_of=as_of)
            if row.ended_on is None
        ),
    )


def _initiatives(company: Company, as_of: date) -> PackSection:
    labels = dict(Initiative.Status.choices)
    found = Initiative.objects.filter(company=company, target_on__gte=as_of - timedelta(days=90))
    return PackSection(
        key="initiatives",
        title=gettext("Initiatives"),
        columns=(
            (gettext("Initiative"), "text"),
            (gettext("Figure"), "text"),
            (gettext("Target by"), "day"),
            (gettext("Status"), "text"),
        ),
        rows=tuple(
            (
                row.name,
                gettext(KPIS[row.kpi].name) if row.kpi in KPIS else row.kpi,
                row.target_on.isoformat(),
                str(labels[row.status]),
            )
            for row in found.order_by("target_on", "pk")
        ),
    )


SECTIONS: Mapping[str, Section] = {
    "figures": Section(_("Figures"), _figures),
    "ageing": Section(_("Ageing"), _ageing),
    "cash": Section(_("Cash of thirteen weeks"), _cash),
    "liquidity": Section(_("Liquidity"), _liquidity),
    "overdue": Section(_("Largest overdue customers"), _overdue),
    "promises": Section(_("Promises that fell due in thirty days"), _promises),
    "disputes": Section(_("Open disputes"), _disputes),
    "book": Section(_("The book")),
    "appetite": Section(_("Risk appetite")),
    "largest": Section(_("Largest customers")),
    "classes": Section(_("By risk class")),
    "countries": Section(_("By country")),
    "warnings": Section(_("Early warnings")),
    "provision": Section(_("Provision")),
    "covenants": Section(_("Covenants"), _covenants),
    "initiatives": Section(_("Initiatives"), _initiatives),
    "stuck": Section(_("Stuck money"), stuck),
    "decided": Section(_("Decisions of meetings"), decided),
    "goals": Section(_("Goals of the team"), goals),
}
"""Every section in the order in which packs have them."""

RISK = frozenset(key for key, section in SECTIONS.items() if section.make is None)
"""Sections of the pack of a portfolio review, which reads them together."""

USUAL = tuple(SECTIONS)
