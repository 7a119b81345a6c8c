"""What a company said it wants to risk: ten answers, and the limits that were made of them."""

from django.db import models

from dunwell.models.companies import Company
from dunwell.models.policies import PolicyVersion


class AppetiteStatement(models.Model):
    """The answers to the guided form, the limits they give, and the draft that holds them.

    Written once: another form is another statement. `answers` by question, `figures` what was
    known of the company that day, `lines` the limits with the arithmetic behind each.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="appetite_statements")
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, related_name="appetite_statements"
    )
    currency = models.CharField(max_length=3)
    answers = models.JSONField()
    figures = models.JSONField()
    lines = models.JSONField()
    as_of = models.DateField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy_version"], name="appetite_statement_once"),
        ]
        indexes = [models.Index(fields=["company", "id"], name="appetite_statement_page")]

    def __str__(self) -> str:
        return f"{self.as_of} by {self.by}"
