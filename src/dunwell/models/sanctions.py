"""Sanction lists as they were read, and who of ours is called like somebody on them."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.credit_applications import CreditApplication
from dunwell.models.customers import Customer


class SanctionList(models.Model):
    """One version of one list as it was read; a later version of the same list replaces it."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="sanction_lists")
    source = models.CharField(max_length=12)
    """ofac, eu, un or own."""
    label = models.CharField(max_length=80)
    published_on = models.DateField(null=True)
    sha256 = models.CharField(max_length=64)
    entries = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    rescreened_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=150)
    loaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "source"],
                condition=Q(is_current=True),
                name="sanction_list_one_current",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.label}"


class SanctionEntry(models.Model):
    """Somebody on a list: the names, and what tells him from others."""

    listing = models.ForeignKey(SanctionList, models.CASCADE, related_name="rows")
    uid = models.CharField(max_length=80)
    kind = models.CharField(max_length=8)
    name = models.CharField(max_length=300)
    names = models.JSONField(default=list)
    birth = models.JSONField(default=list)
    countries = models.JSONField(default=list)
    programme = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "uid"], name="sanction_entry_once"),
        ]

    def __str__(self) -> str:
        return f"{self.uid} {self.name}"


class ScreeningHit(models.Model):
    """Somebody of ours who is called like somebody on a list, until a person has judged it."""

    class Status(models.TextChoices):
        OPEN = "open", _("To be judged")
        CLEARED = "cleared", _("Somebody else")
        CONFIRMED = "confirmed", _("The same")

    MOVES = {
        Status.OPEN: {Status.CLEARED, Status.CONFIRMED},
        Status.CLEARED: {Status.CONFIRMED},
        # by another person than who confirmed it
        Status.CONFIRMED: {Status.CLEARED},
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="screening_hits")
    application = models.ForeignKey(
        CreditApplication, models.PROTECT, null=True, related_name="screening_hits"
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="screening_hits"
    )
    source = models.CharField(max_length=12)
    list_label = models.CharField(max_length=80)
    list_sha256 = models.CharField(max_length=64)
    uid = models.CharField(max_length=80)
    entry_digest = models.CharField(max_length=64)
    subject_name = models.CharField(max_length=300)
    entry_name = models.CharField(max_length=300)
    score_ppm = models.BigIntegerField()
    evidence = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.OPEN)
    decisions = models.JSONField(default=list)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    screened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(application=None, customer__isnull=False)
                | Q(application__isnull=False, customer=None),
                name="screening_hit_of_one",
            ),
            models.UniqueConstraint(
                fields=["application", "source", "uid", "entry_digest", "subject_name"],
                condition=Q(application__isnull=False),
                name="screening_hit_application_once",
            ),
            models.UniqueConstraint(
                fields=["customer", "source", "uid", "entry_digest", "subject_name"],
                condition=Q(customer__isnull=False),
                name="screening_hit_customer_once",
            ),
        ]
        indexes = [models.Index(fields=["company", "status", "id"], name="screening_hit_status")]

    def __str__(self) -> str:
        return f"{self.subject_name} ~ {self.entry_name}"
