"""The risk class a customer was given, day by day: written when it changes, never edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CreditRating(models.Model):
    """What the credit policy made of a customer on a day; it holds until the next row.

    `points` of the scorecard (None: too little is known to score), `pd_ppm` the probability of
    default within a year. `facts` are the values the decision rests on, `reasons` the two to four
    things that decided it, each with the value that would change it. `digest` is of the
    decision without the facts: a night that decides the same writes nothing.
    """

    class Risk(models.TextChoices):
        LOW = "low", _("Low risk")
        MEDIUM = "medium", _("Medium risk")
        HIGH = "high", _("High risk")

    class Outcome(models.TextChoices):
        APPROVE = "approve", _("Approve")
        REFER = "refer", _("Refer to a person")
        DECLINE = "decline", _("Decline")

    company = models.ForeignKey(Company, models.PROTECT, related_name="credit_ratings")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="credit_ratings")
    as_of = models.DateField()
    risk_class = models.CharField(max_length=20)
    risk = models.CharField(max_length=6, choices=Risk)
    outcome = models.CharField(max_length=7, choices=Outcome)
    points = models.IntegerField(null=True)
    pd_ppm = models.PositiveIntegerField(null=True)
    facts = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    scorecard = models.CharField(max_length=80, blank=True)
    scorecard_version = models.BigIntegerField(null=True)
    policy_version = models.BigIntegerField(null=True)
    by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(pd_ppm=None) | Q(pd_ppm__lte=1_000_000), name="credit_rating_pd"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "customer", "as_of"], name="credit_rating_of"),
            models.Index(fields=["company", "id"], name="credit_rating_page"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.risk_class} on {self.as_of}"
