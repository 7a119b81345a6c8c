"""Shocks a company wants to see again: scenarios people saved under a name."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company


class StressScenario(models.Model):
    """A named set of shocks, until somebody takes it away; `shocks` as `engine.shocks` reads."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="stress_scenarios")
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    shocks = models.JSONField()
    version = models.PositiveIntegerField(default=1)
    ended_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(ended_on=None), name="stress_scenario_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
