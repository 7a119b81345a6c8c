"""Persons who were erased: what went at once, and until when the law keeps the rest."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Contact, Customer


class Erasure(models.Model):
    """The erasure of one contact, or of a customer that is a natural person with its contacts.

    No word of the person stands here: `digest` is an HMAC under `salt` of what was replaced, by
    which somebody who still holds the words can show that they were meant; the salt goes with the
    rest. What law keeps (letters, books) is restricted until `keep_until_on`, then erased by the
    day's cycle.
    """

    class Status(models.TextChoices):
        RESTRICTED = "restricted", _("Restricted until the retention ends")
        FINISHED = "finished", _("Erased")

    company = models.ForeignKey(Company, models.PROTECT, related_name="erasures")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="erasures")
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="erasures"
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.RESTRICTED)
    ground = models.CharField(max_length=300)
    counts = models.JSONField(default=dict)
    salt = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    erased_on = models.DateField()
    keep_until_on = models.DateField()
    finished_on = models.DateField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact"], condition=Q(contact__isnull=False), name="erasure_of_contact"
            ),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(contact=None), name="erasure_of_customer"
            ),
            models.CheckConstraint(
                condition=~Q(status="finished") | Q(finished_on__isnull=False),
                name="erasure_finished",
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "keep_until_on"], name="erasure_due"),
        ]

    def __str__(self) -> str:
        return f"erasure {self.pk} of customer {self.customer_id}"
