"""Reasoned refusals to pay."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Dispute(models.Model):
    """A customer's reasoned refusal to pay a part of one item; the rest stays collectable."""

    class Reason(models.TextChoices):
        PRICE = "price", _("Price")
        SHORT_DELIVERY = "short_delivery", _("Short delivery")
        QUALITY = "quality", _("Quality")
        NO_ORDER = "no_po", _("No purchase order")
        DUPLICATE = "duplicate", _("Billed twice")
        TAX = "tax", _("Tax")
        ALREADY_PAID = "already_paid", _("Already paid")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, models.PROTECT, related_name="disputes")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="disputes")
    item = models.ForeignKey(Item, models.PROTECT, related_name="disputes")
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=20, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    outcome = models.CharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="dispute_positive"),
            models.CheckConstraint(
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                name="dispute_dates",
            ),
            models.UniqueConstraint(
                fields=["item"], condition=Q(closed_on=None), name="dispute_one_open_per_item"
            ),
        ]

    def __str__(self) -> str:
        return f"dispute {self.pk} on {self.item_id}"
