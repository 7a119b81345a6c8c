"""News from outside that may touch customers: where it comes from, what it says, whom it meets."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.escalations import Watch
from dunwell.models.tasks import Task


class SignalFeed(models.Model):
    """An address that is read again and again, and what its entries are about.

    Entries count as `kind`, of `region`, `sector` and `currency` where those are stated.
    `is_automatic`: an entry makes tasks for whom it meets without anybody's click.
    """

    class Form(models.TextChoices):
        FEED = "feed", _("RSS or Atom")
        JSON = "json", "JSON"
        CSV = "csv", "CSV"

    company = models.ForeignKey(Company, models.PROTECT, related_name="signal_feeds")
    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    form = models.CharField(max_length=4, choices=Form, default=Form.FEED)
    kind = models.CharField(max_length=12)
    severity = models.PositiveSmallIntegerField(default=2)
    region = models.CharField(max_length=2, blank=True)
    sector = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    is_automatic = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    read_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="signal_feed_once"),
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="signal_feed_severity"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RiskSignal(models.Model):
    """One thing that happened outside: a rate, an insolvency, a change of a rule, other news.

    `external_id` is its source's own, so that it is taken in once. Whom it is about is told by
    `customer_number`, `vat_id` or `party`; whom it touches else by `region`, `sector` and
    `currency`. `effective_on` is the day a rule or rate begins to hold.
    """

    class Kind(models.TextChoices):
        INSOLVENCY = "insolvency", _("Insolvency")
        RATE = "rate", _("Interest rate")
        CURRENCY = "currency", _("Exchange rate")
        RULE = "rule", _("Change of a rule")
        SECTOR = "sector", _("News of a sector")
        COUNTRY = "country", _("News of a country")
        OTHER = "other", _("Other news")

    class Severity(models.IntegerChoices):
        LOW = 1, _("Low")
        MEDIUM = 2, _("Medium")
        HIGH = 3, _("High")

    class Status(models.TextChoices):
        NEW = "new", _("New")
        ACTED = "acted", _("Followed up")
        DISMISSED = "dismissed", _("Dismissed")

    MOVES = {
        Status.NEW: {Status.ACTED, Status.DISMISSED},
        Status.ACTED: set(),
        Status.DISMISSED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="risk_signals")
    feed = models.ForeignKey(SignalFeed, models.PROTECT, null=True, related_name="signals")
    source = models.CharField(max_length=80)
    external_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=12, choices=Kind)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.MEDIUM)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    url = models.CharField(max_length=500, blank=True)
    published_on = models.DateField()
    effective_on = models.DateField(null=True)
    region = models.CharField(max_length=2, blank=True)
    sector = models.CharField(max_length=2, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    customer_number = models.CharField(max_length=80, blank=True)
    vat_id = models.CharField(max_length=40, blank=True)
    party = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.NEW)
    reason = models.CharField(max_length=300, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    as_of = models.DateField()
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "source", "external_id"], name="risk_signal_once"
            ),
            models.CheckConstraint(
                condition=Q(status="new", decided_on=None)
                | ~Q(status="new") & Q(decided_on__isnull=False),
                name="risk_signal_decided",
            ),
            models.CheckConstraint(
                condition=Q(severity__gte=1, severity__lte=3), name="risk_signal_severity"
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "-id"], name="risk_signal_page")]

    def __str__(self) -> str:
        return self.title


class SignalMatch(models.Model):
    """A customer a signal meets, how that is known, and what a person made of it.

    `likeness_ppm` is 1,000,000 but for names. `relevance_ppm` weighs severity, likeness and what
    the customer owes of the whole book; the customer's exposure is that of the day of the match.
    """

    class How(models.TextChoices):
        NUMBER = "number", _("Customer number")
        VAT = "vat", _("VAT number")
        NAME = "name", _("Name")
        SECTOR = "sector", _("Sector")
        COUNTRY = "country", _("Country")
        CURRENCY = "currency", _("Currency")

    signal = models.ForeignKey(RiskSignal, models.CASCADE, related_name="matches")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="signal_matches")
    how = models.CharField(max_length=8, choices=How)
    likeness_ppm = models.PositiveIntegerField(default=1_000_000)
    exposure_minor = models.BigIntegerField(null=True)
    relevance_ppm = models.PositiveIntegerField()
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="signal_matches")
    watch = models.ForeignKey(Watch, models.PROTECT, null=True, related_name="signal_matches")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["signal", "customer"], name="signal_match_once"),
        ]
        indexes = [models.Index(fields=["signal", "-relevance_ppm"], name="signal_match_page")]

    def __str__(self) -> str:
        return f"{self.signal_id}: {self.customer_id} by {self.how}"
