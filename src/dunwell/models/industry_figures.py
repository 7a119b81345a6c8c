"""Figures of an industry that somebody typed in, with where they come from."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company


class IndustryFigure(models.Model):
    """A published value of one KPI for an industry, a region and a period, and its source.

    Never changed: a wrong one is withdrawn and entered anew. `published_on` is the day the
    source is dated.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="industry_figures")
    kpi = models.CharField(max_length=40)
    value = models.CharField(max_length=40)
    """Decimal text, as in KpiValue."""
    unit = models.CharField(max_length=20)
    industry = models.CharField(max_length=80)
    region = models.CharField(max_length=80)
    period = models.CharField(max_length=40)
    source = models.CharField(max_length=300)
    published_on = models.DateField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kpi", "industry", "region", "period", "source"],
                condition=Q(withdrawn_at__isnull=True),
                name="industry_figure_once",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="industry_figure_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.industry} {self.period}: {self.value}"
