"""Reports that come by themselves, what they said, their mails, and views people keep."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.application_mails import ApplicationMail
from dunwell.models.companies import Company


class SavedView(models.Model):
    """A page as somebody filters it, under a name; shared ones stand with everybody."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="saved_views")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views")
    name = models.CharField(max_length=80)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=1000, blank=True)
    is_shared = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "owner", "name"], name="saved_view_name"),
        ]

    def __str__(self) -> str:
        return self.name


class ReportSchedule(models.Model):
    """A report that is made again and again, and who gets it by mail."""

    class Kind(models.TextChoices):
        DIGEST = "digest", _("Digest in plain words")
        PACK = "pack", _("Board pack as PDF and workbook")
        TEAM = "team", _("What the team works on: stuck money, decisions, goals")

    class Every(models.TextChoices):
        DAY = "day", _("Every business day")
        WEEK = "week", _("Every week, on Monday")
        MONTH = "month", _("Every month, on the first business day")

    company = models.ForeignKey(Company, models.PROTECT, related_name="report_schedules")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=Kind)
    every = models.CharField(max_length=5, choices=Every)
    sections = models.JSONField(default=list)
    recipients = models.JSONField(default=list)
    language = models.CharField(max_length=5)
    author = models.CharField(max_length=150)
    from_on = models.DateField()
    ended_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=Q(ended_on__isnull=True),
                name="report_schedule_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Report(models.Model):
    """What a report said on a day: figures, words and files, kept as they were made."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="reports")
    schedule = models.ForeignKey(ReportSchedule, models.PROTECT, null=True, related_name="reports")
    kind = models.CharField(max_length=6, choices=ReportSchedule.Kind)
    name = models.CharField(max_length=80)
    as_of = models.DateField()
    language = models.CharField(max_length=5)
    document = models.JSONField()
    words = models.TextField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField()
    workbook = models.BinaryField()
    by = models.CharField(max_length=150)
    key = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "-as_of", "-id"], name="report_newest")]
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="report_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} as of {self.as_of}"


class ReportMail(models.Model):
    """One report to one reader; once per report and address, whoever hands it over."""

    Status = ApplicationMail.Status
    MOVES = ApplicationMail.MOVES

    company = models.ForeignKey(Company, models.PROTECT, related_name="report_mails")
    report = models.ForeignKey(Report, models.PROTECT, related_name="mails")
    to = models.CharField(max_length=254)
    status = models.CharField(
        max_length=9, choices=ApplicationMail.Status, default=ApplicationMail.Status.READY
    )
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["company", "status", "id"], name="report_mail_status")]
        constraints = [
            models.UniqueConstraint(fields=["report", "to"], name="report_mail_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} to {self.to}"
