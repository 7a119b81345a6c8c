"""Analyses of the book that are kept: what one pass over the ledger said of one or two days."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class Analysis(models.Model):
    """One analysis of one day, or of what changed between two; its results are its parts.

    Made by the day's cycle or ordered by somebody. `is_kept`: it stays when a later day has its
    own; the rest is dropped by the next cycle. An analysis of a single day has `since_on` equal
    to `as_of`.
    """

    class Kind(models.TextChoices):
        BOOK = "book", _("Roll rates, vintages and curves")
        BRIDGE = "bridge", _("DSO bridge")
        CAUSES = "causes", _("Root causes")

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waits")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    MOVES = {
        Status.WAITING: {Status.RUNNING, Status.FAILED},
        Status.RUNNING: {Status.DONE, Status.FAILED},
        Status.DONE: {Status.WAITING},
        Status.FAILED: {Status.WAITING},
    }
    """Every allowed change of status; a running one that was killed is run again as it is."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="analyses")
    kind = models.CharField(max_length=8, choices=Kind)
    as_of = models.DateField()
    since_on = models.DateField()
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    is_kept = models.BooleanField(default=False)
    error = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "as_of", "since_on"], name="analysis_once"
            ),
            models.CheckConstraint(condition=Q(since_on__lte=F("as_of")), name="analysis_days"),
            models.CheckConstraint(
                condition=~Q(status="done") | Q(finished_at__isnull=False),
                name="analysis_done_is_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since_on} to {self.as_of}"


class AnalysisPart(models.Model):
    """One slice of an analysis's result: its rows, amounts in minor units of the currency.

    `section` says which table it is, `dimension` and `key` which slice of the book (dimension
    `all` with an empty key is the whole).
    """

    analysis = models.ForeignKey(Analysis, models.CASCADE, related_name="parts")
    section = models.CharField(max_length=12)
    currency = models.CharField(max_length=3)
    dimension = models.CharField(max_length=12)
    key = models.CharField(max_length=200, blank=True)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["analysis", "section", "currency", "dimension", "key"],
                name="analysis_part_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.currency} {self.dimension} {self.key}"
