"""Who is on call for a role on which days."""

from django.db import models
from django.db.models import F, Q

from dunwell.models.companies import Company, Role, User


class Duty(models.Model):
    """Days on which one person answers what is put to a role; taken back, not deleted.

    The escalation protocol asks whoever is on call where its rung says so.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="duties")
    role = models.CharField(max_length=20, choices=Role)
    user = models.ForeignKey(User, models.CASCADE, related_name="duties")
    from_on = models.DateField()
    until_on = models.DateField()
    ended_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "duties"
        constraints = [
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="duty_dates"),
        ]
        indexes = [models.Index(fields=["company", "role", "from_on"], name="duty_days")]

    def __str__(self) -> str:
        return f"{self.user_id} on call as {self.role} from {self.from_on}"
