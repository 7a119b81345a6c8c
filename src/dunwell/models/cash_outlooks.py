"""The outlook of cash, kept day by day: weeks and months by component, and what they rest on."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.model_versions import ModelVersion


class CashPeriod(models.Model):
    """Cash of one week or calendar month to come as it was seen on a day, in minor units.

    `expected_minor` is the sum of `components` (component of `ml.cash_claims`: minor units). The
    scope `known` holds what has a name: items, promises, plans, disputes, recurring invoices,
    deliveries not billed; `all` adds new business at its run rate. `naive` is what simple rules
    said on the same day (rule: minor units, a rule that had too little past is left out).
    `came_minor` is what really came, empty until the period is over. A consolidated row is in
    the company's currency at the rates of `as_of`; it exists only where no rate is missing.
    """

    class Kind(models.TextChoices):
        WEEK = "week", _("Week")
        MONTH = "month", _("Month")

    class Scope(models.TextChoices):
        KNOWN = "known", _("What is known")
        ALL = "all", _("With new business")

    company = models.ForeignKey(Company, models.CASCADE, related_name="cash_periods")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="cash_periods")
    as_of = models.DateField()
    scope = models.CharField(max_length=5, choices=Scope)
    kind = models.CharField(max_length=5, choices=Kind)
    currency = models.CharField(max_length=3)
    is_consolidated = models.BooleanField(default=False)
    number = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    expected_minor = models.BigIntegerField()
    p5_minor = models.BigIntegerField()
    p10_minor = models.BigIntegerField()
    p50_minor = models.BigIntegerField()
    p90_minor = models.BigIntegerField()
    p95_minor = models.BigIntegerField()
    spread_minor = models.BigIntegerField()
    """Standard deviation of the distribution before past errors widened it."""
    components = models.JSONField(default=dict)
    naive = models.JSONField(default=dict)
    came_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "company",
                    "as_of",
                    "scope",
                    "kind",
                    "is_consolidated",
                    "currency",
                    "number",
                ],
                name="cash_period_once",
            ),
            models.CheckConstraint(
                condition=Q(p5_minor__lte=F("p10_minor"))
                & Q(p10_minor__lte=F("p50_minor"))
                & Q(p50_minor__lte=F("p90_minor"))
                & Q(p90_minor__lte=F("p95_minor")),
                name="cash_period_range",
            ),
            models.CheckConstraint(
                condition=Q(starts_on__lte=F("ends_on")) & Q(as_of__lt=F("starts_on")),
                name="cash_period_days",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "ends_on"], name="cash_period_over"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.as_of}: {self.expected_minor} {self.currency}"


class CashBasis(models.Model):
    """What the outlook of a day rests on, for its pages to open without the whole book.

    Three Parquet files: `claims` (every claim that is no plain item, with its share of each
    period), `parts` (the distribution of each currency's sums by customer) and `levers` (what
    could be done about the items that weigh most). `missing_rates`: currencies without a rate.
    `figures`: the assumptions that were learned, as whole numbers.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="cash_bases")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="cash_bases")
    as_of = models.DateField()
    claims = models.BinaryField()
    parts = models.BinaryField()
    levers = models.BinaryField()
    content_sha256 = models.CharField(max_length=64)
    missing_rates = models.JSONField(default=list)
    figures = models.JSONField(default=dict)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "as_of"], name="cash_basis_once"),
        ]

    def __str__(self) -> str:
        return f"basis of the cash outlook of {self.as_of}"
