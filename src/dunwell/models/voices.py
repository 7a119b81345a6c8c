"""What customers and colleagues say should be better, and which improvement came of it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company, User
from dunwell.models.feedback import Survey
from dunwell.models.initiatives import Initiative


class Voice(models.Model):
    """One thing said: a colleague's suggestion, or a customer's words in the answer to a survey.

    `author` is empty for a customer, and for a colleague who does not want to be named: then
    nobody is kept who could be.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waits for an answer")
        TAKEN = "taken", _("Taken up by an improvement")
        DECLINED = "declined", _("Not taken up")

    MOVES = {
        Status.OPEN: {Status.TAKEN, Status.DECLINED},
        Status.TAKEN: set(),
        Status.DECLINED: {Status.TAKEN},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="voices")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="voices")
    survey = models.OneToOneField(Survey, models.PROTECT, null=True, related_name="voice")
    text = models.CharField(max_length=1000)
    status = models.CharField(max_length=8, choices=Status, default=Status.OPEN)
    initiative = models.ForeignKey(Initiative, models.PROTECT, null=True, related_name="voices")
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.CharField(max_length=150, blank=True)
    said_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(survey=None) | Q(author=None), name="voice_of_one"),
            models.CheckConstraint(
                condition=(Q(status="open", initiative=None, answer=""))
                | (Q(status="taken", initiative__isnull=False) & ~Q(answered_by=""))
                | (Q(status="declined", initiative=None) & ~Q(answer="") & ~Q(answered_by="")),
                name="voice_answered",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "-id"], name="voice_page")]

    def __str__(self) -> str:
        return f"voice {self.pk}"
