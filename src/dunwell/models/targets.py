"""Targets of a team or a person: money, quality and satisfaction, and how far they are."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User


class TargetSet(models.Model):
    """What a team wants to reach in a span of days, or one person for itself (`user`).

    A set holds at least one line of each of money, quality and satisfaction. A person's own set
    is seen by that person alone, and by the lead where `WorkSetting.shares_with_lead` is set.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")

    MOVES = {Status.RUNNING: {Status.ENDED}, Status.ENDED: set()}
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="target_sets")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="target_sets")
    name = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    status = models.CharField(max_length=7, choices=Status, default=Status.RUNNING)
    ended_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="target_set_days"
            ),
            models.UniqueConstraint(
                fields=["company", "user"],
                condition=Q(status="running"),
                name="target_set_one_of_person",
            ),
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=Q(status="running", user=None),
                name="target_set_one_of_team",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TargetLine(models.Model):
    """One figure of a set and what it should come to: minor units of `currency`, or ppm."""

    class Aspect(models.TextChoices):
        CASH = "cash", _("Money")
        QUALITY = "quality", _("Quality")
        SATISFACTION = "satisfaction", _("Satisfaction")

    target_set = models.ForeignKey(TargetSet, models.CASCADE, related_name="lines")
    aspect = models.CharField(max_length=12, choices=Aspect)
    measure = models.CharField(max_length=30)
    goal = models.BigIntegerField()
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target_set", "measure"], name="target_line_once"),
            models.CheckConstraint(condition=Q(goal__gt=0), name="target_line_goal"),
        ]

    def __str__(self) -> str:
        return f"{self.measure}: {self.goal}"


class TargetProgress(models.Model):
    """Where a line stood at the end of a week. Added by the cycle, never changed.

    `value` is in the line's unit, None where nothing can be said yet; `honest` is what is left
    of it without what the checks against gaming took out; `findings` says what that was.
    """

    line = models.ForeignKey(TargetLine, models.CASCADE, related_name="progress")
    company = models.ForeignKey(Company, models.PROTECT, related_name="target_progress")
    week_ends_on = models.DateField()
    value = models.BigIntegerField(null=True)
    honest = models.BigIntegerField(null=True)
    cases = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "week_ends_on"], name="target_progress_once"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} on {self.week_ends_on}: {self.value}"


class Milestone(models.Model):
    """Something worth a word: a target reached honestly, an initiative kept. Never changed.

    `user` empty: the team's. A person's own is shown to others only if that person shares it.
    """

    class Kind(models.TextChoices):
        TARGET = "target", _("Target reached")
        BALANCED = "balanced", _("All targets reached together")
        INITIATIVE = "initiative", _("Improvement kept")
        DECISION = "decision", _("Money freed by a decision")
        VOICE = "voice", _("A suggestion became an improvement")

    company = models.ForeignKey(Company, models.PROTECT, related_name="milestones")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="milestones")
    kind = models.CharField(max_length=10, choices=Kind)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    figures = models.JSONField(default=dict)
    on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "subject_id"], name="milestone_once"
            ),
        ]
        indexes = [models.Index(fields=["company", "-on", "-id"], name="milestone_feed")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


class WorkSetting(models.Model):
    """What a person wants of targets: own figures, whether the lead sees them, the feed."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="work_settings")
    user = models.ForeignKey(User, models.CASCADE, related_name="work_settings")
    has_own_figures = models.BooleanField(default=False)
    shares_with_lead = models.BooleanField(default=False)
    shares_milestones = models.BooleanField(default=False)
    sees_feed = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "user"], name="work_setting_once"),
            models.CheckConstraint(
                condition=Q(has_own_figures=True)
                | Q(shares_with_lead=False, shares_milestones=False),
                name="work_setting_own",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.company_id}"
