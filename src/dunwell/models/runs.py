"""Executions of the day's cycle, step by step, so that a killed run can be finished."""

from django.db import models

from dunwell.models.companies import Company


class Run(models.Model):
    """One step of one cycle for one day: done once, whatever runs twice."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=20)
    as_of = models.DateField()
    step = models.CharField(max_length=40)
    changed = models.BigIntegerField()
    details = models.JSONField(default=dict)
    finished_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "as_of", "step"], name="run_step_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.as_of} {self.step}"
