"""Bank transfers that customers announced in the portal, each under a reference of its own."""

from django.db import models
from django.db.models import Q

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Transfer(models.Model):
    """A selection a customer wants to pay by bank transfer, under a creditor reference.

    `reference` is an RF reference (ISO 11649) without blanks. The same selection gets the same
    reference; when the money comes, matching reads which items it is for.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="transfers")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="transfers")
    reference = models.CharField(max_length=25)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=64)
    """SHA-256 of what was chosen: the same choice is one transfer."""
    announced_by = models.CharField(max_length=150)
    announced_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "reference"], name="transfer_reference"),
            models.UniqueConstraint(fields=["customer", "key"], name="transfer_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_positive"),
        ]
        indexes = [models.Index(fields=["company", "customer"], name="transfer_customer")]

    def __str__(self) -> str:
        return self.reference


class TransferItem(models.Model):
    """An item of an announced transfer, with what is to be paid on it."""

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, models.PROTECT, related_name="transfer_lines")
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transfer", "item"], name="transfer_item_once"),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_item_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}: {self.amount_minor} on {self.item_id}"
