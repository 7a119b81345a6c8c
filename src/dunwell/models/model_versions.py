"""Trained pay-date models: what each version learned from, how it did, and who decided on it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company


class ModelVersion(models.Model):
    """One trained model of one company. Its content never changes, only its status moves.

    `league` is the back-test it was chosen by (`ml.league_document`), `card` its model card,
    `replay` what it would have said of the open book on earlier days (`ml.trials`): the
    start of its forecast's ranges and of its monitor.
    """

    class Kind(models.TextChoices):
        HAZARD = "hazard", _("Learned from items and days")
        CUSTOMER_MEDIAN = "customer_median", _("Each customer's median")
        CUSTOMER_RATE = "customer_rate", _("Each customer's past")
        DUE_DATE = "due_date", _("The due date")

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("Candidate")
        SERVING = "serving", _("Serving")
        RETIRED = "retired", _("Retired")
        REJECTED = "rejected", _("Rejected")

    MOVES = {
        Status.CANDIDATE: {Status.SERVING, Status.REJECTED},
        Status.SERVING: {Status.RETIRED},
        # an earlier version may be taken back
        Status.RETIRED: {Status.SERVING},
        Status.REJECTED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="model_versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    trained_as_of = models.DateField()
    trained_at = models.DateTimeField()
    trained_by = models.CharField(max_length=150)
    seed = models.PositiveIntegerField()
    learned_from = models.JSONField(default=list)
    paid_items = models.PositiveIntegerField()
    artifact = models.BinaryField()
    artifact_sha256 = models.CharField(max_length=64)
    training_sha256 = models.CharField(max_length=64)
    league = models.JSONField(default=dict)
    card = models.JSONField(default=dict)
    replay = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status, default=Status.CANDIDATE)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "number"], name="model_version_number"),
            models.UniqueConstraint(
                fields=["company"], condition=Q(status="serving"), name="model_one_serving"
            ),
            models.CheckConstraint(
                condition=Q(status="candidate") | ~Q(decided_by="") & ~Q(decided_at=None),
                name="model_version_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.number}"


class ModelCheck(models.Model):
    """How the serving model's earlier predictions came out by a day, and whether that alarms."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="model_checks")
    version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="checks")
    as_of = models.DateField()
    figures = models.JSONField(default=dict)
    is_alarm = models.BooleanField(default=False)
    alarms = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "as_of"], name="model_check_once"),
        ]

    def __str__(self) -> str:
        return f"check of version {self.version_id} on {self.as_of}"
