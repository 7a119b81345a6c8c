"""Who looked at whose rights, what came of it, and when they are looked at again."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dunwell.models.companies import Company, User


class AccessReview(models.Model):
    """One look at a person's roles in a company; `roles` are those held before it."""

    class Outcome(models.TextChoices):
        KEPT = "kept", pgettext_lazy("access review", "Kept")
        TAKEN = "taken", _("Taken away")

    company = models.ForeignKey(Company, models.PROTECT, related_name="access_reviews")
    user = models.ForeignKey(User, models.PROTECT, related_name="access_reviews")
    roles = models.JSONField(default=list)
    taken = models.JSONField(default=list)
    outcome = models.CharField(max_length=5, choices=Outcome)
    note = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    reviewed_on = models.DateField()
    due_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "reviewed_on", "by"], name="access_review_once"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gt=F("reviewed_on")), name="access_review_due"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "user", "-reviewed_on"], name="access_review_last"),
        ]

    def __str__(self) -> str:
        return f"rights of user {self.user_id} {self.outcome} on {self.reviewed_on}"
