"""Late interest, fees and compensation, and the official rates they are worked out from."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item


class ReferenceRate(models.Model):
    """An official yearly rate from a day on, with its source; corrected by a new row.

    In force once a second person approved it; a row whose approver is empty is a proposal.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="reference_rates")
    name = models.CharField(max_length=40)
    from_on = models.DateField()
    rate_ppm = models.BigIntegerField()
    source = models.CharField(max_length=200)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaces")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name", "from_on"],
                condition=Q(replaced_by=None) & ~Q(approver=""),
                name="reference_rate_once",
            ),
            models.UniqueConstraint(
                fields=["company", "name", "from_on"],
                condition=Q(approver=""),
                name="reference_rate_one_proposal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.from_on}: {self.rate_ppm}"


class Charge(models.Model):
    """Interest, a fee or compensation on one item for one period, by one rule: at most once."""

    class Kind(models.TextChoices):
        INTEREST = "interest", _("Late-payment interest")
        COMPENSATION = "compensation", _("Fixed compensation")
        FEE = "fee", _("Reminder fee")

    class Status(models.TextChoices):
        ACCRUED = "accrued", _("Accrued, not billed")
        BILLED = "billed", _("Billed")
        WAIVED = "waived", _("Waived")

    MOVES = {
        Status.ACCRUED: {Status.BILLED, Status.WAIVED},
        Status.BILLED: {Status.WAIVED},
        Status.WAIVED: {Status.ACCRUED},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="charges")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="charges")
    item = models.ForeignKey(Item, models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.ACCRUED)
    rule = models.CharField(max_length=40)
    period = models.CharField(max_length=24)
    currency = models.CharField(max_length=3)
    base_minor = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    days = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=list)
    from_on = models.DateField()
    until_on = models.DateField()
    billed_item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="billed_charges")
    waived_by = models.CharField(max_length=150, blank=True)
    waived_reason = models.CharField(max_length=300, blank=True)
    authority = models.JSONField(default=dict)
    as_of = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # period: a month of interest, the level of a fee, "once" for compensation
            models.UniqueConstraint(fields=["item", "kind", "period", "rule"], name="charge_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="charge_positive"),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="charge_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} on {self.item_id}"
