"""Scenarios: named assumptions that are laid over the cash forecast, kept to be compared."""

from django.db import models

from dunwell.models.companies import Company


class Scenario(models.Model):
    """A named set of assumptions (`engine.scenarios.Assumptions` as a document).

    Its results are never kept: they are worked out anew over the forecast of the day asked.
    `version` counts the saves; an archived scenario keeps its name for the record.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="scenarios")
    name = models.CharField(max_length=80)
    note = models.CharField(max_length=300, blank=True)
    assumptions = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    author = models.CharField(max_length=150)
    archived_on = models.DateField(null=True)
    changed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=models.Q(archived_on=None),
                name="scenario_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name
