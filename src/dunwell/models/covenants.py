"""Covenants: ratios promised to a lender, their tests on dates, and waivers."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class Covenant(models.Model):
    """A ratio promised to a lender: what is measured, its threshold, and when it is tested.

    `threshold` is in the unit of the measure: hundredths of a day for the DSO, ppm for shares and
    cover, minor units for liquidity. `currency` says of which currency's book; test dates are
    `first_test_on` and every `every_months` after it. What it says never changes: a changed
    contract is a new covenant, and the old one ends.
    """

    class Measure(models.TextChoices):
        DSO = "dso", _("DSO at most")
        OVERDUE_SHARE = "overdue_share", _("Share overdue at most")
        LIQUIDITY = "liquidity", _("Liquidity at least")
        CONCENTRATION = "concentration", _("Share of the largest customer at most")
        BORROWING_BASE = "borrowing_base", _("Cover of the drawn amount at least")

    company = models.ForeignKey(Company, models.PROTECT, related_name="covenants")
    name = models.CharField(max_length=80)
    lender = models.CharField(max_length=120)
    measure = models.CharField(max_length=14, choices=Measure)
    currency = models.CharField(max_length=3)
    threshold = models.BigIntegerField()
    drawn_minor = models.BigIntegerField(null=True)
    eligible_ppm = models.PositiveIntegerField(null=True)
    most_overdue_days = models.PositiveIntegerField(null=True)
    first_test_on = models.DateField()
    every_months = models.PositiveSmallIntegerField(default=3)
    note = models.CharField(max_length=1000, blank=True)
    ended_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=150, blank=True)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], condition=Q(ended_on=None), name="covenant_once"
            ),
            models.CheckConstraint(
                condition=Q(every_months__in=(1, 3, 6, 12)), name="covenant_rhythm"
            ),
            models.CheckConstraint(condition=Q(threshold__gte=0), name="covenant_threshold"),
            models.CheckConstraint(
                condition=~Q(measure="borrowing_base")
                | Q(
                    drawn_minor__gt=0,
                    eligible_ppm__gt=0,
                    eligible_ppm__lte=1_000_000,
                    most_overdue_days__isnull=False,
                ),
                name="covenant_borrowing_base",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CovenantTest(models.Model):
    """A covenant on one of its test dates, frozen: measured, threshold, met or not, inputs.

    `measured` is empty where the measure has no value that day; then `is_met` is empty as well.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="covenant_tests")
    covenant = models.ForeignKey(Covenant, models.PROTECT, related_name="tests")
    on = models.DateField()
    measured = models.BigIntegerField(null=True)
    threshold = models.BigIntegerField()
    is_met = models.BooleanField(null=True)
    inputs = models.JSONField(default=dict)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["covenant", "on"], name="covenant_test_once"),
            models.CheckConstraint(
                condition=Q(measured__isnull=True, is_met__isnull=True)
                | Q(measured__isnull=False, is_met__isnull=False),
                name="covenant_test_answered",
            ),
        ]
        indexes = [models.Index(fields=["company", "-on", "-id"], name="covenant_test_page")]

    def __str__(self) -> str:
        return f"{self.covenant_id} on {self.on}"


class CovenantWaiver(models.Model):
    """What a lender waived for a span of test dates, as somebody of ours wrote it down."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="covenant_waivers")
    covenant = models.ForeignKey(Covenant, models.PROTECT, related_name="waivers")
    from_on = models.DateField()
    until_on = models.DateField()
    granted_by = models.CharField(max_length=120)
    note = models.CharField(max_length=1000)
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["covenant", "from_on", "until_on", "granted_by"],
                name="covenant_waiver_once",
            ),
            models.CheckConstraint(
                condition=Q(until_on__gte=models.F("from_on")), name="covenant_waiver_span"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.covenant_id} {self.from_on} to {self.until_on}"
