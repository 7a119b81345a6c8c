"""Files that came in: the batch, what was found in it, and saved column mappings."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User


class ImportBatch(models.Model):
    """One upload of one or more files; its hash makes a second upload change nothing."""

    class Status(models.TextChoices):
        UPLOADED = "uploaded", _("Uploaded")
        CHECKED = "checked", _("Checked, waiting for confirmation")
        RUNNING = "running", _("Running")
        DONE = "done", _("Imported")
        REFUSED = "refused", _("Refused")

    MOVES = {
        Status.UPLOADED: {Status.CHECKED, Status.RUNNING, Status.REFUSED},
        Status.CHECKED: {Status.RUNNING, Status.CHECKED, Status.REFUSED},
        Status.RUNNING: {Status.DONE, Status.REFUSED, Status.CHECKED},
        Status.DONE: set(),
        Status.REFUSED: {Status.CHECKED},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="import_batches")
    user = models.ForeignKey(User, models.SET_NULL, null=True, related_name="import_batches")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size_bytes = models.BigIntegerField()
    files = models.JSONField(default=list)
    status = models.CharField(max_length=10, choices=Status, default=Status.UPLOADED)
    profile = models.JSONField(default=dict)
    detected = models.JSONField(default=list)
    decisions = models.JSONField(default=list)
    totals = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    tie = models.JSONField(null=True)
    """Per currency what the files tell as open and what is open here; empty where they do not."""
    progress_ppm = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["company", "sha256"], name="import_batch_hash"),
            models.Index(fields=["company", "started_at"], name="import_batch_started"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportFinding(models.Model):
    """One thing found in a file: where, what, why, and what happened to the row."""

    class Action(models.TextChoices):
        REFUSED = "refused", _("Refused")
        CHANGED = "changed", _("Changed")
        KEPT = "kept", _("Kept")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="findings")
    file = models.CharField(max_length=200)
    row = models.BigIntegerField(null=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    reason = models.CharField(max_length=500)
    action = models.CharField(max_length=8, choices=Action)

    class Meta:
        indexes = [models.Index(fields=["batch", "id"], name="import_finding_batch")]

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.code}"


class ImportProfile(models.Model):
    """A saved column mapping, offered again for files with the same header."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="import_profiles")
    name = models.CharField(max_length=120)
    document = models.JSONField()
    header_hash = models.CharField(max_length=64, blank=True)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="import_profile_name"),
        ]

    def __str__(self) -> str:
        return self.name
