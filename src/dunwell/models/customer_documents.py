"""Papers of customers about themselves: tax forms and certificates, asked for and sent."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dunwell.models.companies import Company
from dunwell.models.customers import Customer
from dunwell.models.portal import PortalSeat


class CustomerPaper(models.TextChoices):
    """What kind of paper it is."""

    W9 = "w9", _("W-9 or W-8 form")
    VAT = "vat", _("VAT certificate")
    RESALE = "resale", _("Resale or exemption certificate")
    INSURANCE = "insurance", _("Proof of insurance")
    CONTRACT = "contract", _("Contract")
    OTHER = "other", _("Other paper")


class DocumentRequest(models.Model):
    """We asked a customer for a paper; open until one is accepted or it is no longer needed."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="document_requests")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="document_requests")
    kind = models.CharField(max_length=10, choices=CustomerPaper)
    note = models.CharField(max_length=300, blank=True)
    due_on = models.DateField(null=True)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(closed_on=None),
                name="document_request_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.customer_id}"


class CustomerDocument(models.Model):
    """A paper that came from a customer, kept under its hash, with our verdict on it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("Received, being checked")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")

    MOVES = {
        Status.RECEIVED: {Status.ACCEPTED, Status.REJECTED},
        Status.ACCEPTED: set(),
        Status.REJECTED: set(),
    }
    """Every allowed change of status; actions refuse the rest."""

    company = models.ForeignKey(Company, models.PROTECT, related_name="customer_documents")
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="customer_documents")
    seat = models.ForeignKey(PortalSeat, models.PROTECT, related_name="customer_documents")
    kind = models.CharField(max_length=10, choices=CustomerPaper)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    expires_on = models.DateField(null=True)
    status = models.CharField(max_length=8, choices=Status, default=Status.RECEIVED)
    by = models.CharField(max_length=150)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "sha256"], name="customer_document_once"
            ),
        ]
        indexes = [
            models.Index(fields=["company", "status", "id"], name="customer_document_open"),
        ]

    def __str__(self) -> str:
        return self.name
