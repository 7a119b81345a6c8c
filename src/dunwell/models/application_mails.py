"""What is still to be done on credit applications by a day, and the mails that go out for them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.credit_applications import ApplicationReference, CreditApplication


class ApplicationDeadline(models.Model):
    """A day that must not be missed on an application, told to a person once it is near."""

    class Kind(models.TextChoices):
        DECIDE = "decide", _("Decide")
        NOTIFY = "notify", _("Tell the applicant the decision")
        REASONS = "reasons", _("Give the reasons asked for")
        REVIEW = "review", _("Look at the automatic decision again")

    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=8, choices=Kind)
    due_on = models.DateField()
    rule = models.CharField(max_length=40)
    told_on = models.DateField()
    met_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "kind"],
                condition=Q(met_on=None),
                name="application_deadline_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.kind} by {self.due_on}"


class ApplicationMail(models.Model):
    """A mail to somebody who is no customer (yet): the applicant, or one who knows him.

    `[[link]]` in the body stands for the link, which is put in when the mail is handed over, so
    that no working link is stored. What was sent never changes.
    """

    class Status(models.TextChoices):
        READY = "ready", _("Ready to send")
        CLAIMED = "claimed", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed, will be tried again")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("Cancelled")

    MOVES = {
        Status.READY: {Status.CLAIMED, Status.CANCELLED},
        Status.CLAIMED: {Status.SENT, Status.FAILED, Status.DEAD, Status.READY},
        Status.FAILED: {Status.CLAIMED, Status.CANCELLED},
        Status.SENT: set(),
        Status.DEAD: set(),
        Status.CANCELLED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="application_mails")
    application = models.ForeignKey(CreditApplication, models.PROTECT, related_name="mails")
    reference = models.ForeignKey(
        ApplicationReference, models.PROTECT, null=True, related_name="mails"
    )
    kind = models.CharField(max_length=20)
    status = models.CharField(max_length=9, choices=Status, default=Status.READY)
    language = models.CharField(max_length=5)
    to = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    has_letter = models.BooleanField(default=False)
    message_id = models.CharField(max_length=120, unique=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["company", "status", "id"], name="application_mail_status")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to}"
