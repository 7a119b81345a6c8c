"""Meetings about stuck money: the agenda as it was that day, and what was decided on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.tasks import Task


class Meeting(models.Model):
    """One meeting of a team on a day, with the agenda that stood then."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="meetings")
    name = models.CharField(max_length=80)
    on = models.DateField()
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "on", "name"], name="meeting_once"),
        ]
        indexes = [models.Index(fields=["company", "-on", "-id"], name="meeting_page")]

    def __str__(self) -> str:
        return f"{self.name} on {self.on}"


class MeetingPoint(models.Model):
    """A customer's money that was stuck for one reason. Added with the meeting, never changed.

    `stuck_minor` of `currency` is the sum of `items`, which are [item id, open minor units].
    """

    class Reason(models.TextChoices):
        DISPUTED = "disputed", _("In dispute")
        BROKEN = "broken", _("Promise broken, nothing agreed since")
        HELD = "held", _("On hold")
        SILENT = "silent", _("Overdue and nobody has written or called")

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="points")
    company = models.ForeignKey(Company, models.PROTECT, related_name="meeting_points")
    rank = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=8, choices=Reason)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="meeting_points")
    currency = models.CharField(max_length=3)
    stuck_minor = models.BigIntegerField()
    since_on = models.DateField()
    items = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "rank"], name="meeting_point_rank"),
            models.UniqueConstraint(
                fields=["meeting", "customer", "reason", "currency"], name="meeting_point_once"
            ),
            models.CheckConstraint(condition=Q(stuck_minor__gt=0), name="meeting_point_stuck"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.customer_id} {self.reason}"


class MeetingDecision(models.Model):
    """What a meeting decided: who sees to it, until when; about a point it is a task as well."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="decisions")
    point = models.ForeignKey(MeetingPoint, models.PROTECT, null=True, related_name="decisions")
    company = models.ForeignKey(Company, models.PROTECT, related_name="meeting_decisions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(User, models.PROTECT, related_name="meeting_decisions")
    due_on = models.DateField()
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="meeting_decisions")
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "text"], name="meeting_decision_once"),
            models.CheckConstraint(
                condition=Q(done_on=None) | (~Q(done_by="") & ~Q(outcome="")),
                name="meeting_decision_done",
            ),
        ]
        indexes = [models.Index(fields=["company", "due_on", "id"], name="meeting_decision_due")]

    def __str__(self) -> str:
        return f"decision of {self.meeting_id}"
