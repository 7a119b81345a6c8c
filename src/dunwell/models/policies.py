"""Policies as dated documents: strategies now, more later. A version is never edited."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from dunwell.models.companies import Company


class PolicyVersion(models.Model):
    """One version of one policy document; in force = published, greatest valid_from <= as_of."""

    class Kind(models.TextChoices):
        STRATEGY = "strategy", _("Strategy")
        CASH = "cash", _("Cash application")
        SEGMENTS = "segments", _("Segments")
        PROMISES = "promises", _("Promises")
        PLANS = "plans", _("Payment plans")
        AUTHORITY = "authority", _("Authority")
        CHARGES = "charges", _("Interest and fees")
        CONTACT = "contact", _("Contact rules")
        PLAYBOOKS = "playbooks", _("Playbooks and escalation")
        CREDIT = "credit", pgettext_lazy("desk", "Credit")
        DISPUTES = "disputes", _("Disputes")
        WORDINGS = "wordings", _("Message texts")
        FEEDBACK = "feedback", _("Feedback")
        RESPONSES = "responses", _("Deliveries and invoice answers")
        EARLY_PAY = "early_pay", _("Early payment")
        PROVISIONS = "provisions", _("Provisions")

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        DISCARDED = "discarded", _("Discarded")

    MOVES = {
        Status.DRAFT: {Status.PUBLISHED, Status.DISCARDED},
        Status.PUBLISHED: set(),
        Status.DISCARDED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="policy_versions")
    kind = models.CharField(max_length=10, choices=Kind)
    name = models.CharField(max_length=80)
    version = models.PositiveIntegerField()
    text = models.TextField()
    document = models.JSONField()
    valid_from = models.DateField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "name", "version"], name="policy_version_once"
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | ~Q(approver=""), name="policy_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} v{self.version}"
