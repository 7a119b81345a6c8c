"""What of a paid checkout went back: refunds we decided on, chargebacks of the payer's bank."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.checkouts import Checkout
from dunwell.models.companies import Company
from dunwell.models.items import Item
from dunwell.models.payments import Payment
from dunwell.models.tasks import Task


class CheckoutRefund(models.Model):
    """Money to give back the way it came; approval books it, the provider carries it out.

    `item` is the debit item of kind refund that the payment's money is put on, so that it cannot
    be used twice.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        APPROVED = "approved", _("Being handed over")
        SENT = "sent", _("With the provider")
        DONE = "done", _("Given back")
        REJECTED = "rejected", _("Rejected")
        FAILED = "failed", _("Failed")

    MOVES = {
        Status.PROPOSED: {Status.APPROVED, Status.REJECTED},
        Status.APPROVED: {Status.SENT, Status.DONE, Status.FAILED},
        Status.SENT: {Status.DONE, Status.FAILED},
        Status.DONE: {Status.FAILED},
        Status.REJECTED: set(),
        Status.FAILED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""
    LIVE = (Status.PROPOSED, Status.APPROVED, Status.SENT, Status.DONE)

    company = models.ForeignKey(Company, models.PROTECT, related_name="checkout_refunds")
    checkout = models.ForeignKey(Checkout, models.PROTECT, related_name="refunds")
    number = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    external_id = models.CharField(max_length=255, blank=True)
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="checkout_refund")
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    error = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    claimed_at = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    proposed_on = models.DateField()
    decided_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="checkout_refund_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="checkout_refund_amount"),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "sent", "done"])
                | (~Q(approver="") & Q(item__isnull=False)),
                name="checkout_refund_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Chargeback(models.Model):
    """A payment the payer's bank took back, which we may contest by a day.

    While it is open or lost the money is gone from the books (`item`, or the returned payment);
    won, it comes back as `regained`.
    """

    class Status(models.TextChoices):
        OPENED = "opened", _("To be answered")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")

    MOVES = {
        Status.OPENED: {Status.WON, Status.LOST},
        Status.WON: set(),
        Status.LOST: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="chargebacks")
    checkout = models.ForeignKey(Checkout, models.PROTECT, related_name="chargebacks")
    external_id = models.CharField(max_length=255)
    amount_minor = models.BigIntegerField()
    fee_minor = models.BigIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPENED)
    evidence_due_on = models.DateField(null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="chargeback")
    regained = models.OneToOneField(
        Payment, models.PROTECT, null=True, related_name="regained_from"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="chargebacks")
    evidence_by = models.CharField(max_length=150, blank=True)
    evidence_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["checkout", "external_id"], name="chargeback_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, fee_minor__gte=0), name="chargeback_amounts"
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="chargeback_status")]

    def __str__(self) -> str:
        return f"chargeback of {self.checkout_id}"
