"""Experiments on customers, and every action that was chosen, with the chance it had."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class Experiment(models.Model):
    """A randomised comparison: which customer is in which arm follows from salt and key alone.

    `arms` is a list of {"name", "share_ppm"}; who is in none of them is treated as ever.
    """

    class Kind(models.TextChoices):
        HOLDOUT = "holdout", _("Holdout: chance decides for some customers")
        COMPARISON = "comparison", _("Comparison of ways to collect")
        TIMING = "timing", _("Timing: at which hour mail brings most")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        RUNNING = "running", _("Running")
        STOPPED = "stopped", _("Stopped")
        DECIDED = "decided", _("Decided")

    MOVES = {
        Status.DRAFT: {Status.RUNNING, Status.STOPPED},
        Status.RUNNING: {Status.STOPPED},
        Status.STOPPED: {Status.DECIDED},
        Status.DECIDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="experiments")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    question = models.CharField(max_length=300, blank=True)
    arms = models.JSONField()
    salt = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.CharField(max_length=150)
    stopped_on = models.DateField(null=True)
    verdict = models.CharField(max_length=500, blank=True)
    figures = models.JSONField(default=dict)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "name"], name="experiment_name"),
            models.UniqueConstraint(
                fields=["company", "kind"],
                condition=Q(status="running"),
                name="experiment_one_running",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="experiment_days"
            ),
            models.CheckConstraint(
                condition=~Q(status="decided") | ~Q(verdict="") & ~Q(decided_by=""),
                name="experiment_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ActionChoice(models.Model):
    """What was chosen for one customer on one day, of what was permitted. Added, never changed.

    The columns of `ml.action_log.ACTION_LOG`: `propensity_ppm` is the chance of the chosen
    action among those `permitted`; `action` is `none` for a customer left alone. In a timing
    experiment `timing_ppm` is the chance of the chosen `hour` (empty: of the step's other
    channel); it is drawn apart from the action. Amounts in minor units of the company's currency.
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="action_choices")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="action_choices")
    experiment = models.ForeignKey(
        Experiment, models.PROTECT, null=True, related_name="action_choices"
    )
    arm = models.CharField(max_length=40, blank=True)
    as_of = models.DateField()
    policy = models.CharField(max_length=80)
    action = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, blank=True)
    hour = models.PositiveSmallIntegerField(null=True)
    permitted = models.CharField(max_length=80)
    propensity_ppm = models.PositiveIntegerField()
    is_holdout = models.BooleanField(default=False)
    segment = models.CharField(max_length=40)
    days_past_due = models.IntegerField()
    collect_minor = models.BigIntegerField()
    p_unpaid_ppm = models.PositiveIntegerField()
    minutes = models.PositiveSmallIntegerField()
    cost_minor = models.BigIntegerField()
    expected_extra_minor = models.BigIntegerField()
    reasons = models.JSONField(default=dict)
    timing = models.ForeignKey(Experiment, models.PROTECT, null=True, related_name="timed_choices")
    timing_ppm = models.PositiveIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "as_of"], name="action_choice_once"),
            models.CheckConstraint(
                condition=Q(propensity_ppm__gt=0) & Q(propensity_ppm__lte=1_000_000),
                name="action_choice_chance",
            ),
            models.CheckConstraint(condition=Q(collect_minor__gt=0), name="action_choice_money"),
        ]
        indexes = [models.Index(fields=["company", "as_of"], name="action_choice_day")]

    def __str__(self) -> str:
        return f"{self.action} for {self.customer_id} on {self.as_of}"
