"""What somebody has shown to be able to do, until when, and what they were asked to learn."""

from django.db import models
from django.db.models import F, Q

from dunwell.models.companies import Company, User


class Certificate(models.Model):
    """A curriculum passed by one person; good from `issued_on` to the day before `expires_on`.

    Only its revocation is written later. `proof` names the role plays and sittings it rests on.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="certificates")
    user = models.ForeignKey(User, models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=30)
    """The curriculum's name."""
    issued_on = models.DateField()
    expires_on = models.DateField()
    proof = models.JSONField(default=dict)
    revoked_on = models.DateField(null=True)
    revoked_by = models.CharField(max_length=150, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "kind", "issued_on"], name="certificate_once"
            ),
            models.CheckConstraint(
                condition=Q(expires_on__gt=F("issued_on")), name="certificate_days"
            ),
            models.CheckConstraint(
                condition=Q(revoked_on=None) | (~Q(revoked_by="") & ~Q(reason="")),
                name="certificate_revoked",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "user", "kind", "expires_on"], name="certificate_held"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class CurriculumAssignment(models.Model):
    """Somebody was asked to learn a curriculum, of their own role or another's, until a day."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="curriculum_assignments")
    user = models.ForeignKey(User, models.PROTECT, related_name="curriculum_assignments")
    curriculum = models.CharField(max_length=30)
    due_on = models.DateField()
    author = models.CharField(max_length=150)
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "curriculum"],
                condition=Q(ended_on=None),
                name="curriculum_one_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.curriculum} for {self.user_id}"
