"""Money given back: payees a second person approved, and refunds."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.payments import Payment
from dunwell.models.sealed import BlindIndexField, SealedTextField


class Payee(models.Model):
    """A bank account money may be refunded to, once somebody else than its author approved it."""

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETIRED = "retired", _("No longer used")

    MOVES = {
        Status.PROPOSED: {Status.APPROVED, Status.RETIRED},
        Status.APPROVED: {Status.RETIRED},
        Status.RETIRED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="payees")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="payees")
    name = models.CharField(max_length=140)
    account = SealedTextField(max_length=64)
    account_mark = BlindIndexField(of="account", form="account")
    bic = models.CharField(max_length=11, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer", "account_mark"],
                condition=~Q(status="retired") & ~Q(account_mark=""),
                name="payee_once",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved") | ~Q(approver=""), name="payee_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.account}"


class Refund(models.Model):
    """Money to give back, of one payment's unapplied cash or one credit item.

    Approval writes a debit item of kind `refund` and puts the money or the credit on it, so
    that it cannot be used twice; a rejected payout is taken back the same way.
    """

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Waits for approval")
        APPROVED = "approved", _("Approved, to be paid out")
        PAID = "paid", _("Paid out")
        REJECTED = "rejected", _("Rejected")
        FAILED = "failed", _("Payout came back")

    MOVES = {
        Status.PROPOSED: {Status.APPROVED, Status.REJECTED},
        Status.APPROVED: {Status.PAID, Status.FAILED},
        Status.PAID: {Status.FAILED},
        Status.REJECTED: set(),
        Status.FAILED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="refunds")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="refunds")
    payee = models.ForeignKey(Payee, models.PROTECT, related_name="refunds")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="refunds")
    credit = models.ForeignKey(Item, models.PROTECT, null=True, related_name="refunds")
    item = models.OneToOneField(Item, models.PROTECT, null=True, related_name="refund")
    number = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    status = models.CharField(max_length=8, choices=Status, default=Status.PROPOSED)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    decision = models.CharField(max_length=300, blank=True)
    proposed_on = models.DateField()
    decided_on = models.DateField(null=True)
    paid_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="refund_number"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, credit=None)
                | Q(payment=None, credit__isnull=False),
                name="refund_source",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "paid"]) | ~Q(approver=""),
                name="refund_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.number
