"""Scorecards as dated documents, and the scores they gave: neither is ever edited."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer


class Scorecard(models.Model):
    """One version of one points table. Its content never changes, only its status moves.

    `document` is read by `engine.scorecards_policy`, `report` is what training measured (empty
    for one written by hand), `sha256` is of the document. The champion decides, challengers
    score beside it without deciding anything.
    """

    class Origin(models.TextChoices):
        FITTED = "fitted", _("Learned from data")
        BY_HAND = "by_hand", _("Written by hand")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        CHAMPION = "champion", _("Champion")
        CHALLENGER = "challenger", _("Challenger")
        RETIRED = "retired", _("Retired")

    MOVES = {
        Status.DRAFT: {Status.CHAMPION, Status.CHALLENGER, Status.RETIRED},
        Status.CHALLENGER: {Status.CHAMPION, Status.RETIRED},
        # who is beaten scores on beside the new champion
        Status.CHAMPION: {Status.CHALLENGER, Status.RETIRED},
        # an earlier version may be taken back
        Status.RETIRED: {Status.CHAMPION, Status.CHALLENGER},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="scorecards")
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    valid_from = models.DateField()
    document = models.JSONField()
    report = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=8, choices=Origin)
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    approver = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name", "version"], name="scorecard_version_once"
            ),
            models.UniqueConstraint(
                fields=["company", "name"],
                condition=Q(status="champion"),
                name="scorecard_one_champion",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | ~Q(approver="") & ~Q(decided_at=None),
                name="scorecard_decided",
            ),
        ]
        indexes = [models.Index(fields=["company", "status"], name="scorecard_status")]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"


class ScoreSnapshot(models.Model):
    """What a scorecard said of a customer as of a day; append-only.

    `factors` are [{input, value, points}] in the order of the card, `reasons` [{code, text, lost,
    value, to, told, gain}] and `counterfactual` the fewest changes that would reach the card's
    cut-off, [{input, to, told, points}].
    """

    company = models.ForeignKey(Company, models.PROTECT, related_name="score_snapshots")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="score_snapshots")
    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="snapshots")
    as_of = models.DateField()
    points = models.IntegerField()
    pd_ppm = models.PositiveIntegerField()
    factors = models.JSONField(default=list)
    reasons = models.JSONField(default=list)
    counterfactual = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "scorecard", "as_of"], name="score_snapshot_once"
            ),
            models.CheckConstraint(condition=Q(pd_ppm__lte=1_000_000), name="score_snapshot_pd"),
        ]
        indexes = [
            models.Index(
                F("company"), F("as_of").desc(), F("customer"), name="score_snapshot_latest"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.points} on {self.as_of}"
