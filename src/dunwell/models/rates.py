"""Exchange rates and the freshness of the feeds that bring data in."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class FxRate(models.Model):
    """From a day on: home minor units per million foreign minor units, with its source."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="fx_rates")
    currency = models.CharField(max_length=3)
    from_on = models.DateField()
    rate_ppm = models.BigIntegerField()
    source = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "currency", "from_on"], name="fx_rate_once"
            ),
            models.CheckConstraint(condition=Q(rate_ppm__gt=0), name="fx_rate_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.from_on}: {self.rate_ppm}"


class Feed(models.Model):
    """How fresh what we know is: the last day a bank or ledger feed covers."""

    class Kind(models.TextChoices):
        BANK = "bank", _("Bank statements")
        LEDGER = "ledger", _("Ledger export")

    company = models.ForeignKey(Company, models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(max_length=120)
    covers_until_on = models.DateField()
    rows = models.BigIntegerField(default=0)
    control_totals = models.JSONField(default=list)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "kind", "name"], name="feed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} until {self.covers_until_on}"
