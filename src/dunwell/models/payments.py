"""Money received, what it was put on, and other settlements. Rows are added, never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.imports import ImportBatch
from dunwell.models.items import Item


class Payment(models.Model):
    """Money received, or paid out (below 0); a return is a second row of opposite sign."""

    # other indexes begin with it
    company = models.ForeignKey(Company, models.PROTECT, related_name="payments", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="payments")
    number = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    value_on = models.DateField()
    method = models.CharField(max_length=40, blank=True)
    payer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=400, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="payments")
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="payment_number"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="payment_amount"),
        ]
        indexes = [models.Index(fields=["company", "value_on", "id"], name="payment_value")]

    def __str__(self) -> str:
        return self.number


class PayerAssignment(models.Model):
    """Whose payment it is, found out after it was recorded; the newest row rules. Never changed.

    `Payment.customer` and the customer of its entry lines repeat what the newest row says, so
    that lists need no second look; empty takes a wrong finding back.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="payer_assignments")
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="payer_assignments"
    )
    reason = models.CharField(max_length=300)
    assigned_on = models.DateField()
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.payment_id} is of {self.customer_id}"


class Adjustment(models.Model):
    """A decision that changes what is owed without money: write-off, discount, fx."""

    class Kind(models.TextChoices):
        WRITE_OFF = "write_off", _("Write-off")
        SMALL_BALANCE = "small_balance", _("Small balance")
        DISCOUNT = "discount", _("Discount")
        FX = "fx", _("Exchange difference")
        CONCESSION = "concession", _("Concession")
        REBATE = "rebate", _("Rebate for paying on time")
        RECOVERY = "recovery", _("Recovery of a written-off debt")
        COMMISSION = "commission", _("Commission kept by an agency")

    company = models.ForeignKey(Company, models.PROTECT, related_name="adjustments")
    item = models.ForeignKey(Item, models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=14, choices=Kind)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=300)
    effective_on = models.DateField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="adjustments")
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="adjustment_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} on {self.item_id}"


class Allocation(models.Model):
    """An amount put on an item: open = amount - sum of these, for every item and day.

    Signed like the item: what lowers a debit item is positive. Netting a credit note writes
    two rows, +a on the debit item and -a on the credit note, each naming the other item.
    `paid_minor` is what of the payment it uses, in the payment's currency; empty where that is
    the item's currency too and the amounts are one.
    """

    class Source(models.TextChoices):
        PAYMENT = "payment", _("Payment")
        CREDIT = "credit", _("Credit note")
        ADJUSTMENT = "adjustment", _("Adjustment")

    company = models.ForeignKey(Company, models.PROTECT, related_name="allocations")
    item = models.ForeignKey(Item, models.PROTECT, related_name="allocations")
    source = models.CharField(max_length=10, choices=Source)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="allocations")
    counter_item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="netted")
    adjustment = models.ForeignKey(
        Adjustment, models.PROTECT, null=True, related_name="allocations"
    )
    amount_minor = models.BigIntegerField()
    paid_minor = models.BigIntegerField(null=True)
    value_on = models.DateField()
    applied_on = models.DateField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="allocations")
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="allocation_amount"),
            models.CheckConstraint(
                condition=Q(source="payment", payment__isnull=False, counter_item=None)
                & Q(adjustment=None)
                | Q(source="credit", payment=None, counter_item__isnull=False) & Q(adjustment=None)
                | Q(source="adjustment", payment=None, counter_item=None)
                & Q(adjustment__isnull=False),
                name="allocation_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} on {self.item_id}"
