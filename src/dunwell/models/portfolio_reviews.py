"""Reviews of the whole portfolio: a frozen pack, who met, what was said, what was decided."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer
from dunwell.models.tasks import Task


class ReviewRhythm(models.Model):
    """How often a company reviews its portfolio, and when next; and which events ask for one."""

    class Every(models.IntegerChoices):
        MONTH = 1, _("Every month")
        QUARTER = 3, _("Every quarter")
        HALF = 6, _("Every half year")
        YEAR = 12, _("Every year")

    company = models.OneToOneField(Company, models.CASCADE, related_name="review_rhythm")
    every_months = models.PositiveSmallIntegerField(choices=Every)
    next_on = models.DateField()
    on_gauge = models.BooleanField(default=True)
    on_warning = models.BooleanField(default=True)
    warning_minor = models.BigIntegerField()
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(warning_minor__gt=0), name="review_rhythm_warning"),
        ]

    def __str__(self) -> str:
        return f"{self.company_id} every {self.every_months} months"


class PortfolioReview(models.Model):
    """One review: planned for a day, its pack frozen, held with minutes, signed by two.

    `cause` and `cause_key` say what asked for it, so that one event asks once.
    """

    class Cause(models.TextChoices):
        SCHEDULE = "schedule", _("Planned")
        GAUGE = "gauge", _("A limit of the risk appetite was passed")
        WARNING = "warning", _("A strong warning about a large customer")
        SIGNAL = "signal", _("A signal from outside")
        PERSON = "person", _("Somebody asked for it")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        FROZEN = "frozen", _("Pack frozen")
        HELD = "held", _("Held")
        SIGNED = "signed", _("Signed")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.PLANNED: {Status.FROZEN, Status.CANCELLED},
        Status.FROZEN: {Status.HELD, Status.CANCELLED},
        Status.HELD: {Status.SIGNED},
        Status.SIGNED: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="portfolio_reviews")
    name = models.CharField(max_length=80)
    cause = models.CharField(max_length=8, choices=Cause)
    cause_key = models.CharField(max_length=80)
    cause_text = models.CharField(max_length=300, blank=True)
    due_on = models.DateField()
    status = models.CharField(max_length=9, choices=Status, default=Status.PLANNED)
    agenda = models.TextField(blank=True)
    attendees = models.CharField(max_length=500, blank=True)
    minutes = models.TextField(blank=True)
    held_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    before = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    author = models.CharField(max_length=150)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "cause", "cause_key"], name="portfolio_review_cause"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("held", "signed"))
                | (Q(held_on__isnull=False) & ~Q(minutes="") & ~Q(attendees="")),
                name="portfolio_review_held",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-due_on", "-id"], name="portfolio_review_page")
        ]

    def __str__(self) -> str:
        return self.name


class PortfolioPack(models.Model):
    """The figures of a review at a day, and the two files made of them. Never changed.

    `figures` holds what the files say, for the difference to the next review; amounts in minor
    units of `currency`. `sha256` is over the figures' canonical JSON, and is what people sign.
    """

    review = models.OneToOneField(PortfolioReview, models.PROTECT, related_name="pack")
    company = models.ForeignKey(Company, models.PROTECT, related_name="portfolio_packs")
    as_of = models.DateField()
    currency = models.CharField(max_length=3)
    figures = models.JSONField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    pdf_sha256 = models.CharField(max_length=64)
    xlsx = models.BinaryField()
    xlsx_sha256 = models.CharField(max_length=64)
    frozen_by = models.CharField(max_length=150)
    frozen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"pack of {self.review_id} on {self.as_of}"


class PortfolioDecision(models.Model):
    """Something a review decided: who sees to it, until when; a task where a customer is named."""

    review = models.ForeignKey(PortfolioReview, models.PROTECT, related_name="decisions")
    company = models.ForeignKey(Company, models.PROTECT, related_name="portfolio_decisions")
    text = models.CharField(max_length=500)
    owner = models.ForeignKey(User, models.PROTECT, related_name="portfolio_decisions")
    due_on = models.DateField()
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="portfolio_decisions"
    )
    task = models.ForeignKey(Task, models.PROTECT, null=True, related_name="portfolio_decisions")
    done_on = models.DateField(null=True)
    done_by = models.CharField(max_length=150, blank=True)
    outcome = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "text"], name="portfolio_decision_once"),
            models.CheckConstraint(
                condition=Q(done_on=None) | ~Q(done_by=""), name="portfolio_decision_done"
            ),
        ]
        indexes = [models.Index(fields=["company", "due_on", "id"], name="portfolio_decision_due")]

    def __str__(self) -> str:
        return f"decision of {self.review_id}"


class PortfolioSignature(models.Model):
    """One person's name under a review, and the hashes it was put under. Never changed.

    `pack_sha256` is the pack's, `minutes_sha256` that of minutes, attendees and decisions.
    """

    review = models.ForeignKey(PortfolioReview, models.PROTECT, related_name="signatures")
    company = models.ForeignKey(Company, models.PROTECT, related_name="portfolio_signatures")
    user = models.ForeignKey(User, models.PROTECT, related_name="portfolio_signatures")
    name = models.CharField(max_length=150)
    pack_sha256 = models.CharField(max_length=64)
    minutes_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "user"], name="portfolio_signature_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} under {self.review_id}"
