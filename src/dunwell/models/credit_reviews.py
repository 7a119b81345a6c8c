"""Reviews of customers' credit: planned or triggered, recommended, decided, carried out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.limits import CreditLimit


class CreditReview(models.Model):
    """One look at a customer's limit: why, what moved, what was recommended, what came of it.

    `triggers` are (code, on, text) of what asked for it. `facts` are those of the day the review
    was last refreshed, `facts_before` those of the review closed before it. `change_minor` is the
    change in expected loss that ranked it, in `currency`, the company's. `is_manual`: a person
    asked for it. `is_queued`: it is one of those people do this week.
    """

    class Status(models.TextChoices):
        DUE = "due", _("Due")
        TRIGGERED = "triggered", _("Triggered")
        REFRESHING = "refreshing", _("Refreshing data")
        RECOMMENDATION = "recommendation", _("To recommend")
        PENDING_APPROVAL = "pending_approval", _("To decide")
        IMPLEMENTED = "implemented", _("Carried out")
        NO_CHANGE = "no_change", _("No change")
        CLOSED = "closed", _("Closed")

    class Advice(models.TextChoices):
        KEEP = "keep", _("Keep")
        RAISE = "raise", _("Raise")
        LOWER = "lower", _("Lower")
        SUSPEND = "suspend", _("Suspend")

    MOVES = {
        Status.DUE: {Status.TRIGGERED, Status.REFRESHING, Status.NO_CHANGE, Status.CLOSED},
        Status.TRIGGERED: {Status.REFRESHING, Status.NO_CHANGE, Status.CLOSED},
        Status.REFRESHING: {Status.RECOMMENDATION, Status.NO_CHANGE},
        Status.RECOMMENDATION: {Status.REFRESHING, Status.PENDING_APPROVAL},
        Status.PENDING_APPROVAL: {Status.RECOMMENDATION, Status.IMPLEMENTED, Status.NO_CHANGE},
        Status.IMPLEMENTED: {Status.CLOSED},
        Status.NO_CHANGE: {Status.CLOSED},
        Status.CLOSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    WAITING = (Status.DUE, Status.TRIGGERED)
    """Nobody has begun it."""

    OPEN = (
        Status.DUE,
        Status.TRIGGERED,
        Status.REFRESHING,
        Status.RECOMMENDATION,
        Status.PENDING_APPROVAL,
    )
    """A customer has one such review at most."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_reviews")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_reviews")
    status = models.CharField(max_length=16, choices=Status)
    triggers = models.JSONField(default=list)
    due_on = models.DateField()
    opened_on = models.DateField()
    currency = models.CharField(max_length=3)
    exposure_minor = models.BigIntegerField(null=True)
    change_minor = models.BigIntegerField(default=0)
    is_manual = models.BooleanField(default=False)
    is_queued = models.BooleanField(default=False)
    queued_on = models.DateField(null=True)
    facts = models.JSONField(default=dict)
    facts_before = models.JSONField(default=dict)
    proposal = models.JSONField(default=dict)
    reviewer = models.CharField(max_length=150, blank=True)
    advice = models.CharField(max_length=7, choices=Advice, blank=True)
    advised_minor = models.BigIntegerField(null=True)
    advised_until_on = models.DateField(null=True)
    advice_reason = models.CharField(max_length=300, blank=True)
    advised_by = models.CharField(max_length=150, blank=True)
    advised_on = models.DateField(null=True)
    limit = models.ForeignKey(CreditLimit, models.PROTECT, null=True, related_name="reviews")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    decision_reason = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=16, blank=True)
    closed_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(
                    status__in=(
                        "due",
                        "triggered",
                        "refreshing",
                        "recommendation",
                        "pending_approval",
                    )
                ),
                name="credit_review_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_on__isnull=False),
                name="credit_review_closed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "status", "-change_minor", "id"], name="credit_review_queue"
            ),
            models.Index(fields=["company", "customer", "-id"], name="credit_review_of"),
            models.Index(fields=["company", "due_on", "id"], name="credit_review_due"),
        ]

    def __str__(self) -> str:
        return f"review of {self.customer_id} due {self.due_on}"
