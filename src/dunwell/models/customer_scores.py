"""The behavioural score of a customer: additive points from how it pays, and early warnings."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class CustomerScore(models.Model):
    """How well a customer behaves as of the last cycle, 0 (worst) to 100, and why.

    The score is `base` plus all `points` (rows of `engine.scoring.SCORE_REASONS`); `is_thin`
    when it rests on few items. `score_before` is the same card's score of 30 days earlier and
    `is_alarm` the card's alarm on the fall since. `warnings` are change points of the
    customer's own habits.
    """

    class Band(models.TextChoices):
        A = "A", _("A: pays well")
        B = "B", _("B: pays with small delays")
        C = "C", _("C: needs care")
        D = "D", _("D: pays badly")
        E = "E", _("E: at risk")

    customer = models.OneToOneField(
        Customer, models.CASCADE, primary_key=True, related_name="score"
    )
    company = models.ForeignKey(Company, models.CASCADE, related_name="customer_scores")
    as_of = models.DateField()
    score = models.PositiveSmallIntegerField()
    base = models.PositiveSmallIntegerField()
    is_thin = models.BooleanField(default=False)
    band = models.CharField(max_length=1, choices=Band)
    points = models.JSONField(default=list)
    score_before = models.PositiveSmallIntegerField(null=True)
    band_before = models.CharField(max_length=1, blank=True)
    is_alarm = models.BooleanField(default=False)
    warnings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=100), name="customer_score_range"),
        ]
        indexes = [models.Index(fields=["company", "score"], name="customer_score_rank")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score}"
