"""Payment plans: a debt paid in agreed instalments."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.policies import PolicyVersion


class PaymentPlan(models.Model):
    """Named items of one currency, paid by instalments; terms never change once offered.

    Sum of the instalments = covered open amounts + interest + fee - concession.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PENDING = "pending", _("Waits for approval")
        OFFERED = "offered", _("Offered")
        ACTIVE = "active", _("Running")
        COMPLETED = "completed", _("Completed")
        DEFAULTED = "defaulted", _("Defaulted")
        ACCELERATED = "accelerated", _("All due at once")
        CANCELLED = "cancelled", _("Cancelled")
        REJECTED = "rejected", _("Rejected")
        EXPIRED = "expired", _("Offer expired")
        RENEGOTIATED = "renegotiated", _("Replaced by another plan")

    MOVES = {
        Status.DRAFT: {Status.PENDING, Status.OFFERED, Status.CANCELLED},
        Status.PENDING: {Status.OFFERED, Status.REJECTED, Status.CANCELLED},
        Status.OFFERED: {Status.ACTIVE, Status.EXPIRED, Status.CANCELLED, Status.REJECTED},
        Status.ACTIVE: {
            Status.COMPLETED,
            Status.DEFAULTED,
            Status.CANCELLED,
            Status.RENEGOTIATED,
        },
        # cured goes back to running; a returned payment takes a completed plan back too
        Status.DEFAULTED: {
            Status.ACTIVE,
            Status.ACCELERATED,
            Status.COMPLETED,
            Status.CANCELLED,
            Status.RENEGOTIATED,
        },
        Status.ACCELERATED: {Status.COMPLETED, Status.CANCELLED, Status.RENEGOTIATED},
        Status.COMPLETED: {Status.ACTIVE, Status.DEFAULTED},
        Status.CANCELLED: set(),
        Status.REJECTED: set(),
        Status.EXPIRED: set(),
        Status.RENEGOTIATED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""
    LIVE = (Status.ACTIVE, Status.DEFAULTED)
    """Statuses in which a plan holds its items."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("Every week")
        FORTNIGHTLY = "fortnightly", _("Every two weeks")
        MONTHLY = "monthly", _("Every month")
        QUARTERLY = "quarterly", _("Every quarter")

    company = models.ForeignKey(Company, models.PROTECT, related_name="payment_plans")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payment_plans")
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    frequency = models.CharField(max_length=11, choices=Frequency)
    covered_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    concession_minor = models.BigIntegerField(default=0)
    deposit_minor = models.BigIntegerField(default=0)
    rate_ppm = models.BigIntegerField(default=0)
    first_on = models.DateField()
    guarantee = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="plans")
    authority = models.JSONField(default=dict)
    source = models.CharField(max_length=10, default="staff")
    terms = models.TextField(blank=True)
    terms_sha256 = models.CharField(max_length=64, blank=True)
    acceptance = models.JSONField(default=dict)
    renegotiates = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="renegotiated_by"
    )
    proposed_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    proposed_on = models.DateField()
    offered_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    accepted_on = models.DateField(null=True)
    defaulted_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="plan_number"),
            models.CheckConstraint(
                condition=Q(covered_minor__gt=0)
                & Q(interest_minor__gte=0)
                & Q(fee_minor__gte=0)
                & Q(concession_minor__gte=0)
                & Q(concession_minor__lt=F("covered_minor")),
                name="plan_amounts",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="plan_status")]

    def __str__(self) -> str:
        return self.number


class PlanItem(models.Model):
    """An item a plan covers; in one live plan at most."""

    plan = models.ForeignKey(PaymentPlan, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="plan_lines")
    amount_minor = models.BigIntegerField()
    is_live = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "item"], name="plan_item_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_live=True), name="plan_item_one_live"
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="plan_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.item_id}"


class PlanInstalment(models.Model):
    """What is due of a plan on one day, and what came of it."""

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Scheduled")
        DUE = "due", _("Due")
        PAID = "paid", _("Paid")
        PART = "part", _("Partly paid")
        LATE = "late", _("Paid late")
        MISSED = "missed", _("Missed")

    plan = models.ForeignKey(PaymentPlan, models.CASCADE, related_name="instalments")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    amount_minor = models.BigIntegerField()
    interest_minor = models.BigIntegerField(default=0)
    fee_minor = models.BigIntegerField(default=0)
    status = models.CharField(max_length=9, choices=Status, default=Status.SCHEDULED)
    paid_minor = models.BigIntegerField(default=0)
    paid_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="instalment_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="instalment_positive"),
        ]
        indexes = [models.Index(fields=["due_on", "status"], name="instalment_due")]

    def __str__(self) -> str:
        return f"{self.plan_id} no. {self.number}"
