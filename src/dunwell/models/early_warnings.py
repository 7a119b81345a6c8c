"""Early warnings about customers: what changed, how strongly, and what a person made of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.escalations import Watch


class EarlyWarning(models.Model):
    """One sign about one customer, from the day it was first seen to the day it was last seen.

    `strength_ppm` is 0 to 1,000,000; `sign` says whether it speaks of hardship, refusal or
    neither. `measured` and `usual` are in `unit`. Cleared by the cycle when the sign is gone; what
    a person made of it stays in `verdict`. `last_on` is the day its figures last changed.
    """

    class Sign(models.TextChoices):
        HARDSHIP = "hardship", _("Hardship")
        REFUSAL = "refusal", _("Refusal")
        UNCLEAR = "unclear", _("Unclear")

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ACCEPTED = "accepted", _("Accepted")
        DISMISSED = "dismissed", _("Dismissed")
        CLEARED = "cleared", _("Cleared")

    MOVES = {
        Status.NEW: {Status.ACCEPTED, Status.DISMISSED, Status.CLEARED},
        Status.ACCEPTED: {Status.CLEARED},
        Status.DISMISSED: {Status.CLEARED},
        Status.CLEARED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="early_warnings")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="early_warnings")
    kind = models.CharField(max_length=40)
    sign = models.CharField(max_length=8, choices=Sign)
    strength_ppm = models.BigIntegerField()
    unit = models.CharField(max_length=12, blank=True)
    measured = models.BigIntegerField(null=True)
    usual = models.BigIntegerField(null=True)
    evidence = models.JSONField(default=dict)
    since_on = models.DateField()
    first_on = models.DateField()
    last_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.NEW)
    verdict = models.CharField(max_length=9, blank=True)
    cleared_on = models.DateField(null=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    watch = models.ForeignKey(Watch, models.PROTECT, null=True, related_name="warnings")
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=~Q(status="cleared"),
                name="early_warning_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(strength_ppm__gte=0, strength_ppm__lte=1_000_000),
                name="early_warning_strength",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("new", "cleared")) | Q(decided_on__isnull=False),
                name="early_warning_decided",
            ),
        ]
        indexes = [
            models.Index(
                fields=["company", "status", "-strength_ppm", "-id"], name="early_warning_page"
            ),
            models.Index(fields=["company", "customer", "status"], name="early_warning_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
