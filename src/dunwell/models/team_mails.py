"""Mails that tell a colleague what waits or was done: a mention, an escalation, a reset factor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dunwell.models.application_mails import ApplicationMail
from dunwell.models.companies import Company, User
from dunwell.models.customers import Customer


class TeamMail(models.Model):
    """One thing told to one colleague; once per `key` and person, whoever hands it over.

    It says what waits and about whom, with a link; the words themselves stay inside. A mail about
    somebody's own account is about no customer.
    """

    class Kind(models.TextChoices):
        MENTION = "mention", _("Mention")
        HAND_OFF = "hand_off", _("Hand-off")
        ANSWER = "answer", _("Answer to a hand-off")
        ESCALATION = "escalation", _("Escalation")
        FACTOR = "factor", _("Second factor reset")

    Status = ApplicationMail.Status
    MOVES = ApplicationMail.MOVES

    company = models.ForeignKey(Company, models.PROTECT, related_name="team_mails")
    user = models.ForeignKey(User, models.PROTECT, related_name="team_mails")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="team_mails", null=True)
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    by = models.CharField(max_length=150)
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
        indexes = [models.Index(fields=["company", "status", "id"], name="team_mail_status")]
        constraints = [
            models.UniqueConstraint(fields=["company", "user", "key"], name="team_mail_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} to {self.user_id}"
