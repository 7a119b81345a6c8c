"""How the book of credit was spread on a day: what the cycle keeps, what orders added since."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class PortfolioMeasure(models.Model):
    """One part of the book on one day: what its customers owe, in the company's currency.

    `key` names the part within its dimension: a country, a sector's code, a customer's or a
    collector's id as text. `exposure_minor` and `loss_minor` are as the cycle found them;
    `added_minor` and `added_loss_minor` are what orders approved since then have added, so that
    an order check need not read the book. Of dimension `squares` it is the sum of squared
    exposures in thousands of minor units, which the Herfindahl index is made of.
    """

    class Dimension(models.TextChoices):
        TOTAL = "total", _("Whole book")
        COUNTRY = "country", _("Country")
        SECTOR = "sector", _("Sector")
        CURRENCY = "currency", _("Currency")
        CLASS = "class", _("Risk class")
        SEGMENT = "segment", _("Segment")
        COLLECTOR = "collector", _("Collector")
        GROUP = "group", _("Group of companies")
        NAME = "name", _("Largest customer")
        COVERED = "covered", _("Covered by insurance or guarantee")
        NEW = "new", _("New customers")
        SQUARES = "squares", _("Sum of squares")

    company = models.ForeignKey(Company, models.CASCADE, related_name="portfolio_measures")
    as_of = models.DateField()
    dimension = models.CharField(max_length=10, choices=Dimension)
    key = models.CharField(max_length=80, blank=True)
    customers = models.PositiveIntegerField(default=0)
    exposure_minor = models.BigIntegerField()
    loss_minor = models.BigIntegerField(default=0)
    added_minor = models.BigIntegerField(default=0)
    added_loss_minor = models.BigIntegerField(default=0)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "as_of", "dimension", "key"], name="portfolio_measure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.as_of} {self.dimension} {self.key}: {self.exposure_minor}"
