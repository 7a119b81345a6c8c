"""Calls played with a scripted customer, to practise what is hard with a real one."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User


class RolePlay(models.Model):
    """One call of one person with one persona; the points come when it has ended.

    `state` is the persona's, `version` counts the turns and refuses a turn said twice.
    `document` holds the findings line by line. All points are 0 to 100.
    """

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        ENDED = "ended", _("Ended")
        ABANDONED = "abandoned", _("Given up")

    company = models.ForeignKey(Company, models.PROTECT, related_name="role_plays")
    user = models.ForeignKey(User, models.PROTECT, related_name="role_plays")
    persona = models.CharField(max_length=30)
    persona_sha = models.CharField(max_length=64)
    """Of the script as it was played, so that a score can be told from one of a later script."""
    language = models.CharField(max_length=2)
    status = models.CharField(max_length=9, choices=Status, default=Status.RUNNING)
    state = models.CharField(max_length=30)
    version = models.PositiveSmallIntegerField(default=0)
    outcome = models.CharField(max_length=20, blank=True)
    compliance_points = models.PositiveSmallIntegerField(null=True)
    empathy_points = models.PositiveSmallIntegerField(null=True)
    negotiation_points = models.PositiveSmallIntegerField(null=True)
    outcome_points = models.PositiveSmallIntegerField(null=True)
    total_points = models.PositiveSmallIntegerField(null=True)
    is_passed = models.BooleanField(default=False)
    document = models.JSONField(default=dict)
    began_on = models.DateField()
    began_at = models.DateTimeField()
    ended_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "persona"],
                condition=Q(status="running"),
                name="role_play_one_running",
            ),
            models.CheckConstraint(
                condition=Q(status="running", ended_on=None)
                | (~Q(status="running") & Q(ended_on__isnull=False)),
                name="role_play_ended",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(total_points__lte=100), name="role_play_points"
            ),
        ]
        indexes = [models.Index(fields=["company", "user", "-id"], name="role_play_page")]

    def __str__(self) -> str:
        return f"{self.persona} of {self.user_id}"


class RolePlayTurn(models.Model):
    """What one side said; rows are added, never changed."""

    class Speaker(models.TextChoices):
        TRAINEE = "trainee", _("You")
        PERSONA = "persona", _("Customer")

    role_play = models.ForeignKey(RolePlay, models.PROTECT, related_name="turns")
    company = models.ForeignKey(Company, models.PROTECT, related_name="role_play_turns")
    number = models.PositiveSmallIntegerField()
    speaker = models.CharField(max_length=7, choices=Speaker)
    text = models.CharField(max_length=1000)
    state = models.CharField(max_length=30)
    """Where the persona stood after it."""
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role_play", "number"], name="role_play_turn_once"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.role_play_id}"
