"""What is owed. Rows are added, never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.imports import ImportBatch
from dunwell.models.number_ends import ending, only_ending


class Item(models.Model):
    """A document that raises or lowers what a customer owes. Never edited, only offset."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT_NOTE = "credit_note", _("Credit note")
        FEE = "fee", _("Fee")
        INTEREST = "interest", _("Late-payment interest")
        OPENING = "opening", _("Opening balance")
        REFUND = "refund", _("Refund")

    # other indexes begin with them
    company = models.ForeignKey(Company, models.PROTECT, related_name="items", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="items", db_index=False)
    number = models.CharField(max_length=80)
    kind = models.CharField(max_length=12, choices=Kind)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    issued_on = models.DateField()
    due_on = models.DateField()
    reference = models.CharField(max_length=120, blank=True)
    is_paper = models.BooleanField(null=True)
    """Whether the document went out on paper, else electronically; empty where not known."""
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, related_name="items")
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "number"], name="item_number"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="item_amount"),
            models.CheckConstraint(
                condition=~Q(kind="credit_note") | Q(amount_minor__lt=0), name="item_credit_sign"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "issued_on", "id"], name="item_issued"),
            models.Index(fields=["company", "number"], name="item_by_number"),
            # matching: whose number is said
            models.Index(ending("number"), "company", name="item_number_end"),
            models.Index(
                only_ending("reference"),
                "company",
                name="item_reference_end",
                condition=~Q(reference=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class OpenItem(models.Model):
    """Projection: an item whose open amount is not 0 now. Rebuilt by `actions.balances` alone."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="open_now")
    # other indexes begin with it
    company = models.ForeignKey(Company, models.CASCADE, related_name="open_items", db_index=False)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="open_items")
    currency = models.CharField(max_length=3)
    open_minor = models.BigIntegerField()
    due_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(open_minor=0), name="open_item_not_zero"),
        ]
        indexes = [
            # home page: ageing per currency is answered from this index alone
            models.Index(
                fields=["company", "currency", "due_on", "open_minor"], name="open_item_aging"
            ),
            # items page: oldest first, paged by (due_on, item)
            models.Index(fields=["company", "due_on", "item"], name="open_item_due"),
            # matching: what has just the amount of a payment
            models.Index(fields=["company", "open_minor", "currency"], name="open_item_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.open_minor} {self.currency}"
