"""Figures of a part of the book, kept for a month end: of a segment, collector, customer ..."""

from django.db import models

from dunwell.models.companies import Company


class KeptSlice(models.Model):
    """Every figure of one part of the book in one currency as of a day, with its inputs.

    `key` is the customer's or collector's id, the name of the segment or strategy, empty where
    there is none. `formulas` says by which versions of the formulas `values` came to be: rows
    under other ones are worked out again. `values` holds texts (empty: not applicable) and
    `inputs` whole numbers, in the units of the catalogue.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="kept_slices")
    as_of = models.DateField()
    window_days = models.PositiveIntegerField()
    dimension = models.CharField(max_length=10)
    key = models.CharField(max_length=80, blank=True)
    currency = models.CharField(max_length=3)
    formulas = models.CharField(max_length=16)
    values = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "as_of", "dimension", "key", "currency"], name="kept_slice_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dimension} {self.key} {self.currency} {self.as_of}"
