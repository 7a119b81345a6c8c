"""What looks wrong in items and payments, and what a person said about it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.payments import Payment


class Anomaly(models.Model):
    """One finding about an item or a payment; found again it stays the row it is.

    `measured` and `usual` are in the unit `unit` names; `identity` tells one finding from
    another within the company.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CONFIRMED = "confirmed", _("Confirmed")
        DISMISSED = "dismissed", _("Dismissed")

    MOVES = {
        Status.OPEN: {Status.CONFIRMED, Status.DISMISSED},
        Status.CONFIRMED: set(),
        Status.DISMISSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="anomalies")
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="anomalies")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="anomalies")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="anomalies")
    other_item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+")
    other_payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="+")
    identity = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    severity = models.PositiveSmallIntegerField()
    measured = models.BigIntegerField(null=True)
    usual = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=12, blank=True)
    facts = models.JSONField(default=dict)
    found_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "identity"], name="anomaly_once"),
            models.CheckConstraint(
                condition=Q(item=None) & ~Q(payment=None) | ~Q(item=None) & Q(payment=None),
                name="anomaly_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(status="open") | ~Q(decided_by="") & ~Q(decided_at=None),
                name="anomaly_decided",
            ),
        ]
        indexes = [
            # anomalies page: the worst first, paged by (severity, id)
            models.Index(fields=["company", "status", "-severity", "-id"], name="anomaly_page"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.identity}"
