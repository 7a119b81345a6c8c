"""Figures of industries, typed in or read from a file, with their source; never edited."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, own
from dunwell.engine.kpi_catalogue import KPIS
from dunwell.formats.industry_rows import IndustryRow, figure_text
from dunwell.models import Company, IndustryFigure


@transaction.atomic
def add_industry_figure(
    *,
    actor: Actor,
    kpi: str,
    value: str,
    industry: str,
    region: str,
    period: str,
    source: str,
    published_on: date,
    as_of: date,
    at: datetime,
) -> IndustryFigure:
    """Keep one published figure with where it comes from.

    Raises Refused for a KPI that is not in the catalogue, a value that is no number, an empty
    field, a source dated in the future, and a figure that is there already.
    """
    actor.require("industry_figure.edit")
    try:
        row = IndustryRow(
            kpi=kpi,
            value=figure_text(value),
            industry=industry.strip(),
            region=region.strip(),
            period=period.strip(),
            source=source.strip(),
            published_on=published_on,
        )
    except ValueError as error:
        raise Refused(f"The value {error}.") from error
    _lock(actor)
    _check(row, as_of=as_of)
    found, is_new = _kept(actor, row, at=at)
    if not is_new:
        raise Refused(
            f"{KPIS[kpi].name} of {row.industry}, {row.region}, {row.period} is there already "
            f"from this source: {found.value}. Withdraw it first if it is wrong."
        )
    _told(actor, found, at=at)
    return found


@transaction.atomic
def import_industry_figures(
    *, actor: Actor, rows: Sequence[IndustryRow], as_of: date, at: datetime
) -> int:
    """Keep the figures of a file; return how many are new. Those there already stay as they are.

    Raises Refused for a row that could not be typed in either, and keeps none then.
    """
    actor.require("industry_figure.edit")
    if not rows:
        raise Refused("The file has no row with a figure.")
    _lock(actor)
    new = 0
    for number, row in enumerate(rows, 1):
        try:
            _check(row, as_of=as_of)
        except Refused as refusal:
            raise Refused(f"Figure {number} of the file: {refusal}") from refusal
        found, is_new = _kept(actor, row, at=at)
        if not is_new and found.value != row.value:
            raise Refused(
                f"Figure {number} of the file: {row.kpi} of {row.industry}, {row.region}, "
                f"{row.period} is there already from this source as {found.value}, not "
                f"{row.value}. Withdraw it first if it is wrong."
            )
        new += is_new
        if is_new:
            _told(actor, found, at=at)
    return new


@transaction.atomic
def withdraw_industry_figure(*, actor: Actor, figure: IndustryFigure, at: datetime) -> None:
    """Take a figure out of every comparison; it stays on record. Refused when it is already."""
    actor.require("industry_figure.edit")
    own(actor, figure, "figure")
    rows = IndustryFigure.objects.filter(pk=figure.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=at, withdrawn_by=actor.name
    )
    if rows != 1:
        raise Refused("This figure is withdrawn already; load the page again.")
    record_event(actor, "industry_figure.withdrawn", figure, at=at, kpi=figure.kpi)


def _lock(actor: Actor) -> None:
    """Take the company's row, so that two people who enter the same figure do so in turn."""
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)


def _check(row: IndustryRow, *, as_of: date) -> None:
    if row.kpi not in KPIS:
        raise Refused(f"There is no KPI {row.kpi[:40]}; the catalogue of figures names them all.")
    for name in ("industry", "region", "period", "source"):
        if not getattr(row, name):
            raise Refused(f"The {name} is empty; a figure without it cannot be compared.")
    if row.published_on > as_of:
        raise Refused(f"The source is dated {row.published_on}, which has not come.")


def _kept(actor: Actor, row: IndustryRow, *, at: datetime) -> tuple[IndustryFigure, bool]:
    return IndustryFigure.objects.get_or_create(
        company=actor.company,
        kpi=row.kpi,
        industry=row.industry,
        region=row.region,
        period=row.period,
        source=row.source,
        withdrawn_at=None,
        defaults={
            "value": row.value,
            "unit": KPIS[row.kpi].unit,
            "published_on": row.published_on,
            "by": actor.name,
            "recorded_at": at,
        },
    )


def _told(actor: Actor, found: IndustryFigure, *, at: datetime) -> None:
    record_event(
        actor,
        "industry_figure.added",
        found,
        at=at,
        kpi=found.kpi,
        value=found.value,
        industry=found.industry,
        source=found.source,
    )
