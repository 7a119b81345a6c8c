"""What customers think of how they were treated: asked after a payment, a case, a conversation."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer
from dunwell.models.messages import Message


class Survey(models.Model):
    """One question to one customer, answered at most once by a link."""

    class Kind(models.TextChoices):
        CSAT = "csat", _("Satisfaction (1 to 5)")
        NPS = "nps", _("Recommendation (0 to 10)")
        EFFORT = "effort", _("Ease (1 to 7)")

    class Occasion(models.TextChoices):
        PAYMENT = "payment", _("After a payment")
        CASE = "case", _("After a dispute")
        CONVERSATION = "conversation", _("After a conversation")

    company = models.ForeignKey(Company, models.PROTECT, related_name="surveys")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="surveys")
    contact = models.ForeignKey(Contact, models.SET_NULL, null=True, related_name="surveys")
    kind = models.CharField(max_length=6, choices=Kind)
    occasion = models.CharField(max_length=12, choices=Occasion)
    subject_id = models.BigIntegerField()
    """The payment, case or conversation it is about."""
    message = models.ForeignKey(Message, models.PROTECT, null=True, related_name="surveys")
    nonce = models.CharField(max_length=32)
    token_hash = models.CharField(max_length=64, unique=True)
    asked_on = models.DateField()
    until_on = models.DateField()
    score = models.PositiveSmallIntegerField(null=True)
    comment = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "occasion", "subject_id"], name="survey_once"
            ),
            models.CheckConstraint(
                condition=Q(score=None) | Q(score__lte=10), name="survey_score"
            ),
        ]
        indexes = [models.Index(fields=["company", "customer"], name="survey_customer")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"
