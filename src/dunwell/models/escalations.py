"""What needs more than the usual step: escalations with a clock, and customers under watch."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class Escalation(models.Model):
    """A matter put to somebody higher, who must acknowledge it in time or it rises again."""

    class Status(models.TextChoices):
        RAISED = "raised", _("Raised")
        ACKNOWLEDGED = "acknowledged", _("Acknowledged")
        RESOLVED = "resolved", _("Resolved")

    MOVES = {
        Status.RAISED: {Status.ACKNOWLEDGED, Status.RESOLVED},
        Status.ACKNOWLEDGED: {Status.RESOLVED},
        Status.RESOLVED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="escalations")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="escalations")
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.RAISED)
    rung = models.PositiveSmallIntegerField(default=1)
    to_role = models.CharField(max_length=20)
    to_user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="escalations")
    reason = models.CharField(max_length=300)
    raised_by = models.CharField(max_length=150)
    raised_on = models.DateField()
    answer_by_on = models.DateField()
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_on = models.DateField(null=True)
    resolution = models.CharField(max_length=300, blank=True)
    resolved_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=~Q(status="resolved"),
                name="escalation_one_open",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="escalation_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class Watch(models.Model):
    """A high-risk customer under a playbook: sponsor, regular checks, an agenda, an end."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="watches")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="watches")
    playbook = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    sponsor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="sponsored")
    agenda = models.JSONField(default=list)
    every_days = models.PositiveSmallIntegerField(default=7)
    next_on = models.DateField()
    from_on = models.DateField()
    ended_on = models.DateField(null=True)
    result = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_on=None), name="watch_one_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} under {self.playbook}"
