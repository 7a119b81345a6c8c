"""What the serving model says: of open items now, of every day gone by, of the cash to come."""

from django.db import models
from django.db.models import F, Q

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.items import Item
from dunwell.models.model_versions import ModelVersion


class ItemPrediction(models.Model):
    """The pay-date distribution of one open debit item as of the last scored day, in figures.

    `p_late_ppm` P(paid after the due day), `_7` and `_30` that many days after it;
    `p_unpaid_14_ppm` P(still unpaid 14 days after `as_of`); `p_loss_ppm` P(never paid);
    q10, q50 and q90 are days by which it is paid with that probability. `history_items` is the
    number of paid items of the customer that all of it rests on.
    """

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="prediction")
    company = models.ForeignKey(Company, models.CASCADE, related_name="item_predictions")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="item_predictions")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="item_predictions")
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    open_minor = models.BigIntegerField()
    due_on = models.DateField()
    history_items = models.PositiveIntegerField()
    p_late_ppm = models.PositiveIntegerField()
    p_late_7_ppm = models.PositiveIntegerField()
    p_late_30_ppm = models.PositiveIntegerField()
    p_unpaid_14_ppm = models.PositiveIntegerField()
    p_loss_ppm = models.PositiveIntegerField()
    p_dispute_ppm = models.PositiveIntegerField(null=True)
    loss_minor = models.BigIntegerField()
    expected_pay_on = models.DateField()
    q10_on = models.DateField()
    q50_on = models.DateField()
    q90_on = models.DateField()
    reasons = models.JSONField(default=list)
    dispute_reasons = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(p_late_ppm__lte=1_000_000)
                & Q(p_late_7_ppm__lte=F("p_late_ppm"))
                & Q(p_late_30_ppm__lte=F("p_late_7_ppm"))
                & Q(p_unpaid_14_ppm__lte=1_000_000)
                & Q(p_loss_ppm__lte=1_000_000),
                name="prediction_chances",
            ),
            models.CheckConstraint(
                condition=Q(q10_on__gt=F("as_of"))
                & Q(q10_on__lte=F("q50_on"))
                & Q(q50_on__lte=F("q90_on")),
                name="prediction_quantiles",
            ),
            models.CheckConstraint(condition=Q(open_minor__gt=0), name="prediction_open"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.expected_pay_on}"


class PredictionLog(models.Model):
    """Everything that was predicted on one day, as one Parquet file. Added, never changed."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="prediction_logs")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="prediction_logs")
    as_of = models.DateField()
    rows = models.PositiveIntegerField()
    content = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "as_of"], name="prediction_log_once"),
        ]

    def __str__(self) -> str:
        return f"{self.rows} predictions on {self.as_of}"


class CashForecast(models.Model):
    """Cash of one currency in one week from the items known on a day, in minor units.

    Week 1 begins on the day after `as_of`; p10 to p90 hold four in five weeks.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="cash_forecasts")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="cash_forecasts")
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    week = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    expected_minor = models.BigIntegerField()
    p10_minor = models.BigIntegerField()
    p50_minor = models.BigIntegerField()
    p90_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "as_of", "currency", "week"], name="cash_forecast_once"
            ),
            models.CheckConstraint(
                condition=Q(p10_minor__lte=F("p50_minor")) & Q(p50_minor__lte=F("p90_minor")),
                name="cash_forecast_range",
            ),
        ]

    def __str__(self) -> str:
        return f"week {self.week} of {self.as_of}: {self.expected_minor} {self.currency}"
