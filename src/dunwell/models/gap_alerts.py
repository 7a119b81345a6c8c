"""Gap alerts: a period in which cash, a budget or a covenant is about to be missed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class GapAlert(models.Model):
    """One gap of one period, from the day the cycle first saw it to the day it was gone.

    `key` names the period and what is measured in it; `expected` and `wanted` are in `unit`
    (minor, ppm or days_x100). A gap that comes back opens its row again, so a period has one.
    """

    class Kind(models.TextChoices):
        LIQUIDITY = "liquidity", _("Cash below the buffer")
        BUDGET = "budget", _("Budget missed")
        COVENANT = "covenant", _("Covenant about to break")

    company = models.ForeignKey(Company, models.PROTECT, related_name="gap_alerts")
    kind = models.CharField(max_length=9, choices=Kind)
    key = models.CharField(max_length=200)
    starts_on = models.DateField()
    label = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    unit = models.CharField(max_length=10)
    expected = models.BigIntegerField()
    wanted = models.BigIntegerField()
    levers = models.JSONField(default=list)
    opened_on = models.DateField()
    seen_on = models.DateField()
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "key"], name="gap_alert_once"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("opened_on")),
                name="gap_alert_span",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "ended_on", "starts_on", "id"], name="gap_alert_page")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
