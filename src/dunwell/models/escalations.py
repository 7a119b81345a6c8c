"""What needs more than the usual step: escalations with a clock, and customers under watch."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class Escalation(models.Model):
    """A matter put to somebody higher, who must acknowledge it in time or it rises again.

    `to_user` empty: everybody in the role `to_role`. `amount_minor` in the company's currency
    and `age_days`, how long the oldest of it is late, decide which rungs of the matrix apply;
    `rung_on` is the day it came to its present rung. `answer_by_at` is the moment where the rung
    counts in business hours; then `answer_by_on` is its day.
    """

    class Kind(models.TextChoices):
        BROKEN_PROMISE = "broken_promise", _("Broken promise")
        LARGE_OVERDUE = "large_overdue", _("Large overdue amount")
        RISK = "risk", _("Risk of the customer")
        DISPUTE = "dispute", _("Dispute")
        PLAN = "plan", _("Payment plan")
        CONTACT = "contact", _("Customer cannot be reached")
        ORDER = "order", _("Held order")
        SERVICE = "service", _("Delivery or service")
        HAND_OFF = "hand_off", _("Hand-off that nobody took on")
        OTHER = "other", _("Other matter")

    class Status(models.TextChoices):
        RAISED = "raised", _("Not answered")
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
    kind = models.CharField(max_length=30, choices=Kind)
    subject = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.RAISED)
    amount_minor = models.BigIntegerField(default=0)
    age_days = models.PositiveIntegerField(default=0)
    rung = models.PositiveSmallIntegerField(default=1)
    to_role = models.CharField(max_length=20)
    to_user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="escalations")
    reason = models.CharField(max_length=300)
    raised_by = models.CharField(max_length=150)
    raised_on = models.DateField()
    rung_on = models.DateField(null=True)
    answer_by_on = models.DateField()
    answer_by_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=150, blank=True)
    acknowledged_on = models.DateField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=300, blank=True)
    resolved_by = models.CharField(max_length=150, blank=True)
    resolved_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=~Q(status="resolved"),
                name="escalation_one_open",
            ),
            models.CheckConstraint(condition=Q(rung__gte=1), name="escalation_rung"),
        ]
        indexes = [
            models.Index(
                fields=["company", "status", "answer_by_on", "id"], name="escalation_status"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.customer_id}"


class Watch(models.Model):
    """A high-risk customer under a playbook: sponsor, regular checks, an agenda, an end.

    `next_on` is the day of the next check; `may_end_on` since when the playbook's conditions
    for an end hold. A proposal that is declined is ended without ever having run.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RUNNING = "running", _("Under watch")
        ENDED = "ended", _("Ended")

    class Way(models.TextChoices):
        CALL = "call", _("Call")
        VISIT = "visit", _("Visit")

    MOVES = {
        Status.PROPOSED: {Status.RUNNING, Status.ENDED},
        Status.RUNNING: {Status.ENDED},
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="watches")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="watches")
    status = models.CharField(max_length=8, choices=Status, default=Status.RUNNING)
    playbook = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    sponsor = models.ForeignKey(User, models.SET_NULL, null=True, related_name="sponsored")
    agenda = models.JSONField(default=list)
    way = models.CharField(max_length=5, choices=Way, default=Way.CALL)
    every_days = models.PositiveSmallIntegerField(default=7)
    next_on = models.DateField()
    from_on = models.DateField()
    may_end_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    result = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=~Q(status="ended"), name="watch_one_open"
            ),
            models.CheckConstraint(
                condition=Q(status="ended", ended_on__isnull=False)
                | ~Q(status="ended") & Q(ended_on__isnull=True),
                name="watch_ended",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "next_on", "id"], name="watch_next")]

    def __str__(self) -> str:
        return f"{self.customer_id} under {self.playbook}"


class WatchCheck(models.Model):
    """A call or visit of a watch, and what came of it; rows are added, never changed."""

    watch = models.ForeignKey(Watch, models.PROTECT, related_name="checks")
    way = models.CharField(max_length=5, choices=Watch.Way)
    due_on = models.DateField()
    on = models.DateField()
    result = models.CharField(max_length=500)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["watch", "due_on"], name="watch_check_once"),
        ]

    def __str__(self) -> str:
        return f"{self.watch_id} on {self.on}"


class ExposureFreeze(models.Model):
    """No more credit for a customer, until lifted: asked for by one person, approved by another.

    It does not stop collecting, as a hold would; it tells whoever delivers to wait.
    """

    class Status(models.TextChoices):
        PENDING = "pending", _("Waits for approval")
        STANDING = "standing", _("Frozen")
        REJECTED = "rejected", _("Rejected")
        LIFTED = "lifted", _("Lifted")

    MOVES = {
        Status.PENDING: {Status.STANDING, Status.REJECTED},
        Status.STANDING: {Status.LIFTED},
        Status.REJECTED: set(),
        Status.LIFTED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="exposure_freezes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="exposure_freezes")
    watch = models.ForeignKey(Watch, models.PROTECT, related_name="freezes")
    status = models.CharField(max_length=8, choices=Status, default=Status.PENDING)
    reason = models.CharField(max_length=300)
    exposure_minor = models.BigIntegerField()
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    approved_by = models.CharField(max_length=150, blank=True)
    frozen_on = models.DateField(null=True)
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_on = models.DateField(null=True)
    lift_reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(status__in=["pending", "standing"]),
                name="exposure_freeze_one",
            ),
            models.CheckConstraint(
                condition=~Q(status="standing") | ~Q(approved_by=""),
                name="exposure_freeze_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.status}"
