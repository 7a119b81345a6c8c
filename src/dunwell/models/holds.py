"""Orders not to chase: a customer or one item, from a day, with a reason."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class Hold(models.Model):
    """A stop on chasing that ends by itself or is released; it returns visibly, never silently."""

    class Reason(models.TextChoices):
        AGREEMENT = "agreement", _("Agreed with the customer")
        PLAN = "plan", _("Payment plan")
        LEGAL = "legal", _("Legal")
        INSOLVENCY = "insolvency", _("Insolvency")
        HARDSHIP = "hardship", _("Hardship")
        MANUAL = "manual", _("Other")

    company = models.ForeignKey(Company, models.PROTECT, related_name="holds")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="holds")
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="holds")
    reason = models.CharField(max_length=12, choices=Reason)
    note = models.CharField(max_length=500, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True)
    released_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="hold_dates"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} hold on {self.customer_id}"
