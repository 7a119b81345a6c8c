"""What is known of a customer's credit: bureaus and their reports, financial statements, facts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class BureauAccount(models.Model):
    """A bureau or rating agency a company asks, in the order of `priority`.

    A report younger than `max_age_days` is used again and nothing is asked. `address` is the
    name of a feed file or an https address; `secret_name` names the environment variable that
    holds the token, never the token itself.
    """

    class Kind(models.TextChoices):
        FILE = "file", _("Feed file")
        HTTP = "http", _("JSON over HTTPS")
        HAND = "hand", _("By hand")

    company = models.ForeignKey(Company, models.PROTECT, related_name="bureaus")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=4, choices=Kind)
    address = models.CharField(max_length=300, blank=True)
    secret_name = models.CharField(max_length=80, blank=True)
    priority = models.PositiveSmallIntegerField(default=1)
    max_age_days = models.PositiveSmallIntegerField(default=180)
    cost_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="bureau_name"),
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="bureau_cost"),
        ]
        indexes = [models.Index(fields=["company", "priority", "id"], name="bureau_order")]

    def __str__(self) -> str:
        return self.name


class BureauConsent(models.Model):
    """A customer's consent to be asked about; of one bureau, or of all where it is empty."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="bureau_consents")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bureau_consents")
    bureau = models.ForeignKey(BureauAccount, models.PROTECT, null=True, related_name="consents")
    given_on = models.DateField()
    until_on = models.DateField(null=True)
    evidence = models.CharField(max_length=300)
    withdrawn_on = models.DateField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("given_on")),
                name="bureau_consent_days",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.pk} of {self.customer_id}"


class BureauPull(models.Model):
    """One question to one bureau, with its purpose and what it cost.

    `goes_on` asks the next bureau of the waterfall when this one does not know the customer or
    fails; that pull names this one in `follows`.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("Waiting to be asked")
        CLAIMED = "claimed", _("Being asked")
        ANSWERED = "answered", _("Answered")
        UNKNOWN = "unknown", _("Customer not known there")
        FAILED = "failed", _("Failed")

    class Purpose(models.TextChoices):
        APPLICATION = "application", _("Credit application of the customer")
        REVIEW = "review", _("Review of an account that runs")
        COLLECTION = "collection", _("Collection of a debt")
        LEGAL = "legal", _("Required by law or a court")

    MOVES = {
        Status.ASKED: {Status.CLAIMED},
        Status.CLAIMED: {Status.ASKED, Status.ANSWERED, Status.UNKNOWN, Status.FAILED},
        Status.ANSWERED: set(),
        Status.UNKNOWN: set(),
        Status.FAILED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="bureau_pulls")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bureau_pulls")
    bureau = models.ForeignKey(BureauAccount, models.PROTECT, related_name="pulls")
    status = models.CharField(max_length=8, choices=Status, default=Status.ASKED)
    purpose = models.CharField(max_length=11, choices=Purpose)
    consent = models.ForeignKey(BureauConsent, models.PROTECT, null=True, related_name="pulls")
    goes_on = models.BooleanField(default=True)
    follows = models.OneToOneField("self", models.PROTECT, null=True, related_name="followed_by")
    cost_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    asked_on = models.DateField()
    asked_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    ended_on = models.DateField(null=True)
    by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "bureau"],
                condition=Q(status__in=["asked", "claimed"]),
                name="pull_one_running",
            ),
            models.CheckConstraint(condition=Q(cost_minor__gte=0), name="pull_cost"),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="pull_status"),
            models.Index(fields=["company", "ended_on", "id"], name="pull_ended"),
        ]

    def __str__(self) -> str:
        return f"pull {self.pk} at {self.bureau_id}"


class BureauReport(models.Model):
    """What a bureau said of a customer on a day; kept as told.

    `score` is on the bureau's own scale, `pd_ppm` its probability of default within a year;
    what it did not say is empty. `source` is the way it came.
    """

    class Source(models.TextChoices):
        PULL = "pull", _("Asked")
        FILE = "file", _("From a file")
        HAND = "hand", _("Entered by hand")

    company = models.ForeignKey(Company, models.PROTECT, related_name="bureau_reports")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="bureau_reports")
    bureau = models.ForeignKey(BureauAccount, models.PROTECT, related_name="reports")
    pull = models.OneToOneField(BureauPull, models.PROTECT, null=True, related_name="report")
    source = models.CharField(max_length=4, choices=Source)
    external_id = models.CharField(max_length=80, blank=True)
    score = models.IntegerField(null=True)
    pd_ppm = models.IntegerField(null=True)
    limit_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    risk_class = models.CharField(max_length=20, blank=True)
    is_insolvent = models.BooleanField(null=True)
    flags = models.JSONField(default=list)
    reported_on = models.DateField()
    raw = models.JSONField(default=dict)
    by = models.CharField(max_length=150)
    recorded_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pd_ppm=None) | Q(pd_ppm__gte=0, pd_ppm__lte=1_000_000),
                name="bureau_report_pd",
            ),
            models.CheckConstraint(
                condition=Q(limit_minor=None) | Q(limit_minor__gte=0) & ~Q(currency=""),
                name="bureau_report_limit",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "reported_on"], name="bureau_report_of"),
        ]

    def __str__(self) -> str:
        return f"report {self.pk} of {self.bureau_id}"


class FinancialStatement(models.Model):
    """A customer's balance sheet and income statement of a period, as spread.

    Never edited: a correction is a new `version` that `supersedes` the one before. `available_on`
    is the day from which we could know it; `scale` is the unit the figures were stated in
    (1, 1,000 or 1,000,000 of the currency), which bounds their rounding.
    """

    class Kind(models.TextChoices):
        ANNUAL = "annual", _("Annual")
        INTERIM = "interim", _("Interim")

    class Source(models.TextChoices):
        MANUAL = "manual", _("Typed in")
        SHEET = "csv", _("Table (CSV or XLSX)")
        XBRL = "xbrl", _("XBRL")

    company = models.ForeignKey(Company, models.PROTECT, related_name="financial_statements")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="financial_statements")
    kind = models.CharField(max_length=7, choices=Kind)
    source = models.CharField(max_length=6, choices=Source)
    period_from = models.DateField()
    period_to = models.DateField()
    available_on = models.DateField()
    currency = models.CharField(max_length=3)
    scale = models.PositiveIntegerField(default=1)
    is_audited = models.BooleanField(default=False)
    version = models.PositiveSmallIntegerField(default=1)
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="superseded_by"
    )
    reason = models.CharField(max_length=300, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "period_to", "version"], name="financial_version"
            ),
            models.CheckConstraint(
                condition=Q(period_to__gt=F("period_from")), name="financial_period"
            ),
            models.CheckConstraint(
                condition=Q(available_on__gte=F("period_to")), name="financial_available"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "period_to"], name="financial_of"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} statement {self.period_to} v{self.version}"


class StatementLine(models.Model):
    """One figure of a financial statement, and where it was read (cell, concept)."""

    statement = models.ForeignKey(FinancialStatement, models.CASCADE, related_name="lines")
    name = models.CharField(max_length=40)
    amount_minor = models.BigIntegerField()
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["statement", "name"], name="financial_line_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.amount_minor}"


class CreditDataPoint(models.Model):
    """One thing somebody found out about a customer; the latest of a name wins.

    `value` is a whole number, a text or yes/no; `as_of` is the day it was true, `source` where
    it is from.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_points")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_points")
    name = models.CharField(max_length=40)
    value = models.JSONField(null=True)
    source = models.CharField(max_length=200)
    as_of = models.DateField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "customer", "name"], name="credit_point_of"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.customer_id}"
