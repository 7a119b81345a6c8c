"""Budgets: what a company means to sell, collect and lose, month by month, in dated versions."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class Budget(models.Model):
    """One version of a budget in one currency, for `months` months from the first of one.

    A draft may be changed by whoever may edit; approved by a second person it is never changed:
    the next version starts as a copy. `revision` counts the saves of a draft.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Waits for approval")
        APPROVED = "approved", _("Approved")
        RETIRED = "retired", _("Retired")

    MOVES = {
        Status.DRAFT: {Status.SUBMITTED, Status.RETIRED},
        Status.SUBMITTED: {Status.DRAFT, Status.APPROVED},
        Status.APPROVED: {Status.RETIRED},
        Status.RETIRED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="budgets")
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    months = models.PositiveSmallIntegerField(default=12)
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    note = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=150)
    revision = models.PositiveIntegerField(default=1)
    approved_by = models.CharField(max_length=150, blank=True)
    approved_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name", "starts_on", "currency", "version"],
                name="budget_once",
            ),
            models.UniqueConstraint(
                fields=["company", "name", "starts_on", "currency"],
                condition=Q(status="approved"),
                name="budget_one_approved",
            ),
            models.CheckConstraint(
                condition=~Q(status="approved")
                | (Q(approved_on__isnull=False) & ~Q(approved_by=F("author"))),
                name="budget_second_person",
            ),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=24),
                name="budget_months",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.starts_on:%Y-%m} {self.currency} v{self.version}"


class BudgetLine(models.Model):
    """One figure of one month of a budget, for the whole company or for one slice of it.

    `value` is in minor units, of `dso` in hundredths of a day. `dimension` is empty for the whole
    company, else `segment` or `collector` with its name in `key`.
    """

    class Figure(models.TextChoices):
        SALES = "sales", _("Sales")
        CASH_IN = "cash_in", _("Cash in")
        DSO = "dso", _("DSO")
        OVERDUE = "overdue", _("Overdue at month end")
        WRITE_OFFS = "write_offs", _("Write-offs")
        BAD_DEBT = "bad_debt", _("Bad debt expense")
        COST_TO_COLLECT = "cost_to_collect", _("Cost to collect")

    class Dimension(models.TextChoices):
        COMPANY = "", _("Company")
        SEGMENT = "segment", _("Segment")
        COLLECTOR = "collector", _("Collector")

    budget = models.ForeignKey(Budget, models.CASCADE, related_name="lines")
    month_on = models.DateField()
    figure = models.CharField(max_length=16, choices=Figure)
    dimension = models.CharField(max_length=9, choices=Dimension, blank=True)
    key = models.CharField(max_length=150, blank=True)
    value = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["budget", "month_on", "figure", "dimension", "key"],
                name="budget_line_once",
            ),
            models.CheckConstraint(condition=Q(value__gte=0), name="budget_line_not_negative"),
            models.CheckConstraint(
                condition=Q(dimension="", key="") | (~Q(dimension="") & ~Q(key="")),
                name="budget_line_slice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.month_on}: {self.value}"


class MonthActual(models.Model):
    """What really happened in a month: projection of the books, kept by the day's cycle.

    Figures, slices and units as in `BudgetLine`; `as_of` is the last day it was worked out for,
    and the month counts up to that day.
    """

    company = models.ForeignKey(Company, models.CASCADE, related_name="month_actuals")
    month_on = models.DateField()
    currency = models.CharField(max_length=3)
    figure = models.CharField(max_length=16, choices=BudgetLine.Figure)
    dimension = models.CharField(max_length=9, choices=BudgetLine.Dimension, blank=True)
    key = models.CharField(max_length=150, blank=True)
    value = models.BigIntegerField()
    as_of = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "currency", "month_on", "figure", "dimension", "key"],
                name="month_actual_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.month_on}: {self.value}"
