"""Times in which one person may do two duties that are kept apart, and why."""

from django.db import models
from django.db.models import F, Q

from dunwell.models.companies import Company, User


class DutyOverride(models.Model):
    """Somebody may hold both sides of a pair of `policies/duties.yaml` until a moment.

    What was allowed stays as it was written; it ends by itself, or earlier with who ended it.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="duty_overrides")
    user = models.ForeignKey(User, models.PROTECT, related_name="duty_overrides")
    pair = models.CharField(max_length=40)
    reason = models.CharField(max_length=300)
    by = models.CharField(max_length=150)
    granted_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="duty_override_reason"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("granted_at")), name="duty_override_box"
            ),
            models.UniqueConstraint(
                fields=["company", "user", "pair"],
                condition=Q(ended_at=None),
                name="duty_override_once",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-granted_at", "-id"], name="duty_override_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.pair} of user {self.user_id} until {self.ends_at}"
