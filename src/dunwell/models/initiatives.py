"""Improvements: what is to get better, what is changed, how it is measured, what came of it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.experiments import Experiment
from dunwell.models.policies import PolicyVersion


class Initiative(models.Model):
    """One attempt to make one figure better, from the idea to its being kept or taken back.

    `baseline`, `target` and `effects` are decimal numbers as text in the unit of `kpi`, a figure
    of `engine.kpi_catalogue` in `currency`. `place` names where in the process it acts;
    `dimension` and `slices` whom it touches (empty: everybody), the rest is what it is compared
    with. `changed_on` is the day from which the change acted. `figures` are those of the day it
    was measured, kept as they were.
    """

    class Measure(models.TextChoices):
        EXPERIMENT = "experiment", _("An experiment: chance decides who gets the change")
        DIFFERENCE = "difference", _("Before and after, beside customers left as they were")
        SERIES = "series", _("Before and after, nobody to compare with")

    class Status(models.TextChoices):
        IDEA = "idea", _("Idea")
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        MEASURED = "measured", _("Measured")
        KEPT = "kept", _("Kept")
        REVERTED = "reverted", _("Taken back")
        DROPPED = "dropped", _("Dropped")

    MOVES = {
        Status.IDEA: {Status.PLANNED, Status.DROPPED},
        Status.PLANNED: {Status.RUNNING, Status.DROPPED},
        Status.RUNNING: {Status.MEASURED, Status.REVERTED},
        Status.MEASURED: {Status.KEPT, Status.REVERTED},
        Status.KEPT: set(),
        Status.REVERTED: set(),
        Status.DROPPED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    OVER = (Status.KEPT, Status.REVERTED, Status.DROPPED)
    """It is in the library of what was tried."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="initiatives")
    name = models.CharField(max_length=80)
    kpi = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    baseline = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=40)
    target_on = models.DateField()
    place = models.CharField(max_length=40)
    change = models.CharField(max_length=2000)
    policy_version = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="initiatives"
    )
    measure = models.CharField(max_length=10, choices=Measure)
    experiment = models.ForeignKey(
        Experiment, models.PROTECT, null=True, related_name="initiatives"
    )
    dimension = models.CharField(max_length=12, blank=True)
    slices = models.JSONField(default=list)
    owner = models.ForeignKey(User, models.PROTECT, related_name="initiatives")
    status = models.CharField(max_length=8, choices=Status, default=Status.IDEA)
    changed_on = models.DateField(null=True)
    measured_on = models.DateField(null=True)
    figures = models.JSONField(default=dict)
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_on = models.DateField(null=True)
    author = models.CharField(max_length=150)
    version = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="initiative_name"),
            models.CheckConstraint(
                condition=Q(measure="experiment") | Q(experiment=None),
                name="initiative_experiment",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("idea", "planned", "dropped"))
                | Q(changed_on__isnull=False),
                name="initiative_changed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("kept", "reverted", "dropped"))
                | (~Q(reason="") & ~Q(decided_by="") & Q(decided_on__isnull=False)),
                name="initiative_decided",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "-id"], name="initiative_status")]

    def __str__(self) -> str:
        return self.name


class Duel(models.Model):
    """How a comparison of two ways was agreed before it began: champion against challenger.

    `kind` says what the two names are: strategies, or wordings of one text. `smallest_ppm` is the
    effect worth finding, in ppm of the money paid in time, `deviation_ppm` the spread it was
    planned with, `weekly` the customers a week that came, on which `weeks` rests. `guardrails`
    are {"measure", "margin_ppm"}: what may not get worse by more than the margin.
    """

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("Strategies")
        WORDING = "wording", _("Message texts")

    experiment = models.OneToOneField(Experiment, models.CASCADE, related_name="duel")
    company = models.ForeignKey(Company, models.PROTECT, related_name="duels")
    kind = models.CharField(max_length=8, choices=Kind)
    champion = models.CharField(max_length=80)
    challenger = models.CharField(max_length=80)
    smallest_ppm = models.PositiveIntegerField()
    deviation_ppm = models.PositiveIntegerField()
    error_ppm = models.PositiveIntegerField()
    power_ppm = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    weekly = models.PositiveIntegerField()
    weeks = models.PositiveIntegerField(null=True)
    guardrails = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(champion=F("challenger")) & Q(smallest_ppm__gt=0, customers__gt=0),
                name="duel_terms",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.champion} against {self.challenger}"


class DuelCustomer(models.Model):
    """Which arm a customer fell into, on the day it first came. Added, never changed."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="duel_customers")
    company = models.ForeignKey(Company, models.PROTECT, related_name="duel_customers")
    customer = models.ForeignKey("dunwell.Customer", models.PROTECT, related_name="duel_customers")
    arm = models.CharField(max_length=80)
    enrolled_on = models.DateField()
    collect_minor = models.BigIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "customer"], name="duel_customer_once"),
        ]
        indexes = [
            models.Index(fields=["experiment", "enrolled_on", "customer"], name="duel_order")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.arm}"


class DuelLook(models.Model):
    """What a comparison said on a day of the cycle. Added, never changed."""

    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="duel_looks")
    company = models.ForeignKey(Company, models.PROTECT, related_name="duel_looks")
    as_of = models.DateField()
    seen = models.PositiveIntegerField()
    effect_ppm = models.BigIntegerField(null=True)
    low_ppm = models.BigIntegerField(null=True)
    high_ppm = models.BigIntegerField(null=True)
    outcome = models.CharField(max_length=10)
    why = models.CharField(max_length=30)
    guardrails = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["experiment", "as_of"], name="duel_look_once"),
        ]

    def __str__(self) -> str:
        return f"{self.experiment_id} on {self.as_of}: {self.outcome}"
