"""Direct debit: mandates customers signed, runs handed to the bank, and what came back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.bank import BankAccount
from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.messages import Message
from dunwell.models.payments import Payment
from dunwell.models.sealed import SealedTextField


class Mandate(models.Model):
    """A customer's consent to be debited, under its unique reference."""

    class Scheme(models.TextChoices):
        CORE = "CORE", _("SEPA Core")
        B2B = "B2B", _("SEPA Business to Business")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Not signed yet")
        ACTIVE = "active", _("Active")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    MOVES = {
        Status.DRAFT: {Status.ACTIVE, Status.ENDED},
        Status.ACTIVE: {Status.SUSPENDED, Status.ENDED},
        Status.SUSPENDED: {Status.ACTIVE, Status.ENDED},
        Status.ENDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="mandates")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="mandates")
    reference = models.CharField(max_length=35)
    scheme = models.CharField(max_length=4, choices=Scheme, default=Scheme.CORE)
    is_recurring = models.BooleanField(default=True)
    debtor = models.CharField(max_length=70)
    iban = SealedTextField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    signed_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="mandate_reference"),
            models.UniqueConstraint(
                fields=["company", "customer"],
                condition=Q(status="active"),
                name="mandate_one_active",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(signed_on__isnull=False), name="mandate_signed"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class DebitRun(models.Model):
    """One collection handed to the bank as one pain.008 file."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        SENT = "sent", _("Handed to the bank")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.DRAFT: {Status.APPROVED, Status.CANCELLED},
        Status.APPROVED: {Status.SENT, Status.CANCELLED},
        Status.SENT: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="debit_runs")
    account = models.ForeignKey(BankAccount, models.PROTECT, related_name="debit_runs")
    number = models.PositiveIntegerField()
    scheme = models.CharField(max_length=4, choices=Mandate.Scheme)
    collect_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    lines_count = models.PositiveIntegerField(default=0)
    total_minor = models.BigIntegerField(default=0)
    message_id = models.CharField(max_length=35, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    made_on = models.DateField()
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="debit_run_number"),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "sent"]) | ~Q(approver=""),
                name="debit_run_approved",
            ),
        ]

    def __str__(self) -> str:
        return f"debit run {self.number}"


class Debit(models.Model):
    """One debit of one mandate in a run, for one or more items."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        SENT = "sent", _("Handed to the bank")
        PAID = "paid", _("Collected")
        RETURNED = "returned", _("Returned")
        REFUSED = "refused", _("Refused by the bank")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.PLANNED: {Status.SENT, Status.CANCELLED},
        Status.SENT: {Status.PAID, Status.RETURNED, Status.REFUSED},
        Status.PAID: {Status.RETURNED},
        Status.RETURNED: set(),
        Status.REFUSED: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    run = models.ForeignKey(DebitRun, models.PROTECT, related_name="debits")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="debits")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="debits")
    end_to_end = models.CharField(max_length=35)
    sequence = models.CharField(max_length=4)
    amount_minor = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED)
    attempt = models.PositiveSmallIntegerField(default=1)
    retry_of = models.OneToOneField("self", models.PROTECT, null=True, related_name="retried_by")
    retry_on = models.DateField(null=True)
    reason_code = models.CharField(max_length=10, blank=True)
    returned_on = models.DateField(null=True)
    payment = models.OneToOneField(Payment, models.PROTECT, null=True, related_name="debit")
    notice = models.ForeignKey(Message, models.PROTECT, null=True, related_name="debits")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["end_to_end"], name="debit_end_to_end"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="debit_positive"),
        ]
        indexes = [models.Index(fields=["status", "retry_on"], name="debit_retry")]

    def __str__(self) -> str:
        return self.end_to_end


class DebitItem(models.Model):
    """What a debit pays, in minor units of the item."""

    debit = models.ForeignKey(Debit, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="debit_lines")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["debit", "item"], name="debit_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id}: {self.amount_minor} on {self.item_id}"
