"""Dated verdicts of the day's cycle: KPI values and payment habits."""

from django.db import models

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class KpiValue(models.Model):
    """One KPI of one currency as of one day, with the formula and inputs that made it."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="kpi_values")
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    kpi = models.CharField(max_length=40)
    value = models.CharField(max_length=40, blank=True)
    unit = models.CharField(max_length=20)
    formula = models.CharField(max_length=60)
    inputs = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "as_of", "currency", "kpi"], name="kpi_value_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kpi} {self.currency} {self.as_of}: {self.value}"


class Habit(models.Model):
    """How a customer pays, as of the last cycle."""

    customer = models.OneToOneField(Customer, models.CASCADE, related_name="habit")
    company = models.ForeignKey(Company, models.CASCADE, related_name="habits")
    as_of = models.DateField()
    label = models.CharField(max_length=16)
    n_settled = models.PositiveIntegerField()
    expected_days_late = models.IntegerField()
    median_days_late = models.IntegerField(null=True)
    share_late_ppm = models.PositiveIntegerField()
    trend_days = models.IntegerField(null=True)
    broken_promises = models.PositiveIntegerField(default=0)
    last_payment_on = models.DateField(null=True)
    details = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.label}"
