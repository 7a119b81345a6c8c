"""What the frozen pack of a review says: the book, its spread, gauges, warnings, limits."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import override

from dunwell.engine.concentration import Slice
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.formats.review_pack import PackSection, ReviewPack
from dunwell.models import Company, EarlyWarning
from dunwell.queries.appetite_names import limit_label
from dunwell.queries.credit_portfolio import EXPIRING_DAYS, Portfolio, chosen_rows, portfolio
from dunwell.queries.figures import latest_figures
from dunwell.queries.provisions import latest_provision
from dunwell.queries.warning_names import warning_name

MOST = 25
"""Rows of a list of customers at most."""
SHOWN_KPIS = (
    "dso",
    "best_possible_dso",
    "cei_period",
    "overdue_share",
    "bad_debt_to_sales",
    "average_days_late",
    "promises_kept_by_count",
    "dispute_days_mean",
    "concentration",
)


def review_pack(company: Company, *, title: str, as_of: date) -> ReviewPack:
    """Return the pack of a day in the company's language; twenty queries at most."""
    book = portfolio(company, as_of=as_of)
    with override(company.language):
        sections = (
            _book(book),
            _gauges(book),
            _largest(book),
            _groups(_("By risk class"), "classes", book.sliced("risk_class")),
            _groups(_("By country"), "countries", book.sliced("country")),
            _groups(_("By segment"), "segments", book.sliced("segment")),
            _warnings(company),
            _expiring(book),
            _provision(company),
            _figures(company, as_of),
        )
    return ReviewPack(
        title=title,
        company=company.name,
        language=company.language,
        as_of=as_of,
        currency=book.currency,
        sections=sections,
    )


def _book(book: Portfolio) -> PackSection:
    figures, spread = book.figures, book.spread
    return PackSection(
        key="book",
        title=_("The book"),
        columns=((_("Figure"), "text"), (_("Amount"), "money"), (_("Count or share"), "text")),
        rows=(
            (_("Exposure"), figures.exposure_minor, str(figures.customers)),
            (_("Limits"), figures.limit_minor, f"{figures.usage_ppm / 10_000:.1f} %"),
            (_("Over their limit"), figures.over_minor, str(figures.over)),
            (_("Expected loss of a year"), figures.loss_minor, ""),
            (
                _("Outside the ten largest"),
                spread.rest_minor,
                f"HHI {spread.hhi_ppm / 10_000:.1f} %",
            ),
            (_("Exposure not known for want of a rate"), None, str(figures.unknown)),
        ),
    )


def _gauges(book: Portfolio) -> PackSection:
    return PackSection(
        key="appetite",
        title=_("Risk appetite"),
        columns=(
            (_("Limit"), "text"),
            (_("Used of it"), "share"),
            (_("Now, share"), "share"),
            (_("Now, amount"), "money"),
            (_("State"), "text"),
        ),
        rows=tuple(
            (
                limit_label(one.limit.name),
                one.used_ppm,
                one.value if one.is_share else None,
                None if one.is_share else one.value,
                _("over") if one.is_reached else _("within"),
            )
            for one in book.gauges(most_parts=0)
        ),
    )


def _largest(book: Portfolio) -> PackSection:
    return PackSection(
        key="largest",
        title=_("The ten largest customers"),
        columns=(
            (_("Customer"), "text"),
            (_("Class"), "text"),
            (_("Exposure"), "money"),
            (_("Limit"), "money"),
            (_("Expected loss"), "money"),
        ),
        rows=tuple(
            (
                f"{row.customer_number} {row.customer_name}",
                row.risk_class,
                row.exposure_minor or 0,
                row.limit_minor,
                row.loss_minor,
            )
            for row in chosen_rows(book, top=10)
        ),
    )


def _groups(title: str, key: str, rows: Iterable[Slice]) -> PackSection:
    return PackSection(
        key=key,
        title=title,
        columns=(
            (_("Group"), "text"),
            (_("Customers"), "count"),
            (_("Exposure"), "money"),
            (_("Share"), "share"),
            (_("Expected loss"), "money"),
        ),
        rows=tuple(
            (row.name or "–", row.customers, row.exposure_minor, row.share_ppm, row.loss_minor)  # noqa: RUF001
            for row in rows
        ),
    )


def _warnings(company: Company) -> PackSection:
    standing = (
        EarlyWarning.objects.filter(company=company)
        .exclude(status__in=(EarlyWarning.Status.CLEARED, EarlyWarning.Status.DISMISSED))
        .select_related("customer")
        .order_by("-strength_ppm", "id")[:MOST]
    )
    return PackSection(
        key="warnings",
        title=_("Early warnings"),
        columns=(
            (_("Customer and sign"), "text"),
            (_("Since"), "day"),
            (_("Strength"), "share"),
            (_("State"), "text"),
        ),
        rows=tuple(
            (
                f"{one.customer.number} {one.customer.name}: {warning_name(one.kind)}",
                one.first_on.isoformat(),
                one.strength_ppm,
                str(EarlyWarning.Status(one.status).label),
            )
            for one in standing
        ),
    )


def _expiring(book: Portfolio) -> PackSection:
    rows = chosen_rows(book, only="expiring")[:MOST]
    until = (book.as_of + timedelta(days=EXPIRING_DAYS)).isoformat()
    return PackSection(
        key="expiring",
        title=_("Limits that end by %(day)s") % {"day": until},
        columns=((_("Customer"), "text"), (_("Ends"), "day"), (_("Limit"), "money"),
                 (_("Exposure"), "money")),
        rows=tuple(
            (
                f"{row.customer_number} {row.customer_name}",
                None if row.until_on is None else row.until_on.isoformat(),
                row.limit_minor,
                row.exposure_minor,
            )
            for row in rows
        ),
    )  # fmt: skip


def _provision(company: Company) -> PackSection:
    found = latest_provision(company)
    rows: tuple[tuple[str, int], ...] = ()
    if found is not None:
        rows = (
            (_("Receivables, gross"), found.gross_minor),
            (_("Covered"), found.covered_minor),
            (_("Allowance"), found.allowance_minor),
        )
    return PackSection(
        key="provision",
        title=_("Provision")
        if found is None
        else _("Provision of %(day)s") % {"day": found.as_of.isoformat()},
        columns=((_("Figure"), "text"), (_("Amount"), "money")),
        rows=rows,
    )


def _figures(company: Company, as_of: date) -> PackSection:
    return PackSection(
        key="figures",
        title=_("Figures of collections"),
        columns=((_("Figure"), "text"), (_("Value"), "text"), (_("Before"), "text")),
        rows=tuple(
            (
                f"{KPIS[one.kpi].name}, {one.currency} ({one.unit})",
                "" if one.value is None else f"{one.value:.2f}",
                "" if one.earlier is None else f"{one.earlier:.2f}",
            )
            for one in latest_figures(company, until=as_of)
            if one.kpi in SHOWN_KPIS
        ),
    )
