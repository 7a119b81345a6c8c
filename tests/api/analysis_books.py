"""A published figure, for the table of operations."""

from datetime import date

from dunwell.actions.gate import system
from dunwell.actions.industry_figures import add_industry_figure


def keep_figures(company, *, today, at):
    """Keep one figure of an industry; return its key."""
    figure = add_industry_figure(
        actor=system(company),
        kpi="dso",
        value="54.2",
        industry="Wholesale",
        region="DE",
        period="2025",
        source="Trade body, yearly report",
        published_on=date(2026, 1, 15),
        as_of=today,
        at=at,
    )
    return {"figure_id": figure.pk}
