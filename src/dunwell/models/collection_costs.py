"""What collecting costs: dated rows that somebody typed in, taken back and never changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class CollectionCost(models.Model):
    """One cost of collecting, booked on a day; of a customer or a collector where it says so.

    `reference` names the voucher it was taken from; the same voucher is typed in once.
    """

    class Kind(models.TextChoices):
        STAFF = "staff", _("Staff")
        AGENCY = "agency", _("Collection agency")
        LEGAL = "legal", _("Lawyers and courts")
        POSTAGE = "postage", _("Postage and messages")
        SYSTEMS = "systems", _("Systems")
        OTHER = "other", _("Other")

    company = models.ForeignKey(Company, models.PROTECT, related_name="collection_costs")
    kind = models.CharField(max_length=8, choices=Kind)
    on = models.DateField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="collection_costs"
    )
    collector = models.ForeignKey(
        User, models.SET_NULL, null=True, related_name="collection_costs"
    )
    reference = models.CharField(max_length=80)
    recorded_by = models.CharField(max_length=150)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()
    withdrawn_on = models.DateField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "reference"],
                condition=Q(withdrawn_on=None),
                name="collection_cost_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0), name="collection_cost_positive"
            ),
        ]
        indexes = [models.Index(fields=["company", "on"], name="collection_cost_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.on}: {self.amount_minor} {self.currency}"
