"""The course of invoice to cash as the day's cycle found it: one row per month of issue."""

from django.db import models

from dunwell.models.companies import Company


class ProcessMonth(models.Model):
    """What became of the invoices issued in one month, as of a day; made anew as they go on.

    `figures` holds the sums by segment and currency that pages add up; `steps` is the log they
    are made of, a Parquet file with a row for every step of every invoice, for those who want
    to see which. Both can be made again from the records at any time.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="process_months")
    month = models.DateField()
    as_of = models.DateField()
    items = models.PositiveIntegerField()
    events = models.PositiveIntegerField()
    figures = models.JSONField(default=list)
    steps = models.BinaryField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "month"], name="process_month_once"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} as of {self.as_of}"
